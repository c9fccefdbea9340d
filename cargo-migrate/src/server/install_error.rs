//! Why server binaries could not be fetched.

use super::error::missing_hints;

/// Fetching server binaries failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// No package of this version is known for this platform.
    #[error("no package of PostgreSQL {major} is known for {platform}")]
    NoPackage {
        /// The major version that was asked for.
        major: u32,
        /// The platform, as packages name it.
        platform: String,
        /// The major versions that there are.
        known: Vec<u32>,
    },
    /// What was fetched is not what was published when this program was.
    #[error("`{file}` is not the file that was expected: its SHA-256 is {found}, not {expected}")]
    Checksum {
        /// The file's name.
        file: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// One way of fetching failed.
    #[error("{client}: {reason}")]
    Client {
        /// The program.
        client: &'static str,
        /// Its last words.
        reason: String,
    },
    /// Every way failed.
    #[error("PostgreSQL could not be fetched ({})", tried.join("; "))]
    Nothing {
        /// What was tried, and what came of it.
        tried: Vec<String>,
    },
}

impl InstallError {
    /// One line per thing that the user can do.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::NoPackage { known, .. } if !known.is_empty() => {
                let known: Vec<_> = known.iter().map(u32::to_string).collect();
                vec![format!(
                    "the versions with a package are {}",
                    known.join(", ")
                )]
            }
            Self::Checksum { .. } => {
                vec!["look at the proxy or registry that your package client is set to".into()]
            }
            Self::NoPackage { .. } | Self::Client { .. } | Self::Nothing { .. } => {
                let mut hints = missing_hints();
                // That is what has just failed.
                hints.retain(|hint| !hint.contains("dev install"));
                hints
            }
        }
    }
}

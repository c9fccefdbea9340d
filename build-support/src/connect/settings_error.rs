//! What can be wrong with connection settings before anything is sent.

use std::path::PathBuf;

use super::parameters::Origin;

/// Why connection settings could not be understood. No message repeats a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The URL's user, password, host or port part cannot be taken apart.
    #[error("the connection URL is malformed: {problem}")]
    Url {
        /// What is wrong, without the text itself.
        problem: &'static str,
    },
    /// A text that is neither a URL nor `keyword=value` pairs.
    #[error("the connection string is malformed: {problem}")]
    KeywordValue {
        /// What is wrong, without secret values.
        problem: String,
    },
    /// libpq has no such keyword.
    #[error("unknown connection keyword `{name}` in {origin}")]
    UnknownKeyword {
        /// The name as written.
        name: String,
        /// The nearest keyword.
        suggestion: Option<&'static str>,
        /// Where it stands.
        origin: Origin,
    },
    /// A keyword's value is not one that it can have.
    #[error("invalid `{keyword}` in {origin}: {problem}")]
    Value {
        /// The keyword.
        keyword: &'static str,
        /// What is wrong.
        problem: String,
        /// Where it stands.
        origin: Origin,
    },
    /// A keyword asks for a protection or a protocol that does not exist here, so ignoring it
    /// would connect with less than was asked for.
    #[error("`{keyword}` in {origin} is not supported")]
    Unsupported {
        /// The keyword.
        keyword: &'static str,
        /// Where it stands.
        origin: Origin,
    },
    /// No service file defines the service.
    #[error("definition of service `{service}` not found in {}", list(.searched))]
    ServiceNotFound {
        /// The service's name.
        service: String,
        /// The files that were looked into.
        searched: Vec<PathBuf>,
    },
    /// A service file cannot be read or understood.
    #[error("service file {}:{line}: {problem}", .file.display())]
    ServiceFile {
        /// The file.
        file: PathBuf,
        /// The line, from 1; 0 when the whole file is meant.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// Neither the settings nor the operating system name a user.
    #[error("no user name to connect as")]
    NoUser,
}

impl SettingsError {
    /// Returns what the user can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Url { .. } => vec![
                "write `@`, `/`, `:`, `?`, `#` and `%` in a password percent-encoded: \
                 `%40`, `%2F`, `%3A`, `%3F`, `%23` and `%25`"
                    .to_owned(),
            ],
            Self::KeywordValue { .. } => vec![
                "write `postgres://user@host/database`, or `host=… dbname=…` with values that \
                 contain spaces in single quotes"
                    .to_owned(),
            ],
            Self::UnknownKeyword { suggestion, .. } => suggestion
                .iter()
                .map(|near| format!("did you mean `{near}`?"))
                .collect(),
            Self::NoUser => vec!["give `user=…`, or set PGUSER".to_owned()],
            Self::ServiceNotFound { .. } => {
                vec!["set PGSERVICEFILE to the file that defines it".to_owned()]
            }
            Self::Unsupported { .. } | Self::Value { .. } | Self::ServiceFile { .. } => Vec::new(),
        }
    }
}

fn list(files: &[PathBuf]) -> String {
    if files.is_empty() {
        return "any service file: neither a home folder nor PGSYSCONFDIR is known".to_owned();
    }
    let names: Vec<_> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    names.join(", ")
}

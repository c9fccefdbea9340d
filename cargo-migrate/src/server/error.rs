//! What can go wrong with a local server, and what the user can do about it.

use std::io;
use std::path::{Path, PathBuf};

use build_support::{Diagnose, Diagnostic, Exit};

use super::install_error::InstallError;

/// A local server could not be found, made, started, shared or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// This platform has no local server yet.
    #[error("a local PostgreSQL server is not supported on this platform yet")]
    Unsupported,
    /// No server binaries were found.
    #[error("no PostgreSQL server binaries were found")]
    NoBinaries,
    /// The variable that names the binaries points at something else.
    #[error("`{variable}` names `{}`, which holds no usable `postgres`: {reason}", path.display())]
    ExplicitBinaries {
        /// The variable.
        variable: &'static str,
        /// Its value.
        path: PathBuf,
        /// What was tried there and how it ended.
        reason: String,
    },
    /// The development data was made by another major version than any that is installed.
    #[error(
        "the development data in `{}` was made by PostgreSQL {made_by}, but only {found} is installed",
        data.display()
    )]
    OtherMajor {
        /// The data folder.
        data: PathBuf,
        /// The major version that made it.
        made_by: u32,
        /// The major version at hand.
        found: u32,
    },
    /// `initdb` failed.
    #[error("`initdb` failed: {output}")]
    Initdb {
        /// The last lines that it wrote.
        output: String,
    },
    /// The server did not come up.
    #[error("the local PostgreSQL server did not start: {log}")]
    Start {
        /// The last lines of its log.
        log: String,
    },
    /// The server that an earlier command left behind can't be ended.
    #[error("the local PostgreSQL server of an earlier command does not end (pid {pid})")]
    Leftover {
        /// The process id in `postmaster.pid`.
        pid: String,
    },
    /// The path of the socket is longer than the system allows.
    #[error("the socket folder `{}` is too long: the socket's path may have 107 bytes", .0.display())]
    SocketTooLong(PathBuf),
    /// A folder that must be private belongs to somebody else.
    #[error("`{}` belongs to another user", .0.display())]
    ForeignFolder(PathBuf),
    /// No folder was named that could hold what must be kept.
    #[error("no cache folder is known: neither `HOME` nor `XDG_CACHE_HOME` is set")]
    NoCache,
    /// The scratch server that was named does not let us in.
    #[error(transparent)]
    Connect(#[from] Box<build_support::connect::Error>),
    /// The scratch server's URL names the target database.
    #[error("the scratch server's URL names the target database itself")]
    ScratchIsTarget,
    /// A database name that is not a scratch database's.
    #[error("`{0}` is not a scratch database of this run")]
    NotScratch(String),
    /// The server answered with an error, or not at all.
    #[error("{what}: {}", describe(source))]
    Database {
        /// What was being done.
        what: String,
        /// The driver's error.
        source: postgres::Error,
    },
    /// Getting the binaries failed.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// A file or a process.
    #[error("{what}: {source}")]
    Io {
        /// What was being done, with the path.
        what: String,
        /// The system's error.
        source: io::Error,
    },
}

impl ServerError {
    /// Adds what was being done to an I/O error.
    pub(super) fn io(what: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let what = format!("{what} `{}`", path.display());
        move |source| Self::Io { what, source }
    }

    /// Adds what was being done to a driver's error.
    pub(crate) fn database(what: impl Into<String>) -> impl FnOnce(postgres::Error) -> Self {
        let what = what.into();
        move |source| Self::Database { what, source }
    }

    /// One line per thing that the user can do, each with a command to paste where there is one.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Unsupported => {
                vec![
                    "set `DATABASE_URL` or pass `--database-url` to use a server of your own"
                        .into(),
                ]
            }
            Self::NoBinaries => missing_hints(),
            Self::ExplicitBinaries { variable, .. } => {
                vec![format!(
                    "set `{variable}` to the folder that holds `postgres`, or unset it"
                )]
            }
            Self::OtherMajor { data, made_by, .. } => vec![
                format!("run `cargo migrate dev install {made_by}`"),
                format!(
                    "or begin afresh, losing the data: remove `{}`",
                    data.display()
                ),
            ],
            Self::Initdb { output } if output.contains("effective user") => {
                vec!["the user that runs this needs an entry in /etc/passwd".into()]
            }
            Self::Leftover { pid } => vec![format!("end it: `kill -QUIT {pid}`")],
            Self::SocketTooLong(_) => vec!["set `TMPDIR` to a shorter path".into()],
            Self::ForeignFolder(path) => {
                vec![format!(
                    "remove `{}` or set `TMPDIR` to a folder of yours",
                    path.display()
                )]
            }
            Self::NoCache => vec!["set `MIGRATE_CACHE_DIR`".into()],
            Self::Install(error) => error.hints(),
            Self::Connect(error) => error.hints(),
            Self::ScratchIsTarget => {
                vec!["name another database of the server, such as `postgres`".into()]
            }
            Self::Initdb { .. }
            | Self::Start { .. }
            | Self::NotScratch(_)
            | Self::Database { .. }
            | Self::Io { .. } => Vec::new(),
        }
    }
}

impl Diagnose for ServerError {
    fn diagnose(&self) -> Diagnostic {
        match self {
            Self::Connect(error) => error.diagnose(),
            other => other.hints().into_iter().fold(
                Diagnostic::new(Exit::User, other.to_string()),
                Diagnostic::hint,
            ),
        }
    }
}

/// The one-line ways to get server binaries on this platform.
pub(super) fn missing_hints() -> Vec<String> {
    let package_manager = if cfg!(target_os = "macos") {
        "run `brew install postgresql@17`"
    } else {
        "run `apt-get install postgresql` (or your system's package of the server)"
    };
    vec![
        package_manager.into(),
        "or run `cargo migrate dev install 17`".into(),
        "or set `MIGRATE_PG_BIN` to the folder that holds `postgres`".into(),
        "or set `DATABASE_URL` to use a server of your own".into(),
    ]
}

/// The server's own message, which the driver hides behind "db error".
fn describe(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(refusal) => format!("{} [{}]", refusal.message(), refusal.code().code()),
        None => error.to_string(),
    }
}

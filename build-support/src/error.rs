//! The error of the library's entry points.

use crate::{
    code::MisplacedCode,
    diagnostic::{Diagnose, Diagnostic},
    engine::{EngineError, ErrorKind, Failure},
    graph::GraphError,
    history::InvalidName,
    revision::RevisionId,
    source::LoadErrors,
};

/// Why an application's revisions were not applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The embedded files can't be read as revisions.
    #[error(transparent)]
    Load(#[from] LoadErrors),
    /// The embedded revisions can't be ordered.
    #[error("{}", first(.0))]
    Graph(Vec<GraphError>),
    /// The history can't have that name.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// The application gave code for what is no revision of that kind.
    #[error(transparent)]
    Code(#[from] MisplacedCode),
    /// A check or a revision stopped the run.
    #[error("{}", .0.diagnose())]
    Engine(Box<EngineError>),
    /// Something stands between the revisions and refinery.
    #[cfg(feature = "refinery")]
    #[error(transparent)]
    Refinery(#[from] crate::RefineryError),
    /// Some tenants could not be migrated; the others were.
    #[error("{} of {of} tenants failed: {}", failed.len(), schemas(failed))]
    Tenants {
        /// Which schemas, and why.
        failed: Vec<(String, Error)>,
        /// How many there were in all.
        of: usize,
    },
    /// The connection string can't be read.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Settings(#[from] crate::connect::SettingsError),
    /// No server answered.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Connect(#[from] crate::connect::Error),
}

fn first(errors: &[GraphError]) -> String {
    errors
        .iter()
        .map(|error| error.diagnose().to_string())
        .collect::<Vec<_>>()
        .join("\n")
}

/// The first few names: a thousand tenants may fail for one reason.
fn schemas(failed: &[(String, Error)]) -> String {
    const SHOWN: usize = 5;
    let names = failed.iter().take(SHOWN);
    let mut names: Vec<String> = names.map(|(schema, _)| format!("`{schema}`")).collect();
    if failed.len() > SHOWN {
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// The error of a whole run: the first tenant's, with the others counted in the headline.
fn of_tenants(error: &Error, failed: &[(String, Error)]) -> Diagnostic {
    let Some((schema, first)) = failed.first() else {
        return Diagnostic::new(crate::Exit::Fault, "tenants failed and no reason");
    };
    let mut diagnostic = first.diagnose();
    let reason = std::mem::replace(&mut diagnostic.message, error.to_string());
    diagnostic
        .notes
        .insert(0, format!("in schema `{schema}`: {reason}"));
    diagnostic
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        Self::Engine(Box::new(error))
    }
}

impl Error {
    /// What can be done about it.
    ///
    /// ```no_run
    /// # use build_support::{ErrorKind, Migrations, driver::Driver};
    /// # fn f(migrations: Migrations, mut client: impl Driver) -> Result<(), build_support::Error> {
    /// match migrations.run(&mut client) {
    ///     Err(error) if error.kind() != ErrorKind::Final => eprintln!("{error}; trying again later"),
    ///     other => drop(other?),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Engine(error) => error.kind(),
            #[cfg(feature = "postgres")]
            Self::Connect(error) if error.may_pass() => ErrorKind::Retry,
            Self::Tenants { failed, .. } => {
                let kinds = failed.iter().map(|(_, error)| error.kind());
                kinds.max().unwrap_or(ErrorKind::Final)
            }
            _ => ErrorKind::Final,
        }
    }

    /// Whether the same run may succeed when it is tried again. What is in doubt counts: the next
    /// run settles it.
    pub fn is_retryable(&self) -> bool {
        self.kind() != ErrorKind::Final
    }

    /// The revision that it is about.
    pub fn revision(&self) -> Option<&RevisionId> {
        match self {
            Self::Engine(error) => error.revision(),
            _ => None,
        }
    }

    /// What is known of a revision that failed in the database: file, line, column, SQLSTATE, what
    /// was applied before, and what is left.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Engine(error) => match error.as_ref() {
                EngineError::Failed(failure)
                | EngineError::BrokeApart(failure)
                | EngineError::StatementLocked { failure, .. } => Some(failure),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Diagnose for Error {
    fn diagnose(&self) -> Diagnostic {
        match self {
            Self::Load(errors) => errors.diagnose(),
            Self::Graph(errors) => match errors.first() {
                Some(error) => error.diagnose(),
                None => Diagnostic::new(crate::Exit::Fault, "no graph and no reason"),
            },
            Self::Name(error) => Diagnostic::new(crate::Exit::User, error.to_string()),
            Self::Code(error) => error.diagnose(),
            Self::Engine(error) => error.diagnose(),
            #[cfg(feature = "refinery")]
            Self::Refinery(error) => error.diagnose(),
            Self::Tenants { failed, .. } => of_tenants(self, failed),
            #[cfg(feature = "postgres")]
            Self::Settings(error) => error.diagnose(),
            #[cfg(feature = "postgres")]
            Self::Connect(error) => error.diagnose(),
        }
    }
}

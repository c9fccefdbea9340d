//! The error of the library's entry points.

use crate::{
    diagnostic::{Diagnose, Diagnostic},
    engine::{EngineError, Failure},
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
    /// A check or a revision stopped the run.
    #[error("{}", .0.diagnose())]
    Engine(Box<EngineError>),
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

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        Self::Engine(Box::new(error))
    }
}

impl Error {
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
            Self::Engine(error) => error.diagnose(),
            #[cfg(feature = "postgres")]
            Self::Settings(error) => error.diagnose(),
            #[cfg(feature = "postgres")]
            Self::Connect(error) => error.diagnose(),
        }
    }
}

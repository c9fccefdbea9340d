//! States that can't be understood.

use build_support::{Diagnose, Diagnostic, Exit};

/// What is wrong with a state before anything is built.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum StateError {
    /// It is none of the words, no URL and no file.
    #[error("`{text}` is no state of a schema")]
    Unknown {
        /// What was given.
        text: String,
    },
    /// The project has no models and no schema files.
    #[error("the project says nowhere what its schema is")]
    NoModels,
}

impl Diagnose for StateError {
    fn diagnose(&self) -> Diagnostic {
        match self {
            Self::Unknown { text } => {
                let diagnostic = Diagnostic::new(Exit::Usage, self.to_string());
                let words = ["models", "migrations", "database"];
                let diagnostic = match crate::config::near(text, words) {
                    Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                    None => diagnostic,
                };
                diagnostic.hint(
                    "name a database URL, a schema file, `models`, `migrations`, \
                     `migrations@REV` or `database`",
                )
            }
            Self::NoModels => Diagnostic::new(Exit::User, self.to_string()).hint(
                "add `models = [\"src/models/*.rs\"]` or `schema = [\"schema.sql\"]` to \
                 `[package.metadata.migrate]` in `Cargo.toml`",
            ),
        }
    }
}

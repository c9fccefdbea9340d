//! What can be wrong with a setting.

use std::path::PathBuf;

use build_support::{Diagnose, Diagnostic, Exit, Place};

use super::value::{Expected, Origin};

/// A setting that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A `migrate` table holds a key that does not exist.
    #[error("unknown key `{key}` in `[{table}]`")]
    UnknownKey {
        /// The key.
        key: String,
        /// The table's path.
        table: String,
        /// The key that was probably meant.
        near: Option<String>,
        /// Where it stands.
        place: Box<Place>,
    },
    /// A `migrate` table is not a table.
    #[error("`{table}` must be a table")]
    NotATable {
        /// Its path.
        table: String,
        /// Where it stands.
        place: Box<Place>,
    },
    /// A value has the wrong shape.
    #[error("`{key}` must be {}, not `{found}`", expected.0)]
    Value {
        /// The setting.
        key: String,
        /// What it should be.
        expected: Expected,
        /// What it is.
        found: String,
        /// Who said so.
        origin: Origin,
        /// Where it stands, if in a file.
        place: Option<Box<Place>>,
    },
    /// `--database` names none of the project's databases.
    #[error("no database `{name}` is configured")]
    UnknownDatabase {
        /// The name given.
        name: String,
        /// The names there are.
        databases: Vec<String>,
    },
    /// A `.env` file can't be read.
    #[error("`{}` can't be read: {reason}", file.display())]
    DotEnv {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// Neither an address nor the right to use the local server.
    #[error("no database is given: `{variable}` is not set")]
    NoDatabase {
        /// The variable that would say it.
        variable: String,
        /// Why the local development server is not used.
        because: &'static str,
    },
}

impl Diagnose for ConfigError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::UnknownKey {
                key, near, place, ..
            } => {
                let mut diagnostic = diagnostic.place(Some((**place).clone()));
                diagnostic.width = key.chars().count();
                match near {
                    Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                    None => diagnostic.hint("`cargo migrate config` lists the keys there are"),
                }
            }
            Self::NotATable { place, .. } => diagnostic.place(Some((**place).clone())),
            Self::Value { origin, place, .. } => match place {
                Some(place) => diagnostic.place(Some((**place).clone())),
                None => diagnostic.note(format!("it comes from {origin}")),
            },
            Self::UnknownDatabase { name, databases } => {
                let near = super::near(name, databases.iter().map(String::as_str));
                match (near, databases.is_empty()) {
                    (Some(near), _) => diagnostic.hint(format!("did you mean `{near}`?")),
                    (None, false) => {
                        diagnostic.hint(format!("the databases are: {}", databases.join(", ")))
                    }
                    (None, true) => diagnostic.hint(format!(
                        "add `[package.metadata.migrate.databases.{name}]` to `Cargo.toml`"
                    )),
                }
            }
            Self::DotEnv { file, .. } => diagnostic.place(Some(Place::file(file))),
            Self::NoDatabase { variable, because } => diagnostic
                .note(format!(
                    "the local development server is not used {because}"
                ))
                .hint(format!("set `{variable}`, or pass `--database-url URL`"))
                .hint("pass `--dev` to use the local development server"),
        }
    }
}

//! States of a schema: where each comes from, and how it becomes a snapshot.
//!
//! A state is a live database, or becomes one: revisions are replayed, models and schema files are
//! built, each in a scratch database of one server. Two snapshots that are compared come from one
//! major version, since PostgreSQL prints the same thing differently in different ones.

mod build;
mod build_error;
mod created;
mod error;
mod history;
mod stuck;
mod workshop;

use std::{fmt, path::PathBuf};

pub use self::{
    build::build,
    build_error::{BuildError, Refusal},
    error::StateError,
    workshop::{Workshop, desired},
};

/// Where a schema comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// `database`: the one that the command works on.
    Database,
    /// A database by its URL or libpq's keywords.
    Url(String),
    /// `models`: what the models and schema files of the project say.
    Models,
    /// `migrations`, `migrations@REV`: what the revisions build, all or up to one.
    Migrations(Option<String>),
    /// An SQL file.
    SchemaFile(PathBuf),
}

impl State {
    /// Reads what a command line says.
    ///
    /// ```
    /// use cargo_migrate::state::State;
    /// assert_eq!(State::parse("models")?, State::Models);
    /// assert_eq!(State::parse("migrations@head-1")?, State::Migrations(Some("head-1".into())));
    /// assert_eq!(State::parse("db/schema.sql")?, State::SchemaFile("db/schema.sql".into()));
    /// assert!(State::parse("modles").is_err());
    /// # Ok::<(), cargo_migrate::state::StateError>(())
    /// ```
    ///
    /// # Errors
    /// A word that is none of them.
    pub fn parse(text: &str) -> Result<Self, StateError> {
        match text {
            "database" => return Ok(Self::Database),
            "models" => return Ok(Self::Models),
            "migrations" => return Ok(Self::Migrations(None)),
            _ => {}
        }
        if let Some(symbol) = text.strip_prefix("migrations@") {
            return Ok(Self::Migrations(Some(symbol.to_owned())));
        }
        let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
        let is_file = text.to_ascii_lowercase().ends_with(".sql");
        if is_url || (text.contains('=') && !is_file) {
            return Ok(Self::Url(text.to_owned()));
        }
        if is_file || text.contains(['/', '\\']) {
            return Ok(Self::SchemaFile(PathBuf::from(text)));
        }
        Err(StateError::Unknown {
            text: text.to_owned(),
        })
    }

    /// Whether it is a database already, with nothing to build.
    pub fn is_live(&self) -> bool {
        match self {
            Self::Database | Self::Url(_) => true,
            Self::Models | Self::Migrations(_) | Self::SchemaFile(_) => false,
        }
    }
}

/// As a person would call it; never with a password.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database => f.write_str("the database"),
            Self::Url(url) => f.write_str(&crate::config::without_password(url)),
            Self::Models => f.write_str("the models"),
            Self::Migrations(None) => f.write_str("the revisions"),
            Self::Migrations(Some(symbol)) => write!(f, "the revisions up to `{symbol}`"),
            Self::SchemaFile(file) => write!(f, "`{}`", file.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> String {
        State::parse(text).map_or_else(|error| error.to_string(), |state| format!("{state:?}"))
    }

    #[test]
    fn each_kind_of_state_is_known_by_its_spelling() {
        insta::assert_snapshot!(parsed("database"), @"Database");
        insta::assert_snapshot!(parsed("migrations"), @"Migrations(None)");
        insta::assert_snapshot!(parsed("migrations@2026"), @r#"Migrations(Some("2026"))"#);
        insta::assert_snapshot!(parsed("postgresql://h/a?x=b.sql"), @r#"Url("postgresql://h/a?x=b.sql")"#);
        insta::assert_snapshot!(parsed("host=/tmp dbname=a"), @r#"Url("host=/tmp dbname=a")"#);
        insta::assert_snapshot!(parsed("schema.SQL"), @r#"SchemaFile("schema.SQL")"#);
        insta::assert_snapshot!(parsed("./schema"), @r#"SchemaFile("./schema")"#);
        insta::assert_snapshot!(parsed("modles"), @"`modles` is no state of a schema");
    }

    #[test]
    fn a_password_is_not_shown() {
        let state = State::parse("postgres://ann:secret@h/a").unwrap();
        assert!(!state.to_string().contains("secret"), "{state}");
    }
}

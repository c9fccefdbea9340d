//! Why a database could not be created or dropped.

use build_support::{Diagnose, Diagnostic, Exit};
use postgres::error::SqlState;

/// The server refused to create or to drop a database.
#[derive(Debug, thiserror::Error)]
#[error("could not {verb} the database `{database}`: {}", reason(source))]
pub(super) struct MaintenanceError {
    pub(super) verb: &'static str,
    pub(super) database: String,
    pub(super) source: postgres::Error,
}

impl Diagnose for MaintenanceError {
    fn diagnose(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(Exit::User, self.to_string());
        let Some(code) = self.source.code() else {
            return diagnostic;
        };
        diagnostic.sqlstate = Some(code.code().to_owned());
        if *code == SqlState::OBJECT_IN_USE {
            return diagnostic.hint("pass `--force` to end the sessions that are in it");
        }
        if *code == SqlState::INSUFFICIENT_PRIVILEGE {
            return diagnostic.hint("use a role with the right CREATEDB, or the database's owner");
        }
        diagnostic
    }
}

/// The server's own words, which the driver hides behind "db error".
fn reason(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(refusal) => match refusal.detail() {
            Some(detail) => format!("{} ({detail})", refusal.message()),
            None => refusal.message().to_owned(),
        },
        None => error.to_string(),
    }
}

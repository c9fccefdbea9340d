//! Builds a schema in an empty database from scripts that may need each other.
//!
//! A schema file may speak of tables that models declare, and a model of functions and types of a
//! schema file, so no order of the scripts is right by itself. They are first tried as they come;
//! where something is not there yet, its statement waits until the others are through.

use build_support::{Diagnose, Diagnostic, Exit};
use postgres::{
    Client,
    error::{DbError, ErrorPosition, SqlState},
};

use crate::models::{Script, Site};

/// What holds while the schema is built: bodies may name what comes later.
const SETTINGS: &str = "RESET ALL; SET check_function_bodies = off";

/// A statement of a desired schema that the server refuses.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The server says why.
    #[error("the desired schema can't be built")]
    Refused {
        /// Where the statement, or the part of it that is wrong, stands.
        site: Option<Site>,
        /// What the server said.
        source: Box<DbError>,
    },
    /// The connection failed.
    #[error("the connection to the scratch database failed")]
    Connection(#[source] postgres::Error),
}

impl Diagnose for BuildError {
    fn diagnose(&self) -> Diagnostic {
        match self {
            Self::Connection(source) => Diagnostic::new(Exit::User, format!("{self}: {source}")),
            Self::Refused { site, source } => refused(self, site.as_ref(), source),
        }
    }
}

fn refused(error: &BuildError, site: Option<&Site>, source: &DbError) -> Diagnostic {
    let place = site.map(Site::place);
    let mut diagnostic = Diagnostic::new(Exit::User, error.to_string()).place(place);
    diagnostic.width = site.map_or(0, Site::width);
    diagnostic.label = Some(source.message().to_owned());
    diagnostic.sqlstate = Some(source.code().code().to_owned());
    if let Some(detail) = source.detail() {
        diagnostic = diagnostic.note(detail);
    }
    if let Some(hint) = source.hint() {
        diagnostic = diagnostic.hint(hint);
    }
    match hint_for(source) {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// What helps beyond the server's own words.
fn hint_for(error: &DbError) -> Option<&'static str> {
    let code = error.code();
    if *code == SqlState::UNDEFINED_OBJECT || *code == SqlState::UNDEFINED_FUNCTION {
        Some(
            "declare it in a schema file (`schema` in `[package.metadata.migrate]`), for example \
             with `CREATE EXTENSION` or `CREATE TYPE`",
        )
    } else if *code == SqlState::UNDEFINED_TABLE {
        Some("add the file that declares the table to `models` or `schema`")
    } else {
        None
    }
}

/// Builds what the scripts say, in an empty database.
///
/// The connection's settings are reset afterwards.
///
/// # Errors
/// The first statement that can't be made to work, by whatever order.
pub fn build(client: &mut Client, scripts: &[Script]) -> Result<(), BuildError> {
    let mut waiting = Vec::new();
    for script in scripts {
        waiting.extend(run_script(client, script)?);
    }
    while !waiting.is_empty() {
        waiting = run_again(client, waiting)?;
    }
    run(client, "RESET ALL").map_err(BuildError::Connection)
}

/// A statement that needs something that is not there yet.
struct Waiting<'a> {
    script: &'a Script,
    index: usize,
    error: BuildError,
}

/// Runs a script in one message, or where that fails statement by statement; what has to wait is
/// handed back.
fn run_script<'a>(client: &mut Client, script: &'a Script) -> Result<Vec<Waiting<'a>>, BuildError> {
    run(client, SETTINGS).map_err(BuildError::Connection)?;
    let statements = script.statements().iter();
    let whole: Vec<&str> = statements
        .map(|range| &script.text()[range.clone()])
        .collect();
    if run(client, &whole.join(";\n")).is_ok() {
        return Ok(Vec::new());
    }
    run(client, SETTINGS).map_err(BuildError::Connection)?;
    let mut waiting = Vec::new();
    for index in 0..script.statements().len() {
        if let Some(error) = run_statement(client, script, index)? {
            waiting.push(Waiting {
                script,
                index,
                error,
            });
        }
    }
    Ok(waiting)
}

/// Runs what had to wait once more, each under the settings that its file had made by then.
fn run_again<'a>(
    client: &mut Client,
    waiting: Vec<Waiting<'a>>,
) -> Result<Vec<Waiting<'a>>, BuildError> {
    let before = waiting.len();
    let mut left = Vec::new();
    for mut item in waiting {
        run(client, SETTINGS).map_err(BuildError::Connection)?;
        for range in &item.script.statements()[..item.index] {
            let statement = &item.script.text()[range.clone()];
            if is_setting(statement) {
                run(client, statement).map_err(BuildError::Connection)?;
            }
        }
        if let Some(error) = run_statement(client, item.script, item.index)? {
            item.error = error;
            left.push(item);
        }
    }
    if left.len() < before {
        return Ok(left);
    }
    let stuck = left.into_iter().next();
    Err(stuck
        .expect("as many are left as were waiting, which is not none")
        .error)
}

/// Runs one statement; an error that another statement could still cure is handed back.
fn run_statement(
    client: &mut Client,
    script: &Script,
    index: usize,
) -> Result<Option<BuildError>, BuildError> {
    let range = script.statements()[index].clone();
    let statement = &script.text()[range.clone()];
    let Err(error) = run(client, statement) else {
        return Ok(None);
    };
    let Some(source) = error.as_db_error().cloned() else {
        return Err(BuildError::Connection(error));
    };
    let offset = range.start + offset_in(statement, source.position());
    let can_wait = is_missing(source.code());
    let error = BuildError::Refused {
        site: script.site(offset),
        source: Box::new(source),
    };
    if can_wait {
        Ok(Some(error))
    } else {
        Err(error)
    }
}

fn run(client: &mut Client, sql: &str) -> Result<(), postgres::Error> {
    client.batch_execute(sql)
}

/// The byte where the server points; it counts characters from 1.
fn offset_in(statement: &str, position: Option<&ErrorPosition>) -> usize {
    let Some(ErrorPosition::Original(character)) = position else {
        return 0;
    };
    let before = usize::try_from(*character).unwrap_or(1).saturating_sub(1);
    let mut offsets = statement.char_indices().map(|(offset, _)| offset);
    offsets.nth(before).unwrap_or(0)
}

/// Errors that end once another statement has made what is missing.
fn is_missing(code: &SqlState) -> bool {
    [
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_COLUMN,
        SqlState::UNDEFINED_FUNCTION,
        SqlState::UNDEFINED_OBJECT,
        SqlState::INVALID_SCHEMA_NAME,
        SqlState::INVALID_FOREIGN_KEY,
    ]
    .contains(code)
}

/// `SET …` and pg_dump's `SELECT pg_catalog.set_config(…)`.
fn is_setting(statement: &str) -> bool {
    let lower = statement.trim_start().to_ascii_lowercase();
    lower.starts_with("set ") || lower.starts_with("select pg_catalog.set_config(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_counts_characters_and_we_bytes() {
        let at = |position| offset_in("SÉLECT x", Some(&ErrorPosition::Original(position)));
        assert_eq!(at(1), 0);
        assert_eq!(at(3), 3);
        assert_eq!(at(99), 0);
        assert_eq!(offset_in("SELECT", None), 0);
    }

    #[test]
    fn settings_are_known_by_their_first_words() {
        assert!(is_setting("SET search_path = a"));
        assert!(is_setting(
            "SELECT pg_catalog.set_config('search_path', '', false)"
        ));
        assert!(!is_setting("SELECT 1"));
        assert!(!is_setting("settle"));
    }
}

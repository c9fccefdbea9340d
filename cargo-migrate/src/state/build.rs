//! Builds a schema in an empty database from scripts that may need each other.
//!
//! A schema file may speak of tables that models declare, and a model of functions and types of a
//! schema file, so no order of the scripts is right by itself. They are first tried as they come;
//! where something is not there yet, its statement waits until the others are through.

use postgres::{
    Client,
    error::{DbError, ErrorPosition, SqlState},
};

use super::{
    build_error::{BuildError, Refusal},
    created::Created,
    stuck,
};
use crate::{
    models::{Script, Site},
    roles::Provider,
    server::Scratch,
};

/// What holds while the schema is built: bodies may name what comes later.
const SETTINGS: &str = "RESET ALL; SET check_function_bodies = off";

/// Builds what the scripts say, in an empty database.
///
/// The connection's settings are reset afterwards. Roles that nothing makes are made where the server is
/// our own.
///
/// # Errors
/// The statement that can't be made to work, by whatever order, or those that need each other.
pub fn build(scratch: &Scratch, client: &mut Client, scripts: &[Script]) -> Result<(), BuildError> {
    let roles = Provider::on(scratch);
    let mut builder = Builder {
        client,
        scripts,
        roles,
    };
    let mut waiting = Vec::new();
    for script in scripts {
        waiting.extend(builder.run_script(script)?);
    }
    while !waiting.is_empty() {
        waiting = builder.run_again(waiting)?;
    }
    builder.run("RESET ALL").map_err(BuildError::Connection)
}

/// A statement of a script.
#[derive(Clone, Copy)]
struct Part<'a> {
    script: &'a Script,
    index: usize,
}

impl<'a> Part<'a> {
    fn text(self) -> &'a str {
        &self.script.text()[self.script.statements()[self.index].clone()]
    }

    /// Where what stands at an offset of the statement came from.
    fn site(self, offset: usize) -> Option<Site> {
        self.script
            .site(self.script.statements()[self.index].start + offset)
    }

    fn created(self) -> Option<Created> {
        Created::by(self.text())
    }
}

/// A statement that needs something that is not there yet.
struct Waiting<'a> {
    part: Part<'a>,
    refusal: Refusal,
}

struct Builder<'a> {
    client: &'a mut Client,
    scripts: &'a [Script],
    roles: Provider<'a>,
}

impl<'a> Builder<'a> {
    /// Runs a script in one message, or where that fails statement by statement; what has to wait
    /// is handed back.
    fn run_script(&mut self, script: &'a Script) -> Result<Vec<Waiting<'a>>, BuildError> {
        self.run(SETTINGS).map_err(BuildError::Connection)?;
        let parts: Vec<Part<'a>> = parts(script).collect();
        let whole: Vec<&str> = parts.iter().map(|part| part.text()).collect();
        if self.run(&whole.join(";\n")).is_ok() {
            return Ok(Vec::new());
        }
        self.run(SETTINGS).map_err(BuildError::Connection)?;
        let mut waiting = Vec::new();
        for part in parts {
            if let Some(refusal) = self.run_part(part)? {
                waiting.push(Waiting { part, refusal });
            }
        }
        Ok(waiting)
    }

    /// Runs what had to wait once more, each under the settings that its file had made by then.
    fn run_again(&mut self, waiting: Vec<Waiting<'a>>) -> Result<Vec<Waiting<'a>>, BuildError> {
        let before = waiting.len();
        let mut left = Vec::new();
        for mut item in waiting {
            self.run(SETTINGS).map_err(BuildError::Connection)?;
            for part in parts(item.part.script).take(item.part.index) {
                if is_setting(part.text()) {
                    self.run(part.text()).map_err(BuildError::Connection)?;
                }
            }
            if let Some(refusal) = self.run_part(item.part)? {
                item.refusal = refusal;
                left.push(item);
            }
        }
        if left.len() < before || self.provides_roles(&left) {
            return Ok(left);
        }
        let stuck = left
            .into_iter()
            .map(|item| (item.part.created(), item.refusal));
        Err(stuck::blame(stuck.collect()))
    }

    /// Whether roles that no statement makes are there from now on.
    fn provides_roles(&mut self, left: &[Waiting<'_>]) -> bool {
        let provided = left
            .iter()
            .filter(|item| self.roles.provides(&item.refusal.source));
        provided.count() > 0
    }

    /// Runs one statement; an error that another statement could still cure is handed back.
    fn run_part(&mut self, part: Part<'a>) -> Result<Option<Refusal>, BuildError> {
        let Err(error) = self.run(part.text()) else {
            return Ok(None);
        };
        let Some(source) = error.as_db_error().cloned() else {
            return Err(BuildError::Connection(error));
        };
        let can_wait = is_missing(source.code());
        let refusal = match is_there_already(source.code()) {
            true => self.twice(part, source),
            false => Refusal {
                site: part.site(offset_in(part.text(), source.position())),
                other: None,
                source: Box::new(source),
            },
        };
        if can_wait {
            Ok(Some(refusal))
        } else {
            Err(BuildError::Refused(refusal))
        }
    }

    /// Names both of the statements that make the same.
    fn twice(&self, part: Part<'a>, source: DbError) -> Refusal {
        let created = part.created();
        let others = self.scripts.iter().flat_map(parts).filter_map(|other| {
            let is_itself = std::ptr::eq(other.script, part.script) && other.index == part.index;
            let found = other.created().filter(|_| !is_itself)?;
            let is_same = created.as_ref().is_some_and(|one| one.is_same(&found));
            is_same.then(|| other.site(found.offset)).flatten()
        });
        let others: Vec<Site> = others.collect();
        let is_function = *source.code() == SqlState::DUPLICATE_FUNCTION;
        let other = match others.as_slice() {
            // Which of several has the same arguments is not known.
            [_, _, ..] if is_function => None,
            others => others.first().cloned(),
        };
        Refusal {
            site: part.site(created.map_or(0, |one| one.offset)),
            other,
            source: Box::new(source),
        }
    }

    fn run(&mut self, sql: &str) -> Result<(), postgres::Error> {
        self.client.batch_execute(sql)
    }
}

fn parts(script: &Script) -> impl Iterator<Item = Part<'_>> {
    (0..script.statements().len()).map(move |index| Part { script, index })
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

/// Errors of a statement that makes what another has made.
fn is_there_already(code: &SqlState) -> bool {
    [
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_OBJECT,
        SqlState::DUPLICATE_FUNCTION,
        SqlState::DUPLICATE_SCHEMA,
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

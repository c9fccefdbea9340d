//! Runs scripts in scratch databases, and says where in which file one fails.
//!
//! There is no history here and no lock: a scratch database has one user.

use std::ops::Range;

use build_support::{
    Diagnose, Diagnostic, Exit, Place,
    graph::{Graph, Node},
    revision::{Repeatable, RevisionId, Script, TransactionMode},
};
use postgres::{Client, error::ErrorPosition};

use crate::{
    roles,
    schema::{Plan, Transaction},
    server::Scratch,
};

/// A statement that the scratch server refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReplayError {
    /// The revision, where it is one's script.
    pub revision: Option<RevisionId>,
    /// Where the statement, or what is wrong in it, stands.
    pub place: Option<Place>,
    /// How many characters of its line it takes.
    pub width: usize,
    /// What the server says.
    pub message: String,
    /// Its code.
    pub sqlstate: Option<String>,
    /// The server's own hint and detail.
    pub notes: Vec<String>,
}

impl Diagnose for ReplayError {
    fn diagnose(&self) -> Diagnostic {
        let headline = match &self.revision {
            Some(id) => format!("revision `{id}` does not run in a scratch database"),
            None => "a repeatable script does not run in a scratch database".to_owned(),
        };
        // Without a code it was the connection, not the script.
        let exit = match self.sqlstate {
            Some(_) => Exit::Revision,
            None => Exit::User,
        };
        let mut diagnostic = Diagnostic::new(exit, headline).place(self.place.clone());
        diagnostic.revision.clone_from(&self.revision);
        diagnostic.width = self.width;
        diagnostic.label = Some(self.message.clone());
        diagnostic.sqlstate.clone_from(&self.sqlstate);
        diagnostic.notes.clone_from(&self.notes);
        let sqlstate = self.sqlstate.as_deref().unwrap_or_default();
        match roles::missing_in(sqlstate, &self.message) {
            Some(_) => diagnostic.hint(roles::HINT),
            None => diagnostic,
        }
    }
}

/// A statement of a plan that the scratch server refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct PlanRefused {
    /// Which statement; none where all of them work by themselves.
    pub statement: Option<usize>,
    /// Where in it the server points, in bytes; 0 where it doesn't.
    pub offset: usize,
    /// What the server says.
    pub error: ReplayError,
}

/// Applies a revision's script in a database of a scratch server, and leaves no setting of it behind.
/// Roles that it speaks of are made where the server is our own.
///
/// # Errors
/// The statement that the server refuses, by place.
pub fn run(
    scratch: &Scratch,
    client: &mut Client,
    id: &RevisionId,
    script: &Script,
) -> Result<(), ReplayError> {
    run_script(scratch, client, Some(id), script)
}

/// Applies a repeatable script.
///
/// # Errors
/// The statement that the server refuses, by place.
pub fn run_repeatable(
    scratch: &Scratch,
    client: &mut Client,
    repeatable: &Repeatable,
) -> Result<(), ReplayError> {
    run_script(scratch, client, None, &repeatable.script)
}

fn run_script(
    scratch: &Scratch,
    client: &mut Client,
    id: Option<&RevisionId>,
    script: &Script,
) -> Result<(), ReplayError> {
    let text = script
        .text
        .whole()
        .map_err(|error| without_code(error.to_string(), error.diagnose().place, id.cloned()))?;
    let statements = &script.statements;
    let outcome = match script.transaction {
        TransactionMode::Own => with_roles(scratch, || in_transaction(client, text, statements)),
        TransactionMode::None => statements
            .iter()
            .try_for_each(|range| with_roles(scratch, || statement(client, text, range))),
    };
    let forgotten = client.batch_execute("DISCARD ALL");
    outcome
        .and(forgotten.map_err(|error| (error, 0)))
        .map_err(|(error, offset)| at(&error, id, script, offset))
}

/// What the server says of a statement of a script that was sent alone; of none of them where only
/// the COMMIT failed.
pub fn refusal(
    error: &postgres::Error,
    id: &RevisionId,
    script: &Script,
    statement: Option<usize>,
) -> ReplayError {
    let range = statement.map_or(0..0, |index| script.statements[index].clone());
    let sent = script.text.get(range.clone()).unwrap_or_default();
    let offset = range.start + position(error, &sent).unwrap_or(0);
    at(error, Some(id), script, offset)
}

fn at(
    error: &postgres::Error,
    id: Option<&RevisionId>,
    script: &Script,
    offset: usize,
) -> ReplayError {
    let place = script.text.place(&script.path, offset);
    let rest = script.text.get(offset..script.text.len());
    ReplayError {
        width: rest.map_or(0, |rest| word_width(&rest)),
        ..described(error, place.ok(), id.cloned())
    }
}

/// Applies the up scripts of the nodes, in their order.
///
/// # Errors
/// The statement that the server refuses, by place.
pub fn run_up(
    scratch: &Scratch,
    client: &mut Client,
    graph: &Graph,
    nodes: &[Node],
) -> Result<(), ReplayError> {
    for node in nodes {
        let revision = graph.revision(*node);
        run(scratch, client, &revision.id, &revision.up)?;
    }
    Ok(())
}

/// Runs a plan's statements, as many of them in one transaction as can be.
///
/// # Errors
/// The statement that the server refuses.
pub fn run_plan(client: &mut Client, plan: &Plan) -> Result<(), PlanRefused> {
    let mut alone = plan.statements.iter();
    if alone.any(|one| one.transaction == Transaction::Alone) {
        let outcome = statement_by_statement(client, plan);
        // The connection may be of no use any more; the first error says why.
        let _ = outcome
            .as_ref()
            .map_err(|_| client.batch_execute("ROLLBACK"));
        return outcome;
    }
    let whole = format!("BEGIN;{}\n;COMMIT", plan.script());
    let Err(error) = client.batch_execute(&whole) else {
        return Ok(());
    };
    let _ = client.batch_execute("ROLLBACK; BEGIN");
    let again = statement_by_statement(client, plan);
    let _ = client.batch_execute("ROLLBACK");
    let (statement, offset) = match again {
        Err(found) if error.as_db_error().is_some() => (found.statement, found.offset),
        Err(_) | Ok(()) => (None, 0),
    };
    Err(PlanRefused {
        statement,
        offset,
        error: described(&error, None, None),
    })
}

fn statement_by_statement(client: &mut Client, plan: &Plan) -> Result<(), PlanRefused> {
    for (at, one) in plan.statements.iter().enumerate() {
        client
            .batch_execute(&one.sql)
            .map_err(|error| PlanRefused {
                statement: Some(at),
                offset: position(&error, &one.sql).unwrap_or(0),
                error: described(&error, None, None),
            })?;
    }
    Ok(())
}

type Refused = (postgres::Error, usize);

/// As one message; where the error has no position, once more to find the statement.
fn in_transaction(
    client: &mut Client,
    text: &str,
    statements: &[Range<usize>],
) -> Result<(), Refused> {
    let first = match client.batch_execute(&format!("BEGIN;{text}\n;COMMIT")) {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    rolled_back(client)?;
    if let Some(offset) = position(&first, &format!("BEGIN;{text}")) {
        return Err((first, offset.saturating_sub("BEGIN;".len())));
    }
    let found = client
        .batch_execute("BEGIN")
        .map_err(|error| (error, 0))
        .and_then(|()| one_by_one(client, text, statements));
    rolled_back(client)?;
    match found {
        Err((_, offset)) => Err((first, offset)),
        // Only COMMIT fails: a deferred constraint.
        Ok(()) => Err((first, 0)),
    }
}

fn rolled_back(client: &mut Client) -> Result<(), Refused> {
    client.batch_execute("ROLLBACK").map_err(|error| (error, 0))
}

fn one_by_one(client: &mut Client, text: &str, statements: &[Range<usize>]) -> Result<(), Refused> {
    let mut statements = statements.iter();
    statements.try_for_each(|range| statement(client, text, range))
}

fn statement(client: &mut Client, text: &str, range: &Range<usize>) -> Result<(), Refused> {
    let sql = &text[range.clone()];
    client.batch_execute(sql).map_err(|error| {
        let offset = range.start + position(&error, sql).unwrap_or(0);
        (error, offset)
    })
}

/// Tries again what left nothing behind, as long as a role was missing that could be made.
fn with_roles(
    scratch: &Scratch,
    mut attempt: impl FnMut() -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut provider = roles::Provider::on(scratch);
    loop {
        match attempt() {
            Err((error, _)) if error.as_db_error().is_some_and(|e| provider.provides(e)) => {}
            outcome => return outcome,
        }
    }
}

/// The byte offset of an error in the text that was sent; the server counts characters from 1.
fn position(error: &postgres::Error, sent: &str) -> Option<usize> {
    match error.as_db_error()?.position()? {
        ErrorPosition::Original(position) => {
            let characters = usize::try_from(*position).ok()?.checked_sub(1)?;
            sent.char_indices()
                .nth(characters)
                .map(|(offset, _)| offset)
        }
        ErrorPosition::Internal { .. } => None,
    }
}

/// The length of the word that a text begins with.
fn word_width(text: &str) -> usize {
    let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
    text.chars().take_while(is_part).count()
}

/// What no server said.
fn without_code(
    message: String,
    place: Option<Place>,
    revision: Option<RevisionId>,
) -> ReplayError {
    ReplayError {
        revision,
        place,
        width: 0,
        message,
        sqlstate: None,
        notes: Vec::new(),
    }
}

fn described(
    error: &postgres::Error,
    place: Option<Place>,
    revision: Option<RevisionId>,
) -> ReplayError {
    let Some(found) = error.as_db_error() else {
        return without_code(error.to_string(), place, revision);
    };
    let notes = [found.detail(), found.hint()]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect();
    ReplayError {
        revision,
        place,
        width: 0,
        message: found.message().to_owned(),
        sqlstate: Some(found.code().code().to_owned()),
        notes,
    }
}

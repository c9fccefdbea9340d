//! Which statement of a script an error comes from, and where it stands in the file.
//!
//! The server gives a position for what it can't parse or analyse, and none for what fails while it
//! runs. For those the rolled-back script is sent once more, statement by statement, in a
//! transaction that is rolled back too.

use std::time::Duration;

use super::{
    ServerError,
    message::{self, Message},
    run::Run,
    transaction::Job,
};
use crate::{
    place::Place,
    revision::{Script, TextError},
};

/// A script that ran longer than this is not run again only to find its line.
const WORTH_A_REPLAY: Duration = Duration::from_secs(20);

/// What is known of the place of an error.
pub(super) struct Spot {
    pub(super) place: Place,
    /// In characters; 0 where no more is known than the file.
    pub(super) width: usize,
    /// Begins at 0.
    pub(super) statement: Option<usize>,
}

impl Spot {
    /// No more than the file is known.
    pub(super) fn file(script: &Script) -> Self {
        Self {
            place: Place::file(&script.path),
            width: 0,
            statement: None,
        }
    }
}

impl Run<'_> {
    pub(super) async fn locate(
        &self,
        job: &Job<'_>,
        error: &ServerError,
        message: &Message,
        elapsed: Duration,
    ) -> Spot {
        let script = job.script;
        let position = error.position;
        if let Some(offset) = position.and_then(|at| message.script_offset(script, at)) {
            return at_offset(script, offset);
        }
        let worth = elapsed < WORTH_A_REPLAY && !error.is_connection() && !error.is("55P03");
        let found = if worth {
            self.replay(job, error).await
        } else {
            None
        };
        match found {
            Some((statement, offset)) => match offset {
                Some(offset) => at_offset(script, offset),
                None => at_statement(script, statement),
            },
            None if script.statements.len() == 1 => at_statement(script, 0),
            None => Spot::file(script),
        }
    }

    /// The statement that fails the same way, and the offset that it fails at where it says.
    async fn replay(&self, job: &Job<'_>, error: &ServerError) -> Option<(usize, Option<usize>)> {
        let script = job.script;
        let mut begin = Message::default();
        begin.statement("BEGIN ISOLATION LEVEL READ COMMITTED");
        let id = job.revision().id.as_str();
        begin.select(message::settings(self.options, script, id, ""));
        begin.statements(message::set_role(self.options));
        self.link.script(begin.sql).await.ok()?;
        let mut found = None;
        for (index, range) in script.statements.iter().enumerate() {
            let mut piece = Message::default();
            let Ok(text) = script.text.get(range.clone()) else {
                break;
            };
            piece.script(&text, range.start);
            let sql = std::mem::take(&mut piece.sql);
            let Err(again) = self.link.script(sql).await else {
                continue;
            };
            if again.sqlstate == error.sqlstate {
                let position = again.position;
                let offset = position.and_then(|at| piece.script_offset(script, at));
                found = Some((index, offset));
            }
            break;
        }
        let _ = self.link.script("ROLLBACK".to_owned()).await;
        found
    }
}

/// The place of a byte of the script's text.
pub(super) fn at_offset(script: &Script, offset: usize) -> Spot {
    // Of a file that was changed meanwhile nothing more is known.
    find_offset(script, offset).unwrap_or_else(|_| Spot::file(script))
}

fn find_offset(script: &Script, offset: usize) -> Result<Spot, TextError> {
    let statement = script
        .statements
        .iter()
        .position(|range| offset <= range.end);
    let end = statement.map_or(offset, |index| script.statements[index].end);
    Ok(Spot {
        place: script.text.place(&script.path, offset)?,
        width: word_width(&script.text.get(offset..end)?),
        statement,
    })
}

/// The place of a whole statement.
pub(super) fn at_statement(script: &Script, index: usize) -> Spot {
    find_statement(script, index).unwrap_or_else(|_| Spot::file(script))
}

fn find_statement(script: &Script, index: usize) -> Result<Spot, TextError> {
    let start = script.statements.get(index).map_or(0, |range| range.start);
    let end = script
        .statements
        .get(index)
        .map_or(start, |range| range.end);
    let text = script.text.get(start..end)?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Spot {
        place: script.text.place(&script.path, start)?,
        width: line.chars().count(),
        statement: Some(index),
    })
}

fn word_width(text: &str) -> usize {
    let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
    text.chars().take_while(is_word).count().max(1)
}

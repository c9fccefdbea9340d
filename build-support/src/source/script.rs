//! One file becomes one script: text, statements, directives, message.

use std::{borrow::Cow, ops::Range, path::PathBuf};

use super::{
    Findings, LoadErrors, ScriptError, Text, WarningKind,
    contents::Contents,
    decode::decode,
    header::{self, Directives},
    key::Role,
    large, message,
    transaction::{self, Asked, Settled},
};
use crate::{
    revision::{Checksum, Script, TransactionMode},
    sql::{Comment, Kind, Statement, Unterminated, split_with},
};

/// A script and what the head of its file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReadScript {
    pub(super) script: Script,
    pub(super) directives: Directives,
    pub(super) message: Option<String>,
}

/// Reads a file; `None` where it can't be read at all. `mark` is what diesel's metadata says.
pub(super) fn read(
    path: PathBuf,
    contents: Contents,
    role: Role,
    mark: Option<TransactionMode>,
    findings: &mut Findings,
) -> Option<ReadScript> {
    if role == Role::Up {
        if let Some(read) = large::read(&path, &contents, mark) {
            return Some(read);
        }
    }
    let text = decode(&path, contents.bytes(findings)?, findings)?;
    let checksum = Checksum::of(&text);
    let file = Text {
        path: &path,
        text: &text,
    };
    let mut comments = Vec::new();
    let split = split_with(&text, |comment| {
        if header::matters(comment, &text) {
            comments.push(comment);
        }
    });
    let directives = header::read(file, &comments, role, findings);
    let statements = match split {
        Ok(split) => {
            refuse_variables(file, split.variables, findings);
            split.statements
        }
        Err(error) => open_ended(file, &error, role, findings)?,
    };
    let asked = asked(&text, &comments, &directives, mark);
    let settled = transaction::settle(file, statements, asked, &directives, findings);
    let message = message::find(&text, head(&comments));
    let script = script(path, text, checksum, &directives, settled);
    Some(ReadScript {
        script,
        directives,
        message,
    })
}

fn refuse_variables(file: Text<'_>, variables: Vec<Range<usize>>, findings: &mut Findings) {
    for range in variables {
        let place = file.place(range.start);
        let variable = file.text[range].to_owned();
        findings.error(place, ScriptError::Variable { variable });
    }
}

/// Refuses a script that never closes something. A down script only gets a warning: it can't run,
/// as one statement the server refuses it whole, and years later nobody mends it.
fn open_ended(
    file: Text<'_>,
    error: &Unterminated,
    role: Role,
    findings: &mut Findings,
) -> Option<Vec<Statement>> {
    let (place, what) = (file.place(error.start), error.what);
    if role != Role::Down {
        findings.error(place, ScriptError::Unterminated { what });
        return None;
    }
    findings.warn(place, WarningKind::Unterminated { what });
    let start = file.text.len() - file.text.trim_start().len();
    Some(vec![Statement {
        range: start..file.text.trim_end().len(),
        whole: 0..file.text.len(),
        kind: Kind::Other,
    }])
}

/// Reads a down script that the history recorded; `path` is how messages name it.
///
/// # Errors
/// A text that no version up to this one records.
pub fn recorded_script(path: impl Into<PathBuf>, text: String) -> Result<Script, LoadErrors> {
    let mut findings = Findings::default();
    let read = read(
        path.into(),
        Contents::Bytes(text.into_bytes().into()),
        Role::Down,
        None,
        &mut findings,
    );
    match (read, LoadErrors::new(findings.errors)) {
        (_, Some(errors)) => Err(errors),
        (Some(read), None) => Ok(read.script),
        (None, None) => unreachable!("a file that can't be read is an error"),
    }
}

/// The comments before the first statement.
fn head(comments: &[Comment]) -> &[Comment] {
    let in_head = |comment: &Comment| comment.statement == 0 && !comment.inside;
    let length = comments
        .iter()
        .take_while(|comment| in_head(comment))
        .count();
    &comments[..length]
}

/// Our directive first, then sqlx's mark, then diesel's.
pub(super) fn asked(
    text: &str,
    comments: &[Comment],
    directives: &Directives,
    mark: Option<TransactionMode>,
) -> Asked {
    let is_mark = |comment: &Comment| header::content(*comment, text).trim() == "no-transaction";
    let sqlx = text.starts_with("-- no-transaction") || head(comments).iter().any(is_mark);
    let mode = directives
        .transaction
        .or(sqlx.then_some(TransactionMode::None))
        .or(mark.filter(|mode| *mode == TransactionMode::None));
    mode.map_or(Asked::Nothing, Asked::Mode)
}

fn script(
    path: PathBuf,
    text: Cow<'static, str>,
    checksum: Checksum,
    directives: &Directives,
    settled: Settled,
) -> Script {
    let statements = settled.statements.into_iter();
    let mut statements: Vec<Range<usize>> = statements.map(|statement| statement.range).collect();
    // They were made in the place of what is three times as large.
    statements.shrink_to_fit();
    Script {
        path,
        text: blank_out(text, &settled.blanked).into(),
        checksum,
        statements,
        transaction: settled.mode,
        lock_timeout: directives.lock_timeout,
        statement_timeout: directives.statement_timeout,
        batches: settled.batches,
    }
}

/// Puts spaces over statements and their semicolons; line ends stay, so that lines do.
fn blank_out(text: Cow<'static, str>, statements: &[Statement]) -> Cow<'static, str> {
    if statements.is_empty() {
        return text;
    }
    let mut bytes = text.into_owned().into_bytes();
    for statement in statements {
        for byte in &mut bytes[statement.range.start..statement.whole.end] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    Cow::Owned(String::from_utf8(bytes).expect("whole tokens became spaces"))
}

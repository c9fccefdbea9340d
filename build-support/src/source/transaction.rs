//! Transactions in a script: pairs of BEGIN and COMMIT are blanked out, what would break the
//! revision's own transaction apart is refused, and the mode is settled.

use super::{
    DirectiveError, Findings, ScriptError, Text, WarningKind,
    header::{self, Directives},
};
use crate::{
    revision::{Batch, TransactionMode},
    sql::{Ending, Kind, Statement, batchable},
};

/// What a script asks for, by its directive or by another tool's mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    Mode(TransactionMode),
}

/// The statements that run, and how.
pub(super) struct Settled {
    pub(super) mode: TransactionMode,
    /// The statements to blank out.
    pub(super) blanked: Vec<Statement>,
    /// The statements to run.
    pub(super) statements: Vec<Statement>,
    /// Which of those are batched.
    pub(super) batches: Vec<Batch>,
}

/// Settles how the statements of a script run.
pub(super) fn settle(
    file: Text<'_>,
    statements: Vec<Statement>,
    asked: Asked,
    directives: &Directives,
    findings: &mut Findings,
) -> Settled {
    refuse(file, &statements, findings);
    let batched = batched(file, &statements, &directives.batches, findings);
    let without = asked == Asked::Mode(TransactionMode::None);
    let is_control = if without {
        refuse_control(file, &statements, findings);
        vec![false; statements.len()]
    } else {
        pair(file, &statements, findings)
    };
    let mut settled = Settled {
        mode: TransactionMode::Own,
        blanked: Vec::new(),
        statements,
        batches: Vec::new(),
    };
    let (mut index, mut kept) = (0, 0);
    // In place: a dump has a million of them.
    settled.statements.retain(|statement| {
        let batch = batched.iter().find(|batch| batch.statement == index);
        let is_kept = !is_control[index];
        index += 1;
        if !is_kept {
            settled.blanked.push(statement.clone());
            return false;
        }
        settled.batches.extend(batch.map(|batch| Batch {
            statement: kept,
            pace: batch.pace.clone(),
        }));
        kept += 1;
        true
    });
    settled.mode = mode(file, &settled, asked, findings);
    if let (TransactionMode::None, Some(offset)) = (settled.mode, directives.code) {
        findings.error(file.place(offset), DirectiveError::CodeWithoutTransaction);
    }
    settled
}

/// Refuses what no mode can run.
fn refuse(file: Text<'_>, statements: &[Statement], findings: &mut Findings) {
    for statement in statements {
        let error = match statement.kind {
            Kind::Meta => ScriptError::Meta {
                command: command(&file.text[statement.range.clone()]),
            },
            Kind::CopyFromStdin => ScriptError::CopyFromStdin,
            Kind::CopyToStdout => ScriptError::CopyToStdout,
            Kind::PrepareTransaction => ScriptError::PrepareTransaction,
            Kind::Begin { .. }
            | Kind::Commit(_)
            | Kind::Rollback
            | Kind::Savepoint
            | Kind::NoTransaction(_)
            | Kind::Rows
            | Kind::Other => continue,
        };
        findings.error(file.place(statement.range.start), error);
    }
}

/// The command without its arguments.
fn command(line: &str) -> String {
    let end = line[1..].find(|c: char| c.is_whitespace() || c == '\\');
    line[..end.map_or(line.len(), |at| at + 1)].to_owned()
}

/// Marks the BEGINs and COMMITs that belong together; refuses the others.
fn pair(file: Text<'_>, statements: &[Statement], findings: &mut Findings) -> Vec<bool> {
    let mut is_control = vec![false; statements.len()];
    let mut open: Option<usize> = None;
    for (index, statement) in statements.iter().enumerate() {
        let place = || file.place(statement.range.start);
        match statement.kind {
            Kind::Begin { .. } if open.is_some() => {
                findings.error(place(), ScriptError::NestedBegin);
            }
            Kind::Begin { modes } => {
                open = Some(index);
                if modes {
                    findings.warn(place(), WarningKind::BeginModes);
                }
            }
            Kind::Commit(Ending::Chain) => findings.error(place(), ScriptError::CommitAndChain),
            Kind::Commit(ending) => match open.take() {
                None => findings.error(place(), ScriptError::UnpairedCommit),
                Some(begin) => {
                    is_control[begin] = true;
                    // PostgreSQL must see what is wrong with the other form.
                    is_control[index] = ending == Ending::Plain;
                    if ending == Ending::Broken {
                        findings.warn(place(), WarningKind::BrokenCommit);
                    }
                }
            },
            Kind::Rollback => {
                open = None;
                findings.error(place(), ScriptError::Rollback);
            }
            Kind::Savepoint
            | Kind::PrepareTransaction
            | Kind::NoTransaction(_)
            | Kind::CopyFromStdin
            | Kind::CopyToStdout
            | Kind::Meta
            | Kind::Rows
            | Kind::Other => {}
        }
    }
    if let Some(begin) = open {
        let place = file.place(statements[begin].range.start);
        findings.error(place, ScriptError::UnpairedBegin);
    }
    is_control
}

/// Without a transaction of its own a script has none to control.
fn refuse_control(file: Text<'_>, statements: &[Statement], findings: &mut Findings) {
    for statement in statements {
        let name = match statement.kind {
            Kind::Begin { .. } => "BEGIN",
            Kind::Commit(_) => "COMMIT",
            Kind::Rollback => "ROLLBACK",
            Kind::Savepoint => "SAVEPOINT",
            Kind::PrepareTransaction
            | Kind::NoTransaction(_)
            | Kind::CopyFromStdin
            | Kind::CopyToStdout
            | Kind::Meta
            | Kind::Rows
            | Kind::Other => continue,
        };
        let error = ScriptError::ControlWithoutTransaction { statement: name };
        findings.error(file.place(statement.range.start), error);
    }
}

/// The statements that a `batch` line stands before.
fn batched(
    file: Text<'_>,
    statements: &[Statement],
    batches: &[header::Batch],
    findings: &mut Findings,
) -> Vec<Batch> {
    let mut found = Vec::new();
    for header::Batch {
        statement,
        offset,
        pace,
    } in batches
    {
        let read = statements
            .get(*statement)
            .map(|statement| batchable(&file.text[statement.range.clone()]));
        let error = match read {
            Some(Ok(_)) => {
                found.push(Batch {
                    statement: *statement,
                    pace: pace.clone(),
                });
                continue;
            }
            Some(Err(reason)) => DirectiveError::BatchOf(reason),
            None => DirectiveError::BatchOfNothing,
        };
        findings.error(file.place(*offset), error);
    }
    found
}

/// Asked for, or because the only statement needs it.
fn mode(
    file: Text<'_>,
    settled: &Settled,
    asked: Asked,
    findings: &mut Findings,
) -> TransactionMode {
    if asked == Asked::Mode(TransactionMode::None) {
        return TransactionMode::None;
    }
    let needy =
        settled
            .statements
            .iter()
            .enumerate()
            .find_map(|(index, statement)| match statement.kind {
                Kind::NoTransaction(name) => Some((
                    statement,
                    ScriptError::NeedsNoTransaction {
                        statement: name,
                        explicit: asked != Asked::Nothing,
                    },
                )),
                _ if settled.batches.iter().any(|batch| batch.statement == index) => {
                    Some((statement, ScriptError::BatchNeedsNoTransaction))
                }
                _ => None,
            });
    match needy {
        None => TransactionMode::Own,
        Some(_) if asked == Asked::Nothing && settled.statements.len() == 1 => {
            TransactionMode::None
        }
        Some((statement, error)) => {
            findings.error(file.place(statement.range.start), error);
            TransactionMode::None
        }
    }
}

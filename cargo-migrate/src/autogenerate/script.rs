//! Plans as the scripts of a revision.

use super::Part;
use crate::{
    scaffold::render::{Half, Scripts},
    schema::{Hazard, Kind, ObjectId, Statement, Transaction, Verb},
};

/// The scripts of one revision of a detection.
pub fn scripts(part: &Part) -> Scripts {
    // One statement that can't share a transaction makes the whole script one without.
    let back = part.down.statements.iter().map(|one| one.transaction).max();
    let back = back.unwrap_or(Transaction::InTransaction);
    Scripts {
        up: Half {
            directives: [
                missed_by_others(&part.up),
                refused_by_up(&part.up),
                transaction(part.transaction),
            ]
            .concat(),
            body: body(&part.up),
        },
        down: Some(Half {
            directives: transaction(back),
            body: body(&part.down.statements),
        }),
        hints: Vec::new(),
    }
}

/// What an older release would miss: a table, a column or the like that is gone, or has another name.
fn missed_by_others(statements: &[Statement]) -> Vec<String> {
    let is_missed = |statement: &Statement| match statement.kind.verb {
        Verb::Rename => is_used(statement.kind.kind),
        // A view that is made again only was in the way.
        Verb::Drop => is_used(statement.kind.kind) && !is_made(&statement.object, statements),
        _ => false,
    };
    let missed = statements.iter().any(is_missed);
    missed
        .then(|| "compatible=no".to_owned())
        .into_iter()
        .collect()
}

/// Whether the queries of an application name such objects.
fn is_used(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Schema
            | Kind::Table
            | Kind::Column
            | Kind::View
            | Kind::MaterializedView
            | Kind::Routine
            | Kind::Sequence
            | Kind::Enum
            | Kind::EnumValue
            | Kind::Composite
            | Kind::Domain
    )
}

fn is_made(object: &ObjectId, statements: &[Statement]) -> bool {
    statements
        .iter()
        .any(|other| other.kind.verb == Verb::Create && other.object == *object)
}

/// What `up` refuses until a reviewer accepts it: data that is lost.
fn refused_by_up(statements: &[Statement]) -> Vec<String> {
    let mut hazards = statements.iter().flat_map(|statement| &statement.hazards);
    let loses = hazards.any(|hazard| matches!(hazard, Hazard::DataLoss { .. }));
    loses
        .then(|| "hazard=data-loss".to_owned())
        .into_iter()
        .collect()
}

fn transaction(transaction: Transaction) -> Vec<String> {
    match transaction {
        Transaction::InTransaction => Vec::new(),
        Transaction::Alone => vec!["transaction=none".to_owned()],
    }
}

/// Statements as the text of a script, each below what a reviewer has to think of.
pub fn body(statements: &[Statement]) -> String {
    let texts: Vec<String> = statements.iter().map(text).collect();
    texts.join("\n")
}

/// A statement, and above it what a reviewer has to think of. Which locks it takes is for the
/// summary: nearly every change of a table has one.
fn text(statement: &Statement) -> String {
    let worth_a_comment = |hazard: &&Hazard| match hazard {
        Hazard::DataLoss { .. }
        | Hazard::Irreversible { .. }
        | Hazard::MayFail { .. }
        | Hazard::Rewrite { .. }
        | Hazard::RenameAssumed { .. } => true,
        Hazard::Lock { .. } => false,
    };
    let hazards = statement.hazards.iter().filter(worth_a_comment);
    let comments: String = hazards.map(|hazard| format!("-- {hazard}\n")).collect();
    format!("{comments}{};\n", statement.sql)
}

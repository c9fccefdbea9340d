//! Rules about rows that change inside a revision.

use super::Reporter;
use crate::lint::{Statement, Subject};

const BATCH: &str = "write `-- migrate: batch` above it, in a revision of its own";

pub(super) fn without_where(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let limited = statement.has(&["WHERE"]) || statement.begins(&["MERGE"]);
        let batched = subject.revision.up.batch(statement.index).is_some();
        if statement.changes_rows() && !limited && !batched {
            reporter.report(
                statement.range.clone(),
                "every row is locked until the statement has changed all of them",
                BATCH,
            );
        }
    }
}

pub(super) fn truncate(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        if statement.begins(&["TRUNCATE"]) {
            reporter.report(
                statement.range.clone(),
                "every row of the table is deleted, and no down script brings it back",
                "accept that with `-- migrate: allow=data-loss`, or delete in batches what nobody needs",
            );
        }
    }
}

pub(super) fn beside_schema(subject: &Subject<'_>, reporter: &mut Reporter) {
    if !subject.in_transaction() {
        return;
    }
    let changes_schema = |statement: &Statement<'_>| {
        let alters =
            statement.begins(&["ALTER", "TABLE"]) || statement.begins(&["CREATE", "INDEX"]);
        alters && subject.used_table(statement).is_some()
    };
    if !subject.statements.iter().any(changes_schema) {
        return;
    }
    for statement in &subject.statements {
        let copies = statement.begins(&["INSERT"]) && statement.has(&["SELECT"]);
        if (statement.changes_rows() || copies) && subject.used_table(statement).is_some() {
            reporter.report(
                statement.head(2),
                "the lock of the schema change is held until these rows have changed",
                BATCH,
            );
        }
    }
}

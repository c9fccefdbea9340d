//! Rules about locks that others wait for.
//! <https://www.postgresql.org/docs/current/explicit-locking.html>

use std::collections::BTreeSet;

use super::{Edit, Reporter};
use crate::lint::{Statement, Subject};

const ALONE: &str =
    "give it a revision of its own, so that its lock is held no longer than it needs";

pub(super) fn explicit(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        if statement.begins(&["LOCK"]) {
            reporter.report(
                statement.range.clone(),
                "the lock is held to the end of the revision",
                "delete it; statements take the locks that they need",
            );
        }
    }
}

pub(super) fn refresh(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let refresh = ["REFRESH", "MATERIALIZED", "VIEW"];
        let empty = statement.has(&["WITH", "NO", "DATA"]);
        if statement.begins(&refresh) && !statement.has_at(3, &["CONCURRENTLY"]) && !empty {
            let behind = statement.tokens()[2].end;
            reporter.mend(
                statement.range.clone(),
                "readers of the view wait until it is filled",
                "add CONCURRENTLY, which needs a unique index on the view",
                vec![Edit::insert(behind, " CONCURRENTLY")],
            );
        }
    }
}

pub(super) fn trigger(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let creates = statement.begins(&["CREATE"])
            && (1..5).any(|index| statement.has_at(index, &["TRIGGER"]))
            && !statement.has(&["EVENT", "TRIGGER"]);
        if creates && subject.used_table(statement).is_some() {
            let head = statement.head(3);
            reporter.report(
                head,
                "writers of the table wait for this trigger, and it for them",
                ALONE,
            );
        }
    }
}

/// A table with a CHECK that was added here or before is not read; only here can be seen.
pub(super) fn attach_partition(subject: &Subject<'_>, reporter: &mut Reporter) {
    for (index, statement) in subject.statements.iter().enumerate() {
        let Some(at) = statement.find(&["ATTACH", "PARTITION"]) else {
            continue;
        };
        let Some(partition) = statement.name_at(at + 2, &[]) else {
            continue;
        };
        let is_checked = subject.statements[..index].iter().any(|before| {
            before.has(&["CHECK", "("])
                && before
                    .target()
                    .is_some_and(|table| table.name == partition.name)
        });
        if statement.begins(&["ALTER", "TABLE"]) && !subject.is_new(&partition) && !is_checked {
            reporter.report(
                statement.between(at, at + 2),
                "PostgreSQL reads the whole partition under a lock to check its bounds",
                "add a CHECK that says the same as the bounds as NOT VALID, validate it in a revision before, then attach",
            );
        }
    }
}

/// The second and every later table that is locked against everything.
pub(super) fn several_tables(subject: &Subject<'_>, reporter: &mut Reporter) {
    if !subject.in_transaction() {
        return;
    }
    let mut locked = BTreeSet::new();
    for statement in subject
        .statements
        .iter()
        .filter(|statement| locks_all(statement))
    {
        let Some(table) = subject.used_table(statement) else {
            continue;
        };
        let name = table.name.clone();
        if locked.insert(table) && locked.len() > 1 {
            reporter.report(
                statement.head(3),
                format!("`{name}` is locked while other tables are locked already"),
                ALONE,
            );
        }
    }
}

fn locks_all(statement: &Statement<'_>) -> bool {
    let gentle = [
        ["VALIDATE", "CONSTRAINT"],
        ["SET", "STATISTICS"],
        ["ATTACH", "PARTITION"],
    ];
    let alters =
        statement.begins(&["ALTER", "TABLE"]) && !gentle.iter().any(|words| statement.has(words));
    alters || statement.begins(&["DROP", "TABLE"]) || statement.begins(&["TRUNCATE"])
}

/// Rows that change there are `rows-beside-schema`.
pub(super) fn statement_behind(subject: &Subject<'_>, reporter: &mut Reporter) {
    if !subject.in_transaction() {
        return;
    }
    let locked = |statement: &Statement<'_>| match locks_all(statement) {
        true => subject.used_table(statement),
        false => None,
    };
    let mut statements = subject.statements.iter();
    let found = statements.find_map(|statement| Some((statement.index, locked(statement)?)));
    let Some((first, table)) = found else {
        return;
    };
    // A later block is told as a whole.
    for statement in statements.filter(|one| !one.is_inside() || one.index == first) {
        let is_alike = locked(statement).is_some() || statement.begins(&["SET"]);
        if !is_alike && !statement.changes_rows() {
            let name = &table.name;
            reporter.report(
                statement.head(3),
                format!("`{name}` stays locked against readers and writers while this runs"),
                ALONE,
            );
        }
    }
}

pub(super) fn several_foreign_keys(subject: &Subject<'_>, reporter: &mut Reporter) {
    if !subject.in_transaction() {
        return;
    }
    let mut referenced = BTreeSet::new();
    for statement in &subject.statements {
        if !statement.begins(&["ALTER", "TABLE"]) {
            continue;
        }
        for index in 0..statement.tokens().len() {
            if !statement.has_at(index, &["REFERENCES"]) {
                continue;
            }
            let table = statement.name_at(index + 1, &[]);
            let Some(table) = table.filter(|table| !subject.is_new(table)) else {
                continue;
            };
            let name = table.name.clone();
            if referenced.insert(table) && referenced.len() > 1 {
                reporter.report(
                    statement.between(index, index + 1),
                    format!(
                        "this foreign key locks `{name}` while other tables are locked already"
                    ),
                    "give each foreign key a revision of its own",
                );
            }
        }
    }
}

//! Rules about indexes and the constraints that are made of them.

use build_support::sql::concurrent_index;

use super::{Edit, Reporter};
use crate::lint::Subject;

pub(super) fn if_not_exists(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let index = concurrent_index(&subject.text[statement.range.clone()]);
        if !index.is_some_and(|index| index.if_not_exists) {
            continue;
        }
        let Some(at) = statement.find(&["IF", "NOT", "EXISTS"]) else {
            continue;
        };
        let words = statement.between(at, at + 2);
        let next = statement
            .tokens()
            .get(at + 3)
            .map_or(words.end, |token| token.start);
        reporter.mend(
            words.clone(),
            "an index that an interrupted build left INVALID counts as existing",
            "delete IF NOT EXISTS; the runner rebuilds what an interruption left",
            vec![Edit::replace(words.start..next, "")],
        );
    }
}

pub(super) fn unnamed(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let index = concurrent_index(&subject.text[statement.range.clone()]);
        if index.is_some_and(|index| index.name.is_none()) {
            reporter.report(
                statement.head(4),
                "PostgreSQL chooses the name of this index, by what is taken on that database",
                "give the index a name",
            );
        }
    }
}

pub(super) fn exclusion_constraint(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let Some(at) = statement.find(&["EXCLUDE"]) else {
            continue;
        };
        if statement.begins(&["ALTER", "TABLE"]) && statement.has(&["ADD"]) {
            reporter.report(
                statement.between(at, at),
                "its index is built while readers and writers of the table wait, and NOT VALID is not allowed for it",
                "build it on a new table, or accept the lock with `-- migrate: allow=lock`",
            );
        }
    }
}

//! Rules about statements that write a whole table anew.

use super::Reporter;
use crate::lint::Subject;

pub(super) fn maintenance(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let cluster = statement.begins(&["CLUSTER"]);
        let vacuum = statement.begins(&["VACUUM"])
            && (1..8).any(|index| {
                statement.has_at(index, &["FULL"]) && !statement.has_at(index + 1, &["FALSE"])
            });
        if cluster || vacuum {
            reporter.report(
                statement.range.clone(),
                "the whole table is written anew while readers and writers wait",
                "leave it out of the revisions; pg_repack and pg_squeeze do it beside the traffic",
            );
        }
    }
}

pub(super) fn storage(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        if !statement.begins(&["ALTER", "TABLE"]) && !statement.begins(&["ALTER", "INDEX"]) {
            continue;
        }
        let changes: [&[&str]; 4] = [
            &["SET", "TABLESPACE"],
            &["SET", "LOGGED"],
            &["SET", "UNLOGGED"],
            &["SET", "ACCESS", "METHOD"],
        ];
        for change in changes {
            if let Some(at) = statement.find(change) {
                reporter.report(
                    statement.between(at, at + change.len() - 1),
                    "the whole table is written anew while readers and writers wait",
                    "make a new table that way, copy the rows in batches, and swap the names",
                );
            }
        }
    }
}

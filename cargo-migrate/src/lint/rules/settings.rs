//! Rules about what a script changes in its session.

use super::{Edit, Reporter};
use crate::lint::{Statement, Subject};

pub(super) fn session_setting(subject: &Subject<'_>, reporter: &mut Reporter) {
    // Without a transaction LOCAL has no effect.
    if !subject.in_transaction() {
        return;
    }
    for statement in &subject.statements {
        set(statement, reporter);
        set_config(statement, reporter);
    }
}

fn set(statement: &Statement<'_>, reporter: &mut Reporter) {
    let harmless = ["LOCAL", "CONSTRAINTS", "TRANSACTION"];
    let is_local = harmless.iter().any(|word| statement.has_at(1, &[word]));
    if !statement.begins(&["SET"]) || is_local {
        return;
    }
    let tokens = statement.tokens();
    let role = statement.has_at(1, &["SESSION", "AUTHORIZATION"]);
    let characteristics = statement.has_at(1, &["SESSION", "CHARACTERISTICS"]);
    let edit = if statement.has_at(1, &["SESSION"]) && !role && !characteristics {
        Edit::replace(tokens[1].range(), "LOCAL")
    } else {
        Edit::insert(tokens[0].end, " LOCAL")
    };
    let edits = if characteristics {
        Vec::new()
    } else {
        vec![edit]
    };
    reporter.mend(
        statement.range.clone(),
        "the setting is meant for the session, and the runner takes it back after the revision",
        "write SET LOCAL, which ends with the revision",
        edits,
    );
}

/// The third argument says whether the setting is local; only a plain call is looked at.
fn set_config(statement: &Statement<'_>, reporter: &mut Reporter) {
    let pattern = ["set_config", "(", "*", ",", "*", ",", "false"];
    let Some(at) = statement.find(&pattern) else {
        return;
    };
    let last = at + pattern.len() - 1;
    let value = statement.between(last, last);
    reporter.mend(
        statement.between(at, last),
        "the setting is meant for the session, and the runner takes it back after the revision",
        "pass true, so that it ends with the revision",
        vec![Edit::replace(value, "true")],
    );
}

pub(super) fn advisory_unlock_all(subject: &Subject<'_>, reporter: &mut Reporter) {
    const NAME: &str = "pg_advisory_unlock_all";
    for statement in &subject.statements {
        let text = &subject.text[statement.range.clone()];
        if let Some(at) = text.to_ascii_lowercase().find(NAME) {
            let start = statement.range.start + at;
            reporter.report(
                start..start + NAME.len(),
                "locks of the session that are not this script's are released too",
                "release the locks that it takes by `pg_advisory_unlock`, or take them by `pg_advisory_xact_lock`",
            );
        }
    }
}

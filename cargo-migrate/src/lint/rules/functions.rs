//! Rules about functions, blocks of code, and rights.

use build_support::sql::{Lexer, TokenKind};

use super::{Edit, Reporter};
use crate::lint::Subject;

pub(super) fn dynamic_sql(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in subject
        .statements
        .iter()
        .filter(|statement| statement.begins(&["DO"]))
    {
        for (token, body) in statement.strings() {
            if let Some(at) = execute_in(body) {
                let start = token.start + at;
                reporter.report(
                    start..start + "EXECUTE".len(),
                    "what runs here is only known when it runs, so no rule looks at it",
                    "write the statement out, outside of the block, where that is possible",
                );
            }
        }
    }
}

/// Where a body has its first EXECUTE; a trigger's `EXECUTE FUNCTION` is none.
fn execute_in(body: &str) -> Option<usize> {
    let behind_tag = 1 + body
        .strip_prefix('$')
        .map_or(0, |rest| rest.find('$').map_or(0, |at| at + 1));
    let inner = body.get(behind_tag..)?;
    let tokens: Vec<_> = Lexer::new(inner)
        .map_while(Result::ok)
        .filter(|token| token.kind == TokenKind::Word || token.kind == TokenKind::Text)
        .collect();
    let word = |index: usize| tokens.get(index).map_or("", |token| &inner[token.range()]);
    let found = (0..tokens.len()).find(|&index| {
        let next = word(index + 1);
        word(index).eq_ignore_ascii_case("EXECUTE")
            && !["FUNCTION", "PROCEDURE", "ON"]
                .iter()
                .any(|known| next.eq_ignore_ascii_case(known))
    })?;
    Some(behind_tag + tokens[found].start)
}

pub(super) fn security_definer(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let Some(at) = statement.find(&["SECURITY", "DEFINER"]) else {
            continue;
        };
        let is_routine = statement.begins(&["CREATE"])
            && (1..5).any(|index| {
                statement.has_at(index, &["FUNCTION"]) || statement.has_at(index, &["PROCEDURE"])
            });
        if is_routine && !statement.has(&["SET", "search_path"]) {
            let words = statement.between(at, at + 1);
            reporter.mend(
                words.clone(),
                "whoever calls it can put other objects in the place of those that it means",
                "add `SET search_path = pg_catalog, pg_temp` and qualify the names in it",
                vec![Edit::insert(
                    words.end,
                    " SET search_path = pg_catalog, pg_temp",
                )],
            );
        }
    }
}

pub(super) fn grant_to_public(subject: &Subject<'_>, reporter: &mut Reporter) {
    for statement in &subject.statements {
        let Some(at) = statement.find(&["TO", "PUBLIC"]) else {
            continue;
        };
        if statement.begins(&["GRANT"]) {
            reporter.report(
                statement.between(at, at + 1),
                "every role of the server gets this right, those of later too",
                "name the role that needs it",
            );
        }
    }
}

//! The statements inside of a DO block, so that the rules see what it runs.
//!
//! Only what stands there as SQL is found. It may stand behind a condition; a rule takes it as if it
//! ran. What EXECUTE makes of strings is not read.

use std::ops::Range;

use build_support::sql::{self, Token, TokenKind};

use super::Statement;

/// The first words of the statements that rules are about.
const VERBS: &[&str] = &[
    "ALTER", "CLUSTER", "CREATE", "DELETE", "DROP", "GRANT", "INSERT", "LOCK", "MERGE", "REFRESH",
    "REINDEX", "SET", "TRUNCATE", "UPDATE",
];

/// The words of PL/pgSQL behind which a statement begins.
const OPENING: &[&str] = &["BEGIN", "ELSE", "LOOP", "THEN"];

/// Where the statements of a block stand; nothing where it is no DO block of PL/pgSQL.
pub(super) fn statements(block: &Statement<'_>) -> Vec<Range<usize>> {
    if !block.begins(&["DO"]) || is_of_another_language(block) {
        return Vec::new();
    }
    let body = block
        .strings()
        .find(|(token, _)| token.kind == TokenKind::DollarText);
    let Some(inner) = body.and_then(|(token, text)| inside(token, text)) else {
        return Vec::new();
    };
    let text = &block.text[inner.clone()];
    let in_script = |range: Range<usize>| inner.start + range.start..inner.start + range.end;
    within(text).into_iter().map(in_script).collect()
}

fn is_of_another_language(block: &Statement<'_>) -> bool {
    let named = block.find(&["LANGUAGE"]).map(|at| block.word(at + 1));
    named.is_some_and(|name| !name.eq_ignore_ascii_case("plpgsql"))
}

/// What stands between the two tags.
fn inside(token: Token, text: &str) -> Option<Range<usize>> {
    let tag = text[1..].find('$')? + 2;
    let end = token.end.checked_sub(tag)?;
    (token.start + tag <= end).then_some(token.start + tag..end)
}

fn within(body: &str) -> Vec<Range<usize>> {
    let tokens = sql::significant(body);
    let is_one_of = |token: &Token, words: &[&str]| {
        let word = &body[token.range()];
        words.iter().any(|known| word.eq_ignore_ascii_case(known))
    };
    let mut found = Vec::new();
    let (mut at, mut begins) = (0, true);
    while let Some(token) = tokens.get(at) {
        if begins && is_one_of(token, VERBS) {
            let ends = |token: &Token| token.kind == TokenKind::Semicolon;
            let length = tokens[at..].iter().position(ends);
            let end = length.map_or(tokens.len(), |length| at + length);
            found.push(token.start..tokens[end - 1].end);
            at = end + 1;
            continue;
        }
        begins = token.kind == TokenKind::Semicolon || is_one_of(token, OPENING);
        at += 1;
    }
    found
}

/// A script in which each block is blank but for its statements that change the schema: what a
/// parser of SQL reads of it, every byte where it was.
#[cfg(feature = "lint")]
pub(super) fn unfolded(text: &str, statements: &[Statement<'_>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let blocks = statements.iter().filter(|one| !one.is_inside());
    for block in blocks.filter(|block| block.begins(&["DO"])) {
        let of_block = |one: &&Statement<'_>| one.is_inside() && one.index == block.index;
        let mut inner = statements.iter().filter(of_block).peekable();
        if inner.peek().is_none() {
            continue;
        }
        for byte in &mut bytes[block.range.clone()] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        for statement in inner.filter(|statement| !changes_rows(statement)) {
            let range = statement.range.clone();
            bytes[range.clone()].copy_from_slice(&text.as_bytes()[range.clone()]);
            // At least the closing tag follows.
            bytes[range.end] = b';';
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// PL/pgSQL adds `INTO` to them, which SQL does not know.
#[cfg(feature = "lint")]
fn changes_rows(statement: &Statement<'_>) -> bool {
    statement.changes_rows() || statement.begins(&["INSERT"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(block: &str) -> Vec<&str> {
        let statement = Statement::new(block, 0..block.len());
        let ranges = statements(&statement).into_iter();
        ranges.map(|range| &block[range]).collect()
    }

    #[test]
    fn the_statements_of_a_block_are_found_behind_conditions_and_loops() {
        assert_eq!(
            found(
                "DO $do$\nDECLARE n int := CASE WHEN true THEN 1 ELSE 2 END;\nBEGIN\n\
                 IF NOT EXISTS (SELECT FROM b) THEN\n  ALTER TABLE a ADD é int;\n\
                 ELSIF n = 1 THEN NULL; ELSE DROP TABLE a; END IF;\n\
                 FOR n IN SELECT 1 LOOP UPDATE a SET b = CASE WHEN c THEN 1 ELSE 2 END; END LOOP;\n\
                 PERFORM f('DROP TABLE c;'); -- DROP TABLE d;\n\
                 EXECUTE 'DROP TABLE e';\n\
                 EXCEPTION WHEN duplicate_object THEN TRUNCATE a;\nEND $do$"
            ),
            [
                "ALTER TABLE a ADD é int",
                "DROP TABLE a",
                "UPDATE a SET b = CASE WHEN c THEN 1 ELSE 2 END",
                "TRUNCATE a",
            ]
        );
    }

    #[test]
    fn what_is_no_block_of_sql_has_none() {
        for text in [
            "DO LANGUAGE plpython3u $$ DROP TABLE a; $$",
            "SELECT $$ BEGIN DROP TABLE a; END $$",
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE a; END $$",
            "DO 'BEGIN DROP TABLE a; END'",
            "DO $$$$",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
        assert_eq!(
            found("DO LANGUAGE plpgsql $$ BEGIN DROP TABLE a; END $$").len(),
            1
        );
        assert_eq!(found("DO $$ BEGIN DROP TABLE a$$"), ["DROP TABLE a"]);
    }
}

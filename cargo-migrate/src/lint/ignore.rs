//! `-- squawk-ignore RULE, …` before a statement: the same comment for all rules.

use std::ops::Range;

use build_support::sql::{self, TokenKind};

/// Rules that a comment switches off for the statement behind it, or for the file.
pub(super) struct Ignores<'a> {
    text: &'a str,
    list: Vec<Ignore>,
}

struct Ignore {
    /// The bytes of the names.
    rules: Vec<Range<usize>>,
    /// The statement's bytes; the whole file's for `squawk-ignore-file`.
    scope: Range<usize>,
}

impl<'a> Ignores<'a> {
    /// Reads the comments of a script.
    pub(super) fn read(text: &'a str) -> Self {
        let mut comments = Vec::new();
        let split = sql::split_with(text, |comment| {
            let body = &text[comment.token.range()];
            if comment.token.kind == TokenKind::LineComment && body.contains("squawk-ignore") {
                comments.push(comment);
            }
        });
        let statements = split.map(|split| split.statements).unwrap_or_default();
        let ignore = |comment: &sql::Comment| {
            let body = text[comment.token.range()].trim_start_matches(['-', ' ', '\t']);
            let body = body.strip_prefix("squawk-ignore")?;
            let (body, scope) = match body.strip_prefix("-file") {
                Some(body) => (body, 0..text.len()),
                None => (body, statements.get(comment.statement)?.range.clone()),
            };
            let start = comment.token.end - body.len();
            let rules = words(body).map(|word| start + word.start..start + word.end);
            Some(Ignore {
                rules: rules.collect(),
                scope,
            })
        };
        let list = comments.iter().filter_map(ignore).collect();
        Self { text, list }
    }

    /// Whether a finding of this rule at this byte is switched off; no rule named means all.
    pub(super) fn covers(&self, rule: &str, offset: usize) -> bool {
        self.list.iter().any(|ignore| {
            let mut names = ignore.rules.iter();
            let named =
                ignore.rules.is_empty() || names.any(|name| &self.text[name.clone()] == rule);
            named && ignore.scope.contains(&offset)
        })
    }

    /// Where the names stand.
    pub(super) fn names(&self) -> impl Iterator<Item = Range<usize>> {
        self.list.iter().flat_map(|ignore| ignore.rules.clone())
    }
}

/// The words of a list with commas or blanks between them.
fn words(list: &str) -> impl Iterator<Item = Range<usize>> {
    let words = list.split(|c: char| c == ',' || c.is_whitespace());
    let ranges = words.scan(0, |at, word| {
        let start = *at;
        // What separates them is one byte where the list is one of names; else it is prose.
        *at += word.len()
            + list[start + word.len()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
        Some(start..start + word.len())
    });
    ranges.filter(|range| !range.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_comment_are_found_in_the_text() {
        let text = "-- squawk-ignore a-b,\u{a0}c  d\nSELECT 1;\n-- squawk-ignore-file e\nSELECT 2;";
        let ignores = Ignores::read(text);
        let names: Vec<&str> = ignores.names().map(|range| &text[range]).collect();
        assert_eq!(names, ["a-b", "c", "d", "e"]);
        let (first, second) = (text.find("SELECT 1"), text.find("SELECT 2"));
        assert!(ignores.covers("c", first.expect("there")));
        assert!(!ignores.covers("c", second.expect("there")));
        assert!(ignores.covers("e", second.expect("there")));
    }
}

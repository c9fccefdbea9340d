//! `-- squawk-ignore RULE, …` before a statement: the same comment for all rules.

use std::ops::Range;

use build_support::sql::{self, TokenKind};

/// Rules that a comment switches off for the statement behind it, or for the file.
pub(super) struct Ignores(Vec<Ignore>);

struct Ignore {
    rules: Vec<String>,
    /// The statement's bytes; the whole file's for `squawk-ignore-file`.
    scope: Range<usize>,
}

impl Ignores {
    /// Reads the comments of a script.
    pub(super) fn read(text: &str) -> Self {
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
            let names = body.split(|c: char| c == ',' || c.is_whitespace());
            let rules = names.filter(|name| !name.is_empty()).map(str::to_owned);
            Some(Ignore {
                rules: rules.collect(),
                scope,
            })
        };
        Self(comments.iter().filter_map(ignore).collect())
    }

    /// Whether a finding of this rule at this byte is switched off; no rule named means all.
    pub(super) fn covers(&self, rule: &str, offset: usize) -> bool {
        self.0.iter().any(|ignore| {
            let named = ignore.rules.is_empty() || ignore.rules.iter().any(|name| name == rule);
            named && ignore.scope.contains(&offset)
        })
    }
}

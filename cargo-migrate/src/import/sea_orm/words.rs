//! The words of one statement: what it begins with, what it names, what it calls.

use build_support::sql::{self, TokenKind};

/// The words of a statement.
pub(super) struct Words {
    /// The first, in lower case.
    pub first: String,
    /// All, and quoted names too, as they mean it.
    pub names: Vec<String>,
    /// Those that a parenthesis follows.
    pub called: Vec<String>,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let tokens = sql::significant(text);
        let name = |token: &sql::Token| {
            let spelled = &text[token.range()];
            match token.kind {
                TokenKind::Word => Some(spelled.to_lowercase()),
                TokenKind::QuotedName => Some(spelled.trim_matches('"').replace("\"\"", "\"")),
                _ => None,
            }
        };
        let called = tokens
            .windows(2)
            .filter(|pair| pair[1].kind == TokenKind::Open)
            .filter_map(|pair| name(&pair[0]));
        Self {
            first: tokens.first().and_then(name).unwrap_or_default(),
            called: called.collect(),
            names: tokens.iter().filter_map(name).collect(),
        }
    }

    /// Whether it is one of them.
    pub(super) fn has(&self, word: &str) -> bool {
        self.names.iter().any(|name| name == word)
    }

    /// Whether it asks and makes nothing: `SELECT … INTO` makes a table, and a WITH may change rows.
    pub(super) fn only_ask(&self) -> bool {
        let changes = ["insert", "update", "delete", "merge"];
        match self.first.as_str() {
            "select" => !self.has("into"),
            "with" => !changes.iter().any(|word| self.has(word)),
            "show" | "table" | "values" => true,
            _ => false,
        }
    }
}

/// The value of the first literal.
pub(super) fn first_literal(text: &str) -> Option<String> {
    let tokens = sql::significant(text);
    let found = tokens.iter().find(|token| token.kind == TokenKind::Text)?;
    let inner = text[found.range()].strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_quoted_names_are_not() {
        let words = Words::of("Select COUNT(*), 'x' FROM \"A\"\"b\" -- c");
        assert_eq!(words.first, "select");
        assert_eq!(words.names, ["select", "count", "from", "A\"b"]);
        assert_eq!(words.called, ["count"]);
        assert_eq!(first_literal("SELECT 1, 'it''s'").as_deref(), Some("it's"));
    }
}

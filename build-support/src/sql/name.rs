//! Names as SQL text holds them: folded or quoted, with or without their schema.

use std::fmt;

use super::{Identifier, Token, TokenKind};

/// A name with the schema that the text gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QualifiedName {
    /// The schema, where the text says it.
    pub schema: Option<String>,
    /// The name itself.
    pub name: String,
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", Identifier(schema))?;
        }
        write!(f, "{}", Identifier(&self.name))
    }
}

/// The name that a word or a quoted name stands for.
pub(super) fn identifier(token: Token, text: &str) -> Option<String> {
    let spelled = &text[token.range()];
    match token.kind {
        TokenKind::Word => Some(spelled.to_ascii_lowercase()),
        TokenKind::QuotedName => Some(unquote(spelled.strip_prefix('"')?)),
        _ => None,
    }
}

fn unquote(after_quote: &str) -> String {
    let inner = after_quote.strip_suffix('"').unwrap_or(after_quote);
    inner.replace("\"\"", "\"")
}

/// Reads `name` or `schema.name` (or `database.schema.name`) and what is left behind it.
pub fn read_name<'t>(tokens: &'t [Token], text: &str) -> Option<(QualifiedName, &'t [Token])> {
    let (first, mut rest) = tokens.split_first()?;
    let mut parts = vec![identifier(*first, text)?];
    while let [dot, next, tail @ ..] = rest {
        if &text[dot.range()] != "." {
            break;
        }
        parts.push(identifier(*next, text)?);
        rest = tail;
    }
    let name = parts.pop()?;
    let schema = parts.pop();
    Some((QualifiedName { schema, name }, rest))
}

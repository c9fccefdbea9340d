//! Quoting: the only way by which a value or a name gets into the SQL that we write.

use std::fmt;

/// A text as an SQL literal, right with any setting of `standard_conforming_strings`.
///
/// ```
/// use build_support::sql::Literal;
/// assert_eq!(Literal("it's").to_string(), "'it''s'");
/// assert_eq!(Literal(r"a\b").to_string(), r" E'a\\b'");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literal<'a>(pub &'a str);

/// A name as a quoted SQL identifier.
///
/// ```
/// use build_support::sql::Identifier;
/// assert_eq!(Identifier("a\"b").to_string(), "\"a\"\"b\"");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifier<'a>(pub &'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The blank keeps the prefix apart from a word before it, as `quote_literal` does.
        let escapes = self.0.contains('\\');
        f.write_str(if escapes { " E'" } else { "'" })?;
        write_doubled(f, self.0, |c| c == '\'' || (escapes && c == '\\'))?;
        f.write_str("'")
    }
}

impl fmt::Display for Identifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        write_doubled(f, self.0, |c| c == '"')?;
        f.write_str("\"")
    }
}

/// Writes `text` with each character that `doubled` picks twice.
fn write_doubled(
    f: &mut fmt::Formatter<'_>,
    text: &str,
    doubled: impl Fn(char) -> bool,
) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(&doubled) {
        let (head, tail) = rest.split_at(at + 1);
        write!(f, "{head}{}", &head[at..])?;
        rest = tail;
    }
    f.write_str(rest)
}

/// [`Literal`] as a string.
pub fn quote_literal(text: &str) -> String {
    Literal(text).to_string()
}

/// [`Identifier`] as a string.
pub fn quote_identifier(name: &str) -> String {
    Identifier(name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_are_doubled_where_they_would_mean_something() {
        assert_eq!(quote_literal(""), "''");
        assert_eq!(quote_literal("é' OR '1'='1"), "'é'' OR ''1''=''1'");
        assert_eq!(quote_literal(r"\'"), r" E'\\'''");
        assert_eq!(quote_identifier("select"), "\"select\"");
        assert_eq!(quote_identifier("\"\""), "\"\"\"\"\"\"");
        assert_eq!(quote_identifier(r"a\b"), "\"a\\b\"");
    }
}

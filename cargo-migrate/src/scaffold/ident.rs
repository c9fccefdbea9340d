//! Names as a user types them, bare or quoted, with or without a schema; displayed as SQL.

use std::fmt;

use crate::schema::name::Ident;

/// The longest identifier that PostgreSQL keeps whole, in bytes.
/// <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>
pub const MAX_BYTES: usize = 63;

/// One identifier, as it is meant: `userId` keeps its capital and is quoted when displayed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(String);

/// The text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentifier {
    /// There is nothing, or nothing between the quotes.
    #[error("a name is missing")]
    Empty,
    /// A character that needs quotes.
    #[error("`{text}` holds `{character}`: put it in double quotes if it is a name")]
    Character {
        /// What was given.
        text: String,
        /// The first character that can't stand in a bare name.
        character: char,
    },
    /// Longer than PostgreSQL keeps.
    #[error("`{text}` has {} bytes, and PostgreSQL keeps {MAX_BYTES}", text.len())]
    Long {
        /// What was given.
        text: String,
    },
    /// More parts than `schema.name`.
    #[error("`{text}` has {parts} parts: a name is `name` or `schema.name`")]
    Parts {
        /// What was given.
        text: String,
        /// How many there are.
        parts: usize,
    },
}

impl Identifier {
    /// Reads a bare or a double-quoted identifier.
    ///
    /// # Errors
    /// When it is empty, too long, or holds what a bare identifier can't.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let text = text.trim();
        let inner = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let name = match inner {
            Some(quoted) => quoted.replace("\"\"", "\""),
            None => bare(text)?.to_owned(),
        };
        if name.is_empty() {
            return Err(InvalidIdentifier::Empty);
        }
        if name.len() > MAX_BYTES {
            return Err(InvalidIdentifier::Long { text: name });
        }
        Ok(Self(name))
    }

    /// A name that is made of others (`ix_users_email`), cut to what PostgreSQL keeps.
    ///
    /// PostgreSQL would cut it too, and two names with one long beginning would clash; so the end
    /// of a cut name is a checksum of the whole.
    pub fn generated(text: &str) -> Self {
        if text.len() <= MAX_BYTES {
            return Self(text.to_owned());
        }
        let sum = build_support::revision::Checksum::of(text).to_string();
        let end = text.floor_char_boundary(MAX_BYTES - 9);
        Self(format!("{}_{}", &text[..end], &sum[..8]))
    }

    /// The name without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the characters of an identifier that is not quoted.
fn bare(text: &str) -> Result<&str, InvalidIdentifier> {
    let odd = text
        .chars()
        .find(|c| !c.is_alphanumeric() && !matches!(c, '_' | '$'));
    match odd {
        Some(character) => Err(InvalidIdentifier::Character {
            text: text.to_owned(),
            character,
        }),
        None => Ok(text),
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ident(&self.0).fmt(f)
    }
}

/// A table or a type: a name, with its schema where the user gave one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The schema, where it is stated.
    pub schema: Option<Identifier>,
    /// The name in it.
    pub name: Identifier,
}

impl Name {
    /// Reads `name` or `schema.name`, each part bare or quoted.
    ///
    /// # Errors
    /// When a part is not an identifier, or there are more than two.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let parts = super::split::top_level(text, '.');
        match parts.as_slice() {
            [name] => Ok(Self {
                schema: None,
                name: Identifier::parse(name.text)?,
            }),
            [schema, name] => Ok(Self {
                schema: Some(Identifier::parse(schema.text)?),
                name: Identifier::parse(name.text)?,
            }),
            parts => Err(InvalidIdentifier::Parts {
                text: text.to_owned(),
                parts: parts.len(),
            }),
        }
    }

    /// Another name in the same schema.
    pub fn sibling(&self, name: Identifier) -> Self {
        Self {
            schema: self.schema.clone(),
            name,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        self.name.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Name::parse(text).expect("a name").to_string()
    }

    #[test]
    fn quotes_stay_only_where_sql_needs_them() {
        assert_eq!(shown("users"), "users");
        assert_eq!(shown("\"users\""), "users");
        assert_eq!(shown("order"), "\"order\"");
        assert_eq!(shown("sales.\"Order Items\""), "sales.\"Order Items\"");
        assert_eq!(shown("\"a.b\".c"), "\"a.b\".c");
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        let refused = |text: &str| Name::parse(text).expect_err("refused").to_string();
        assert_eq!(refused(""), "a name is missing");
        assert_eq!(
            refused("a-b"),
            "`a-b` holds `-`: put it in double quotes if it is a name"
        );
        assert_eq!(
            refused("a.b.c"),
            "`a.b.c` has 3 parts: a name is `name` or `schema.name`"
        );
        assert!(refused(&"x".repeat(64)).contains("64 bytes"));
    }

    #[test]
    fn a_long_generated_name_is_cut_and_stays_unique() {
        let one = Identifier::generated(&format!("ix_{}_a", "x".repeat(70)));
        let two = Identifier::generated(&format!("ix_{}_b", "x".repeat(70)));
        assert_eq!(one.as_str().len(), MAX_BYTES);
        assert_ne!(one, two);
    }
}

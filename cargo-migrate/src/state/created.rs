//! What a statement of a schema makes, as far as its first words tell.

use crate::schema::{
    lex::{Token, TokenKind, tokens},
    name::PUBLIC,
};

/// Words between `CREATE` and the name, other than the kind of object.
const BEFORE: &[&str] = &[
    "or",
    "replace",
    "unlogged",
    "recursive",
    "unique",
    "concurrently",
    "if",
    "not",
    "exists",
];

/// The kinds of objects that are known by their name alone, or with the types of their arguments.
const KINDS: &[&str] = &[
    "table",
    "foreign",
    "materialized",
    "view",
    "type",
    "domain",
    "sequence",
    "index",
    "schema",
    "extension",
    "function",
    "procedure",
    "aggregate",
    "collation",
];

/// The object that a statement makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Created {
    /// Its schema; empty where that is `public` or not said.
    schema: String,
    /// Its name.
    pub(super) name: String,
    /// Where the name begins in the statement.
    pub(super) offset: usize,
}

impl Created {
    /// Reads the beginning of a statement; nothing where it is no `CREATE` with a name.
    pub(super) fn by(statement: &str) -> Option<Self> {
        let tokens = tokens(statement);
        let mut words = tokens.iter().peekable();
        if folded(words.next()?) != "create" {
            return None;
        }
        let mut has_kind = false;
        while let Some(token) = words.peek() {
            let word = folded(token);
            let is_kind = KINDS.contains(&word.as_str());
            if !is_kind && !BEFORE.contains(&word.as_str()) {
                break;
            }
            has_kind |= is_kind;
            words.next();
        }
        let first = words.next().filter(|token| has_kind && is_name(token))?;
        let mut names = vec![folded(first)];
        while words.next_if(|token| token.text == ".").is_some() {
            names.push(folded(words.next().filter(|token| is_name(token))?));
        }
        let name = names.pop()?;
        let schema = names.pop().unwrap_or_default();
        Some(Self {
            schema: if schema == PUBLIC {
                String::new()
            } else {
                schema
            },
            name,
            offset: first.start,
        })
    }

    /// Whether both are called the same, in the same schema.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (&self.schema, &self.name) == (&other.schema, &other.name)
    }
}

/// `CREATE INDEX ON …` has no name.
fn is_name(token: &Token<'_>) -> bool {
    token.kind == TokenKind::Word && !token.text.eq_ignore_ascii_case("on")
}

/// The name that a word means: without quotes, or in lower case.
fn folded(token: &Token<'_>) -> String {
    if token.text.starts_with('"') {
        token.name()
    } else {
        token.text.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(statement: &str) -> Option<(String, String)> {
        Created::by(statement).map(|created| (created.schema, created.name))
    }

    fn is(schema: &str, name: &str) -> Option<(String, String)> {
        Some((schema.to_owned(), name.to_owned()))
    }

    #[test]
    fn the_name_is_read_whatever_stands_before_it() {
        assert_eq!(created("CREATE TABLE Users (id int)"), is("", "users"));
        assert_eq!(
            created("CREATE UNLOGGED TABLE IF NOT EXISTS public.\"Users\" ()"),
            is("", "Users")
        );
        assert_eq!(
            created("CREATE OR REPLACE VIEW app.v AS SELECT 1"),
            is("app", "v")
        );
        assert_eq!(
            created("CREATE MATERIALIZED VIEW m AS SELECT 1"),
            is("", "m")
        );
        assert_eq!(created("CREATE FUNCTION f(a int) RETURNS int"), is("", "f"));
        assert_eq!(created("CREATE UNIQUE INDEX i ON t (a)"), is("", "i"));
    }

    #[test]
    fn what_has_no_name_makes_nothing_that_is_known() {
        assert_eq!(created("CREATE INDEX ON t (a)"), None);
        assert_eq!(created("ALTER TABLE t ADD COLUMN a int"), None);
        assert_eq!(created("CREATE TRIGGER a BEFORE INSERT ON t"), None);
        assert_eq!(created(""), None);
    }
}

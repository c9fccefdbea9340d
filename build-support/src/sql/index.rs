//! `CREATE INDEX CONCURRENTLY`: which index on which table, so that one that an interrupted build
//! left INVALID can be found again.

use super::{QualifiedName, Token, name, split::significant};

/// What a `CREATE INDEX CONCURRENTLY` statement says of its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentIndex {
    /// The index, in the schema of its table; `None` where PostgreSQL chooses the name.
    pub name: Option<String>,
    /// The table.
    pub table: QualifiedName,
    /// Whether an index of that name makes the statement do nothing.
    pub if_not_exists: bool,
}

/// Reads a `CREATE [UNIQUE] INDEX CONCURRENTLY` statement; `None` for any other.
///
/// ```
/// let index = build_support::sql::concurrent_index("CREATE INDEX CONCURRENTLY a ON s.t (x)");
/// assert_eq!(index.expect("it is one").table.to_string(), "\"s\".\"t\"");
/// ```
pub fn concurrent_index(statement: &str) -> Option<ConcurrentIndex> {
    let tokens = significant(statement);
    let word = |token: &Token, word: &str| statement[token.range()].eq_ignore_ascii_case(word);
    let skip = |tokens: &mut &[Token], expected: &str| {
        let found = tokens.first().is_some_and(|token| word(token, expected));
        if found {
            *tokens = &tokens[1..];
        }
        found
    };
    let mut rest = tokens.as_slice();
    skip(&mut rest, "CREATE").then_some(())?;
    skip(&mut rest, "UNIQUE");
    skip(&mut rest, "INDEX").then_some(())?;
    skip(&mut rest, "CONCURRENTLY").then_some(())?;
    let if_not_exists = skip(&mut rest, "IF");
    if if_not_exists {
        skip(&mut rest, "NOT");
        skip(&mut rest, "EXISTS");
    }
    let mut index_name = None;
    if !skip(&mut rest, "ON") {
        index_name = Some(name::identifier(*rest.first()?, statement)?);
        rest = &rest[1..];
        skip(&mut rest, "ON").then_some(())?;
    }
    skip(&mut rest, "ONLY");
    let (table, _) = name::read_name(rest, statement)?;
    Some(ConcurrentIndex {
        name: index_name,
        table,
        if_not_exists,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_and_table_are_read_as_postgres_folds_them() {
        let text = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS Users_Email\n ON ONLY \"App\".Users USING btree (email)";
        let index = concurrent_index(text).expect("it is one");
        assert_eq!(index.name.as_deref(), Some("users_email"));
        assert_eq!(index.table.to_string(), "\"App\".\"users\"");
        assert!(index.if_not_exists);
    }

    #[test]
    fn an_index_without_a_name_is_read_too() {
        let index = concurrent_index("create index concurrently on a(b)").expect("it is one");
        assert_eq!((index.name, index.table.name), (None, "a".to_owned()));
    }

    #[test]
    fn other_statements_are_none() {
        for text in [
            "CREATE INDEX a ON b (c)",
            "DROP INDEX CONCURRENTLY a",
            "",
            "CREATE INDEX CONCURRENTLY",
        ] {
            assert_eq!(concurrent_index(text), None, "{text}");
        }
    }
}

//! `CREATE INDEX CONCURRENTLY`: which index on which table, so that one that an interrupted build
//! left INVALID can be found again.

use super::{QualifiedName, concurrently::Words, name};

/// What a `CREATE INDEX CONCURRENTLY` statement says of its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentIndex {
    /// The index, in the schema of its table; `None` where PostgreSQL chooses the name.
    pub name: Option<String>,
    /// The table.
    pub table: QualifiedName,
    /// Whether it is unique.
    pub unique: bool,
    /// Whether an index of that name makes the statement do nothing.
    pub if_not_exists: bool,
    /// What stands behind the table: method, columns and expressions, predicate.
    pub definition: String,
}

/// Reads a `CREATE [UNIQUE] INDEX CONCURRENTLY` statement; `None` for any other.
///
/// ```
/// let index = build_support::sql::concurrent_index("CREATE INDEX CONCURRENTLY a ON s.t (x)");
/// assert_eq!(index.expect("it is one").table.to_string(), "\"s\".\"t\"");
/// ```
pub fn concurrent_index(statement: &str) -> Option<ConcurrentIndex> {
    Words::of(statement, read)
}

pub(super) fn read(mut words: Words<'_>) -> Option<ConcurrentIndex> {
    words.skip("CREATE").then_some(())?;
    let unique = words.skip("UNIQUE");
    words.skip("INDEX").then_some(())?;
    words.skip("CONCURRENTLY").then_some(())?;
    let if_not_exists = words.skip("IF");
    if if_not_exists {
        words.skip("NOT");
        words.skip("EXISTS");
    }
    let mut index_name = None;
    if !words.skip("ON") {
        index_name = Some(name::identifier(words.next()?, words.text)?);
        words.skip("ON").then_some(())?;
    }
    words.skip("ONLY");
    let table = words.name()?;
    Some(ConcurrentIndex {
        name: index_name,
        table,
        unique,
        if_not_exists,
        definition: words.rest().to_owned(),
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
        assert!(index.if_not_exists && index.unique);
        assert_eq!(index.definition, "USING btree (email)");
    }

    #[test]
    fn an_index_without_a_name_is_read_too() {
        let text = "create index concurrently on a(lower(b)) where c > 0 -- last";
        let index = concurrent_index(text).expect("it is one");
        assert_eq!((index.name, index.table.name), (None, "a".to_owned()));
        assert_eq!(index.definition, "(lower(b)) where c > 0");
        assert!(!index.unique);
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

//! Statements that can be done in batches: which table's rows they go through, and where a range of
//! its key is put in.
//!
//! The text itself is kept as it is: only a condition is added, so that a position in the statement
//! can still be found.

use std::{fmt, ops::Range};

use super::{QualifiedName, batch_reader::Reader, split::significant};

/// A statement that can be done in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batchable {
    /// The table whose rows are gone through: the target of UPDATE and DELETE, the source of INSERT.
    pub table: QualifiedName,
    /// Whether the rows of tables that inherit from it are left out.
    pub only: bool,
    /// How the statement calls it.
    pub alias: String,
    /// The columns that an UPDATE sets.
    pub sets: Vec<String>,
    /// What the list of an INSERT's SELECT calls like a function: an aggregate can't be batched.
    pub calls: Vec<String>,
    pub(super) place: Place,
}

/// Where the range of the key goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Beside the condition that is there.
    Beside(Range<usize>),
    /// As the only condition.
    New(usize),
}

/// A part of the statement that is sent for one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Bytes of the statement's text.
    Theirs(Range<usize>),
    /// Ours.
    Ours(String),
}

/// Why a statement can't be done in batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBatchable {
    /// Something else than UPDATE, DELETE and INSERT.
    #[error("only UPDATE, DELETE and INSERT … SELECT can be done in batches")]
    Kind,
    /// `MERGE`
    #[error(
        "a MERGE can't be done in batches: what it does to rows without a match needs all rows"
    )]
    Merge,
    /// `WITH`
    #[error(
        "a statement with a WITH list can't be done in batches: each batch would run the list again"
    )]
    With,
    /// `INSERT … VALUES`, `INSERT … (SELECT …)`.
    #[error("an INSERT can be done in batches when a plain SELECT stands in it")]
    Values,
    /// `WHERE CURRENT OF`
    #[error("WHERE CURRENT OF is one row, not a batch")]
    CurrentOf,
    /// A FROM list that does not begin with a table.
    #[error("the batches go through the first table of FROM, and there stands none")]
    NoTable,
    /// A clause that needs all rows at once.
    #[error("{0} needs all rows at once, and a batch has some of them")]
    Whole(&'static str),
    /// `RIGHT JOIN`, `FULL JOIN`.
    #[error("{0} JOIN gives rows that belong to no row of the first table, and so to no batch")]
    Outer(&'static str),
    /// `INSERT INTO a SELECT … FROM a`
    #[error("an INSERT in batches would go through the rows that it has inserted before")]
    Itself,
}

impl NotBatchable {
    /// What to do instead.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Kind => {
                "write `-- migrate: batch` right above the statement that changes the rows"
            }
            Self::Merge => {
                "write an `UPDATE … FROM` and an `INSERT … SELECT`, each with its own `-- migrate: batch`"
            }
            Self::With => "put the list into subqueries of the statement",
            Self::Values | Self::CurrentOf => "delete the line `-- migrate: batch`",
            Self::NoTable => "begin FROM with the table whose rows are copied, without parentheses",
            Self::Whole(_) => {
                "put that part into a subquery, or delete the line `-- migrate: batch`"
            }
            Self::Outer(_) => "turn it into a LEFT JOIN whose first table is the one to go through",
            Self::Itself => "insert into another table first",
        }
    }
}

impl Batchable {
    /// The statement limited to a range of the key.
    pub fn limited(&self, statement: &str, range: &str) -> Vec<Part> {
        match &self.place {
            Place::Beside(condition) => vec![
                Part::Theirs(0..condition.start),
                Part::Ours(format!(" {range} AND (")),
                Part::Theirs(condition.clone()),
                Part::Ours("\n)".to_owned()),
                Part::Theirs(condition.end..statement.len()),
            ],
            Place::New(at) => vec![
                Part::Theirs(0..*at),
                Part::Ours(format!(" WHERE {range}")),
                Part::Theirs(*at..statement.len()),
            ],
        }
    }
}

/// The table with ONLY where the statement says so, as a FROM list takes it.
impl fmt::Display for Batchable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let only = if self.only { "ONLY " } else { "" };
        write!(f, "{only}{}", self.table)
    }
}

/// Reads a statement.
///
/// ```
/// let update = build_support::sql::batchable("UPDATE a SET b = 1 WHERE b IS NULL");
/// assert_eq!(update.expect("it can be done in batches").sets, ["b"]);
/// ```
///
/// # Errors
/// Why it can't be done in batches.
pub fn batchable(statement: &str) -> Result<Batchable, NotBatchable> {
    let tokens = significant(statement);
    let mut reader = Reader {
        text: statement,
        all: &tokens,
        rest: &tokens,
    };
    match () {
        () if reader.skip("UPDATE") => reader.update(),
        () if reader.skip("DELETE") => reader.delete(),
        () if reader.skip("INSERT") => reader.insert(),
        () if reader.skip("MERGE") => Err(NotBatchable::Merge),
        () if reader.skip("WITH") => Err(NotBatchable::With),
        () => Err(NotBatchable::Kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn limited(statement: &str) -> String {
        let batchable = batchable(statement).unwrap_or_else(|error| panic!("{error}"));
        let parts = batchable.limited(statement, &format!("{}.k > 1", batchable.alias));
        let text = |part: Part| match part {
            Part::Theirs(range) => statement[range].to_owned(),
            Part::Ours(text) => text.replace('\n', ""),
        };
        parts.into_iter().map(text).collect()
    }

    #[test]
    fn the_range_stands_beside_the_condition_or_is_the_only_one() {
        for (statement, expected) in [
            ("UPDATE a SET b = 1", "UPDATE a SET b = 1 WHERE \"a\".k > 1"),
            (
                "UPDATE ONLY s.A AS \"X\" SET b = 1 WHERE b IS NULL OR c RETURNING b",
                "UPDATE ONLY s.A AS \"X\" SET b = 1 WHERE \"X\".k > 1 AND ( b IS NULL OR c) RETURNING b",
            ),
            (
                "UPDATE a x SET b = (SELECT 1 WHERE true) FROM c WHERE c.d = x.d -- why",
                "UPDATE a x SET b = (SELECT 1 WHERE true) FROM c WHERE \"x\".k > 1 AND ( c.d = x.d) -- why",
            ),
            ("DELETE FROM a", "DELETE FROM a WHERE \"a\".k > 1"),
            (
                "DELETE FROM a RETURNING 1",
                "DELETE FROM a WHERE \"a\".k > 1 RETURNING 1",
            ),
            (
                "DELETE FROM a USING b WHERE a.c = b.c",
                "DELETE FROM a USING b WHERE \"a\".k > 1 AND ( a.c = b.c)",
            ),
            (
                "INSERT INTO n (a, b) SELECT lower(a), b FROM o AS s LEFT JOIN p USING (a) WHERE b > 1 ON CONFLICT (a) DO UPDATE SET b = 1 WHERE n.b = 2",
                "INSERT INTO n (a, b) SELECT lower(a), b FROM o AS s LEFT JOIN p USING (a) WHERE \"s\".k > 1 AND ( b > 1) ON CONFLICT (a) DO UPDATE SET b = 1 WHERE n.b = 2",
            ),
            (
                "INSERT INTO n SELECT * FROM o ON CONFLICT DO NOTHING",
                "INSERT INTO n SELECT * FROM o WHERE \"o\".k > 1 ON CONFLICT DO NOTHING",
            ),
        ] {
            assert_eq!(limited(statement), expected);
        }
    }

    #[test]
    fn what_needs_all_rows_at_once_is_refused() {
        for (statement, error) in [
            ("SELECT 1", NotBatchable::Kind),
            (
                "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE",
                NotBatchable::Merge,
            ),
            ("WITH x AS (SELECT 1) DELETE FROM a", NotBatchable::With),
            ("INSERT INTO a VALUES (1)", NotBatchable::Values),
            ("INSERT INTO a DEFAULT VALUES", NotBatchable::Values),
            ("INSERT INTO a (SELECT 1 FROM b)", NotBatchable::Values),
            ("INSERT INTO a SELECT 1", NotBatchable::NoTable),
            (
                "INSERT INTO a SELECT 1 FROM (SELECT 2) AS b",
                NotBatchable::NoTable,
            ),
            (
                "INSERT INTO a SELECT 1 FROM generate_series(1, 2)",
                NotBatchable::NoTable,
            ),
            (
                "INSERT INTO a SELECT DISTINCT b FROM c",
                NotBatchable::Whole("DISTINCT"),
            ),
            (
                "INSERT INTO a SELECT b FROM c GROUP BY b",
                NotBatchable::Whole("GROUP"),
            ),
            (
                "INSERT INTO a SELECT b FROM c UNION SELECT 1",
                NotBatchable::Whole("UNION"),
            ),
            (
                "INSERT INTO a SELECT b FROM c ORDER BY b LIMIT 3",
                NotBatchable::Whole("ORDER"),
            ),
            (
                "INSERT INTO a SELECT rank() OVER () FROM c",
                NotBatchable::Whole("OVER"),
            ),
            (
                "INSERT INTO a SELECT b FROM c RIGHT JOIN d USING (e)",
                NotBatchable::Outer("RIGHT"),
            ),
            ("INSERT INTO a SELECT b FROM public.a", NotBatchable::Itself),
            ("DELETE FROM a WHERE CURRENT OF c", NotBatchable::CurrentOf),
        ] {
            assert_eq!(batchable(statement), Err(error), "{statement}");
        }
    }

    #[test]
    fn the_columns_that_are_set_and_the_functions_that_are_called_are_known() {
        let update = "UPDATE a SET b = f(c, d) IS DISTINCT FROM 1, \"E\" = 2, (g, h) = (SELECT i, j), k[1] = 3 FROM l, m WHERE n = 4";
        let sets = batchable(update).expect("it can").sets;
        assert_eq!(sets, ["b", "E", "g", "h", "k"]);
        let insert = "INSERT INTO a SELECT coalesce(sum(b), 0), (SELECT count(*) FROM d) FROM c";
        let calls = batchable(insert).expect("it can").calls;
        assert_eq!(calls, ["coalesce", "sum"]);
    }
}

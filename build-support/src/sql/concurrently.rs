//! Statements with `CONCURRENTLY` that work in several transactions of their own, and so can leave
//! half of their work behind: on what they work.

use super::{ConcurrentIndex, QualifiedName, Token, TokenKind, index, name, split::significant};

/// A statement that can leave half of its work behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concurrently {
    /// `CREATE INDEX CONCURRENTLY`
    Create(ConcurrentIndex),
    /// `DROP INDEX CONCURRENTLY` of this index.
    Drop(QualifiedName),
    /// `REINDEX … CONCURRENTLY`
    Reindex(Reindexed),
    /// `ALTER TABLE table DETACH PARTITION partition CONCURRENTLY`
    Detach {
        /// The table that has partitions.
        table: QualifiedName,
        /// The one that goes.
        partition: QualifiedName,
    },
}

/// What `REINDEX` builds anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reindexed {
    /// One index, or those of all partitions.
    Index(QualifiedName),
    /// All indexes of a table or of its partitions.
    Table(QualifiedName),
    /// All of a schema.
    Schema(String),
    /// All of the database.
    Database,
}

/// Reads a statement; `None` where it is another.
///
/// ```
/// use build_support::sql::{Concurrently, concurrently};
/// let statement = concurrently("DROP INDEX CONCURRENTLY IF EXISTS users_email");
/// assert!(matches!(statement, Some(Concurrently::Drop(index)) if index.name == "users_email"));
/// assert_eq!(concurrently("DROP INDEX users_email"), None);
/// ```
pub fn concurrently(statement: &str) -> Option<Concurrently> {
    Words::of(statement, |words| {
        let created = index::read(words).map(Concurrently::Create);
        created
            .or_else(|| dropped(words))
            .or_else(|| reindexed(words))
            .or_else(|| detached(words))
    })
}

fn dropped(mut words: Words<'_>) -> Option<Concurrently> {
    words
        .all(&["DROP", "INDEX", "CONCURRENTLY"])
        .then_some(())?;
    words.all(&["IF", "EXISTS"]);
    words.name().map(Concurrently::Drop)
}

fn reindexed(mut words: Words<'_>) -> Option<Concurrently> {
    words.skip("REINDEX").then_some(())?;
    let options = words.list();
    let in_options = options.iter().enumerate().any(|(at, token)| {
        let is_off = |token: &Token| {
            ["false", "off", "0"].contains(&words.text[token.range()].to_lowercase().as_str())
        };
        let value = options
            .get(at + 1)
            .filter(|token| token.kind != TokenKind::Comma);
        words.is(*token, "CONCURRENTLY") && !value.is_some_and(is_off)
    });
    let kinds = ["INDEX", "TABLE", "SCHEMA", "DATABASE"];
    let kind = kinds.into_iter().find(|kind| words.skip(kind))?;
    (words.skip("CONCURRENTLY") || in_options).then_some(())?;
    Some(Concurrently::Reindex(match kind {
        "INDEX" => Reindexed::Index(words.name()?),
        "TABLE" => Reindexed::Table(words.name()?),
        "SCHEMA" => Reindexed::Schema(words.name()?.name),
        _ => Reindexed::Database,
    }))
}

fn detached(mut words: Words<'_>) -> Option<Concurrently> {
    words.all(&["ALTER", "TABLE"]).then_some(())?;
    words.all(&["IF", "EXISTS"]);
    words.skip("ONLY");
    let table = words.name()?;
    words.all(&["DETACH", "PARTITION"]).then_some(())?;
    let partition = words.name()?;
    words.skip("CONCURRENTLY").then_some(())?;
    Some(Concurrently::Detach { table, partition })
}

/// The significant tokens of a statement that are not read yet.
#[derive(Clone, Copy)]
pub(super) struct Words<'t> {
    tokens: &'t [Token],
    pub(super) text: &'t str,
}

impl<'t> Words<'t> {
    /// Reads a statement.
    pub(super) fn of<T>(text: &str, read: impl FnOnce(Words<'_>) -> Option<T>) -> Option<T> {
        let tokens = significant(text);
        read(Words {
            tokens: &tokens,
            text,
        })
    }

    fn is(&self, token: Token, word: &str) -> bool {
        self.text[token.range()].eq_ignore_ascii_case(word)
    }

    /// Goes behind a word, where it is the next one.
    pub(super) fn skip(&mut self, word: &str) -> bool {
        self.all(&[word])
    }

    /// Goes behind several words, where they are the next ones.
    fn all(&mut self, words: &[&str]) -> bool {
        let Some((next, rest)) = self.tokens.split_at_checked(words.len()) else {
            return false;
        };
        let are_next = next
            .iter()
            .zip(words)
            .all(|(token, word)| self.is(*token, word));
        if are_next {
            self.tokens = rest;
        }
        are_next
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(*first)
    }

    pub(super) fn name(&mut self) -> Option<QualifiedName> {
        let (name, rest) = name::read_name(self.tokens, self.text)?;
        self.tokens = rest;
        Some(name)
    }

    /// Goes behind a list in parentheses and gives what is in it.
    fn list(&mut self) -> &'t [Token] {
        let opens = self
            .tokens
            .first()
            .is_some_and(|token| token.kind == TokenKind::Open);
        let close = self
            .tokens
            .iter()
            .position(|token| token.kind == TokenKind::Close);
        let Some(close) = close.filter(|_| opens) else {
            return &[];
        };
        let list = &self.tokens[1..close];
        self.tokens = &self.tokens[close + 1..];
        list
    }

    /// The text from the next to the last token.
    pub(super) fn rest(&self) -> &'t str {
        match self.tokens {
            [] => "",
            [first, ..] => {
                let last = self.tokens.last().unwrap_or(first);
                &self.text[first.start..last.end]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(statement: &str) -> String {
        match concurrently(statement) {
            Some(Concurrently::Create(index)) => format!("create on {}", index.table),
            Some(Concurrently::Drop(index)) => format!("drop {index}"),
            Some(Concurrently::Reindex(Reindexed::Index(name))) => format!("reindex index {name}"),
            Some(Concurrently::Reindex(Reindexed::Table(name))) => format!("reindex table {name}"),
            Some(Concurrently::Reindex(Reindexed::Schema(name))) => {
                format!("reindex schema {name}")
            }
            Some(Concurrently::Reindex(Reindexed::Database)) => "reindex database".to_owned(),
            Some(Concurrently::Detach { table, partition }) => {
                format!("detach {partition} from {table}")
            }
            None => "none".to_owned(),
        }
    }

    #[test]
    fn what_each_works_on_is_read() {
        for (statement, expected) in [
            ("CREATE INDEX CONCURRENTLY ON a (b)", "create on \"a\""),
            ("drop index concurrently s.I", "drop \"s\".\"i\""),
            ("DROP INDEX CONCURRENTLY IF EXISTS i CASCADE", "drop \"i\""),
            ("REINDEX INDEX CONCURRENTLY i", "reindex index \"i\""),
            (
                "REINDEX (VERBOSE) TABLE CONCURRENTLY s.t",
                "reindex table \"s\".\"t\"",
            ),
            ("REINDEX (CONCURRENTLY) TABLE t", "reindex table \"t\""),
            (
                "REINDEX (CONCURRENTLY TRUE, VERBOSE) SCHEMA s",
                "reindex schema s",
            ),
            (
                "REINDEX (CONCURRENTLY, VERBOSE) SCHEMA s",
                "reindex schema s",
            ),
            ("REINDEX DATABASE CONCURRENTLY d", "reindex database"),
            (
                "ALTER TABLE IF EXISTS ONLY a DETACH PARTITION s.b CONCURRENTLY",
                "detach \"s\".\"b\" from \"a\"",
            ),
            ("ALTER TABLE a DETACH PARTITION b", "none"),
            ("ALTER TABLE a DETACH PARTITION b FINALIZE", "none"),
            ("REINDEX TABLE t", "none"),
            ("REINDEX (CONCURRENTLY false) TABLE t", "none"),
            ("REINDEX (CONCURRENTLY off) TABLE t", "none"),
            ("DROP INDEX concurrently", "none"),
            ("VACUUM a", "none"),
        ] {
            assert_eq!(on(statement), expected, "{statement}");
        }
    }
}

//! What kind of statement it is, from its leading tokens: one table.
//!
//! Source of what PostgreSQL refuses inside a transaction: the notes of each command's manual page,
//! <https://www.postgresql.org/docs/current/sql-commands.html>.

use super::{Token, TokenKind};

/// What a statement means to whoever runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `BEGIN`, `START TRANSACTION`; whether it asks for an isolation level or another mode.
    Begin {
        /// `ISOLATION LEVEL …`, `READ ONLY` and the like follow.
        modes: bool,
    },
    /// `COMMIT`, `END`.
    Commit(Ending),
    /// `ROLLBACK`, `ABORT`; not `ROLLBACK TO`.
    Rollback,
    /// `SAVEPOINT`, `RELEASE`, `ROLLBACK TO`: inside one transaction.
    Savepoint,
    /// `PREPARE TRANSACTION`: ends the transaction too.
    PrepareTransaction,
    /// A statement that PostgreSQL refuses inside a transaction, by its usual name.
    NoTransaction(&'static str),
    /// `COPY … FROM STDIN`: the rows would have to come from somewhere.
    CopyFromStdin,
    /// `COPY … TO STDOUT`: the rows would have to go somewhere.
    CopyToStdout,
    /// A backslash command of psql.
    Meta,
    /// `UPDATE`, `DELETE`, `INSERT`, `MERGE`, `WITH`: what can be done in batches.
    Rows,
    /// Anything else.
    Other,
}

/// How a `COMMIT` goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing follows.
    Plain,
    /// `AND CHAIN`: another transaction begins.
    Chain,
    /// Something follows that PostgreSQL does not know: the statement is a syntax error.
    Broken,
}

/// What may follow the first word. `A|B`: one of them; `?A`: may be absent; `(`: an optional list in
/// parentheses; `*`: anything up to what follows; `$`: the end.
type Pattern = &'static [&'static str];

/// By the first word; the first line that fits counts.
#[rustfmt::skip]
const TABLE: &[(&str, Pattern, Kind)] = &[
    ("BEGIN", &[], Kind::Begin { modes: false }),
    ("START", &["TRANSACTION"], Kind::Begin { modes: false }),
    ("COMMIT", &["PREPARED"], Kind::NoTransaction("COMMIT PREPARED")),
    ("COMMIT", &[], Kind::Commit(Ending::Plain)),
    ("END", &[], Kind::Commit(Ending::Plain)),
    ("ROLLBACK", &["PREPARED"], Kind::NoTransaction("ROLLBACK PREPARED")),
    ("ROLLBACK", &["?WORK|TRANSACTION", "TO"], Kind::Savepoint),
    ("ROLLBACK", &[], Kind::Rollback),
    ("ABORT", &[], Kind::Rollback),
    ("SAVEPOINT", &[], Kind::Savepoint),
    ("RELEASE", &[], Kind::Savepoint),
    ("PREPARE", &["TRANSACTION"], Kind::PrepareTransaction),
    ("VACUUM", &[], Kind::NoTransaction("VACUUM")),
    ("CREATE", &["DATABASE"], Kind::NoTransaction("CREATE DATABASE")),
    ("DROP", &["DATABASE"], Kind::NoTransaction("DROP DATABASE")),
    ("ALTER", &["DATABASE", "*", "SET", "TABLESPACE"], Kind::NoTransaction("ALTER DATABASE … SET TABLESPACE")),
    ("CREATE", &["TABLESPACE"], Kind::NoTransaction("CREATE TABLESPACE")),
    ("DROP", &["TABLESPACE"], Kind::NoTransaction("DROP TABLESPACE")),
    ("ALTER", &["SYSTEM"], Kind::NoTransaction("ALTER SYSTEM")),
    ("CREATE", &["?UNIQUE", "INDEX", "CONCURRENTLY"], Kind::NoTransaction("CREATE INDEX CONCURRENTLY")),
    ("DROP", &["INDEX", "CONCURRENTLY"], Kind::NoTransaction("DROP INDEX CONCURRENTLY")),
    ("REINDEX", &["(", "INDEX|TABLE|SCHEMA|DATABASE|SYSTEM", "CONCURRENTLY"], Kind::NoTransaction("REINDEX CONCURRENTLY")),
    ("REINDEX", &["(", "SCHEMA"], Kind::NoTransaction("REINDEX SCHEMA")),
    ("REINDEX", &["(", "DATABASE"], Kind::NoTransaction("REINDEX DATABASE")),
    ("REINDEX", &["(", "SYSTEM"], Kind::NoTransaction("REINDEX SYSTEM")),
    ("CLUSTER", &["?VERBOSE", "(", "$"], Kind::NoTransaction("CLUSTER without a table")),
    ("DISCARD", &["ALL"], Kind::NoTransaction("DISCARD ALL")),
    ("CREATE", &["SUBSCRIPTION"], Kind::NoTransaction("CREATE SUBSCRIPTION")),
    ("DROP", &["SUBSCRIPTION"], Kind::NoTransaction("DROP SUBSCRIPTION")),
    ("ALTER", &["SUBSCRIPTION", "*", "REFRESH", "PUBLICATION"], Kind::NoTransaction(REFRESH)),
    ("ALTER", &["SUBSCRIPTION", "*", "SET|ADD|DROP", "PUBLICATION"], Kind::NoTransaction(REFRESH)),
    ("ALTER", &["SUBSCRIPTION", "*", "SET", "("], Kind::NoTransaction(SUBSCRIPTION_SLOT)),
    ("ALTER", &["TABLE", "*", "DETACH", "PARTITION", "*", "CONCURRENTLY"], Kind::NoTransaction("ALTER TABLE … DETACH PARTITION … CONCURRENTLY")),
    ("COPY", &["*", "FROM", "STDIN"], Kind::CopyFromStdin),
    ("COPY", &["*", "TO", "STDOUT"], Kind::CopyToStdout),
    ("UPDATE", &[], Kind::Rows),
    ("DELETE", &[], Kind::Rows),
    ("INSERT", &[], Kind::Rows),
    ("MERGE", &[], Kind::Rows),
    ("WITH", &[], Kind::Rows),
];

/// What a subscription does when its publications change.
const REFRESH: &str = "ALTER SUBSCRIPTION … with refresh";
/// What changes the slot at the other end.
const SUBSCRIPTION_SLOT: &str = "ALTER SUBSCRIPTION … SET (failover, two_phase)";

/// The significant tokens of a statement and the text that they are ranges of.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'t> {
    /// Without blanks and comments.
    pub(super) tokens: &'t [Token],
    pub(super) text: &'t str,
}

impl<'t> Tokens<'t> {
    fn first(self) -> Option<(&'t str, Self)> {
        let (token, tokens) = self.tokens.split_first()?;
        Some((&self.text[token.range()], Self { tokens, ..self }))
    }

    /// What is left when a list in parentheses at the front is skipped.
    fn after_list(self) -> Self {
        let mut depth = 0;
        for (index, token) in self.tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let skipped = if index == 0 { 0 } else { index + 1 };
                return Self {
                    tokens: &self.tokens[skipped..],
                    ..self
                };
            }
        }
        Self {
            tokens: &[],
            ..self
        }
    }

    fn has_word(self, word: &str) -> bool {
        let mut tokens = self.tokens.iter();
        tokens.any(|token| self.text[token.range()].eq_ignore_ascii_case(word))
    }

    /// Whether the options say `name = false` or `name false` (or off, 0, none).
    fn switches_off(self, name: &str) -> bool {
        const OFF: &str = "false|off|0|none|'false'|'off'|'none'";
        let word = |index: usize| {
            self.tokens
                .get(index)
                .map(|token| &self.text[token.range()])
        };
        (0..self.tokens.len()).any(|at| {
            let value = match word(at + 1) {
                Some("=") => word(at + 2),
                next => next,
            };
            word(at).is_some_and(|word| word.eq_ignore_ascii_case(name))
                && value.is_some_and(|value| is_one_of(OFF, value))
        })
    }
}

/// The kind of the statement that these tokens begin.
pub(super) fn classify(statement: Tokens<'_>) -> Kind {
    let Some((first, rest)) = statement.first() else {
        return Kind::Other;
    };
    let found = TABLE
        .iter()
        .find(|(word, pattern, _)| first.eq_ignore_ascii_case(word) && matches(pattern, rest));
    let kind = found.map_or(Kind::Other, |(_, _, kind)| *kind);
    match kind {
        Kind::Begin { .. } => Kind::Begin {
            modes: after_transaction_word(statement).first().is_some(),
        },
        Kind::Commit(_) => Kind::Commit(ending(statement)),
        Kind::NoTransaction("CREATE SUBSCRIPTION") if connects_nowhere(statement) => Kind::Other,
        Kind::NoTransaction(REFRESH) if statement.switches_off("refresh") => Kind::Other,
        Kind::NoTransaction(SUBSCRIPTION_SLOT) if !changes_slot(statement) => Kind::Other,
        Kind::Other if reindexes_concurrently(statement) => {
            Kind::NoTransaction("REINDEX CONCURRENTLY")
        }
        kind => kind,
    }
}

/// Whether a statement of this kind may need more than its first tokens to be told.
pub(super) fn needs_all_tokens(statement: Tokens<'_>) -> bool {
    let Some((first, rest)) = statement.first() else {
        return false;
    };
    // Most of what a script creates is told by its second word, and is long.
    if first.eq_ignore_ascii_case("CREATE") {
        let second = rest.first();
        return second.is_some_and(|(word, _)| word.eq_ignore_ascii_case("SUBSCRIPTION"));
    }
    is_one_of("COPY|ALTER|REINDEX", first)
}

fn connects_nowhere(statement: Tokens<'_>) -> bool {
    statement.switches_off("connect") || statement.switches_off("create_slot")
}

/// Since PostgreSQL 17 and 18 these two reach the slot at the other end.
fn changes_slot(statement: Tokens<'_>) -> bool {
    statement.tokens.windows(2).any(|two| {
        let word = |index: usize| &statement.text[two[index].range()];
        is_one_of("failover|two_phase", word(0)) && ["=", ",", ")"].contains(&word(1))
    })
}

/// `REINDEX (CONCURRENTLY) INDEX …`
fn reindexes_concurrently(statement: Tokens<'_>) -> bool {
    statement.first().is_some_and(|(word, rest)| {
        word.eq_ignore_ascii_case("REINDEX")
            && rest.has_word("CONCURRENTLY")
            && !rest.switches_off("CONCURRENTLY")
    })
}

/// What follows `BEGIN`, `START` or `COMMIT` and an optional `WORK` or `TRANSACTION`.
fn after_transaction_word(statement: Tokens<'_>) -> Tokens<'_> {
    let Some((_, rest)) = statement.first() else {
        return statement;
    };
    match rest.first() {
        Some((word, tail)) if is_one_of("WORK|TRANSACTION", word) => tail,
        _ => rest,
    }
}

fn ending(statement: Tokens<'_>) -> Ending {
    let rest = after_transaction_word(statement);
    let words: Vec<String> = rest
        .tokens
        .iter()
        .map(|token| rest.text[token.range()].to_ascii_uppercase())
        .collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | ["AND", "NO", "CHAIN"] => Ending::Plain,
        ["AND", "CHAIN"] => Ending::Chain,
        _ => Ending::Broken,
    }
}

fn is_one_of(words: &str, spelled: &str) -> bool {
    words
        .split('|')
        .any(|word| spelled.eq_ignore_ascii_case(word))
}

fn matches(pattern: &[&str], statement: Tokens<'_>) -> bool {
    let Some((part, pattern)) = pattern.split_first() else {
        return true;
    };
    match *part {
        "(" => matches(pattern, statement.after_list()),
        "$" => statement.tokens.is_empty(),
        "*" => (0..statement.tokens.len()).any(|skip| {
            let tokens = &statement.tokens[skip..];
            matches(
                pattern,
                Tokens {
                    tokens,
                    ..statement
                },
            )
        }),
        part => match (part.strip_prefix('?'), statement.first()) {
            (Some(words), Some((spelled, rest))) if is_one_of(words, spelled) => {
                matches(pattern, rest)
            }
            (Some(_), _) => matches(pattern, statement),
            (None, Some((spelled, rest))) => is_one_of(part, spelled) && matches(pattern, rest),
            (None, None) => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    #[track_caller]
    fn kind(text: &str) -> Kind {
        let split = split(text).expect("it is closed");
        assert_eq!(split.statements.len(), 1, "{text}");
        split.statements[0].kind
    }

    #[test]
    fn transaction_control_is_told_apart() {
        for text in [
            "BEGIN",
            "begin work",
            "Start Transaction",
            "BEGIN /* x */ TRANSACTION;",
        ] {
            assert_eq!(kind(text), Kind::Begin { modes: false }, "{text}");
        }
        for text in [
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "START TRANSACTION READ ONLY",
        ] {
            assert_eq!(kind(text), Kind::Begin { modes: true }, "{text}");
        }
        for text in [
            "COMMIT",
            "END",
            "commit work",
            "END TRANSACTION",
            "COMMIT AND NO CHAIN",
        ] {
            assert_eq!(kind(text), Kind::Commit(Ending::Plain), "{text}");
        }
        assert_eq!(kind("COMMIT AND CHAIN;"), Kind::Commit(Ending::Chain));
        assert_eq!(kind("COMMIT:"), Kind::Commit(Ending::Broken));
        for text in ["ROLLBACK", "ABORT", "rollback work", "ROLLBACK AND CHAIN"] {
            assert_eq!(kind(text), Kind::Rollback, "{text}");
        }
        for text in [
            "SAVEPOINT a",
            "RELEASE SAVEPOINT a",
            "RELEASE a",
            "ROLLBACK TO a",
            "ROLLBACK WORK TO SAVEPOINT a",
        ] {
            assert_eq!(kind(text), Kind::Savepoint, "{text}");
        }
        assert_eq!(kind("PREPARE TRANSACTION 'x'"), Kind::PrepareTransaction);
        assert_eq!(kind("PREPARE transactions AS SELECT 1"), Kind::Other);
    }

    #[test]
    fn what_postgres_refuses_in_a_transaction_is_known() {
        let refused = [
            ("VACUUM", "VACUUM"),
            ("VACUUM (FULL) a", "VACUUM"),
            ("CREATE DATABASE a", "CREATE DATABASE"),
            ("DROP DATABASE IF EXISTS a", "DROP DATABASE"),
            ("CREATE TABLESPACE a LOCATION '/x'", "CREATE TABLESPACE"),
            ("DROP TABLESPACE a", "DROP TABLESPACE"),
            ("ALTER SYSTEM SET a = 1", "ALTER SYSTEM"),
            (
                "CREATE INDEX CONCURRENTLY ON a (b)",
                "CREATE INDEX CONCURRENTLY",
            ),
            (
                "create unique index concurrently a on b (c)",
                "CREATE INDEX CONCURRENTLY",
            ),
            ("DROP INDEX CONCURRENTLY a", "DROP INDEX CONCURRENTLY"),
            ("REINDEX INDEX CONCURRENTLY a", "REINDEX CONCURRENTLY"),
            (
                "REINDEX (VERBOSE) TABLE CONCURRENTLY a",
                "REINDEX CONCURRENTLY",
            ),
            ("REINDEX (CONCURRENTLY) INDEX a", "REINDEX CONCURRENTLY"),
            ("REINDEX SCHEMA a", "REINDEX SCHEMA"),
            ("REINDEX (VERBOSE) DATABASE a", "REINDEX DATABASE"),
            ("REINDEX SYSTEM a", "REINDEX SYSTEM"),
            ("CLUSTER", "CLUSTER without a table"),
            ("CLUSTER VERBOSE", "CLUSTER without a table"),
            ("CLUSTER (VERBOSE)", "CLUSTER without a table"),
            ("DISCARD ALL", "DISCARD ALL"),
            (
                "CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c",
                "CREATE SUBSCRIPTION",
            ),
            ("DROP SUBSCRIPTION a", "DROP SUBSCRIPTION"),
            ("ALTER SUBSCRIPTION a REFRESH PUBLICATION", REFRESH),
            (
                "ALTER SUBSCRIPTION a REFRESH PUBLICATION WITH (copy_data = false)",
                REFRESH,
            ),
            (
                "ALTER SUBSCRIPTION a SET PUBLICATION b, c WITH (refresh)",
                REFRESH,
            ),
            ("ALTER SUBSCRIPTION a ADD PUBLICATION b", REFRESH),
            (
                "ALTER SUBSCRIPTION a SET (failover = true)",
                SUBSCRIPTION_SLOT,
            ),
            (
                "ALTER SUBSCRIPTION a SET (streaming = on, two_phase = false)",
                SUBSCRIPTION_SLOT,
            ),
            (
                "ALTER TABLE a.b DETACH PARTITION a.c CONCURRENTLY",
                "ALTER TABLE … DETACH PARTITION … CONCURRENTLY",
            ),
            (
                "ALTER DATABASE a SET TABLESPACE b",
                "ALTER DATABASE … SET TABLESPACE",
            ),
            ("COMMIT PREPARED 'a'", "COMMIT PREPARED"),
        ];
        for (text, name) in refused {
            assert_eq!(kind(text), Kind::NoTransaction(name), "{text}");
        }
    }

    #[test]
    fn their_harmless_relatives_are_not() {
        for text in [
            "ANALYZE a",
            "CREATE INDEX concurrently_made ON a (b)",
            "CREATE INDEX a ON b (c)",
            "DROP INDEX a",
            "REINDEX TABLE a",
            "REINDEX (VERBOSE) INDEX a",
            "REINDEX (CONCURRENTLY off) INDEX a",
            "CLUSTER a USING b",
            "CLUSTER (VERBOSE) a",
            "DISCARD PLANS",
            "CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c WITH (connect = false)",
            "CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c WITH (slot_name = x, create_slot = off)",
            "ALTER SUBSCRIPTION a DROP PUBLICATION b WITH (refresh = false)",
            "ALTER SUBSCRIPTION failover SET (slot_name = NONE)",
            "ALTER SUBSCRIPTION a DISABLE",
            "ALTER TABLE a DETACH PARTITION b",
            "ALTER DATABASE a SET work_mem = '1MB'",
            "ALTER TYPE a ADD VALUE 'b'",
            "ALTER TABLE a RENAME COLUMN b TO vacuum",
            "\"vacuum\"",
        ] {
            assert_eq!(kind(text), Kind::Other, "{text}");
        }
    }

    #[test]
    fn copy_is_told_by_where_the_rows_come_from() {
        assert_eq!(
            kind("COPY a (b, c) FROM stdin WITH CSV"),
            Kind::CopyFromStdin
        );
        assert_eq!(
            kind("COPY \"from\".\"stdin\" FROM STDIN;"),
            Kind::CopyFromStdin
        );
        assert_eq!(kind("COPY (SELECT 1 FROM a) TO STDOUT"), Kind::CopyToStdout);
        assert_eq!(kind("COPY a FROM '/tmp/x'"), Kind::Other);
        assert_eq!(kind("COPY a TO PROGRAM 'x'"), Kind::Other);
    }
}

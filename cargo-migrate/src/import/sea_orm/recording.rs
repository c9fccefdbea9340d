//! What each migration ran, from what the sessions of its tool sent: without the tool's own record,
//! its transactions and its questions to the catalog, and without what did not come to stay.

use std::collections::BTreeMap;

use build_support::sql::{self, Kind};

use super::{
    log::{Entry, with_parameters},
    words::{Words, first_literal},
};

/// A migration and what it ran, one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ran {
    /// Its name, as the record has it.
    pub version: String,
    /// The statements, without semicolons.
    pub statements: Vec<String>,
    /// What it asked of the rows of tables.
    pub questions: Vec<String>,
    /// Statements that can't stand in a file.
    pub lost: Vec<String>,
}

/// The migrations of one run.
#[derive(Debug, Default)]
pub(super) struct Recording {
    pub ran: Vec<Ran>,
    /// What was refused last.
    pub refusal: Option<String>,
    /// How many sessions sent something.
    pub sessions: usize,
}

/// Whether one of these functions changes something, or may give another value each time.
pub(super) type IsVolatile<'a> = &'a mut dyn FnMut(&[String]) -> bool;

/// Sorts what was sent into the migrations that sent it. `table` is the tool's record: an INSERT into
/// it ends a migration on the way up, a DELETE on the way down.
pub(super) fn record(entries: &[Entry], table: &str, is_volatile: IsVolatile<'_>) -> Recording {
    let mut recorder = Recorder {
        table,
        is_volatile,
        kept: Vec::new(),
        sessions: BTreeMap::new(),
        recording: Recording::default(),
    };
    for (number, entry) in entries.iter().enumerate() {
        recorder.take(number, entry);
    }
    recorder.recording.sessions = recorder.sessions.len();
    recorder.recording
}

struct Recorder<'a> {
    table: &'a str,
    is_volatile: IsVolatile<'a>,
    /// Of the migration that runs.
    kept: Vec<Kept>,
    sessions: BTreeMap<u32, Session>,
    recording: Recording,
}

struct Kept {
    session: u32,
    /// Which entry sent it, and that entry's text.
    entry: usize,
    text: String,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Statement,
    Question,
    Lost,
    Nothing,
}

/// Where a session's transaction and its savepoints began, as places in what is kept.
#[derive(Default)]
struct Session {
    begun: usize,
    savepoints: Vec<(String, usize)>,
    /// The last text that it sent, and which entry that was.
    last: Option<(usize, String)>,
    /// Whether it has done more than set itself up.
    is_ready: bool,
}

impl Recorder<'_> {
    fn take(&mut self, number: usize, entry: &Entry) {
        match entry {
            Entry::Sent {
                session,
                text,
                parameters,
            } => {
                let of_session = self.sessions.entry(*session).or_default();
                of_session.last = Some((number, text.clone()));
                self.sent(*session, number, &with_parameters(text, parameters));
            }
            Entry::Refused {
                session,
                message,
                text,
            } => {
                self.recording.refusal = Some(message.clone());
                let last = self.sessions.get(session).and_then(|one| one.last.as_ref());
                if let (Some((sent, last)), Some(text)) = (last, text)
                    && last == text
                {
                    let sent = *sent;
                    self.kept.retain(|kept| kept.entry != sent);
                }
            }
        }
    }

    /// What a client sends at once may be several statements.
    fn sent(&mut self, session: u32, entry: usize, text: &str) {
        let Ok(split) = sql::split(text) else {
            return self.keep(session, entry, text.trim(), What::Lost);
        };
        for statement in &split.statements {
            // With the comments before it.
            let whole = text[statement.whole.start..statement.range.end].trim();
            self.statement(
                session,
                entry,
                (&text[statement.range.clone()], whole),
                statement.kind,
            );
        }
    }

    fn statement(&mut self, session: u32, entry: usize, (text, whole): (&str, &str), kind: Kind) {
        let here = self.kept.len();
        let of_session = self.sessions.entry(session).or_default();
        let words = Words::of(text);
        let is_setup = !of_session.is_ready && words.first == "set";
        of_session.is_ready |= !is_setup;
        match kind {
            Kind::Begin { .. } => of_session.begun = here,
            Kind::Commit(_) => {}
            Kind::Rollback => {
                let begun = of_session.begun;
                self.take_back(session, begun);
            }
            Kind::Savepoint => self.savepoint(session, &words),
            _ if is_setup => {}
            _ if words.names.iter().any(|name| name == self.table) => self.of_record(&words, text),
            Kind::CopyFromStdin | Kind::CopyToStdout | Kind::PrepareTransaction | Kind::Meta => {
                self.keep(session, entry, whole, What::Lost);
            }
            Kind::NoTransaction(_) | Kind::Rows | Kind::Other => {
                let what = self.judge(&words);
                self.keep(session, entry, whole, what);
            }
        }
    }

    fn keep(&mut self, session: u32, entry: usize, text: &str, what: What) {
        if what != What::Nothing {
            self.kept.push(Kept {
                session,
                entry,
                text: text.to_owned(),
                what,
            });
        }
    }

    /// `SAVEPOINT a`, `ROLLBACK TO SAVEPOINT a`, `RELEASE a`: the name stands last.
    fn savepoint(&mut self, session: u32, words: &Words) {
        let here = self.kept.len();
        let name = words.names.last().cloned().unwrap_or_default();
        let savepoints = &mut self.sessions.entry(session).or_default().savepoints;
        let at = savepoints.iter().rposition(|(known, _)| *known == name);
        match (words.first.as_str(), at) {
            ("savepoint", _) => savepoints.push((name, here)),
            ("release", Some(at)) => savepoints.truncate(at),
            ("rollback", Some(at)) => {
                let begun = savepoints[at].1;
                // It stays, and those within it go.
                savepoints.truncate(at + 1);
                self.take_back(session, begun);
            }
            _ => {}
        }
    }

    fn take_back(&mut self, session: u32, from: usize) {
        let mut place = 0..;
        self.kept
            .retain(|kept| place.next() < Some(from) || kept.session != session);
    }

    /// A statement about the tool's record: what enters or leaves it is what ran.
    fn of_record(&mut self, words: &Words, text: &str) {
        if !matches!(words.first.as_str(), "insert" | "delete") {
            return;
        }
        let mut ran = Ran {
            version: first_literal(text).unwrap_or_default(),
            statements: Vec::new(),
            questions: Vec::new(),
            lost: Vec::new(),
        };
        for kept in std::mem::take(&mut self.kept) {
            match kept.what {
                What::Statement => ran.statements.push(kept.text),
                What::Question => ran.questions.push(kept.text),
                What::Lost => ran.lost.push(kept.text),
                What::Nothing => {}
            }
        }
        self.recording.ran.push(ran);
        for session in self.sessions.values_mut() {
            session.begun = 0;
            session.savepoints.clear();
        }
    }

    /// Whether a statement does something, or only asks.
    fn judge(&mut self, words: &Words) -> What {
        if !words.only_ask() || (self.is_volatile)(&words.called) {
            return What::Statement;
        }
        let of_catalog = |name: &String| name == "information_schema" || name.starts_with("pg_");
        match words.has("from") && !words.names.iter().any(of_catalog) {
            true => What::Question,
            false => What::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sessions and what they sent; a text that begins with `!` was refused.
    fn recorded(sent: &[(u32, &str)]) -> Recording {
        let entries: Vec<Entry> = sent
            .iter()
            .map(|(session, text)| match text.strip_prefix('!') {
                Some(text) => Entry::Refused {
                    session: *session,
                    message: "no".to_owned(),
                    text: Some(text.to_owned()),
                },
                None => Entry::Sent {
                    session: *session,
                    text: (*text).to_owned(),
                    parameters: vec!["'m1_a'".to_owned()],
                },
            })
            .collect();
        let mut is_volatile = |names: &[String]| names.iter().any(|name| name == "setval");
        record(&entries, "seaql_migrations", &mut is_volatile)
    }

    const INSERT: &str =
        "INSERT INTO \"seaql_migrations\" (\"version\", \"applied_at\") VALUES ($1, '5')";

    /// What one migration ran in one transaction of one session.
    fn kept(statements: &[&str]) -> Vec<String> {
        let mut sent = vec![(1, "SET search_path = \"public\""), (1, "BEGIN")];
        sent.extend(statements.iter().map(|text| (1, *text)));
        sent.extend([(1, INSERT), (1, "COMMIT")]);
        let mut ran = recorded(&sent).ran;
        assert_eq!(ran.len(), 1);
        ran.remove(0).statements
    }

    #[test]
    fn the_tools_record_its_transactions_and_its_settings_are_left_out() {
        let recording = recorded(&[
            (1, "SET search_path = \"public\""),
            (
                1,
                "CREATE TABLE IF NOT EXISTS \"seaql_migrations\" (version text)",
            ),
            (1, "SELECT \"version\" FROM \"seaql_migrations\""),
            (1, "BEGIN"),
            (1, "CREATE TABLE a (x int)"),
            (1, "SET lock_timeout = 5"),
            (1, INSERT),
            (1, "COMMIT"),
            (2, "SET search_path = \"public\""),
            (1, "CREATE TABLE b (x int)"),
        ]);
        assert_eq!(
            recording.ran,
            [Ran {
                version: "m1_a".to_owned(),
                statements: vec![
                    "CREATE TABLE a (x int)".to_owned(),
                    "SET lock_timeout = 5".to_owned()
                ],
                questions: Vec::new(),
                lost: Vec::new(),
            }]
        );
    }

    #[test]
    fn a_way_down_ends_where_its_row_goes() {
        let ran = recorded(&[
            (1, "DROP TABLE b"),
            (
                1,
                "DELETE FROM \"seaql_migrations\" WHERE \"version\" = 'm2_b'",
            ),
            (
                1,
                "DELETE FROM \"seaql_migrations\" WHERE \"version\" = 'm1_a'",
            ),
        ])
        .ran;
        let all: Vec<(&str, usize)> = ran
            .iter()
            .map(|one| (one.version.as_str(), one.statements.len()))
            .collect();
        assert_eq!(all, [("m2_b", 1), ("m1_a", 0)]);
    }

    #[test]
    fn several_statements_sent_at_once_are_told_apart_with_their_comments() {
        assert_eq!(
            kept(&["-- First.\nCREATE TABLE a (x text);\n-- Then.\nINSERT INTO a VALUES (';');"]),
            [
                "-- First.\nCREATE TABLE a (x text)",
                "-- Then.\nINSERT INTO a VALUES (';')"
            ]
        );
    }

    #[test]
    fn what_was_rolled_back_is_left_out() {
        assert_eq!(
            kept(&[
                "CREATE TABLE a (x int)",
                "SAVEPOINT _sqlx_savepoint_1",
                "CREATE TABLE b (x int)",
                "ROLLBACK TO SAVEPOINT _sqlx_savepoint_1",
                "SAVEPOINT _sqlx_savepoint_1",
                "CREATE TABLE c (x int)",
                "RELEASE SAVEPOINT _sqlx_savepoint_1",
            ]),
            ["CREATE TABLE a (x int)", "CREATE TABLE c (x int)"]
        );
    }

    #[test]
    fn what_was_refused_is_left_out() {
        let recording = recorded(&[
            (1, "CREATE TABLE a (x int)"),
            (1, "CREATE TABLE a (x int); CREATE TABLE b (x int)"),
            (1, "!CREATE TABLE a (x int); CREATE TABLE b (x int)"),
            (1, INSERT),
        ]);
        assert_eq!(recording.ran[0].statements, ["CREATE TABLE a (x int)"]);
        assert_eq!(recording.refusal.as_deref(), Some("no"));
    }

    #[test]
    fn questions_are_told_from_what_does_something() {
        let recording = recorded(&[
            (1, "SELECT count(*) FROM information_schema.tables"),
            (1, "SELECT oid FROM pg_catalog.pg_type"),
            (1, "SELECT 1"),
            (1, "SELECT setval('a_id_seq', max(id)) FROM a"),
            (1, "SELECT id FROM a WHERE id > 5"),
            (1, "SELECT * INTO b FROM a"),
            (
                1,
                "WITH gone AS (DELETE FROM a RETURNING id) SELECT * FROM gone",
            ),
            (1, "COPY a FROM STDIN"),
            (1, INSERT),
        ]);
        let ran = &recording.ran[0];
        assert_eq!(
            ran.statements,
            [
                "SELECT setval('a_id_seq', max(id)) FROM a",
                "SELECT * INTO b FROM a",
                "WITH gone AS (DELETE FROM a RETURNING id) SELECT * FROM gone",
            ]
        );
        assert_eq!(ran.questions, ["SELECT id FROM a WHERE id > 5"]);
        assert_eq!(ran.lost, ["COPY a FROM STDIN"]);
    }
}

//! The text of one message: a revision's transaction from BEGIN to COMMIT.
//!
//! Lock, re-check, settings, script, history and COMMIT go in one message, so that a revision costs
//! one round trip. A condition inside it is an expression that fails when it does not hold: no
//! plpgsql, no function of ours. The script keeps its text as it is, so that a position in the
//! message minus [`Message::script_start`] is a position in the file.

use std::time::Duration;

use super::{Options, ServerError, run::unsigned};
use crate::{
    history::{self, Names, Partial, READ_MARK},
    revision::{Digest, RevisionId, Script, TextError},
    sql::{self, ChangedSettings, quote_identifier, quote_literal},
};

/// What a guard's failure carries, so that it is told from every error of a script.
const MARK: &str = "cargo_migrate";

/// Which guard failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Another session holds the lock.
    Busy,
    /// The applied set is not the one that was planned on.
    Moved,
    /// The script ended the transaction that it ran in.
    Broken,
    /// The session's lock is held by another backend: a pooler is between.
    Lost,
    /// COMMIT would wait for a synchronous standby, and none is there.
    Alone,
    /// The caller's own transaction is still open.
    Inside,
}

impl Guard {
    const ALL: [Self; 6] = [
        Self::Busy,
        Self::Moved,
        Self::Broken,
        Self::Lost,
        Self::Alone,
        Self::Inside,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Moved => "moved",
            Self::Broken => "broken",
            Self::Lost => "lost",
            Self::Alone => "alone",
            Self::Inside => "inside",
        }
    }

    /// The guard that this error comes from.
    pub(super) fn of(error: &ServerError) -> Option<Self> {
        if !error.is("22P02") {
            return None;
        }
        Self::ALL
            .into_iter()
            .find(|guard| error.message.contains(&guard.mark()))
    }

    fn mark(self) -> String {
        format!("{MARK}:{}:", self.word())
    }

    /// A statement that fails unless the condition holds.
    ///
    /// The text that can't be a number depends on the backend's pid, so that no planner evaluates
    /// the cast before the condition.
    pub(super) fn unless(self, condition: &str) -> String {
        format!("SELECT {}", self.expression(condition))
    }

    /// A call that fails unless the condition holds.
    pub(super) fn expression(self, condition: &str) -> String {
        let mark = self.mark();
        format!(
            "CASE WHEN {condition} THEN 0 ELSE CAST(pg_catalog.concat('{mark}', \
             pg_catalog.pg_backend_pid()) AS pg_catalog.int4) END"
        )
    }
}

/// A call that fails inside a transaction of the caller's, which our COMMIT would end: what was set
/// for one transaction when the history was read is still set in the same.
pub(super) fn expect_outside() -> String {
    let left = format!("pg_catalog.current_setting('{READ_MARK}', true)");
    Guard::Inside.expression(&format!("COALESCE({left}, '') OPERATOR(pg_catalog.=) ''"))
}

/// The calls that take the history's lock until the end of the transaction, where that could commit at
/// all.
pub(super) fn take_lock(names: &Names) -> [String; 2] {
    let (class, key) = names.lock_key();
    let lock = format!("pg_catalog.pg_try_advisory_xact_lock({class}, {key})");
    [
        Guard::Alone.expression(CAN_COMMIT),
        Guard::Busy.expression(&lock),
    ]
}

/// Fails when COMMIT would wait for a synchronous standby and there is none: no limit of the
/// server ends that wait.
pub(super) fn expect_standby() -> String {
    Guard::Alone.unless(CAN_COMMIT)
}

/// A role that may not see what the standbys do sees that there are some. The function and not the
/// view over it, `pg_stat_replication`: to plan the view takes as long as to make a table.
const CAN_COMMIT: &str = "pg_catalog.current_setting('synchronous_standby_names') \
    OPERATOR(pg_catalog.=) '' OR pg_catalog.current_setting('synchronous_commit') \
    OPERATOR(pg_catalog.=) ANY (ARRAY['off', 'local']) OR \
    pg_catalog.current_setting('max_wal_senders') OPERATOR(pg_catalog.=) '0' OR EXISTS \
    (SELECT 1 FROM pg_catalog.pg_stat_get_wal_senders() WHERE sync_state IS NULL OR \
    sync_state OPERATOR(pg_catalog.=) ANY (ARRAY['sync', 'quorum']))";

/// A call that fails unless the recorded set is the one that was planned on.
pub(super) fn expect_digest(names: &Names, digest: &Digest) -> String {
    expect(names, "digest", digest)
}

/// A call that fails unless the recorded revisions are those that were planned on.
pub(super) fn expect_revisions(names: &Names, digest: &Digest) -> String {
    expect(names, "revisions", digest)
}

/// A call that fails unless a revision without a transaction came as far as was read: the digest says
/// only that it is half way, and a process that died may leave a server that still does its last
/// statement, and writes the journal's entry, after that.
pub(super) fn expect_journal(names: &Names, id: &RevisionId, partial: &Partial) -> String {
    Guard::Moved.expression(&history::stands_at(names, id, partial))
}

fn expect(names: &Names, column: &str, digest: &Digest) -> String {
    let recorded = format!("(SELECT {column} FROM {})", names.state());
    Guard::Moved.expression(&format!("{recorded} OPERATOR(pg_catalog.=) '{digest}'"))
}

/// The calls that make the settings of one transaction.
pub(super) fn settings(options: &Options, script: &Script, id: &str, nonce: &str) -> Vec<String> {
    let lock = script
        .lock_timeout
        .unwrap_or(options.statement_lock_timeout);
    let statement = script.statement_timeout.or(options.statement_timeout);
    let mut calls = vec![
        local("lock_timeout", &millis(lock)),
        local("statement_timeout", &millis(statement.unwrap_or_default())),
        local("idle_in_transaction_session_timeout", "0"),
        local("standard_conforming_strings", "on"),
        local("cargo_migrate.transaction", nonce),
        format!(
            "pg_catalog.set_config('application_name', pg_catalog.left(pg_catalog.concat(\
             pg_catalog.current_setting('application_name'), ' revision ', {}), 63), true)",
            quote_literal(id)
        ),
        notice_dead_client(true),
        notice_vanished_client(true),
    ];
    calls.extend(search_path(options).map(|path| local("search_path", &path)));
    for (name, value) in &options.variables {
        calls.push(local(&format!("migrate.{name}"), value));
    }
    calls
}

/// The search path that scripts are given, if it is not the session's own.
pub(super) fn search_path(options: &Options) -> Option<String> {
    let schemas = options.search_path.iter();
    let path: Vec<String> = schemas.map(|schema| quote_identifier(schema)).collect();
    (!path.is_empty()).then(|| path.join(", "))
}

/// Since PostgreSQL 14 the server can notice that a client is gone while a statement runs, on
/// systems that tell it.
pub(super) fn notice_dead_client(local: bool) -> String {
    format!(
        "CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 \
         OPERATOR(pg_catalog.>=) 140000 AND pg_catalog.strpos(pg_catalog.version(), 'linux') \
         OPERATOR(pg_catalog.>) 0 THEN \
         pg_catalog.set_config('client_connection_check_interval', '1000', {local}) END"
    )
}

/// Since PostgreSQL 14 a session may be ended for being idle, as it is between two batches.
pub(super) fn outlast_pauses() -> String {
    "CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 \
     OPERATOR(pg_catalog.>=) 140000 THEN \
     pg_catalog.set_config('idle_session_timeout', '0', false) END"
        .to_owned()
}

/// How soon the server gives up a client whose machine is gone without a word: it asks after 5
/// seconds of silence, and every 2 seconds three times more. Nothing of it concerns a Unix socket.
const KEEPALIVES: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "12000"),
];

pub(super) fn notice_vanished_client(local: bool) -> String {
    let set = |(name, value)| format!("pg_catalog.set_config('{name}', '{value}', {local})");
    format!(
        "CASE WHEN pg_catalog.strpos(pg_catalog.version(), 'linux') OPERATOR(pg_catalog.>) 0 \
         THEN pg_catalog.concat({}) END",
        KEEPALIVES.map(set).join(", ")
    )
}

fn local(name: &str, value: &str) -> String {
    format!(
        "pg_catalog.set_config({}, {}, true)",
        quote_literal(name),
        quote_literal(value)
    )
}

pub(super) fn millis(duration: Duration) -> String {
    duration.as_millis().to_string()
}

/// Runs what follows as the configured role.
pub(super) fn set_role(options: &Options) -> Option<String> {
    options
        .role
        .as_ref()
        .map(|role| format!("SET LOCAL ROLE {}", quote_identifier(role)))
}

/// What stands around a script to keep its settings from what comes after.
#[derive(Default)]
pub(super) struct Settings {
    /// Before our own settings, in one SELECT with them.
    pub(super) save: Vec<String>,
    /// Between our own settings and the script.
    pub(super) keep: Vec<String>,
    /// After the script: fails when it ended the transaction and perhaps began another, then puts
    /// back what it changed.
    pub(super) restore: Vec<String>,
}

impl Settings {
    /// Role and session authorization are always looked at, since a function may change them; other
    /// settings only where the script's text says so.
    pub(super) fn around(changed: &ChangedSettings, options: &Options, nonce: &str) -> Self {
        // A session's authorization comes before its role: to set the one resets the other.
        let mut names = vec!["session_authorization", "role"];
        let others = changed.names.iter().map(String::as_str);
        names.extend(others.filter(|name| !["session_authorization", "role"].contains(name)));
        match changed.others {
            true => around_any(&names, options),
            false => around_named(&names, nonce),
        }
    }
}

/// The value of each in a setting of ours.
fn around_named(names: &[&str], nonce: &str) -> Settings {
    let numbered = || names.iter().enumerate();
    let unbroken = Guard::Broken.expression(&format!(
        "pg_catalog.current_setting('cargo_migrate.transaction', true) \
         OPERATOR(pg_catalog.=) {}",
        quote_literal(nonce)
    ));
    let mut restore = vec![unbroken];
    restore.extend(numbered().map(|(at, name)| self::restore(at, name)));
    Settings {
        save: numbered().map(|(at, name)| save(at, name)).collect(),
        restore: vec![format!("SELECT {}", restore.join(", "))],
        ..Settings::default()
    }
}

/// A setting with a name of the script's own is in no view, so all are reset, and those that are in
/// the view get back what they had. That is kept in the row of the digest, the only place of ours
/// that neither `RESET ALL` nor a script reaches; the record that ends the transaction writes the
/// digest anew.
fn around_any(names: &[&str], options: &Options) -> Settings {
    let state = options.names.state();
    let named = names.iter().enumerate();
    let named: Vec<String> = named
        .map(|(at, name)| format!("({at}, {})", quote_literal(name)))
        .collect();
    let all = format!(
        "pg_catalog.set_config('cargo_migrate.saved', (SELECT pg_catalog.json_object_agg(name, \
         COALESCE(pg_catalog.current_setting(name, true), '') ORDER BY at)::pg_catalog.text FROM \
         (VALUES {} UNION ALL SELECT 1000000, name FROM pg_catalog.pg_settings WHERE \
         {CHANGEABLE}) AS s(at, name)), true)",
        named.join(", ")
    );
    let keep =
        format!("UPDATE {state} SET digest = pg_catalog.current_setting('cargo_migrate.saved')");
    let put_back = format!(
        "SELECT pg_catalog.set_config(key, value, false) FROM \
         pg_catalog.json_each_text((SELECT digest FROM {state})::pg_catalog.json) \
         WHERE pg_catalog.current_setting(key, true) IS DISTINCT FROM value"
    );
    let mut restore = vec![
        "RESET SESSION AUTHORIZATION".to_owned(),
        "RESET ROLE".to_owned(),
    ];
    restore.extend(set_role(options));
    // The script may have reset the mark of the transaction; the lock goes with it just as well.
    restore.push(Guard::Broken.unless(&holds_lock(&options.names)));
    restore.extend(["RESET ALL".to_owned(), put_back]);
    Settings {
        save: vec![all],
        keep: vec![keep],
        restore,
    }
}

/// The settings that a session may change and see.
pub(super) const CHANGEABLE: &str = "context IN ('user', 'superuser') AND setting IS NOT NULL";

/// Whether this session holds the lock, as a condition.
pub(super) fn holds_lock(names: &Names) -> String {
    let (class, key) = names.lock_key();
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_locks WHERE locktype OPERATOR(pg_catalog.=) \
         'advisory' AND classid OPERATOR(pg_catalog.=) {} AND objid OPERATOR(pg_catalog.=) {} \
         AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())",
        unsigned(class),
        unsigned(key),
    )
}

fn save(at: usize, name: &str) -> String {
    let name = quote_literal(name);
    format!(
        "pg_catalog.set_config('cargo_migrate.saved_{at}', \
         COALESCE(pg_catalog.current_setting({name}, true), ''), true)"
    )
}

fn restore(at: usize, name: &str) -> String {
    let name = quote_literal(name);
    let saved = format!("pg_catalog.current_setting('cargo_migrate.saved_{at}')");
    format!(
        "CASE WHEN COALESCE(pg_catalog.current_setting({name}, true), '') \
         OPERATOR(pg_catalog.<>) {saved} \
         THEN pg_catalog.set_config({name}, {saved}, false) END"
    )
}

/// A message under construction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Message {
    /// What is sent.
    pub(super) sql: String,
    /// Which parts of the script are in it, in order.
    pub(super) pieces: Vec<ScriptPiece>,
}

/// Which part of a script a message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScriptPiece {
    /// How many characters of the message stand before it.
    pub(super) before: usize,
    /// The bytes of the script's text.
    pub(super) range: std::ops::Range<usize>,
}

impl Message {
    /// Appends one of our own statements.
    pub(super) fn statement(&mut self, sql: &str) {
        self.sql.push_str(sql);
        self.sql.push_str(";\n");
    }

    /// Appends one SELECT of calls, which are made from left to right.
    pub(super) fn select(&mut self, calls: impl IntoIterator<Item = String>) {
        let calls: Vec<String> = calls.into_iter().collect();
        self.statement(&format!("SELECT {}", calls.join(", ")));
    }

    /// Appends several.
    pub(super) fn statements(&mut self, all: impl IntoIterator<Item = impl AsRef<str>>) {
        all.into_iter().for_each(|sql| self.statement(sql.as_ref()));
    }

    /// Appends a piece of a script, which stands in it from this byte on. The line break before the
    /// semicolon ends a comment without one.
    pub(super) fn script(&mut self, text: &str, start: usize) {
        self.piece(text, start);
        self.sql.push_str("\n;\n");
    }

    /// Appends a piece of a script without ending its statement.
    pub(super) fn piece(&mut self, text: &str, start: usize) {
        self.pieces.push(ScriptPiece {
            before: self.sql.chars().count(),
            range: start..start + text.len(),
        });
        self.sql.push_str(text);
    }

    /// The byte of the script's text that a position of the server points at; the message's own
    /// text may be gone by then.
    pub(super) fn script_offset(&self, script: &Script, position: usize) -> Option<usize> {
        let characters = position.checked_sub(1)?;
        self.pieces.iter().find_map(|piece| {
            let text = script.text.get(piece.range.clone()).ok()?;
            let bytes = text.char_indices().map(|(byte, _)| byte);
            let byte = bytes
                .chain([text.len()])
                .nth(characters.checked_sub(piece.before)?)?;
            Some(piece.range.start + byte)
        })
    }
}

/// The settings that a script may change.
///
/// # Errors
/// A file that is not what it was.
pub(super) fn changed_settings(script: &Script) -> Result<ChangedSettings, TextError> {
    let mut changed = ChangedSettings::default();
    for piece in pieces(script) {
        changed.add(sql::changed_settings(&script.text.get(piece)?));
    }
    Ok(changed)
}

/// Above this size, in bytes, a script goes in pieces: one message of 100 MB costs the server ten
/// times its size.
const LARGEST_PIECE: usize = 256 * 1024;

/// Cuts a script at the borders of its statements.
pub(super) fn pieces(script: &Script) -> Vec<std::ops::Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (statement, next) in script
        .statements
        .iter()
        .zip(script.statements.iter().skip(1))
    {
        if next.end - start > LARGEST_PIECE {
            pieces.push(start..statement.end);
            start = next.start;
        }
    }
    pieces.push(start..script.text.len());
    pieces
}

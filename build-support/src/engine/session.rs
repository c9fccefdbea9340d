//! The session of a revision without a transaction: its lock, the settings that it is given, and how it
//! is left as it was found.

use std::time::Duration;

use super::{
    EngineError,
    concurrently::Attempt,
    message::{self, Guard, Message},
    run::{Run, random},
    transaction::Job,
};
use crate::{
    history::{self, Row},
    sql::{self, quote_literal},
};

/// How often it is looked whether all answers come from one session. That they do by chance, behind a
/// pooler with three sessions, is one case in twenty thousand.
const PROBES: usize = 10;

/// How long it rests at most between two looks.
const LONGEST_REST: Duration = Duration::from_millis(4);

/// How often a lock that another session seems to hold is given free.
const UNLOCKS: usize = 20;

/// What the session had before, to be put back.
pub(super) struct Session {
    /// The session's authorization and its role come first: to set the one resets the other.
    settings: Vec<(String, String)>,
    pub(super) role: String,
    /// Whether the script may change settings that its text does not name.
    any: bool,
    resumed: Option<Resumed>,
}

/// Where another process may have died.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resumed {
    /// The statement.
    pub(super) at: usize,
    /// The transaction of the journal's last entry, where the statement builds an index.
    pub(super) entry: Option<u32>,
}

impl Session {
    pub(super) fn attempt(&self, index: usize) -> Attempt {
        match self.resumed {
            Some(resumed) if resumed.at == index => Attempt::Again(resumed.entry),
            Some(_) | None => Attempt::First,
        }
    }
}

impl Run<'_> {
    /// Refuses a pooler that shares its sessions before anything is done: the lock and the settings
    /// would stay behind in a session that is somebody else's by then. It shows by answers from
    /// different sessions, or by a lock that this session holds and we did not take.
    ///
    /// Between the questions it rests, never equally long: whoever asks at once gets the session that
    /// it has just given back, and many who ask at one pace meet the same one at each turn.
    pub(super) async fn refuse_pooler(&self, job: &Job<'_>) -> Result<(), EngineError> {
        let question = format!(
            "SELECT pg_catalog.pg_backend_pid()::pg_catalog.text, ({})::pg_catalog.text",
            message::holds_lock(&self.options.names)
        );
        let mut first = None;
        for _ in 0..PROBES {
            let rows = self
                .link
                .read(question.clone())
                .await
                .map_err(EngineError::Server)?;
            let answer = rows.into_iter().next().unwrap_or_default();
            let holds = answer
                .get(1)
                .is_some_and(|text| text.as_deref() == Some("true"));
            if holds || *first.get_or_insert_with(|| answer.clone()) != answer {
                return Err(EngineError::Pooled {
                    id: job.revision().id.clone(),
                });
            }
            self.link.wait(LONGEST_REST.mul_f64(random())).await;
        }
        Ok(())
    }

    /// Sets what a transaction would have set locally, and remembers what was there.
    pub(super) async fn save_session(
        &mut self,
        job: &Job<'_>,
        resumed: Option<Resumed>,
    ) -> Result<Session, EngineError> {
        let session = self.session(job, resumed).await?;
        let lock = job
            .script
            .lock_timeout
            .unwrap_or(self.options.statement_lock_timeout);
        let statement = job
            .script
            .statement_timeout
            .or(self.options.statement_timeout);
        let mut calls = vec![
            set("lock_timeout", &message::millis(lock)),
            set(
                "statement_timeout",
                &message::millis(statement.unwrap_or_default()),
            ),
            set("idle_in_transaction_session_timeout", "0"),
            set("standard_conforming_strings", "on"),
            message::outlast_pauses(),
            message::notice_dead_client(false),
            message::notice_vanished_client(false),
        ];
        calls.extend(message::search_path(self.options).map(|path| set("search_path", &path)));
        for (name, value) in &self.options.variables {
            calls.push(set(&format!("migrate.{name}"), value));
        }
        if let Some(role) = &self.options.role {
            calls.push(set("role", role));
        }
        // Nothing is set in a session that is not the one that took the lock.
        let mut ours = Message::default();
        ours.statement(&Guard::Lost.unless(&message::holds_lock(&self.options.names)));
        ours.select(calls);
        match self.link.script(ours.sql).await {
            Ok(()) => Ok(session),
            Err(error) => {
                self.leave(&session).await;
                match Guard::of(&error) {
                    Some(_) => Err(self.stopped(job, 0, error, None)),
                    None => Err(EngineError::Server(error)),
                }
            }
        }
    }

    /// What the session has of all that will change.
    async fn session(
        &self,
        job: &Job<'_>,
        resumed: Option<Resumed>,
    ) -> Result<Session, EngineError> {
        let changed = sql::changed_settings(job.text());
        let mut names = vec!["session_authorization".to_owned(), "role".to_owned()];
        let variables = self.options.variables.keys();
        names.extend(variables.map(|name| format!("migrate.{name}")));
        if !self.options.search_path.is_empty() {
            names.push("search_path".to_owned());
        }
        for name in changed.names {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let names: Vec<String> = names.iter().map(|name| quote_literal(name)).collect();
        let known = match changed.others {
            true => message::CHANGEABLE.to_owned(),
            false => format!("name IN ({SESSION_SETTINGS})"),
        };
        let query = format!(
            "SELECT name, COALESCE(pg_catalog.current_setting(name, true), '') FROM \
             pg_catalog.unnest(ARRAY[{}]) AS name UNION ALL SELECT name, \
             pg_catalog.current_setting(name) FROM pg_catalog.pg_settings WHERE {known}",
            names.join(", ")
        );
        let rows = self.link.read(query).await.map_err(EngineError::Server)?;
        let setting = |row: Row| {
            let mut columns = row.into_iter();
            Some((columns.next()??, columns.next()??))
        };
        let settings: Vec<(String, String)> = rows.into_iter().filter_map(setting).collect();
        let role = settings.iter().find(|(name, _)| name == "role");
        Ok(Session {
            role: role.map_or("none".to_owned(), |(_, role)| role.clone()),
            settings,
            any: changed.others,
            resumed,
        })
    }

    /// Puts the session back and gives the lock free. The connection may be gone: then both are.
    pub(super) async fn leave(&self, session: &Session) {
        let mut message = Message::default();
        if session.any {
            // A setting with a name of the script's own is in no view.
            message.statement("RESET ALL");
        }
        for (name, value) in &session.settings {
            message.statement(&format!(
                "SELECT {} WHERE pg_catalog.current_setting({}, true) IS DISTINCT FROM {}",
                set(name, value),
                quote_literal(name),
                quote_literal(value),
            ));
        }
        let _ = self.link.script(message.sql).await;
        self.unlock().await;
    }

    /// Gives the lock free. Behind a pooler the question may reach another session than the one
    /// that holds it, so it is asked again.
    pub(super) async fn unlock(&self) {
        let (class, key) = self.options.names.lock_key();
        if self.is_offline() {
            let unlock = format!("SELECT pg_catalog.pg_advisory_unlock({class}, {key})");
            let _ = self.link.script(unlock).await;
            return;
        }
        let query = format!("SELECT pg_catalog.pg_advisory_unlock({class}, {key})::text");
        for _ in 0..UNLOCKS {
            match self.link.read(query.clone()).await {
                Ok(rows) if is_true(&rows) => return,
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    /// What the statements before the first one set for the session: they are done, and their
    /// session is gone.
    pub(super) async fn repeat_settings(
        &self,
        job: &Job<'_>,
        first: usize,
    ) -> Result<(), EngineError> {
        for index in 0..first {
            if !sql::sets_session(job.statement(index)) {
                continue;
            }
            let message = alone_message(job, index);
            if let Err(error) = self.link.script(message.sql).await {
                return Err(self.stopped(job, first, error, None));
            }
        }
        Ok(())
    }
}

fn is_true(rows: &[history::Row]) -> bool {
    let first = rows.first().and_then(|row| row.first());
    matches!(first.and_then(Option::as_deref), Some("t" | "true"))
}

/// A statement by itself, its place kept.
pub(super) fn alone_message(job: &Job<'_>, index: usize) -> Message {
    let mut message = Message::default();
    message.script(job.statement(index), job.script.statements[index].start);
    // A second, empty statement would make the message an implicit transaction.
    message.sql.truncate(message.sql.len() - "\n;\n".len());
    message
}

fn set(name: &str, value: &str) -> String {
    format!(
        "pg_catalog.set_config({}, {}, false)",
        quote_literal(name),
        quote_literal(value)
    )
}

/// What we set for the session while such a revision runs.
const SESSION_SETTINGS: &str = "'lock_timeout', 'statement_timeout', \
    'idle_in_transaction_session_timeout', 'idle_session_timeout', 'standard_conforming_strings', \
    'client_connection_check_interval', 'tcp_keepalives_idle', 'tcp_keepalives_interval', \
    'tcp_keepalives_count', 'tcp_user_timeout'";

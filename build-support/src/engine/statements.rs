//! A revision with `transaction=none`: statement by statement, each committed by itself.
//!
//! The history row itself is the journal: it says how many statements finished. A statement that
//! can share a transaction commits together with that number. One that can't is followed by it;
//! when a process dies in between, the next run looks at what the statement left behind.
//!
//! The lock is the same advisory lock, held by the session, since no transaction may stay open
//! around CREATE INDEX CONCURRENTLY. Each entry in the journal checks that this session still
//! holds it, so that a pooler that swaps sessions is noticed before anything is recorded twice.

use std::time::{Duration, Instant};

use super::{
    EngineError, Event, Failure, Left, ServerError,
    concurrently::{Attempt, Due},
    locate::{self, Spot},
    message::{self, Guard, Message},
    run::{Progress, Run, random},
    transaction::{Job, is_transient, row},
    view::checksum_of_done,
};
use crate::{
    history::{self, Occasion, Partial, Row},
    revision::Direction,
    sql::{self, Kind, quote_literal},
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
    role: String,
    /// Whether the script may change settings that its text does not name.
    any: bool,
    resumed: Option<Resumed>,
}

/// Where another process may have died.
#[derive(Debug, Clone, Copy)]
struct Resumed {
    /// The statement.
    at: usize,
    /// The transaction of the journal's last entry, where the statement builds an index.
    entry: Option<u32>,
}

impl Session {
    fn attempt(&self, index: usize) -> Attempt {
        match self.resumed {
            Some(resumed) if resumed.at == index => Attempt::Again(resumed.entry),
            Some(_) | None => Attempt::First,
        }
    }
}

impl Run<'_> {
    /// Runs what is left of a script and records each statement.
    pub(super) async fn by_statements(&mut self, job: &Job<'_>) -> Result<Progress, EngineError> {
        let resumed = match self.resume_at(job)? {
            Some(at) => Some(Resumed {
                at,
                entry: self.last_entry(job, at).await?,
            }),
            None => None,
        };
        let first = resumed.map_or(0, |resumed| resumed.at);
        self.refuse_pooler(job).await?;
        match self.enter(job, first).await? {
            Progress::Done => {}
            other => return Ok(other),
        }
        let session = self.save_session(job, resumed).await?;
        let result = match self.repeat_settings(job, first).await {
            Ok(()) => self.run_statements(job, first, &session).await,
            Err(error) => Err(error),
        };
        self.leave(&session).await;
        result.map(|()| Progress::Done)
    }

    /// The statement to go on with, where a run before this one stopped half way.
    fn resume_at(&self, job: &Job<'_>) -> Result<Option<usize>, EngineError> {
        let id = &job.revision().id;
        let row = self.state.row(id);
        let Some(partial) = row.and_then(|row| row.partial.as_ref()) else {
            return Ok(None);
        };
        if partial.direction != job.direction {
            return Err(EngineError::HalfWay {
                id: id.clone(),
                direction: partial.direction,
            });
        }
        let is_edited = partial.checksum != checksum_of_done(job.script, partial.done);
        if is_edited && id.is_repeatable() {
            // It can run any number of times, so it may begin anew.
            return Ok(None);
        }
        if is_edited {
            return Err(EngineError::EditedHalfWay {
                id: id.clone(),
                done: partial.done,
            });
        }
        Ok(Some(partial.done))
    }

    /// Refuses a pooler that shares its sessions before anything is done: the lock and the settings
    /// would stay behind in a session that is somebody else's by then. It shows by answers from
    /// different sessions, or by a lock that this session holds and we did not take.
    ///
    /// Between the questions it rests, never equally long: whoever asks at once gets the session that
    /// it has just given back, and many who ask at one pace meet the same one at each turn.
    async fn refuse_pooler(&self, job: &Job<'_>) -> Result<(), EngineError> {
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

    /// Takes the session's lock and writes the journal's first entry.
    async fn enter(&mut self, job: &Job<'_>, first: usize) -> Result<Progress, EngineError> {
        let names = &self.options.names;
        let (class, key) = names.lock_key();
        let mut partial = self.partial(job, first);
        let known = self.state.row(&job.revision().id);
        partial.batch = known.and_then(|row| row.partial.as_ref()?.batch);
        let mut message = Message::default();
        message.statement("BEGIN ISOLATION LEVEL READ COMMITTED");
        // A session may take its own lock twice; behind a pooler the first taker is another client.
        message.statement(
            &Guard::Lost.unless(&format!("NOT {}", message::holds_lock(&self.options.names))),
        );
        message.statement(&message::expect_standby());
        let lock = format!("pg_catalog.pg_try_advisory_lock({class}, {key})");
        message.statement(&Guard::Busy.unless(&lock));
        message.select([self.expect_state()]);
        message.statements(message::set_role(self.options));
        let entered = self.with_entry(job.graph, job.node, |entry| row(entry, Default::default()));
        let is_new = self.state.row(&job.revision().id).is_none();
        if is_new {
            let record = self.with_entry(job.graph, job.node, |entry| {
                history::record_applied(names, entry, Some(&partial))
            });
            message.statement(&record);
        } else if self.is_another_entry(job, &partial) {
            message.statement(&self.set_partial(job, &partial));
        }
        let mut state = self.state.clone();
        let mut row = state.row(&entered.id).cloned().unwrap_or(entered);
        row.partial = Some(partial);
        if job.direction == Direction::Up {
            row.checksum = job.script.checksum;
        }
        state.insert(row);
        let digests = state.computed();
        (state.digest, state.revisions_digest) = (digests.whole, digests.revisions);
        message.statement(&history::set_digest(names, &digests));
        message.statement("COMMIT");
        match self.link.script(message.sql).await {
            Ok(()) => {
                self.hold(state);
                Ok(Progress::Done)
            }
            Err(error) => {
                self.roll_back(&error).await;
                match Guard::of(&error) {
                    Some(Guard::Busy | Guard::Alone) => {}
                    Some(Guard::Lost) => {
                        return Err(EngineError::Pooled {
                            id: job.revision().id.clone(),
                        });
                    }
                    Some(Guard::Moved | Guard::Broken) | None => self.unlock().await,
                }
                self.guarded(error, job.position.count)
            }
        }
    }

    fn partial(&self, job: &Job<'_>, done: usize) -> Partial {
        Partial {
            direction: job.direction,
            done,
            checksum: checksum_of_done(job.script, done),
            batch: None,
        }
    }

    /// Whether the journal says something else. An entry that stays as it is stays older than what
    /// the statement after it left.
    fn is_another_entry(&self, job: &Job<'_>, partial: &Partial) -> bool {
        let known = self.state.row(&job.revision().id);
        known.is_none_or(|row| {
            let is_edited = job.direction == Direction::Up && row.checksum != job.script.checksum;
            row.partial.as_ref() != Some(partial) || is_edited
        })
    }

    fn set_partial(&self, job: &Job<'_>, partial: &Partial) -> String {
        let id = &job.revision().id;
        history::set_partial(&self.options.names, id, &job.script.checksum, partial)
    }

    /// Sets what a transaction would have set locally, and remembers what was there.
    async fn save_session(
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
        let changed = sql::changed_settings(&job.script.text);
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
    async fn leave(&self, session: &Session) {
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
    async fn unlock(&self) {
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
    async fn repeat_settings(&self, job: &Job<'_>, first: usize) -> Result<(), EngineError> {
        for (index, range) in job.script.statements[..first].iter().enumerate() {
            if !sql::sets_session(&job.script.text[range.clone()]) {
                continue;
            }
            let message = alone_message(job, index);
            if let Err(error) = self.link.script(message.sql).await {
                return Err(self.stopped(job, first, error, None));
            }
        }
        Ok(())
    }

    async fn run_statements(
        &mut self,
        job: &Job<'_>,
        first: usize,
        session: &Session,
    ) -> Result<(), EngineError> {
        let started = Instant::now();
        let count = job.script.statements.len();
        for index in first..count {
            self.run_statement(job, index, session).await?;
            let id = job.revision().id.clone();
            self.link
                .tell(Event::Statement {
                    id,
                    index: index + 1,
                    count,
                })
                .await;
        }
        let message = self.finish(job, session, started);
        if let Err(error) = self.link.script(message.sql).await {
            self.roll_back(&error).await;
            return Err(self.stopped(job, count, error, None));
        }
        self.note_done(job, started.elapsed()).await;
        Ok(())
    }

    /// Records the whole.
    fn finish(&self, job: &Job<'_>, session: &Session, started: Instant) -> Message {
        let (names, id) = (&self.options.names, &job.revision().id);
        let digests = self.digests_after(job.revision(), job.direction);
        let (record, occasion) = match job.direction {
            Direction::Up => {
                // A script that is only printed took no time, and is the same each time.
                let duration = match self.is_offline() {
                    true => 0,
                    false => started.elapsed().as_millis(),
                };
                (
                    history::finish_partial(names, id, duration),
                    Occasion::Apply,
                )
            }
            Direction::Down => (history::record_reverted(names, id), Occasion::Revert),
        };
        let application = &self.options.application;
        let mut message = self.begin_locked();
        message.statement(&self.journal_role(session));
        message.statement(&record);
        message.statements(self.forget_repeatable(job.direction));
        message.statement(&history::log(
            names,
            occasion,
            Some(id),
            application,
            &digests.whole,
            None,
        ));
        message.statement(&history::set_digest(names, &digests));
        message.statement("COMMIT");
        message
    }

    /// A transaction that checks that this session holds the lock.
    pub(super) fn begin_locked(&self) -> Message {
        let mut message = Message::default();
        message.statement("BEGIN ISOLATION LEVEL READ COMMITTED");
        message.statement(&Guard::Lost.unless(&message::holds_lock(&self.options.names)));
        message
    }

    async fn run_statement(
        &mut self,
        job: &Job<'_>,
        index: usize,
        session: &Session,
    ) -> Result<(), EngineError> {
        let text = &job.script.text[job.script.statements[index].clone()];
        match job.script.batch(index).filter(|_| !self.is_offline()) {
            Some(batch) => self.in_batches(job, batch, session).await?,
            None if must_run_alone(text) => self.run_alone(job, index, session).await?,
            // Nobody is there who could say whether it does.
            None if self.is_offline() && may_commit(text) => {
                self.run_alone(job, index, session).await?;
            }
            None => match self.in_one(job, index, session).await {
                // Of a partitioned table, for example, or a block that commits: the text does not tell.
                Err(EngineError::Failed(failure)) if failure.error.refuses_transaction() => {
                    self.run_alone(job, index, session).await?;
                }
                result => result?,
            },
        }
        self.note_statement(job, index + 1);
        Ok(())
    }

    /// A statement and its entry in the journal, in one transaction.
    pub(super) fn with_journal(&self, job: &Job<'_>, index: usize, session: &Session) -> Message {
        let mut message = self.begin_locked();
        message.statement(&message::expect_standby());
        if job.script.batch(index).is_some() {
            message.sql.push_str(NOT_BATCHED);
        }
        message.script(job.script, job.script.statements[index].clone());
        message.statements(self.journal(job, index + 1, session));
        message
    }

    /// A statement without a transaction, then its entry in the journal.
    async fn run_alone(
        &mut self,
        job: &Job<'_>,
        index: usize,
        session: &Session,
    ) -> Result<(), EngineError> {
        let attempt = session.attempt(index);
        // A process that died behind the statement and before its entry left it done.
        if self.make_way(job, index, attempt).await? == Due::Run {
            self.send_alone(job, index, attempt).await?;
            self.expect_built(job, index).await?;
        }
        let mut entry = self.begin_locked();
        entry.statements(self.journal(job, index + 1, session));
        match self.link.script(entry.sql).await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.roll_back(&error).await;
                Err(self.stopped(job, index + 1, error, None))
            }
        }
    }

    async fn send_alone(
        &mut self,
        job: &Job<'_>,
        index: usize,
        attempt: Attempt,
    ) -> Result<(), EngineError> {
        let text = &job.script.text[job.script.statements[index].clone()];
        match self
            .send_until_locked(job, index, &alone_message(job, index))
            .await
        {
            Err(EngineError::Failed(failure))
                if matches!(attempt, Attempt::Again(_))
                    && is_done_already(text, &failure.error) =>
            {
                Ok(())
            }
            result => result,
        }
    }

    /// The statements that say how many are done, and the COMMIT.
    pub(super) fn journal(&self, job: &Job<'_>, done: usize, session: &Session) -> Vec<String> {
        let partial = self.partial(job, done);
        vec![
            self.journal_role(session),
            self.set_partial(job, &partial),
            "COMMIT".to_owned(),
        ]
    }

    /// The journal is written as we would write it, whatever role the script has taken on.
    pub(super) fn journal_role(&self, session: &Session) -> String {
        let role = self.options.role.as_ref().unwrap_or(&session.role);
        format!(
            "SELECT pg_catalog.set_config('role', {}, true)",
            quote_literal(role)
        )
    }

    fn note_statement(&mut self, job: &Job<'_>, done: usize) {
        let partial = self.partial(job, done);
        if let Some(row) = self.state.row_mut(&job.revision().id) {
            row.partial = Some(partial);
        }
        self.renew_deadline();
    }

    pub(super) async fn send_until_locked(
        &mut self,
        job: &Job<'_>,
        index: usize,
        message: &Message,
    ) -> Result<(), EngineError> {
        loop {
            let Err(error) = self.link.script(message.sql.clone()).await else {
                return Ok(());
            };
            self.roll_back(&error).await;
            let spot = error
                .position
                .and_then(|at| message.script_offset(job.script, at))
                .map(|offset| locate::at_offset(job.script, offset));
            self.try_later(job, index, error, spot).await?;
            // What the failed try left INVALID would make the next one fail or do nothing.
            if self.make_way(job, index, Attempt::Again(None)).await? == Due::Done {
                return Ok(());
            }
        }
    }

    /// Waits for another try, where what is in the way may pass and there is time.
    pub(super) async fn try_later(
        &mut self,
        job: &Job<'_>,
        index: usize,
        error: ServerError,
        spot: Option<Spot>,
    ) -> Result<(), EngineError> {
        if is_transient(&error) && self.has_time() {
            self.retry_later(job, &error).await;
            return Ok(());
        }
        if !error.is("55P03") {
            return Err(self.stopped(job, index, error, spot));
        }
        let blockers = self.blockers().await;
        let failure = self.failure_at(job, index, error, spot);
        Err(EngineError::StatementLocked { failure, blockers })
    }

    pub(super) fn stopped(
        &self,
        job: &Job<'_>,
        index: usize,
        error: ServerError,
        spot: Option<Spot>,
    ) -> EngineError {
        match Guard::of(&error) {
            Some(Guard::Lost) => EngineError::Pooled {
                id: job.revision().id.clone(),
            },
            Some(Guard::Alone) => EngineError::Alone {
                waited: self.elapsed(),
            },
            _ => EngineError::Failed(self.failure_at(job, index, error, spot)),
        }
    }

    pub(super) fn failure_at(
        &self,
        job: &Job<'_>,
        index: usize,
        error: ServerError,
        spot: Option<Spot>,
    ) -> Failure {
        let (count, revision) = (job.script.statements.len(), job.revision());
        let spot = spot.unwrap_or_else(|| {
            locate::at_statement(job.script, index.min(count.saturating_sub(1)))
        });
        Failure {
            id: revision.id.clone(),
            message: revision.message.clone(),
            direction: job.direction,
            statement: (index < count).then_some((index + 1, count)),
            place: spot.place,
            width: spot.width,
            left: Left::Statements(index),
            before: self.done.len(),
            heads: self.view().heads(),
            empty_history: false,
            error,
        }
    }
}

fn is_true(rows: &[history::Row]) -> bool {
    let first = rows.first().and_then(|row| row.first());
    matches!(first.and_then(Option::as_deref), Some("t" | "true"))
}

/// A statement by itself, its place kept.
fn alone_message(job: &Job<'_>, index: usize) -> Message {
    let mut message = Message::default();
    let range = job.script.statements[index].clone();
    message.script(job.script, range);
    // A second, empty statement would make the message an implicit transaction.
    message.sql.truncate(message.sql.len() - "\n;\n".len());
    message
}

/// Whether PostgreSQL refuses a statement inside a transaction.
fn must_run_alone(text: &str) -> bool {
    matches!(kind(text), Kind::NoTransaction(_))
}

/// Whether a statement may commit by itself, from within.
fn may_commit(text: &str) -> bool {
    let first = text
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    ["CALL", "DO"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
}

/// Whether the error says that the statement's work is done already.
fn is_done_already(text: &str, error: &ServerError) -> bool {
    let begins = |word: &str| {
        text.get(..word.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(word))
    };
    let codes: &[&str] = match () {
        () if begins("CREATE") => &["42P04", "42710"],
        () if begins("DROP") => &["42704", "3D000"],
        () => &[],
    };
    codes.iter().any(|code| error.is(code))
}

fn kind(text: &str) -> Kind {
    sql::split(text)
        .ok()
        .and_then(|split| split.statements.first().map(|statement| statement.kind))
        .unwrap_or(Kind::Other)
}

fn set(name: &str, value: &str) -> String {
    format!(
        "pg_catalog.set_config({}, {}, false)",
        quote_literal(name),
        quote_literal(value)
    )
}

/// Of a script for psql, which can't look for the key to go along.
const NOT_BATCHED: &str =
    "-- All rows at once: `cargo migrate up` itself would do this statement in batches.\n";

/// What we set for the session while such a revision runs.
const SESSION_SETTINGS: &str = "'lock_timeout', 'statement_timeout', \
    'idle_in_transaction_session_timeout', 'standard_conforming_strings', \
    'client_connection_check_interval', 'tcp_keepalives_idle', 'tcp_keepalives_interval', \
    'tcp_keepalives_count', 'tcp_user_timeout'";

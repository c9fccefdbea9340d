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
    EngineError, Event, ServerError,
    concurrently::{Attempt, Due},
    message::{self, Guard, Message},
    run::{Progress, Run},
    session::{Resumed, Session, alone_message},
    transaction::{Job, row},
};
use crate::{
    history::{self, Applied, Occasion, Partial},
    revision::Direction,
    sql::{self, Kind, quote_literal},
};

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
        let is_edited = partial.checksum != job.checksum_of_done(partial.done);
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

    /// Takes the session's lock and writes the journal's first entry.
    async fn enter(&mut self, job: &Job<'_>, first: usize) -> Result<Progress, EngineError> {
        let names = &self.options.names;
        let (class, key) = names.lock_key();
        let mut partial = self.partial(job, first);
        let known = self.state.row(&job.revision().id);
        partial.batch = known.and_then(|row| row.partial.as_ref()?.batch);
        // A session may take its own lock twice; behind a pooler the first taker is another client.
        let is_free = format!("NOT {}", message::holds_lock(&self.options.names));
        let mut message = self.begin_with([Guard::Lost.expression(&is_free)]);
        message.statement(&message::expect_standby());
        let lock = format!("pg_catalog.pg_try_advisory_lock({class}, {key})");
        message.statement(&Guard::Busy.unless(&lock));
        let journal = self.expect_journal(job.revision());
        message.select([self.expect_state()].into_iter().chain(journal));
        message.statements(message::set_role(self.options));
        let entered = self.entered(job, partial);
        if self.state.row(&entered.id) != Some(&entered) {
            message.statement(&self.enter_statement(job, &entered));
        }
        let mut state = self.state.clone();
        state.insert(entered);
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
                    Some(Guard::Moved | Guard::Broken | Guard::Inside) | None => {
                        self.unlock().await;
                    }
                }
                self.guarded(error, job.position.count)
            }
        }
    }

    fn partial(&self, job: &Job<'_>, done: usize) -> Partial {
        Partial {
            direction: job.direction,
            done,
            checksum: job.checksum_of_done(done),
            batch: None,
        }
    }

    /// The row of a revision on its way. An entry that stays as it is stays older than what the
    /// statement after it left; but its file may say other things now than at an earlier try.
    fn entered(&self, job: &Job<'_>, partial: Partial) -> Applied {
        let known = self.state.row(&job.revision().id).cloned();
        let entered = || {
            let new = |entry: &history::Entry<'_>| row(entry, Duration::ZERO);
            self.with_entry(job.graph, job.node, new)
        };
        let row = match (job.direction, known) {
            (Direction::Down, Some(known)) => known,
            (Direction::Up, Some(known)) => Applied {
                applied_at: known.applied_at,
                applied_by: known.applied_by,
                application: known.application,
                duration: known.duration,
                ..entered()
            },
            (_, None) => entered(),
        };
        Applied {
            partial: Some(partial),
            ..row
        }
    }

    fn enter_statement(&self, job: &Job<'_>, entered: &Applied) -> String {
        let partial = entered.partial.as_ref();
        match (job.direction, partial) {
            (Direction::Down, Some(partial)) => self.set_partial(job, partial),
            _ => self.with_entry(job.graph, job.node, |entry| {
                history::record_applied(&self.options.names, entry, partial)
            }),
        }
    }

    fn set_partial(&self, job: &Job<'_>, partial: &Partial) -> String {
        let id = &job.revision().id;
        history::set_partial(&self.options.names, id, &job.script.checksum, partial)
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
        let text = job.statement(index);
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
        message.script(job.statement(index), job.script.statements[index].start);
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
        let text = job.statement(index);
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

/// Of a script for psql, which can't look for the key to go along.
const NOT_BATCHED: &str =
    "-- All rows at once: `cargo migrate up` itself would do this statement in batches.\n";

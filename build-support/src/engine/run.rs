//! What one operation carries along: its options, what it has read, what it has done; and the parts
//! that all operations share: reading the history, making its tables, waiting for its lock.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    time::{Duration, Instant},
};

use super::{
    Action, Done, EngineError, Event, Holder, MissingSchema, Options, PlannedStep, Report,
    ServerError, View,
    link::Link,
    message::{self, Guard, Message},
};
use crate::{
    graph::{Graph, Node},
    history::{self, Entry, Row, State},
    revision::{Digests, Direction, Revision, RevisionId},
};

/// One operation under way.
pub(super) struct Run<'a> {
    pub(super) link: Link,
    pub(super) graph: &'a Graph,
    pub(super) options: &'a Options,
    /// What the history holds, as read and as changed since.
    pub(super) state: State,
    /// The digests of its rows, followed step by step: to compute them anew for each revision would
    /// make a long history slow.
    pub(super) digests: Digests,
    pub(super) done: Vec<Done>,
    /// How many of them the observer has heard of.
    told: usize,
    /// Whether the first transaction also makes the history's tables: what shares one transaction
    /// leaves nothing at all when it fails.
    pub(super) makes_history: bool,
    /// What the database is taken to hold, where none is asked.
    assumed: Option<Assumed>,
    /// When this operation gives up waiting for locks.
    deadline: Instant,
    started: Instant,
    polls: u32,
    /// Whether what was in the way was not the lock, but a synchronous standby that is not there.
    pub(super) alone: bool,
    /// How far another process was with a batched revision when it was last looked at.
    seen: Option<(RevisionId, usize, u64)>,
}

/// What a database is taken to hold, where none is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Assumed {
    /// No history: its tables are to be made.
    Nothing,
    /// The state of the run.
    History,
}

/// Whether a step was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It was.
    Done,
    /// Another process holds the lock.
    Busy,
    /// Another process changed the history since it was read.
    Moved,
}

impl<'a> Run<'a> {
    pub(super) fn new(link: Link, graph: &'a Graph, options: &'a Options) -> Self {
        let started = Instant::now();
        Self {
            link,
            graph,
            options,
            state: State::default(),
            digests: Digests::default(),
            done: Vec::new(),
            told: 0,
            makes_history: false,
            assumed: None,
            deadline: started + options.lock_timeout,
            started,
            polls: 0,
            alone: false,
            seen: None,
        }
    }

    /// Works on a state that is given instead of read; `None` is a database without a history.
    pub(super) fn assuming(mut self, state: Option<State>) -> Self {
        self.assumed = Some(match state {
            Some(_) => Assumed::History,
            None => Assumed::Nothing,
        });
        self.hold(state.unwrap_or_default());
        self
    }

    /// Takes a state over.
    pub(super) fn hold(&mut self, state: State) {
        self.digests = state.computed();
        self.state = state;
    }

    /// Whether no database is asked.
    pub(super) fn is_offline(&self) -> bool {
        self.assumed.is_some()
    }

    /// Reads the history; tells whether its tables are there.
    pub(super) async fn read_state(&mut self) -> Result<bool, EngineError> {
        match self.assumed {
            Some(Assumed::History) => return Ok(true),
            Some(Assumed::Nothing) => return Ok(false),
            None => {}
        }
        let query = history::state_query(&self.options.names);
        match self.link.read(query).await {
            Ok(rows) => {
                let exists = !rows.is_empty();
                self.hold(State::from_rows(rows)?);
                Ok(exists)
            }
            Err(error) if is_missing(&error) => {
                self.hold(State::default());
                Ok(false)
            }
            Err(error) if error.is(ABORTED) => {
                self.roll_back(&error).await;
                Err(EngineError::OpenTransaction)
            }
            Err(error) => Err(EngineError::Server(error)),
        }
    }

    /// Makes the history's tables, under the lock.
    pub(super) async fn create_history(&mut self, pending: usize) -> Result<Progress, EngineError> {
        let mut message = self.begin();
        message.statements(message::set_role(self.options));
        message.statements(self.create_statements());
        message.statement("COMMIT");
        match self.link.script(message.sql).await {
            Ok(()) => {
                self.assumed = self.assumed.and(Some(Assumed::History));
                Ok(Progress::Done)
            }
            Err(error) => {
                self.roll_back(&error).await;
                self.guarded(error, pending)
            }
        }
    }

    /// The statements that make the history's tables, and its schema where that is wanted.
    pub(super) fn create_statements(&self) -> Vec<String> {
        let names = &self.options.names;
        let mut all = match self.options.missing_schema {
            MissingSchema::Refuse => Vec::new(),
            MissingSchema::Create => vec![history::create_schema(names)],
        };
        all.extend(history::create_tables(names));
        all
    }

    /// A transaction that holds the lock.
    pub(super) fn begin(&self) -> Message {
        self.begin_with(message::take_lock(&self.options.names))
    }

    /// A transaction that is in none of the caller's, and calls that come first in it: one SELECT costs
    /// less than two.
    pub(super) fn begin_with(&self, calls: impl IntoIterator<Item = String>) -> Message {
        let mut message = Message::default();
        message.statement("BEGIN ISOLATION LEVEL READ COMMITTED");
        let outside = (!self.is_offline()).then(message::expect_outside);
        message.select(outside.into_iter().chain(calls));
        message
    }

    /// A transaction that holds the lock, on the set that was planned on.
    pub(super) fn begin_on_state(&self) -> Message {
        self.begin_on_state_with([])
    }

    /// The same, with calls that come right after. The set is looked at behind the lock and not
    /// beside it: a statement sees what was there when it began.
    pub(super) fn begin_on_state_with(&self, calls: impl IntoIterator<Item = String>) -> Message {
        let mut message = self.begin();
        if self.makes_history {
            message.statements(message::set_role(self.options));
            message.statements(history::create_tables(&self.options.names));
        }
        message.select([self.expect_state()].into_iter().chain(calls));
        message
    }

    /// The call that looks at the journal of a revision that is half way.
    pub(super) fn expect_journal(&self, revision: &Revision) -> Option<String> {
        let known = self.state.row(&revision.id)?.partial.as_ref()?;
        let names = &self.options.names;
        Some(message::expect_journal(names, &revision.id, known))
    }

    /// A call that fails unless the history is what was planned on. A script for another day is for a set of
    /// revisions; which repeatable scripts have run by then it can't know.
    pub(super) fn expect_state(&self) -> String {
        let (names, state) = (&self.options.names, &self.state);
        match self.is_offline() {
            true => message::expect_revisions(names, &state.revisions_digest),
            false => message::expect_digest(names, &state.digest),
        }
    }

    /// What a failed message of ours means: a guard, missing rights, a read-only server.
    pub(super) fn guarded(
        &mut self,
        error: ServerError,
        pending: usize,
    ) -> Result<Progress, EngineError> {
        match Guard::of(&error) {
            Some(Guard::Busy) => Ok(Progress::Busy),
            Some(Guard::Alone) => {
                self.alone = true;
                Ok(Progress::Busy)
            }
            Some(Guard::Moved) => Ok(Progress::Moved),
            Some(Guard::Inside) => Err(EngineError::OpenTransaction),
            _ if error.is(ABORTED) => Err(EngineError::OpenTransaction),
            _ if error.is("25006") => Err(EngineError::ReadOnly {
                pending,
                standby: self.state.standby,
            }),
            _ if error.is("3F000") => Err(EngineError::NoSchema {
                schema: self.options.names.schema().to_owned(),
            }),
            _ => Err(match self.refused_role(&error) {
                Some(role) => EngineError::Role { role, error },
                None if error.is("42501") => EngineError::Permission(error),
                None => EngineError::Server(error),
            }),
        }
    }

    /// The configured role, if it is what the server refuses.
    pub(super) fn refused_role(&self, error: &ServerError) -> Option<String> {
        let role = self.options.role.as_ref()?;
        let says = |words: &str| error.message.contains(&format!("{words} \"{role}\""));
        // Every other statement has another code for a role that is not there.
        let is_missing = error.is("22023") && says("role");
        let is_denied = error.is("42501") && says("to set role");
        let is_empty = role.is_empty() && error.is("42601");
        (is_missing || is_denied || is_empty).then(|| role.clone())
    }

    /// A failed message leaves an aborted transaction behind.
    pub(super) async fn roll_back(&self, error: &ServerError) {
        if !error.is_connection() {
            // It fails only when the connection does, which the next step tells.
            let _ = self.link.script("ROLLBACK".to_owned()).await;
        }
    }

    /// Waits until the lock may be free, or says who holds it when time is up. Time is not up while
    /// whoever holds it goes on with a batched revision.
    pub(super) async fn wait_for_lock(&mut self) -> Result<(), EngineError> {
        if std::mem::take(&mut self.alone) {
            return self.wait_for_standby().await;
        }
        let seen = self.batch_under_way();
        if seen.is_some() && seen != self.seen {
            self.seen = seen;
            self.renew_deadline();
        }
        let is_first = self.polls == 0;
        let is_late = Instant::now() >= self.deadline;
        if is_first || is_late {
            let waited = self.started.elapsed();
            let holder = self.lock_holder().await;
            if is_late {
                return Err(EngineError::Locked { waited, holder });
            }
            self.link.tell(Event::Waiting { waited, holder }).await;
        }
        let pause = self.pause(Duration::from_millis(20), Duration::from_millis(500));
        self.link.wait(pause).await;
        Ok(())
    }

    /// Waits for a synchronous standby, without a transaction.
    async fn wait_for_standby(&mut self) -> Result<(), EngineError> {
        let waited = self.started.elapsed();
        if !self.has_time() {
            return Err(EngineError::Alone { waited });
        }
        if self.polls == 0 {
            self.link.tell(Event::Alone).await;
        }
        let pause = self.pause(Duration::from_millis(50), Duration::from_secs(1));
        self.link.wait(pause).await;
        Ok(())
    }

    /// How long this operation has been under way.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// A pause that doubles up to a limit, and differs between processes that began together.
    pub(super) fn pause(&mut self, first: Duration, longest: Duration) -> Duration {
        let doubled = first.saturating_mul(1 << self.polls.min(10)).min(longest);
        self.polls += 1;
        let left = self.deadline.saturating_duration_since(Instant::now());
        doubled
            .mul_f64(0.5 + random())
            .min(left + Duration::from_millis(1))
    }

    /// The batched revision that is half way, and how far it came.
    fn batch_under_way(&self) -> Option<(RevisionId, usize, u64)> {
        let mut rows = self.state.applied.values();
        rows.find_map(|row| {
            let partial = row.partial.as_ref()?;
            Some((row.id.clone(), partial.done, partial.batch?.rows))
        })
    }

    /// Counts the time for locks from now: what was done meanwhile was no waiting.
    pub(super) fn renew_deadline(&mut self) {
        self.deadline = Instant::now() + self.options.lock_timeout;
        self.polls = self.polls.min(1);
    }

    /// Whether there is time for another try.
    pub(super) fn has_time(&self) -> bool {
        Instant::now() < self.deadline
    }

    async fn lock_holder(&self) -> Option<Holder> {
        let (class, key) = self.options.names.lock_key();
        let query = format!(
            "{HOLDER} FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a \
             ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.classid = {} AND l.objid = {} \
             AND l.objsubid = 2 AND l.granted AND a.datname = pg_catalog.current_database() LIMIT 1",
            unsigned(class),
            unsigned(key),
        );
        self.holders(query).await.pop()
    }

    /// Who has had a transaction open for longer than a statement of ours waited.
    pub(super) async fn blockers(&self) -> Vec<Holder> {
        let query = format!(
            "{HOLDER} FROM pg_catalog.pg_stat_activity AS a WHERE a.pid <> \
             pg_catalog.pg_backend_pid() AND a.datname = pg_catalog.current_database() AND \
             a.xact_start IS NOT NULL AND EXISTS (SELECT 1 FROM pg_catalog.pg_locks AS l WHERE \
             l.pid = a.pid AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384) \
             ORDER BY a.xact_start LIMIT 5"
        );
        self.holders(query).await
    }

    async fn holders(&self, query: String) -> Vec<Holder> {
        let rows = self.link.read(query).await.unwrap_or_default();
        rows.into_iter().filter_map(holder).collect()
    }

    /// A revision as the history records it.
    pub(super) fn with_entry<T>(
        &self,
        graph: &Graph,
        node: Node,
        then: impl FnOnce(&Entry<'_>) -> T,
    ) -> T {
        let ids = |nodes: &[Node]| nodes.iter().map(|&node| graph.id(node).clone()).collect();
        let (parents, needs): (Vec<RevisionId>, Vec<RevisionId>) =
            (ids(graph.parents(node)), ids(graph.depends_on(node)));
        then(&Entry {
            revision: graph.revision(node),
            parents: &parents.iter().collect::<Vec<_>>(),
            depends_on: &needs.iter().collect::<Vec<_>>(),
            replaces: graph.replaced_by(graph.id(node)),
            application: &self.options.application,
            known: self.state.row(graph.id(node)).is_some(),
        })
    }

    /// The digests once a revision is recorded, or no longer; then no repeatable script is either.
    pub(super) fn digests_after(&self, revision: &Revision, direction: Direction) -> Digests {
        let mut digests = self.digests;
        if let Some(row) = self.state.row(&revision.id) {
            digests.remove(&row.mark());
        }
        match direction {
            Direction::Up => digests.add(&crate::revision::AppliedMark {
                id: &revision.id,
                checksum: &revision.up.checksum,
                partial: false,
            }),
            Direction::Down => digests.forget_repeatable(),
        }
        digests
    }

    /// Takes digests over that were just recorded.
    pub(super) fn note_digests(&mut self, digests: Digests) {
        self.digests = digests;
        self.state.digest = digests.whole;
        self.state.revisions_digest = digests.revisions;
    }

    /// Notes a finished step here.
    pub(super) fn finished(&mut self, revision: &Revision, action: Action, duration: Duration) {
        self.done.push(Done {
            id: revision.id.clone(),
            slug: revision.slug.clone(),
            action,
            duration,
        });
        self.renew_deadline();
    }

    /// Tells the observer of the steps that are committed now and that it has not heard of.
    pub(super) async fn tell_finished(&mut self) {
        while let Some(done) = self.done.get(self.told) {
            self.link.tell(Event::Finished(done.clone())).await;
            self.told += 1;
        }
    }

    pub(super) fn view(&self) -> View {
        View::new(self.graph, &self.state)
    }

    pub(super) fn report(&mut self) -> Report {
        self.told = 0;
        Report {
            done: std::mem::take(&mut self.done),
            heads: self.view().heads(),
            ..Report::default()
        }
    }
}

/// A number from 0 to 1 that differs between processes that began together.
pub(super) fn random() -> f64 {
    let number = RandomState::new().build_hasher().finish() % 1000;
    number as f64 / 1000.0
}

/// The steps of some nodes in one direction.
pub(super) fn planned(steps: &[(&Graph, Node)], direction: Direction) -> Vec<PlannedStep> {
    let step = |&(graph, node): &(&Graph, Node)| PlannedStep {
        id: graph.id(node).clone(),
        slug: graph.revision(node).slug.clone(),
        direction,
    };
    steps.iter().map(step).collect()
}

/// The number as `pg_locks` shows it, an oid.
pub(super) fn unsigned(key: i32) -> u32 {
    u32::from_ne_bytes(key.to_ne_bytes())
}

/// In an aborted transaction: of ours is none, since a ROLLBACK follows whatever failed.
const ABORTED: &str = "25P02";

/// A table that is not there (42P01), or its schema (3F000).
pub(super) fn is_missing(error: &ServerError) -> bool {
    error.is("42P01") || error.is("3F000")
}

/// The columns of a [`Holder`], of `a`, a row of `pg_stat_activity`.
pub(super) const HOLDER: &str = "SELECT a.pid::text, COALESCE(a.usename, ''), \
    COALESCE(a.application_name, ''), COALESCE(pg_catalog.host(a.client_addr), 'local'), \
    COALESCE(a.state, 'unknown'), pg_catalog.to_char(COALESCE(a.xact_start, a.backend_start) \
    AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";

pub(super) fn holder(row: Row) -> Option<Holder> {
    let mut columns = row.into_iter();
    let mut text = || columns.next().flatten();
    Some(Holder {
        pid: text()?.parse().ok()?,
        user: text()?,
        application: text()?,
        host: text()?,
        state: text()?,
        since: text()?,
    })
}

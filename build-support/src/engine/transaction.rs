//! One revision in its own transaction: one message, or a few where the script is large.

use std::{
    ops::Range,
    sync::OnceLock,
    time::{Duration, Instant},
};

use super::{
    Action, EngineError, Event, Failure, Grouping, Left, Origin, ServerError,
    locate::Spot,
    message::{self, Guard, Message, Settings},
    run::{Progress, Run},
};
use crate::{
    graph::{Graph, Node},
    history::{self, Applied, Occasion},
    revision::{Checksum, Direction, Revision, RunningChecksum, Script, TextError, Work},
};

/// Where in a run a revision stands: it decides who begins and who commits under `Grouping::One`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// Begins at 0.
    pub(super) index: usize,
    pub(super) count: usize,
}

impl Position {
    pub(super) fn begins(self, grouping: Grouping) -> bool {
        grouping == Grouping::Each || self.index == 0
    }

    pub(super) fn commits(self, grouping: Grouping) -> bool {
        grouping == Grouping::Each || self.index + 1 == self.count
    }
}

/// What the server refused; no message where it was code that failed, or a file.
pub(super) struct Unsent {
    pub(super) error: ServerError,
    /// Without its text, which went into the step.
    pub(super) message: Option<Message>,
}

impl From<TextError> for Unsent {
    fn from(error: TextError) -> Self {
        Self {
            error: ServerError::file(&error),
            message: None,
        }
    }
}

/// One script and what is recorded with it.
pub(super) struct Job<'g> {
    pub(super) graph: &'g Graph,
    pub(super) node: Node,
    pub(super) direction: Direction,
    pub(super) script: &'g Script,
    pub(super) position: Position,
    /// The checksums of the script's beginnings, made when they are asked for.
    beginnings: OnceLock<Vec<Checksum>>,
}

impl<'g> Job<'g> {
    pub(super) fn new(
        (graph, node): (&'g Graph, Node),
        direction: Direction,
        script: &'g Script,
        position: Position,
    ) -> Self {
        Self {
            graph,
            node,
            direction,
            script,
            position,
            beginnings: OnceLock::new(),
        }
    }

    /// The checksum of a script that goes by statements, from its first to the end of one of them:
    /// all are made in one pass, since the journal asks for each. What the head says may change.
    pub(super) fn checksum_of_done(&self, done: usize) -> Checksum {
        let sums = self.beginnings.get_or_init(|| {
            let statements = &self.script.statements;
            let start = statements.first().map_or(0, |range| range.start);
            let (text, mut sum, mut end) = (self.text(), RunningChecksum::default(), start);
            let ends = statements.iter().map(|range| range.end);
            let sums = [start].into_iter().chain(ends).map(|next| {
                sum.add(&text[end..next]);
                end = next;
                sum.so_far()
            });
            sums.collect()
        });
        let known = sums.get(done).copied();
        known.unwrap_or_else(|| Checksum::of(self.text()))
    }

    /// A statement of a script that goes statement by statement: such a one is kept in memory.
    pub(super) fn statement(&self, index: usize) -> &'g str {
        &self.text()[self.script.statements[index].clone()]
    }

    /// The text of such a script.
    pub(super) fn text(&self) -> &'g str {
        let text = self.script.text.in_memory();
        text.expect("only what is one transaction is left in its file")
    }

    pub(super) fn revision(&self) -> &'g Revision {
        self.graph.revision(self.node)
    }

    /// Code applies only; what reverts is a script.
    fn work(&self) -> Work {
        match self.direction {
            Direction::Up => self.revision().work,
            Direction::Down => Work::Script,
        }
    }
}

impl Run<'_> {
    /// Runs a script and records it, or neither; retries while locks are in the way.
    pub(super) async fn in_transaction(&mut self, job: &Job<'_>) -> Result<Progress, EngineError> {
        self.refuse_begun(job)?;
        loop {
            let started = Instant::now();
            let sent = match job.work() {
                Work::Script => self.send_script(job).await,
                Work::Code => self.with_code(job).await,
            };
            let Err(Unsent { error, message }) = sent else {
                self.note_done(job, started.elapsed()).await;
                return Ok(Progress::Done);
            };
            self.roll_back(&error).await;
            match Guard::of(&error) {
                Some(Guard::Busy) => return Ok(Progress::Busy),
                Some(Guard::Alone) => {
                    self.alone = true;
                    return Ok(Progress::Busy);
                }
                Some(Guard::Moved) => return Ok(Progress::Moved),
                Some(Guard::Broken) => {
                    return Err(EngineError::BrokeApart(
                        self.failure(job, error, message.as_ref(), started).await,
                    ));
                }
                Some(Guard::Inside) => return Err(EngineError::OpenTransaction),
                Some(Guard::Lost) | None => {}
            }
            if !is_transient(&error) || self.options.grouping == Grouping::One || !self.has_time() {
                return Err(self.failed(job, error, message.as_ref(), started).await);
            }
            self.retry_later(job, &error).await;
        }
    }

    /// Refuses a script of which statements are done already, each by itself: it was edited since. Where
    /// nothing of it is done it may well have become a transaction.
    fn refuse_begun(&self, job: &Job<'_>) -> Result<(), EngineError> {
        let id = &job.revision().id;
        let partial = self.state.row(id).and_then(|row| row.partial.as_ref());
        match partial {
            Some(partial) if partial.has_begun() && !id.is_repeatable() => {
                Err(EngineError::EditedHalfWay {
                    id: id.clone(),
                    done: partial.done,
                })
            }
            _ => Ok(()),
        }
    }

    async fn send_script(&self, job: &Job<'_>) -> Result<(), Unsent> {
        self.send(self.messages(job)?).await
    }

    /// Sends messages, each made only when the one before it is done.
    pub(super) async fn send(
        &self,
        messages: impl IntoIterator<Item = Result<Message, TextError>>,
    ) -> Result<(), Unsent> {
        for message in messages {
            let mut message = message?;
            let sql = std::mem::take(&mut message.sql);
            if let Err(error) = self.link.script(sql).await {
                let message = Some(message);
                return Err(Unsent { error, message });
            }
        }
        Ok(())
    }

    pub(super) async fn retry_later(&mut self, job: &Job<'_>, error: &ServerError) {
        let after = self.pause(Duration::from_millis(100), Duration::from_secs(2));
        let event = Event::Retrying {
            id: job.revision().id.clone(),
            reason: error.message.clone(),
            after,
        };
        self.link.tell(event).await;
        self.link.wait(after).await;
    }

    /// The messages of one revision: mostly one. Each is made when it is asked for, since a script of
    /// 100 MB is large enough once.
    fn messages(
        &self,
        job: &Job<'_>,
    ) -> Result<impl Iterator<Item = Result<Message, TextError>>, TextError> {
        let nonce = nonce(job);
        let changed = message::changed_settings(job.script)?;
        let around = Settings::around(&changed, self.options, &nonce);
        let pieces = message::pieces(job.script);
        let last = pieces.len() - 1;
        let message = move |(index, piece): (usize, Range<usize>)| {
            let mut message = match index {
                0 => self.opening(job, &around, &nonce),
                _ => Message::default(),
            };
            message.script(&job.script.text.get(piece.clone())?, piece.start);
            if index == last {
                self.close(&mut message, job, &around);
            }
            Ok(message)
        };
        Ok(pieces.into_iter().enumerate().map(message))
    }

    /// What stands before the script.
    fn opening(&self, job: &Job<'_>, around: &Settings, nonce: &str) -> Message {
        let Self { options, .. } = self;
        let ours = message::settings(options, job.script, job.revision().id.as_str(), nonce);
        let journal = self.expect_journal(job.revision()).into_iter();
        let calls = journal.chain(around.save.iter().cloned()).chain(ours);
        // One SELECT costs less than two.
        let mut message = match job.position.begins(options.grouping) {
            true => self.begin_on_state_with(calls),
            false => {
                let mut message = Message::default();
                message.select(calls);
                message
            }
        };
        message.statements(message::set_role(options));
        message.statements(&around.keep);
        message
    }

    /// What stands behind the script.
    fn close(&self, message: &mut Message, job: &Job<'_>, around: &Settings) {
        let Self { options, .. } = self;
        message.statements(&around.restore);
        message.statements(message::set_role(options));
        message.statement(&self.record(job));
        if job.position.commits(options.grouping) {
            message.statement("COMMIT");
        }
    }

    /// The statement that records a whole revision.
    pub(super) fn record(&self, job: &Job<'_>) -> String {
        let Self { options, .. } = self;
        let revision = job.revision();
        let digests = self.digests_after(revision, job.direction);
        let (record, occasion) = match job.direction {
            Direction::Up => {
                let record = |entry: &history::Entry<'_>| {
                    history::record_applied(&options.names, entry, None)
                };
                (
                    self.with_entry(job.graph, job.node, record),
                    Occasion::Apply,
                )
            }
            Direction::Down => (
                history::record_reverted(&options.names, &revision.id),
                Occasion::Revert,
            ),
        };
        let id = Some(&revision.id);
        let log = history::log(
            &options.names,
            occasion,
            id,
            &options.application,
            &digests.whole,
            None,
        );
        let forget = match self.forget_repeatable(job.direction) {
            Some(forget) => format!("forget AS ({forget}), "),
            None => String::new(),
        };
        let digest = history::set_digest(&options.names, &digests);
        // One statement costs less than three.
        format!("WITH record AS ({record}), {forget}log AS ({log}) {digest}")
    }

    /// A revision that is reverted may take along what repeatable scripts made on top of it: so all
    /// of them run again with the next `up`.
    pub(super) fn forget_repeatable(&self, direction: Direction) -> Option<String> {
        let are_recorded = !self.state.repeatable.is_empty() || self.is_offline();
        let forgets = direction == Direction::Down && are_recorded;
        forgets.then(|| history::forget_repeatable(&self.options.names))
    }

    /// Follows in memory what was just committed.
    pub(super) async fn note_done(&mut self, job: &Job<'_>, duration: Duration) {
        let revision = job.revision();
        self.note_digests(self.digests_after(revision, job.direction));
        let action = match job.direction {
            Direction::Up => {
                let row = self.with_entry(job.graph, job.node, |entry| row(entry, duration));
                self.state.insert(row);
                Action::Applied
            }
            Direction::Down => {
                self.state.applied.remove(&revision.id);
                self.state.repeatable.clear();
                Action::Reverted
            }
        };
        self.finished(revision, action, duration);
        if job.position.commits(self.options.grouping) {
            self.tell_finished().await;
        }
    }

    async fn failed(
        &mut self,
        job: &Job<'_>,
        error: ServerError,
        message: Option<&Message>,
        started: Instant,
    ) -> EngineError {
        if error.is("25006") {
            let pending = job.position.count - job.position.index;
            return EngineError::ReadOnly {
                pending,
                standby: self.state.standby,
            };
        }
        if let Some(role) = self.refused_role(&error) {
            return EngineError::Role { role, error };
        }
        let is_locked = error.is("55P03");
        let blockers = if is_locked {
            self.blockers().await
        } else {
            Vec::new()
        };
        let failure = self.failure(job, error, message, started).await;
        match is_locked {
            true => EngineError::StatementLocked { failure, blockers },
            false => EngineError::Failed(failure),
        }
    }

    async fn failure(
        &mut self,
        job: &Job<'_>,
        mut error: ServerError,
        message: Option<&Message>,
        started: Instant,
    ) -> Failure {
        let spot = match message {
            Some(message) if is_of_ours(job, &error, message) => {
                error.origin = Origin::History;
                Spot::file(job.script)
            }
            Some(message) => self.locate(job, &error, message, started.elapsed()).await,
            None => Spot::file(job.script),
        };
        let revision = job.revision();
        if self.options.grouping == Grouping::One {
            self.done.clear();
            // What this run had noted is rolled back with it; where the read fails too, the
            // connection is gone and nothing can be said of the heads anyway.
            let _ = self.read_state().await;
        }
        Failure {
            id: revision.id.clone(),
            message: revision.message.clone(),
            direction: job.direction,
            statement: spot
                .statement
                .map(|index| (index + 1, job.script.statements.len())),
            place: spot.place,
            width: spot.width,
            left: match (error.is_connection(), self.options.grouping) {
                (true, _) => Left::InDoubt,
                (false, Grouping::One) => Left::NothingOfTheRun,
                (false, Grouping::Each) => Left::Nothing,
            },
            before: self.done.len(),
            heads: self.view().heads(),
            empty_history: self.state.applied.is_empty(),
            error,
        }
    }
}

/// Whether the server points at what stands around the script.
fn is_of_ours(job: &Job<'_>, error: &ServerError, message: &Message) -> bool {
    let position = error.position;
    position.is_some_and(|at| message.script_offset(job.script, at).is_none())
}

/// What may succeed when it is tried again: a lock not obtained, a deadlock, a serialization, a
/// standby that is not there.
pub(super) fn is_transient(error: &ServerError) -> bool {
    if Guard::of(error) == Some(Guard::Alone) {
        return true;
    }
    ["55P03", "40P01", "40001"]
        .iter()
        .any(|code| error.is(code))
}

/// The row as it stands in the database now.
pub(super) fn row(entry: &history::Entry<'_>, duration: Duration) -> Applied {
    let revision = entry.revision;
    Applied {
        id: revision.id.clone(),
        slug: revision.slug.clone(),
        message: revision.message.clone(),
        parents: entry.parents.iter().map(|&id| id.clone()).collect(),
        depends_on: entry.depends_on.iter().map(|&id| id.clone()).collect(),
        replaces: entry.replaces.to_vec(),
        checksum: revision.up.checksum,
        down_checksum: revision.down.as_ref().map(|script| script.checksum),
        has_down: revision.down.is_some(),
        irreversible: revision.irreversible.clone(),
        compatible: revision.compatible,
        applied_at: String::new(),
        applied_by: String::new(),
        application: entry.application.to_owned(),
        duration,
        partial: None,
    }
}

/// What must still be readable when the script is through: unlike between revisions, so that a
/// script can't carry the value of the one before.
pub(super) fn nonce(job: &Job<'_>) -> String {
    let direction = match job.direction {
        Direction::Up => "up",
        Direction::Down => "down",
    };
    format!("{} {direction}", job.revision().id)
}

//! What the engine tells while it works, and what it reports at the end.

use std::time::Duration;

use crate::revision::{Direction, RevisionId};

/// Something that happened, for an observer: a progress bar, a log, a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The plan stands; nothing has run yet.
    Planned {
        /// What will be done.
        steps: Vec<PlannedStep>,
    },
    /// Another process holds the lock.
    Waiting {
        /// How long so far.
        waited: Duration,
        /// Who holds it, where that could be seen.
        holder: Option<Holder>,
    },
    /// A COMMIT would wait for a synchronous standby, and none is there; it is waited for.
    Alone,
    /// A revision's script is about to run.
    Started {
        /// The step.
        step: PlannedStep,
        /// Which of the run, begins at 1.
        index: usize,
        /// How many the run has.
        count: usize,
    },
    /// A statement of a revision without a transaction finished.
    Statement {
        /// The revision.
        id: RevisionId,
        /// Which statement, begins at 1.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A batch of rows was committed.
    Batch {
        /// The revision.
        id: RevisionId,
        /// Which statement, begins at 1.
        statement: usize,
        /// How many rows this batch went through.
        rows: u64,
        /// How many rows were gone through so far, by earlier runs too.
        done: u64,
        /// About how many rows the table has; 0 where the server does not know.
        estimate: u64,
        /// How many rows this run goes through in a second.
        per_second: u64,
    },
    /// The next batch waits, for the replicas or for the user's condition.
    Paused {
        /// The revision.
        id: RevisionId,
        /// What it waits for.
        reason: String,
    },
    /// A lock was not obtained in time; it will be tried again.
    Retrying {
        /// The revision.
        id: RevisionId,
        /// The server's words.
        reason: String,
        /// After how long.
        after: Duration,
    },
    /// The connection was lost, and is opened again.
    Lost {
        /// The driver's words, or the server's.
        reason: String,
    },
    /// A revision was applied, reverted or stamped.
    Finished(Done),
}

/// A revision in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// The revision.
    pub id: RevisionId,
    /// Its slug.
    pub slug: String,
    /// Apply or revert.
    pub direction: Direction,
}

/// A step that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The revision.
    pub id: RevisionId,
    /// Its slug.
    pub slug: String,
    /// What was done.
    pub action: Action,
    /// How long it took, the way to the server included.
    pub duration: Duration,
}

/// What was done to a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Its up script ran.
    Applied,
    /// Its down script ran.
    Reverted,
    /// It was recorded as applied, nothing ran.
    Stamped,
    /// Its record was taken away, nothing ran.
    Unstamped,
}

/// Who holds the lock that we wait for, or a lock that a statement of ours waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The server process.
    pub pid: i64,
    /// The role.
    pub user: String,
    /// Its `application_name`, which names the revision while one runs.
    pub application: String,
    /// Its host, or `local`.
    pub host: String,
    /// What it is doing, such as `idle in transaction`.
    pub state: String,
    /// Since when its transaction or connection stands.
    pub since: String,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            pid,
            user,
            application,
            host,
            state,
            since,
        } = self;
        write!(
            f,
            "process {pid} (`{application}` of `{user}` on {host}, {state}, since {since})"
        )
    }
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What was done, in order. Empty: the database was up to date.
    pub done: Vec<Done>,
    /// What a dry run would do.
    pub planned: Vec<PlannedStep>,
    /// The applied heads afterwards. Empty when a start-up check had nothing to do.
    pub heads: Vec<RevisionId>,
    /// Pending revisions that wait to be told: those with `phase=contract`, or done in batches
    /// where those are left, and what stands on them.
    pub held_back: Vec<RevisionId>,
    /// Revisions that another process does in batches at this time.
    pub in_progress: Vec<RevisionId>,
    /// Applied revisions that this binary does not know and can run with.
    pub unknown: Vec<RevisionId>,
}

impl Report {
    /// Whether there was nothing to do.
    pub fn is_up_to_date(&self) -> bool {
        self.done.is_empty() && self.planned.is_empty()
    }
}

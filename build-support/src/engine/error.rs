//! Why a run stopped, and the state that the database is in then.

use std::time::Duration;

use super::{Holder, Origin, ServerError, Stuck};
use crate::{
    graph::SymbolError,
    history::InvalidRow,
    place::Place,
    plan::PlanError,
    revision::{Direction, RevisionId},
};

/// Why a run stopped.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A target names no revision.
    #[error(transparent)]
    Symbol(#[from] SymbolError),
    /// The targets make no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The history holds something that can't be read.
    #[error(transparent)]
    History(#[from] InvalidRow),
    /// Applied revisions that are not among ours.
    #[error("the database has {}", unknown_words(ids))]
    Unknown {
        /// Which.
        ids: Vec<RevisionId>,
        /// Those of them that an older release can't run with.
        incompatible: Vec<RevisionId>,
        /// Those that are among ours under another id.
        moved: Vec<Moved>,
        /// Where the database stands without them: the heads of the applied ones among ours.
        known: Vec<RevisionId>,
    },
    /// Applied revisions whose files were edited since.
    #[error("{}", edited_words(ids, others))]
    Divergent {
        /// Which.
        ids: Vec<RevisionId>,
        /// Those whose file is another revision by its slug.
        others: Vec<OtherSlug>,
        /// The file of the first.
        place: Place,
    },
    /// The history lost rows: one that is left names them as applied before it.
    #[error(
        "the history is not whole: {} missing, although `{by}` was recorded as applied after {}",
        are_missing(missing),
        if missing.len() == 1 { "it" } else { "them" }
    )]
    Truncated {
        /// A revision whose row is there.
        by: RevisionId,
        /// Those whose rows are not.
        missing: Vec<RevisionId>,
        /// The applied heads.
        heads: Vec<RevisionId>,
    },
    /// A pending revision stands below an applied one.
    #[error(
        "revision `{pending}` is out of order: it is pending, and `{applied}` that is applied stands on it"
    )]
    OutOfOrder {
        /// The pending one.
        pending: RevisionId,
        /// The applied one.
        applied: RevisionId,
        /// The file of the pending one.
        place: Place,
    },
    /// A revision that can't be reverted.
    #[error("revision `{id}` can't be reverted: {reason}")]
    Irreversible {
        /// Which.
        id: RevisionId,
        /// Why.
        reason: String,
    },
    /// One transaction was asked for and a revision can't run in one.
    #[error("revision `{id}` has `transaction=none` and can't share one transaction with others")]
    NotTransactional {
        /// Which.
        id: RevisionId,
    },
    /// The database is in the middle of what a squashed revision replaces, whose files are gone.
    #[error("{}", stuck_words(.0))]
    Stuck(Stuck),
    /// A generated revision has a hazard that nobody accepted.
    #[error("revision `{id}` has the hazard `{hazard}`, which nobody accepted")]
    Hazard {
        /// Which.
        id: RevisionId,
        /// The hazard's name.
        hazard: String,
        /// The up script.
        place: Place,
    },
    /// A pending revision is code, and the program that runs it does not have that code.
    #[error("revision `{id}` is code of the application, which this program does not have")]
    NoCode {
        /// Which.
        id: RevisionId,
        /// The up script.
        place: Place,
    },
    /// A revision without a transaction stopped half way in the other direction.
    #[error("revision `{id}` was {} half way", half(*direction))]
    HalfWay {
        /// Which.
        id: RevisionId,
        /// The direction that did not finish.
        direction: Direction,
    },
    /// The statements of a half applied revision were edited.
    #[error(
        "revision `{id}` stopped after statement {done}, and what already ran was edited since"
    )]
    EditedHalfWay {
        /// Which.
        id: RevisionId,
        /// How many statements finished.
        done: usize,
    },
    /// A batched statement whose table or text does not let it be done in batches.
    #[error("revision `{id}` can't be done in batches: {reason}")]
    Unbatchable {
        /// Which.
        id: RevisionId,
        /// The statement.
        place: Place,
        /// Why.
        reason: String,
        /// What to do about it.
        hint: String,
    },
    /// Another process kept the lock for too long.
    #[error("the lock was not obtained in {}", seconds(*waited))]
    Locked {
        /// How long was waited.
        waited: Duration,
        /// Who holds it.
        holder: Option<Holder>,
    },
    /// A COMMIT would wait for a synchronous standby that did not come in time.
    #[error("no synchronous standby is there after {}, and a COMMIT would wait for one", seconds(*waited))]
    Alone {
        /// How long was waited.
        waited: Duration,
    },
    /// A statement did not get a lock in time, also after retries.
    #[error("revision `{}` did not get a lock in time", failure.id)]
    StatementLocked {
        /// What happened.
        failure: Failure,
        /// Who holds the lock.
        blockers: Vec<Holder>,
    },
    /// A revision failed in the database.
    #[error("{}", failure_words(.0))]
    Failed(Failure),
    /// A revision ended its own transaction.
    #[error("revision `{}` ended the transaction that it ran in", .0.id)]
    BrokeApart(Failure),
    /// The session's lock was lost between two statements: a pooler is between.
    #[error(
        "revision `{id}` runs without a transaction, and the connection does not keep its session"
    )]
    Pooled {
        /// Which.
        id: RevisionId,
    },
    /// Pending revisions on a server or connection that takes no writes.
    #[error("{} pending, and {}", revisions_are(*pending), read_only_words(*standby))]
    ReadOnly {
        /// How many are pending.
        pending: usize,
        /// Whether the server is a hot standby.
        standby: bool,
    },
    /// A variable that no setting can be named after.
    #[error("`{name}` can't be the name of a variable, which has letters, digits and `_`")]
    InvalidVariable {
        /// As given.
        name: String,
    },
    /// The connection is inside a transaction of the caller's, which a COMMIT of ours would end.
    #[error("the connection is inside a transaction, and revisions have their own")]
    OpenTransaction,
    /// The schema that is to hold the history is not there.
    #[error("there is no schema `{schema}` in the database")]
    NoSchema {
        /// Which.
        schema: String,
    },
    /// The configured role is not there, or is not for who connects.
    #[error("the role `{role}` can't be taken: {error}")]
    Role {
        /// Which.
        role: String,
        /// What the server says.
        error: ServerError,
    },
    /// The history's tables can't be made or written.
    #[error("the role may not write the history: {0}")]
    Permission(ServerError),
    /// Anything else that the server answered.
    #[error("{}", server_words(.0))]
    Server(ServerError),
}

/// An applied revision that is pending under another id, as after `rebase`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The id that is recorded.
    pub from: RevisionId,
    /// The id of the file.
    pub to: RevisionId,
    /// What it followed when it was applied.
    pub below: Option<RevisionId>,
}

/// An id that is recorded for one revision and given to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherSlug {
    /// The id of both.
    pub id: RevisionId,
    /// The slug of the one that was applied.
    pub recorded: String,
    /// The slug of the file.
    pub slug: String,
}

/// A revision that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which.
    pub id: RevisionId,
    /// Its message.
    pub message: String,
    /// Apply or revert.
    pub direction: Direction,
    /// Which statement of how many, begins at 1, where that is known.
    pub statement: Option<(usize, usize)>,
    /// File, line and column; only the file where no more is known.
    pub place: Place,
    /// How many characters the place covers.
    pub width: usize,
    /// What the server said.
    pub error: ServerError,
    /// What is left of it.
    pub left: Left,
    /// What this run had finished before.
    pub before: usize,
    /// The applied heads now.
    pub heads: Vec<RevisionId>,
    /// Whether nothing at all is recorded, so that an existing object may mean a lost history.
    pub empty_history: bool,
}

/// What a failed revision left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing: its transaction was rolled back.
    Nothing,
    /// The statements before the one that failed: it runs without a transaction.
    Statements(usize),
    /// The batches before the one that failed.
    Batches {
        /// How many rows they went through.
        rows: u64,
    },
    /// Nothing of the whole run: it was one transaction.
    NothingOfTheRun,
    /// Unknown: the connection was lost.
    InDoubt,
}

impl EngineError {
    /// Whether the run stopped because the connection was lost, so that it may go on over another.
    pub fn is_lost_connection(&self) -> bool {
        match self {
            Self::Failed(failure) | Self::StatementLocked { failure, .. } => {
                failure.error.is_connection()
            }
            Self::Server(error) => error.is_connection(),
            _ => false,
        }
    }

    /// The revision that it is about.
    pub fn revision(&self) -> Option<&RevisionId> {
        match self {
            Self::Unknown { ids, .. } | Self::Divergent { ids, .. } => ids.first(),
            Self::Truncated { missing, .. } => missing.first(),
            Self::OutOfOrder { pending, .. } => Some(pending),
            Self::Stuck(stuck) => Some(&stuck.by),
            Self::Irreversible { id, .. }
            | Self::NotTransactional { id }
            | Self::Hazard { id, .. }
            | Self::NoCode { id, .. }
            | Self::HalfWay { id, .. }
            | Self::EditedHalfWay { id, .. }
            | Self::Unbatchable { id, .. }
            | Self::Pooled { id } => Some(id),
            Self::StatementLocked { failure, .. }
            | Self::Failed(failure)
            | Self::BrokeApart(failure) => Some(&failure.id),
            _ => None,
        }
    }

    /// What the server said, where it said something.
    pub fn server_error(&self) -> Option<&ServerError> {
        match self {
            Self::Role { error, .. } | Self::Permission(error) | Self::Server(error) => Some(error),
            Self::StatementLocked { failure, .. }
            | Self::Failed(failure)
            | Self::BrokeApart(failure) => Some(&failure.error),
            _ => None,
        }
    }
}

fn server_words(error: &ServerError) -> String {
    match error.is_connection() {
        true => format!("the connection to the database was lost: {error}"),
        false => format!("the database answered: {error}"),
    }
}

fn failure_words(failure: &Failure) -> String {
    let Failure { id, message, .. } = failure;
    let what = match failure.direction {
        Direction::Up => "failed",
        Direction::Down => "could not be reverted: it failed",
    };
    let statement = failure.statement.map_or(String::new(), |(index, count)| {
        format!(" at statement {index} of {count}")
    });
    let (what, statement) = match failure.error.origin {
        Origin::History => ("could not be recorded", String::new()),
        _ => (what, statement),
    };
    if id.is_repeatable() {
        return format!("repeatable script `{id}` {what}{statement}");
    }
    format!("revision `{id}` ({message}) {what}{statement}")
}

fn are_missing(ids: &[RevisionId]) -> String {
    let names = crate::graph::list(ids);
    match ids.len() {
        1 => format!("the row of {names} is"),
        _ => format!("the rows of {names} are"),
    }
}

fn stuck_words(stuck: &Stuck) -> String {
    let Stuck { by, at, missing } = stuck;
    let names = crate::graph::list(missing);
    let have = if missing.len() == 1 { "has" } else { "have" };
    format!(
        "the database is at `{at}`, in the middle of what `{by}` replaces, and {names} {have} no file"
    )
}

fn unknown_words(ids: &[RevisionId]) -> String {
    let names = crate::graph::list(ids);
    match ids.len() {
        1 => format!("revision {names}, which is unknown here"),
        _ => format!("revisions {names}, which are unknown here"),
    }
}

fn edited_words(ids: &[RevisionId], others: &[OtherSlug]) -> String {
    let names = crate::graph::list(ids);
    match (ids.len(), others.len()) {
        (1, 1) => format!("revision {names} is not the one that was applied under this id"),
        (1, _) => format!("revision {names} was edited since it was applied"),
        _ => format!("each of the revisions {names} was edited since it was applied"),
    }
}

fn half(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "applied",
        Direction::Down => "reverted",
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn revisions_are(count: usize) -> String {
    match count {
        1 => "1 revision is".to_owned(),
        count => format!("{count} revisions are"),
    }
}

fn read_only_words(standby: bool) -> &'static str {
    if standby {
        "the server is a hot standby"
    } else {
        "the connection is read only"
    }
}

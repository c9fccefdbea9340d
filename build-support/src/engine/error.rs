//! Why a run stopped, and the state that the database is in then.

use std::time::Duration;

use super::{Holder, Origin, ServerError, Stuck};
use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
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
    /// The schema that is to hold the history is not there.
    #[error("there is no schema `{schema}` in the database")]
    NoSchema {
        /// Which.
        schema: String,
    },
    /// The history's tables can't be made or written.
    #[error("the role may not write the history: {0}")]
    Permission(ServerError),
    /// Anything else that the server answered.
    #[error("the database answered: {0}")]
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
}

impl Diagnose for EngineError {
    fn diagnose(&self) -> Diagnostic {
        match self {
            Self::Symbol(error) => return error.diagnose(),
            Self::Plan(error) => return error.diagnose(),
            Self::Failed(failure) => return failure.diagnose(self, Exit::Revision),
            Self::BrokeApart(failure) => {
                return failure.diagnose(self, Exit::Revision).hint(
                    "take COMMIT and ROLLBACK out of it, or write `-- migrate: transaction=none`",
                );
            }
            Self::StatementLocked { failure, blockers } => {
                let mut diagnostic = failure.diagnose(self, Exit::Lock);
                diagnostic.notes.extend(
                    blockers
                        .iter()
                        .map(|blocker| format!("blocked by {blocker}")),
                );
                return diagnostic.hint(
                    "end that transaction, or give more time with `lock-timeout`, and run it again",
                );
            }
            _ => {}
        }
        let mut diagnostic = Diagnostic::new(self.exit(), self.to_string());
        diagnostic.revision = self.revision().cloned();
        diagnostic.place = self.place();
        diagnostic.sqlstate = self.server_error().and_then(|error| error.sqlstate.clone());
        diagnostic.notes = self.notes();
        diagnostic.hints = self.hints();
        diagnostic
    }
}

impl EngineError {
    fn exit(&self) -> Exit {
        match self {
            Self::Locked { .. } | Self::StatementLocked { .. } => Exit::Lock,
            Self::Failed(_) | Self::BrokeApart(_) => Exit::Revision,
            _ => Exit::User,
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

    fn place(&self) -> Option<Place> {
        match self {
            Self::Divergent { place, .. }
            | Self::OutOfOrder { place, .. }
            | Self::Unbatchable { place, .. }
            | Self::Hazard { place, .. }
            | Self::NoCode { place, .. } => Some(place.clone()),
            _ => None,
        }
    }

    /// What the server said, where it said something.
    pub fn server_error(&self) -> Option<&ServerError> {
        match self {
            Self::Permission(error) | Self::Server(error) => Some(error),
            Self::StatementLocked { failure, .. }
            | Self::Failed(failure)
            | Self::BrokeApart(failure) => Some(&failure.error),
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        match self {
            Self::Locked {
                holder: Some(holder),
                ..
            } => vec![format!("held by {holder}")],
            Self::Unknown {
                incompatible,
                moved,
                ..
            } => unknown_notes(incompatible, moved),
            Self::Divergent { others, .. } => others
                .iter()
                .map(|other| {
                    format!(
                        "`{}` was applied as `{}`, and the file is `{}`: two branches chose one id, \
                         or it was renamed and edited",
                        other.id, other.recorded, other.slug
                    )
                })
                .chain(["nothing was changed".to_owned()])
                .collect(),
            Self::OutOfOrder { .. } | Self::Truncated { .. } | Self::Stuck(_) => {
                vec!["nothing was changed".to_owned()]
            }
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        let hints: &[&str] = match self {
            Self::Unknown { moved, .. } if !moved.is_empty() => {
                return moved.iter().map(Moved::hint).collect();
            }
            Self::Unknown { ids, known, .. } => return unknown_hints(ids, known),
            Self::Stuck(_) => &[
                "restore the replaced files, for example with git, and run `cargo migrate up` once",
                "or run a release that still has them",
            ],
            Self::Divergent { others, .. } if !others.is_empty() => {
                return others.iter().flat_map(OtherSlug::hints).collect();
            }
            Self::Truncated { heads, .. } => {
                let heads: Vec<&str> = heads.iter().map(RevisionId::as_str).collect();
                return vec![
                    "restore the history's tables from the same backup as the rest".to_owned(),
                    format!(
                        "or, where all of their objects are there, run `cargo migrate stamp {}`, \
                         which records what is missing without running it",
                        heads.join(" ")
                    ),
                ];
            }
            Self::Divergent { ids, .. } => {
                return ids
                    .iter()
                    .map(|id| format!("restore the file, or run `cargo migrate repair {id}` to accept the edit"))
                    .chain(["to change the schema, write a new revision".to_owned()])
                    .collect();
            }
            Self::OutOfOrder { pending, .. } => {
                return vec![format!(
                    "run `cargo migrate rebase {pending}` to move it after the newest"
                )];
            }
            Self::Irreversible { .. } => {
                &["restore from a backup, or write a new revision that goes forward"]
            }
            Self::NotTransactional { .. } => &["leave `--one-transaction` away"],
            Self::Hazard { hazard, .. } => {
                return vec![
                    format!("add `-- migrate: allow={hazard}` to the file once it is reviewed"),
                    format!("pass `--allow {hazard}` to accept it for this run"),
                ];
            }
            Self::NoCode { .. } => &[
                "run the application, or its own command: `APP migrate up`",
                "in the application, give it with `build_support::migrations!().code(ID, |tx| …)`",
            ],
            Self::Unbatchable { hint, .. } => return vec![hint.clone()],
            Self::HalfWay {
                direction: Direction::Up,
                ..
            } => &["run `cargo migrate up` to finish it first"],
            Self::HalfWay {
                direction: Direction::Down,
                ..
            } => &["run `cargo migrate down` to finish it first"],
            Self::EditedHalfWay { .. } => {
                &["restore the statements that already ran; those after them may be edited"]
            }
            Self::Locked { .. } => &[
                "another process migrates this database: wait for it and run again",
                "give more time with `--lock-timeout`",
            ],
            Self::Alone { .. } => {
                &["bring the standby back, or change `synchronous_standby_names` on the server"]
            }
            Self::Pooled { .. } => &[
                "connect to the server itself, not through a pooler in transaction mode",
                "take `pg_advisory_unlock_all()` out of the script, where it is called: it gives our lock away",
            ],
            Self::ReadOnly { standby: true, .. } => &["connect to the primary"],
            Self::ReadOnly { standby: false, .. } => &["connect as a role that may write"],
            Self::NoSchema { schema } => {
                return vec![format!(
                    "make it with `CREATE SCHEMA {}`, or correct the name",
                    crate::sql::quote_identifier(schema)
                )];
            }
            Self::Permission(_) => &[
                "let the owner run `cargo migrate ensure-history`, and grant SELECT, INSERT, UPDATE, DELETE on its tables",
            ],
            _ => &[],
        };
        hints.iter().map(|hint| (*hint).to_owned()).collect()
    }
}

impl Failure {
    fn diagnose(&self, error: &EngineError, exit: Exit) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(exit, error.to_string()).revision(&self.id);
        diagnostic.place = Some(self.place.clone());
        diagnostic.width = self.width;
        diagnostic.label = Some(self.error.message.clone());
        diagnostic.sqlstate = self.error.sqlstate.clone();
        diagnostic.notes.extend(
            self.error
                .detail
                .iter()
                .map(|detail| format!("detail: {detail}")),
        );
        diagnostic
            .notes
            .extend(self.error.context.iter().map(|at| format!("context: {at}")));
        diagnostic.notes.push(self.state_now());
        diagnostic.hints.extend(
            self.error
                .hint
                .iter()
                .map(|hint| format!("the server says: {hint}")),
        );
        diagnostic.hints.extend(self.hints());
        diagnostic
    }

    fn state_now(&self) -> String {
        let left = match self.left {
            Left::Nothing if self.id.is_repeatable() => "the script was rolled back".to_owned(),
            Left::Nothing => "the revision was rolled back".to_owned(),
            Left::NothingOfTheRun => "the whole run was rolled back".to_owned(),
            Left::Statements(0) => "none of its statements was kept".to_owned(),
            Left::Statements(1) => "its first statement stays; the next run resumes after it".to_owned(),
            Left::Statements(count) => {
                format!("its first {count} statements stay; the next run resumes after them")
            }
            Left::Batches { rows: 0 } => "none of its batches was kept".to_owned(),
            Left::Batches { rows } => {
                format!("its batches of {rows} rows stay; the next run goes on behind them")
            }
            Left::InDoubt => "the connection was lost, so whether it was applied is not known; the next run finds out".to_owned(),
        };
        let verb = match self.direction {
            Direction::Up => "applied",
            Direction::Down => "reverted",
        };
        let before = match (self.left, self.before) {
            (Left::NothingOfTheRun, _) | (_, 0) => String::new(),
            (_, 1) => format!("; 1 earlier revision was {verb}"),
            (_, count) => format!("; {count} earlier revisions were {verb}"),
        };
        let heads = match self.heads.as_slice() {
            [] => "the database has no revision".to_owned(),
            heads => format!("the database is at {}", crate::graph::list(heads)),
        };
        let joint = if before.is_empty() { "; " } else { ", " };
        format!("{left}{before}{joint}{heads}")
    }

    fn hints(&self) -> Vec<String> {
        if self.error.origin == Origin::Index {
            return vec![
                "rename that index or drop it with DROP INDEX CONCURRENTLY, or give this one \
                 another name, and run it again"
                    .to_owned(),
            ];
        }
        let exists = ["42P07", "42710", "42701", "42P06", "42723"];
        if self.empty_history && exists.iter().any(|code| self.error.is(code)) {
            return vec![
                "the history is empty but the object exists: if it was lost, record what the database has with `cargo migrate stamp REV`".to_owned(),
                "if another tool migrated this database, run `cargo migrate import`".to_owned(),
            ];
        }
        if self.error.is("53100") {
            return vec!["make room on the server's disk, and run it again".to_owned()];
        }
        if self.error.is_connection() {
            return vec!["check the server and the network, and run it again".to_owned()];
        }
        if self.error.refuses_transaction() {
            // Of a partitioned table, for example, which the text does not tell.
            return vec![
                "add `-- migrate: transaction=none` at the head of the file, and run it again"
                    .to_owned(),
            ];
        }
        if self.error.origin == Origin::Code {
            return vec!["mend the code of the revision, and run it again".to_owned()];
        }
        let command = match self.direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        vec![format!(
            "fix the file and run `cargo migrate {command}` again"
        )]
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
    if id.is_repeatable() {
        return format!("repeatable script `{id}` {what}{statement}");
    }
    format!("revision `{id}` ({message}) {what}{statement}")
}

impl Moved {
    fn hint(&self) -> String {
        let below = self.below.as_ref().map_or("base", RevisionId::as_str);
        format!(
            "run `cargo migrate down {below}`, which reverts it by its recorded script, then \
             `cargo migrate up`"
        )
    }
}

impl OtherSlug {
    fn hints(&self) -> [String; 2] {
        let Self { id, recorded, slug } = self;
        [
            format!(
                "bring back the file of `{recorded}`, and give `{slug}` another id in its file name"
            ),
            format!(
                "or, where it was only renamed and edited, run `cargo migrate repair {id}` to accept it"
            ),
        ]
    }
}

fn unknown_notes(incompatible: &[RevisionId], moved: &[Moved]) -> Vec<String> {
    let mut notes: Vec<String> = moved
        .iter()
        .map(|Moved { from, to, .. }| {
            format!("`{from}` was moved: it is `{to}` now, with the same slug and down script")
        })
        .collect();
    if !incompatible.is_empty() {
        let ids = crate::graph::list(incompatible);
        notes.push(format!(
            "recorded as not compatible with older releases: {ids}"
        ));
    }
    if notes.is_empty() {
        notes.push("nothing was changed".to_owned());
    }
    notes
}

fn are_missing(ids: &[RevisionId]) -> String {
    let names = crate::graph::list(ids);
    match ids.len() {
        1 => format!("the row of {names} is"),
        _ => format!("the rows of {names} are"),
    }
}

/// What to do about applied revisions that are not among ours, in commands to paste.
fn unknown_hints(ids: &[RevisionId], known: &[RevisionId]) -> Vec<String> {
    let known: Vec<&str> = known.iter().map(RevisionId::as_str).collect();
    let (it, file, script) = match ids.len() {
        1 => ("it", "its file", "its recorded script"),
        _ => ("them", "their files", "their recorded scripts"),
    };
    let mut hints = vec![format!(
        "deploy the release that has {it}, or restore {file}"
    )];
    match known.as_slice() {
        [] => hints.push(format!(
            "run `cargo migrate down base` to revert {it} by {script}"
        )),
        [head] => hints.push(format!(
            "run `cargo migrate down {head}` to revert {it} by {script}"
        )),
        _ => {}
    }
    let heads = if known.is_empty() {
        "base".to_owned()
    } else {
        known.join(" ")
    };
    hints.push(format!(
        "run `cargo migrate stamp --purge {heads}` to forget {it}"
    ));
    hints
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

//! The values that everything else speaks of: a revision, its scripts, its id and its checksum.
//! They are read by [`crate::source`], ordered by [`crate::graph`]; nothing here does I/O but a
//! [`ScriptText`] that was left in its file.

#[cfg(feature = "folder")]
mod blocks;
mod checksum;
mod digest;
mod id;
mod text;

use std::{collections::BTreeSet, ops::Range, path::PathBuf, time::Duration};

#[cfg(feature = "folder")]
pub(crate) use self::blocks::Blocks;
pub(crate) use self::checksum::RunningChecksum;
pub use self::{
    checksum::Checksum,
    digest::{AppliedMark, Digest, Digests},
    id::{InvalidId, RevisionId},
    text::{ScriptText, TextError},
};
use crate::place::Place;

/// One node of the graph: an id, where it stands, and what it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The name that the history records.
    pub id: RevisionId,
    /// The part of the file name after the id.
    pub slug: String,
    /// The first comment line of the up file, or the slug.
    pub message: String,
    /// The file layout that it was written in.
    pub layout: Layout,
    /// What it follows, as written.
    pub revises: Revises,
    /// What it needs without following it: ids or labels, as written.
    pub depends_on: Vec<Reference>,
    /// Names for the line of revisions that begins here.
    pub labels: Vec<Reference>,
    /// What applies it.
    pub up: Script,
    /// What reverts it, where there is such a file.
    pub down: Option<Script>,
    /// Why it can't be reverted, where the author said so.
    pub irreversible: Option<String>,
    /// Whether an older release can run on a database that has it.
    pub compatible: bool,
    /// What makes it dangerous and needs to be accepted before it runs, written by
    /// `new --autogenerate`: `data-loss`.
    pub hazards: BTreeSet<String>,
    /// Hazards that a reviewer accepted, such as `data-loss`.
    pub allow: BTreeSet<String>,
    /// The revisions that it stands for, written by squash.
    pub replaces: Option<Replaces>,
    /// Whether it waits for `up --contract`.
    pub phase: Phase,
    /// Whether applying it is more than its script.
    pub work: Work,
}

/// A script that runs again whenever it has changed, after the revisions: `R__<name>.sql`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeatable {
    /// What stands between `R__` and `.sql`.
    pub name: String,
    /// The first comment line of the file, or the name.
    pub message: String,
    /// What runs.
    pub script: Script,
    /// Hazards that a reviewer accepted.
    pub allow: BTreeSet<String>,
}

/// The revisions that a squashed one stands for, as its file names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    /// The two ends, `A:B`.
    pub range: Reference,
    /// All of them, so that they are known when their files are gone.
    pub ids: Vec<Reference>,
}

/// How the files of a revision are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layout {
    /// `<id>_<slug>.up.sql` with `<id>_<slug>.down.sql`, or `<id>_<slug>.sql`.
    Pair,
    /// `V<id>__<slug>.sql` with an optional `V<id>__<slug>.down.sql`.
    Refinery,
    /// `<id>_<slug>/up.sql` with `down.sql` and `metadata.toml`.
    Diesel,
}

/// What a revision follows, as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revises {
    /// No directive: the revision before it in id order.
    Previous,
    /// A root of its own: `revises=base`.
    Base,
    /// One parent, or several for a merge.
    Listed(Vec<Reference>),
}

/// A name in a directive and the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The id or label, as written.
    pub name: String,
    /// Where it is written.
    pub place: Place,
}

/// One direction of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The file as messages name it: the folder of revisions and the path in it.
    pub path: PathBuf,
    /// What is sent: the file without a BOM, its paired BEGIN and COMMIT blanked out.
    ///
    /// Offsets are those of the file, so that a position in it is a position in the file.
    pub text: ScriptText,
    /// Over the file's canonical text.
    pub checksum: Checksum,
    /// The byte ranges of the statements in `text`, without the semicolons.
    pub statements: Vec<Range<usize>>,
    /// Whether it runs in a transaction of its own, or statement by statement without one.
    pub transaction: TransactionMode,
    /// How long one of its statements may wait for a lock.
    pub lock_timeout: Option<Duration>,
    /// How long one of its statements may run.
    pub statement_timeout: Option<Duration>,
    /// The statements that are batched data migrations.
    pub batches: Vec<Batch>,
}

/// A statement that is done in batches: `-- migrate: batch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Which statement of the script; begins at 0.
    pub statement: usize,
    /// What its line says of the pace.
    pub pace: Pace,
}

/// How a batched statement goes through its table, as far as its line says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pace {
    /// How many rows the first batch goes through.
    pub rows: Option<u64>,
    /// How long a batch should take; the number of its rows follows from that.
    pub time: Option<Duration>,
    /// How long to rest after each batch.
    pub pause: Duration,
    /// How far a replica may lag behind before the next batch.
    pub max_lag: Option<Duration>,
    /// The columns to go along; empty is the primary key.
    pub key: Vec<String>,
    /// A condition of the user's for the next batch.
    pub when: Option<String>,
}

impl Script {
    /// The batch that a statement is, if it is one.
    pub fn batch(&self, statement: usize) -> Option<&Batch> {
        self.batches
            .iter()
            .find(|batch| batch.statement == statement)
    }
}

/// Whether a script runs inside a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransactionMode {
    /// In a transaction of its own, together with its history row.
    #[default]
    Own,
    /// Statement by statement, each committed by itself and journalled.
    None,
}

/// The hazards that `hazard=` and `allow=` of a file, `--allow` and the rules of `lint` speak of.
pub const HAZARDS: [&str; 9] = [
    "data-loss",
    "incompatible",
    "irreversible",
    "lock",
    "may-fail",
    "rename-assumed",
    "rewrite",
    "security",
    "style",
];

/// When a revision may run while two releases are side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// At any start.
    #[default]
    Expand,
    /// Only when told to: `up --contract`.
    Contract,
}

/// What applying a revision does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Work {
    /// Runs its up script.
    #[default]
    Script,
    /// Runs its up script, and then code of the application, in the same transaction.
    Code,
}

/// Which script of a revision is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Apply.
    Up,
    /// Revert.
    Down,
}

impl Repeatable {
    /// The name that the history records.
    pub fn id(&self) -> RevisionId {
        RevisionId::of_repeatable(&self.name)
    }

    /// The script in the shape of a revision that follows nothing: so it runs and is recorded as one.
    pub fn as_revision(&self) -> Revision {
        Revision {
            id: self.id(),
            slug: self.name.clone(),
            message: self.message.clone(),
            layout: Layout::Pair,
            revises: Revises::Base,
            depends_on: Vec::new(),
            labels: Vec::new(),
            up: self.script.clone(),
            down: None,
            irreversible: None,
            compatible: true,
            hazards: BTreeSet::new(),
            allow: self.allow.clone(),
            replaces: None,
            phase: Phase::Expand,
            work: Work::Script,
        }
    }
}

impl Revision {
    /// The file that declares it: the up script's.
    pub fn path(&self) -> &std::path::Path {
        &self.up.path
    }
}

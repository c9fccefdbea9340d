//! What the database says: which revisions are applied, by whom, when, and how long it took.
//!
//! Three tables: the set of applied revisions and repeatable scripts, one row with the set's digest, and an append-only
//! log. This module owns their SQL and the reading of their rows; it sends nothing itself.

mod names;
mod read;
mod write;

use std::{collections::BTreeMap, time::Duration};

pub(crate) use self::read::{READ_MARK, entry_query};
pub(crate) use self::write::{
    create_schema, create_tables, finish_partial, forget_repeatable, forget_replaced, log,
    record_applied, record_reverted, set_batch, set_digest, set_partial, set_scripts, stands_at,
};
pub use self::{
    names::{InvalidName, Names},
    read::{InvalidRow, batch_cursor_query, digest_query, down_scripts_query, state_query},
    write::{Entry, Occasion},
};
use crate::revision::{AppliedMark, Checksum, Digest, Digests, Direction, RevisionId};

/// One row of text columns, as the simple protocol gives them.
pub type Row = Vec<Option<String>>;

/// What the history tables hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// The digest as it is recorded.
    pub digest: Digest,
    /// The digest of the revisions alone, as it is recorded.
    pub revisions_digest: Digest,
    /// Whether the server is a hot standby.
    pub standby: bool,
    /// Whether transactions on this connection are read only.
    pub read_only: bool,
    /// The recorded revisions.
    pub applied: BTreeMap<RevisionId, Applied>,
    /// The repeatable scripts that have run, each as it was when it last ran.
    pub repeatable: BTreeMap<RevisionId, Applied>,
}

/// A recorded revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its id.
    pub id: RevisionId,
    /// Its slug when it was applied.
    pub slug: String,
    /// Its message when it was applied.
    pub message: String,
    /// Its parents when it was applied.
    pub parents: Vec<RevisionId>,
    /// What it needed when it was applied.
    pub depends_on: Vec<RevisionId>,
    /// What it stands for, when it was made by squash.
    pub replaces: Vec<RevisionId>,
    /// The checksum of the up script that ran.
    pub checksum: Checksum,
    /// The checksum of the down script beside it.
    pub down_checksum: Option<Checksum>,
    /// Whether a down script is recorded.
    pub has_down: bool,
    /// Why it can't be reverted, where its author said so.
    pub irreversible: Option<String>,
    /// Whether an older release can run on a database that has it.
    pub compatible: bool,
    /// When: ISO 8601, UTC, of the server's clock.
    pub applied_at: String,
    /// The role that applied it.
    pub applied_by: String,
    /// What applied it: the application's or the tool's name and version.
    pub application: String,
    /// How long its script ran.
    pub duration: Duration,
    /// Where it stopped, when it runs without a transaction and did not finish.
    pub partial: Option<Partial>,
}

/// How far a revision without a transaction came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// Whether it was being applied or reverted.
    pub direction: Direction,
    /// How many statements finished.
    pub done: usize,
    /// The checksum of the script up to the end of the last that finished.
    pub checksum: Checksum,
    /// How far the statement after those came, where it is done in batches and has begun.
    pub batch: Option<BatchProgress>,
}

impl Partial {
    /// Whether anything of it is done.
    pub fn has_begun(&self) -> bool {
        self.done > 0 || self.batch.is_some()
    }
}

/// How far a batched statement came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchProgress {
    /// How many rows it has gone through.
    pub rows: u64,
}

impl Applied {
    /// Its contribution to the digest.
    pub fn mark(&self) -> AppliedMark<'_> {
        AppliedMark {
            id: &self.id,
            checksum: &self.checksum,
            partial: self.partial.is_some(),
        }
    }
}

impl State {
    /// The digests that the recorded set should have.
    pub fn computed(&self) -> Digests {
        let rows = self.applied.values().chain(self.repeatable.values());
        Digests::of(rows.map(Applied::mark))
    }

    /// The digest that the recorded set should have.
    pub fn computed_digest(&self) -> Digest {
        self.computed().whole
    }

    /// The row of a revision or of a repeatable script.
    pub fn row(&self, id: &RevisionId) -> Option<&Applied> {
        self.applied.get(id).or_else(|| self.repeatable.get(id))
    }

    /// The same, to be changed.
    pub fn row_mut(&mut self, id: &RevisionId) -> Option<&mut Applied> {
        self.rows_like(id).get_mut(id)
    }

    /// Puts a row where it belongs.
    pub fn insert(&mut self, row: Applied) {
        self.rows_like(&row.id).insert(row.id.clone(), row);
    }

    fn rows_like(&mut self, id: &RevisionId) -> &mut BTreeMap<RevisionId, Applied> {
        match id.is_repeatable() {
            true => &mut self.repeatable,
            false => &mut self.applied,
        }
    }
}

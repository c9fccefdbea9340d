//! How a run behaves.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    history::Names,
    revision::{Phase, Revision, RevisionId},
};

/// What a run may be told. The defaults are those of an application that starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The history's tables.
    pub names: Names,
    /// How long to wait for the lock of this history, and for locks of statements in all.
    pub lock_timeout: Duration,
    /// How long one statement may wait for a lock before the revision is rolled back and retried.
    pub statement_lock_timeout: Duration,
    /// How long one statement may run; `None` is without limit.
    pub statement_timeout: Option<Duration>,
    /// The role that scripts and history run as.
    pub role: Option<String>,
    /// What applies the revisions, for the history: name and version.
    pub application: String,
    /// Why a record is changed by hand, for the log: of a stamp and of a repair.
    pub reason: Option<String>,
    /// What to make of applied revisions that are not among ours.
    pub on_unknown: OnUnknown,
    /// Plan and check, change nothing.
    pub dry_run: bool,
    /// All pending revisions in one transaction, or each in its own.
    pub grouping: Grouping,
    /// Whether revisions with `phase=contract` run.
    pub contract: bool,
    /// What to do about revisions that are done in batches.
    pub batches: Batches,
    /// How long a batch should take, where its line does not say.
    pub batch_time: Duration,
    /// How far a replica may lag behind before the next batch, where the batch's line does not say.
    pub batch_max_lag: Duration,
    /// Hazards accepted for this run.
    pub allow: BTreeSet<String>,
    /// Readable in scripts as `current_setting('migrate.NAME')`.
    pub variables: BTreeMap<String, String>,
    /// The schemas that names without one mean in scripts, the first of them the one that scripts
    /// build in; empty leaves the session's own search path.
    pub search_path: Vec<String>,
    /// What to do where the history's schema is not there.
    pub missing_schema: MissingSchema,
    /// The revisions whose code the driver has.
    pub code: BTreeSet<RevisionId>,
}

/// Whether `migrate.NAME` can be the name of a setting.
pub fn is_variable(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What to do where the history's schema is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingSchema {
    /// Stop.
    #[default]
    Refuse,
    /// Make it, together with the history's tables: for a tenant that begins.
    Create,
}

/// What to make of applied revisions that are not among ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    /// Stop.
    Refuse,
    /// Start when all of ours are applied and every unknown one is recorded as compatible.
    #[default]
    Compatible,
    /// Start whenever all of ours are applied.
    Ignore,
}

/// What to do about revisions with `-- migrate: batch`, which may take hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Batches {
    /// Work on them. Where another process does that already and all else is applied, start.
    #[default]
    Start,
    /// Work on them. Where another process does that already, wait until it is through.
    Finish,
    /// Leave them, and what stands on them, to another run.
    Leave,
}

/// How revisions share transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grouping {
    /// Each revision in its own.
    #[default]
    Each,
    /// All in one.
    One,
}

impl Options {
    /// Whether a revision waits until another run is told to apply it: one with `phase=contract`, or
    /// one in batches where those are left.
    pub fn holds_back(&self, revision: &Revision) -> bool {
        let left = self.batches == Batches::Leave && !revision.up.batches.is_empty();
        left || revision.phase == Phase::Contract && !self.contract
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            names: Names::default(),
            lock_timeout: Duration::from_secs(60),
            statement_lock_timeout: Duration::from_secs(5),
            statement_timeout: None,
            role: None,
            application: concat!("build-support ", env!("CARGO_PKG_VERSION")).to_owned(),
            reason: None,
            on_unknown: OnUnknown::default(),
            dry_run: false,
            grouping: Grouping::default(),
            contract: false,
            batches: Batches::default(),
            batch_time: Duration::from_millis(500),
            batch_max_lag: Duration::from_secs(10),
            allow: BTreeSet::new(),
            variables: BTreeMap::new(),
            search_path: Vec::new(),
            missing_schema: MissingSchema::default(),
            code: BTreeSet::new(),
        }
    }
}

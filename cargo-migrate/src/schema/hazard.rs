//! What makes a statement dangerous. The names are stable: revisions and command lines hold them.

use std::fmt;

/// A lock that a statement takes until its transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    /// Blocks schema changes, lets rows be read and written.
    ShareUpdateExclusive,
    /// Blocks writes.
    Share,
    /// Blocks writes and other schema changes.
    ShareRowExclusive,
    /// Blocks reads and writes.
    AccessExclusive,
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lock::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Lock::Share => "SHARE",
            Lock::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Lock::AccessExclusive => "ACCESS EXCLUSIVE",
        })
    }
}

/// One danger of one statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hazard {
    /// Stored rows or values are gone afterwards.
    DataLoss {
        /// What is lost, in words.
        what: String,
    },
    /// A lock that others wait for while existing rows are read or written.
    Lock {
        /// How strong it is.
        lock: Lock,
        /// The table.
        on: String,
    },
    /// A table is written anew.
    Rewrite {
        /// The table.
        table: String,
    },
    /// No statement can bring back what was there before.
    Irreversible {
        /// Why.
        why: String,
    },
    /// Existing rows can make it fail.
    MayFail {
        /// When.
        when: String,
    },
    /// Taken for a rename without being told.
    RenameAssumed {
        /// The old name.
        old: String,
        /// The new name.
        new: String,
    },
}

impl Hazard {
    /// The stable name, as in `-- migrate: allow=data-loss`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Hazard::DataLoss { .. } => "data-loss",
            Hazard::Lock { .. } => "lock",
            Hazard::Rewrite { .. } => "rewrite",
            Hazard::Irreversible { .. } => "irreversible",
            Hazard::MayFail { .. } => "may-fail",
            Hazard::RenameAssumed { .. } => "rename-assumed",
        }
    }

    pub(crate) fn loss(what: impl Into<String>) -> Self {
        Hazard::DataLoss { what: what.into() }
    }

    pub(crate) fn may_fail(when: impl Into<String>) -> Self {
        Hazard::MayFail { when: when.into() }
    }

    pub(crate) fn lock(lock: Lock, on: impl fmt::Display) -> Self {
        Hazard::Lock {
            lock,
            on: on.to_string(),
        }
    }

    pub(crate) fn rewrite(table: impl fmt::Display) -> Self {
        Hazard::Rewrite {
            table: table.to_string(),
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name())?;
        match self {
            Hazard::DataLoss { what } => f.write_str(what),
            Hazard::Lock { lock, on } => write!(f, "{lock} on `{on}`"),
            Hazard::Rewrite { table } => write!(f, "writes `{table}` anew"),
            Hazard::Irreversible { why } => f.write_str(why),
            Hazard::MayFail { when } => f.write_str(when),
            Hazard::RenameAssumed { old, new } => write!(f, "`{old}` is taken to become `{new}`"),
        }
    }
}

//! The modes of a table's lock, the weakest first, and whom they keep waiting.
//! <https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES>

use serde::Serialize;

/// How a relation is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    /// What SELECT takes.
    AccessShare,
    /// What SELECT … FOR UPDATE takes.
    RowShare,
    /// What INSERT, UPDATE and DELETE take.
    RowExclusive,
    /// What VACUUM and CREATE INDEX CONCURRENTLY take.
    ShareUpdateExclusive,
    /// What CREATE INDEX takes.
    Share,
    /// What CREATE TRIGGER takes.
    ShareRowExclusive,
    /// What REFRESH MATERIALIZED VIEW CONCURRENTLY takes.
    Exclusive,
    /// What most forms of ALTER TABLE take.
    AccessExclusive,
}

/// Who has to wait for a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocks {
    /// SELECT.
    Reads,
    /// INSERT, UPDATE and DELETE.
    Writes,
    /// Some or all of the statements that change the schema.
    SchemaChanges,
}

impl LockMode {
    /// Reads a mode as `pg_locks` spells it; other kinds of locks have others.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "AccessShareLock" => Self::AccessShare,
            "RowShareLock" => Self::RowShare,
            "RowExclusiveLock" => Self::RowExclusive,
            "ShareUpdateExclusiveLock" => Self::ShareUpdateExclusive,
            "ShareLock" => Self::Share,
            "ShareRowExclusiveLock" => Self::ShareRowExclusive,
            "ExclusiveLock" => Self::Exclusive,
            "AccessExclusiveLock" => Self::AccessExclusive,
            _ => return None,
        })
    }

    /// The name that LOCK TABLE takes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// Who has to wait for it. Even the weakest keeps some schema changes waiting.
    pub const fn blocks(self) -> &'static [Blocks] {
        match self {
            Self::AccessShare
            | Self::RowShare
            | Self::RowExclusive
            | Self::ShareUpdateExclusive => &[Blocks::SchemaChanges],
            Self::Share | Self::ShareRowExclusive | Self::Exclusive => {
                &[Blocks::Writes, Blocks::SchemaChanges]
            }
            Self::AccessExclusive => &[Blocks::Reads, Blocks::Writes, Blocks::SchemaChanges],
        }
    }

    /// The same in words.
    pub const fn blocks_in_words(self) -> &'static str {
        match self.blocks() {
            [Blocks::Reads, ..] => "blocks reads, writes and schema changes",
            [Blocks::Writes, ..] => "blocks writes and schema changes",
            _ => "blocks schema changes",
        }
    }
}

impl Serialize for LockMode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

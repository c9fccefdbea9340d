//! How the repeatable scripts stand: part of the answers of `status` and `check`.

use serde::Serialize;

use super::{check::Finding, status::StatusRow, words};
use crate::{
    engine::is_due,
    graph::Graph,
    history::{Applied, State},
    revision::Repeatable,
};

/// How a repeatable script stands between its file and the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScriptState {
    /// It ran as it is.
    Applied,
    /// It never ran.
    Pending,
    /// It was edited since it ran, and runs again.
    Changed,
    /// It stopped half way.
    Partial,
    /// It ran and has no file any more.
    Unknown,
}

impl ScriptState {
    /// The word that stands for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Changed => "changed",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the next `up` to the head runs it.
    pub fn is_due(self) -> bool {
        match self {
            Self::Pending | Self::Changed | Self::Partial => true,
            Self::Applied | Self::Unknown => false,
        }
    }
}

/// One repeatable script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScriptRow {
    /// Its name with the `R__` in front, as the history records it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its message.
    pub message: String,
    /// How it stands.
    pub state: ScriptState,
    /// When it ran last: ISO 8601, UTC.
    pub applied_at: Option<String>,
    /// The role that ran it.
    pub applied_by: Option<String>,
    /// How long it ran.
    pub duration_ms: Option<u64>,
}

impl ScriptRow {
    /// The scripts of the files in the order in which they run, then those without a file.
    pub fn all(ours: &Graph, state: &State) -> Vec<Self> {
        let of_file = |script: &Repeatable| {
            let row = state.repeatable.get(&script.id());
            Self::new(script, row)
        };
        let mut rows: Vec<Self> = ours.repeatable().iter().map(of_file).collect();
        let is_ours = |row: &&Applied| rows.iter().any(|ours| ours.id == row.id.as_str());
        let gone: Vec<Self> = state
            .repeatable
            .values()
            .filter(|row| !is_ours(row))
            .map(Self::gone)
            .collect();
        rows.extend(gone);
        rows
    }

    fn new(script: &Repeatable, row: Option<&Applied>) -> Self {
        let state = match row {
            None => ScriptState::Pending,
            Some(row) if row.partial.is_some() => ScriptState::Partial,
            Some(row) if is_due(script, row) => ScriptState::Changed,
            Some(_) => ScriptState::Applied,
        };
        Self {
            id: script.id().to_string(),
            name: script.name.clone(),
            message: script.message.clone(),
            state,
            applied_at: row.map(|row| row.applied_at.clone()),
            applied_by: row.map(|row| row.applied_by.clone()),
            duration_ms: row.map(|row| words::millis(row.duration)),
        }
    }

    fn gone(row: &Applied) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.slug.clone(),
            message: row.message.clone(),
            state: ScriptState::Unknown,
            applied_at: Some(row.applied_at.clone()),
            applied_by: Some(row.applied_by.clone()),
            duration_ms: Some(words::millis(row.duration)),
        }
    }

    /// Its columns for a person, under the headings of [`super::STATUS_COLUMNS`].
    pub fn columns(&self) -> [String; 6] {
        StatusRow::cells(
            (self.state.as_str(), &self.id, &self.message),
            (&self.applied_at, &self.applied_by, self.duration_ms),
        )
    }

    /// What `check --pending` says of it.
    pub(super) fn finding(&self, program: &str) -> Option<Finding> {
        let what = match self.state {
            ScriptState::Pending => "has not run",
            ScriptState::Changed => "was edited since it ran",
            ScriptState::Partial => "stopped half way",
            ScriptState::Applied | ScriptState::Unknown => return None,
        };
        let message = format!("repeatable script `{}` {what}", self.id);
        let finding = Finding::new("pending", message).revision(&self.id);
        Some(finding.hint(format!("run `{program} up`")))
    }
}

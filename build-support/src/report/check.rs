//! What `check` finds, and the parts that need no more than files and history.

use serde::Serialize;

use super::status::{RevisionState, Status, StatusRow};

/// Something that should not be so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The part that found it.
    pub check: &'static str,
    /// What it is.
    pub message: String,
    /// The revision that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The file that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

/// The answer of `check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Verdict {
    /// Whether nothing was found.
    pub ok: bool,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The parts that could not be asked.
    pub skipped: Vec<&'static str>,
    /// The revisions that wait for `up --contract`, which is no finding unless it is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<String>,
}

impl Finding {
    /// A finding that is only a message.
    pub fn new(check: &'static str, message: impl Into<String>) -> Self {
        Self {
            check,
            message: message.into(),
            revision: None,
            file: None,
            hints: Vec::new(),
        }
    }

    /// Adds the revision.
    #[must_use]
    pub fn revision(mut self, id: &(impl ToString + ?Sized)) -> Self {
        self.revision = Some(id.to_string());
        self
    }

    /// Adds the file.
    #[must_use]
    pub fn file(mut self, file: &std::path::Path) -> Self {
        self.file = Some(file.display().to_string());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// What `check` makes of revisions that wait for `up --contract`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contract {
    /// They wait, as they should while two releases are side by side.
    #[default]
    Waits,
    /// They should be applied by now.
    Wanted,
}

impl Status {
    /// What is not applied, not wholly applied, or applied without a file.
    pub fn pending_findings(&self, program: &str, contract: Contract) -> Vec<Finding> {
        let finding = |row: &StatusRow| {
            let (id, slug) = (&row.id, &row.slug);
            if let Some(applied) = &row.under {
                let message = format!(
                    "revision `{id}` ({slug}) is out of order: it is pending, and `{applied}` that is applied stands on it"
                );
                let hint = format!("run `cargo migrate rebase {id}` to move it after the newest");
                return Some(Finding::new("pending", message).revision(id).hint(hint));
            }
            let what = match row.state {
                RevisionState::Pending if row.waits_for_contract => match contract {
                    Contract::Waits => return None,
                    Contract::Wanted => "waits for the contract phase",
                },
                RevisionState::Pending => "is pending",
                RevisionState::Partial => "stopped half way",
                RevisionState::Unknown => "is applied and has no file",
                RevisionState::Applied | RevisionState::Divergent => return None,
            };
            let message = format!("revision `{id}` ({slug}) {what}");
            let finding = Finding::new("pending", message).revision(id);
            Some(match row.state {
                RevisionState::Pending if row.waits_for_contract => {
                    finding.hint(format!("run `{program} up --contract`"))
                }
                RevisionState::Pending | RevisionState::Partial => {
                    finding.hint(format!("run `{program} up`"))
                }
                RevisionState::Unknown | RevisionState::Applied | RevisionState::Divergent => {
                    finding
                }
            })
        };
        let scripts = self.repeatable.iter();
        let due = scripts.filter_map(|row| row.finding(program));
        self.revisions
            .iter()
            .filter_map(finding)
            .chain(due)
            .collect()
    }

    /// The ids of the revisions that wait for `up --contract`.
    pub fn waiting(&self) -> Vec<String> {
        let rows = self.revisions.iter().filter(|row| row.waits_for_contract);
        rows.map(|row| row.id.clone()).collect()
    }

    /// What was edited after it was applied.
    pub fn checksum_findings(&self) -> Vec<Finding> {
        let edited = |row: &&StatusRow| row.state == RevisionState::Divergent;
        let rows = self.revisions.iter().filter(edited);
        let finding = |row: &StatusRow| {
            let message = format!("revision `{}` was edited after it was applied", row.id);
            Finding::new("checksums", message)
                .revision(&row.id)
                .hint("undo the edit and write a new revision")
                .hint(format!(
                    "run `cargo migrate repair {}` to accept it",
                    row.id
                ))
        };
        rows.map(finding).collect()
    }
}

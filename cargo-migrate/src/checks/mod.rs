//! The parts of `check`, one file each; [`PARTS`] is their table.

mod checksums;
mod embedded;
mod heads;
mod pending;

use serde::Serialize;

pub use self::embedded::embedded;
use crate::{context::Context, failure::Failure};

/// One part of `check`.
pub struct Part {
    /// Its flag, without the dashes, and its name in the findings.
    pub name: &'static str,
    /// What it looks at.
    pub needs: Needs,
    /// Looks, and tells what is wrong.
    pub run: fn(&Context) -> Result<Vec<Finding>, Failure>,
}

/// What a part looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// The files alone.
    Files,
    /// The database too.
    Database,
}

/// Every part that a bare `check` runs, in order.
pub const PARTS: &[Part] = &[
    Part {
        name: "heads",
        needs: Needs::Files,
        run: heads::heads,
    },
    Part {
        name: "checksums",
        needs: Needs::Database,
        run: checksums::checksums,
    },
    Part {
        name: "pending",
        needs: Needs::Database,
        run: pending::pending,
    },
];

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

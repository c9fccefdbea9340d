//! What can be wrong with a directive, and what to write instead.

use super::{
    batch,
    key::{Key, LabelError, Role},
};
use crate::sql::NotBatchable;

/// A `-- migrate:` line that can't be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectiveError {
    /// A key that does not exist.
    #[error("unknown directive `{key}`")]
    UnknownKey {
        /// What is written.
        key: String,
        /// What was most likely meant.
        nearest: Option<&'static str>,
    },
    /// A line that was meant as a directive and isn't one.
    #[error("this line looks like a directive and is none")]
    Misspelt {
        /// The line as it should be.
        correct: String,
    },
    /// Directives belong to the head of the file.
    #[error("the directive `{key}` stands after the first statement")]
    AfterStatement {
        /// Which one.
        key: String,
    },
    /// `/* migrate: … */`
    #[error("a directive in a block comment is not read")]
    InBlockComment,
    /// A key that was there before.
    #[error("the directive `{key}` is already given on line {first}")]
    Duplicate {
        /// Which one.
        key: String,
        /// Where the other one is.
        first: usize,
    },
    /// A name that the list holds before.
    #[error("`{value}` is listed twice")]
    ListedTwice {
        /// Which one.
        value: String,
    },
    /// A key alone.
    #[error("the directive `{key}` needs a value")]
    NoValue {
        /// Which one.
        key: String,
    },
    /// A quote that is never closed.
    #[error("the quote of `{key}` is never closed")]
    Unclosed {
        /// Which one.
        key: String,
    },
    /// A value that the key can't have.
    #[error("`{value}` is no value for `{key}`, which takes {expected}")]
    Value {
        /// Which key.
        key: String,
        /// What is written.
        value: String,
        /// What it takes, in words.
        expected: &'static str,
    },
    /// A hazard that is misspelt.
    #[error("there is no hazard `{value}`")]
    UnknownHazard {
        /// What is written.
        value: String,
        /// What was most likely meant.
        nearest: &'static str,
    },
    /// A label that means something else.
    #[error("{0}")]
    Label(LabelError),
    /// A key that belongs to another kind of file.
    #[error("the directive `{key}` has no meaning in {role}")]
    NotHere {
        /// Which one.
        key: String,
        /// The kind of file.
        role: &'static str,
    },
    /// A batch of something that can't be done in batches.
    #[error("{0}")]
    BatchOf(NotBatchable),
    /// `batch` behind another key.
    #[error("the directive `batch` stands on a line of its own, with what it says of the pace")]
    BatchAlone,
    /// Something that `batch` does not know.
    #[error("`batch` has no `{key}`")]
    UnknownBatchKey {
        /// What is written.
        key: String,
        /// What was most likely meant.
        nearest: Option<&'static str>,
    },
    /// Something of `batch` without its value.
    #[error("`{key}` needs a value")]
    NoBatchValue {
        /// What is written.
        key: String,
    },
    /// A batch of nothing.
    #[error("no statement follows `batch`")]
    BatchOfNothing,
    /// Code runs in the revision's own transaction.
    #[error("`code` runs in a transaction, and this script runs without one")]
    CodeWithoutTransaction,
    /// The other direction in the same file, as goose, dbmate and sql-migrate write it.
    #[error("the file holds the way down too, which would run right after the way up")]
    DownPart,
}

impl DirectiveError {
    pub(super) fn not_here(key: &str, role: Role) -> Self {
        Self::NotHere {
            key: key.to_owned(),
            role: role.name(),
        }
    }

    pub(super) fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::UnknownKey {
                nearest: Some(nearest),
                ..
            } => format!("did you mean `{nearest}`?"),
            Self::UnknownKey { nearest: None, .. } => {
                let known: Vec<&str> = Key::ALL.iter().map(|(_, name)| *name).collect();
                format!("the directives are {}", known.join(", "))
            }
            Self::Misspelt { correct } => format!("write `{correct}`"),
            Self::AfterStatement { .. } => {
                "move the line to the head of the file, above the first statement".to_owned()
            }
            Self::InBlockComment => {
                "write it on a line of its own: `-- migrate: key=value`".to_owned()
            }
            Self::Duplicate { .. } => {
                "keep one of the two; a list is separated by commas".to_owned()
            }
            Self::ListedTwice { .. } => "delete one of the two".to_owned(),
            Self::NoValue { key } => format!("write `-- migrate: {key}=…`"),
            Self::Unclosed { key } => format!("write `{key}=\"…\"` on one line"),
            Self::Value { expected, .. } => format!("write {expected}"),
            Self::UnknownHazard { nearest, .. } => format!("did you mean `{nearest}`?"),
            Self::Label(_) => "use letters, digits, `_` and `-`, for example `accounts`".to_owned(),
            Self::NotHere { key, .. } => {
                format!("write `{key}` at the head of the up script, or delete it")
            }
            Self::BatchOf(reason) => reason.hint().to_owned(),
            Self::BatchAlone => "write `-- migrate: batch rows=1000 time=500ms`".to_owned(),
            Self::UnknownBatchKey {
                nearest: Some(nearest),
                ..
            } => format!("did you mean `{nearest}`?"),
            Self::UnknownBatchKey { nearest: None, .. } => {
                format!("`batch` may say {}", batch::names().join(", "))
            }
            Self::NoBatchValue { key } => format!("write `-- migrate: batch {key}=…`"),
            Self::BatchOfNothing => "delete the line, or move it above a statement".to_owned(),
            Self::CodeWithoutTransaction => {
                "move the statements that need no transaction to a revision of their own".to_owned()
            }
            Self::DownPart => {
                "move what follows this line to the down script, `<id>_<slug>.down.sql`".to_owned()
            }
        };
        vec![hint]
    }
}

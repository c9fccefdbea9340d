//! Why another tool's record can't be taken over.

use std::path::PathBuf;

use build_support::{Diagnose, Diagnostic, Exit, revision::RevisionId};

use super::Tool;

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// No table of any tool that is known.
    #[error("the database holds no record of another migration tool")]
    Nothing,
    /// Tables of several tools.
    #[error("the database holds the records of {}", names(tools))]
    Several {
        /// Which.
        tools: Vec<Tool>,
    },
    /// Versions that no file has.
    #[error("{} applied {} and no file here has that id", tool.name(), versions.join(", "))]
    Lost {
        /// Whose record.
        tool: Tool,
        /// Which.
        versions: Vec<String>,
    },
    /// Files that are not what was applied.
    #[error("{} applied other text than the files of {} hold now", tool.name(), ids_of(ids))]
    Edited {
        /// Whose record.
        tool: Tool,
        /// Which.
        ids: Vec<RevisionId>,
    },
    /// A version that the tool calls failed or dirty.
    #[error("{} says that its version {version} did not finish", tool.name())]
    Unfinished {
        /// Whose record.
        tool: Tool,
        /// Which.
        version: String,
    },
    /// Revisions below applied ones that were never applied.
    #[error(
        "the revisions {} were not applied, and applied ones stand on them",
        ids_of(ids)
    )]
    Gaps {
        /// Which.
        ids: Vec<RevisionId>,
    },
    /// A file that can't be read again.
    #[error("{} can't be read: {why}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Our own history is there already.
    #[error("this database has a history of its own already: {} revision(s)", .0)]
    NotEmpty(usize),
}

fn names(tools: &[Tool]) -> String {
    tools
        .iter()
        .map(|tool| tool.name())
        .collect::<Vec<_>>()
        .join(" and ")
}

fn ids_of(ids: &[RevisionId]) -> String {
    ids.iter()
        .map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl Diagnose for ImportError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::Nothing => diagnostic
                .hint("record what the database has with `cargo migrate stamp REV`"),
            Self::Several { .. } => diagnostic.hint("choose one: `cargo migrate import --from sqlx`"),
            Self::Lost { tool: Tool::Alembic | Tool::SeaOrm, .. } => diagnostic
                .note("its migrations are programs, not SQL, so no file here can be the same")
                .hint("write the schema as a first revision, and record it with `cargo migrate stamp REV`"),
            Self::Lost { .. } => diagnostic
                .hint("restore the files, or point `dir` at the folder that the tool read"),
            Self::Edited { .. } => diagnostic.hint("restore the files as they were applied"),
            Self::Unfinished { tool, .. } => {
                diagnostic.hint(format!("mend it with {} first", tool.name()))
            }
            Self::Gaps { .. } => diagnostic
                .hint("apply them with the other tool, or move them up with `cargo migrate rebase`"),
            Self::Unreadable { .. } => diagnostic,
            Self::NotEmpty(_) => diagnostic.hint("`cargo migrate status` shows it"),
        }
    }
}

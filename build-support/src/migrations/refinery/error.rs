//! What stands between our revisions and refinery.

use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    graph::list,
    revision::RevisionId,
};

/// Why refinery's record can't be taken over, or our revisions can't be handed to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefineryError {
    /// refinery applied versions that the binary does not carry.
    #[error("refinery applied {}, and this binary carries no such revision", versions.join(", "))]
    Lost {
        /// Which.
        versions: Vec<String>,
    },
    /// The embedded files are not what refinery applied.
    #[error(
        "refinery applied other text than the embedded files of {} hold",
        list(ids)
    )]
    Edited {
        /// Which.
        ids: Vec<RevisionId>,
    },
    /// Revisions below applied ones that refinery never applied.
    #[error(
        "refinery did not apply {}, and revisions that it applied stand on them",
        list(ids)
    )]
    Gaps {
        /// Which.
        ids: Vec<RevisionId>,
    },
    /// The table was made by a refinery with versions of another width.
    #[error(
        "the versions of refinery's table have {column} bits, and refinery-core is built for {here} here"
    )]
    Width {
        /// The column's.
        column: u32,
        /// refinery-core's.
        here: u32,
    },
    /// An id that is too large for refinery's versions.
    #[error("the id `{id}` does not fit into refinery's versions of {bits} bits")]
    TooLarge {
        /// Which.
        id: RevisionId,
        /// How wide they are.
        bits: u32,
    },
    /// A revision that stands on one with a larger id.
    #[error("revision `{id}` stands on `{needs}`, and refinery runs in the order of the ids")]
    Order {
        /// Which.
        id: RevisionId,
        /// What it stands on.
        needs: RevisionId,
    },
    /// A revision that needs what refinery has not.
    #[error("revision `{id}` {what}, which refinery can't do")]
    NotForRefinery {
        /// Which.
        id: RevisionId,
        /// What.
        what: &'static str,
    },
}

impl RefineryError {
    fn hint(&self) -> &'static str {
        match self {
            Self::Lost { .. } => {
                "embed the files that refinery ran, or `ignore_refinery()` if its table is another application's"
            }
            Self::Edited { .. } => "restore the files as they were applied",
            Self::Gaps { .. } => {
                "apply them with refinery first, or move them up with `cargo migrate rebase`"
            }
            Self::Width { column: 64, .. } | Self::TooLarge { bits: 32, .. } => {
                "let the application depend on refinery-core with its feature `int8-versions`"
            }
            Self::Width { .. } => "build refinery-core without its feature `int8-versions`",
            Self::TooLarge { .. } => "run it with `migrations!().run(…)`",
            Self::Order { .. } | Self::NotForRefinery { .. } => {
                "run the revisions with `migrations!().run(…)`"
            }
        }
    }
}

impl Diagnose for RefineryError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string()).hint(self.hint());
        match self {
            Self::TooLarge { id, .. }
            | Self::Order { id, .. }
            | Self::NotForRefinery { id, .. } => diagnostic.revision(id),
            Self::Edited { ids } | Self::Gaps { ids } => match ids.first() {
                Some(id) => diagnostic.revision(id),
                None => diagnostic,
            },
            Self::Lost { .. } | Self::Width { .. } => diagnostic,
        }
    }
}

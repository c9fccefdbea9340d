//! Why there is no plan.

use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    revision::RevisionId,
};

/// What is wrong with the targets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// One target lies on the way to another.
    #[error("the targets overlap: `{lower}` is an ancestor of `{upper}`")]
    Overlap {
        /// The one below.
        lower: RevisionId,
        /// The one above.
        upper: RevisionId,
    },
    /// `down` to a revision that is not applied.
    #[error("revision `{id}` is not applied, so the database can't be taken down to it")]
    NotApplied {
        /// The target.
        id: RevisionId,
    },
}

impl Diagnose for PlanError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::Overlap { lower, upper } => diagnostic
                .revision(upper)
                .hint(format!("leave `{lower}` away: `{upper}` applies it too")),
            Self::NotApplied { id } => diagnostic
                .revision(id)
                .hint("`cargo migrate status` shows what is applied")
                .hint(format!("run `cargo migrate up {id}` to apply it")),
        }
    }
}

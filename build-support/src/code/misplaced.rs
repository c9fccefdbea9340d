//! Code that an application gave in the wrong place.

use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    revision::RevisionId,
};

/// Code for something that is no revision of that kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MisplacedCode {
    /// There is no such revision.
    #[error("the application has code for revision `{id}`, which has no file")]
    NoRevision {
        /// As the application wrote it.
        id: String,
    },
    /// The file does not say that there is code.
    #[error("the application has code for revision `{id}`, whose file does not say so")]
    NotDeclared {
        /// Which.
        id: RevisionId,
    },
    /// A blocking closure and an asynchronous connection.
    #[error("the code of revision `{id}` is blocking, and the connection is asynchronous")]
    Blocking {
        /// As the application wrote it.
        id: String,
    },
}

impl Diagnose for MisplacedCode {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::NoRevision { id } => diagnostic.hint(format!(
                "make the file with `cargo migrate new NAME --template code --rev-id {id}`"
            )),
            Self::NotDeclared { id } => diagnostic
                .revision(id)
                .hint("write `-- migrate: code` at the head of its up script"),
            Self::Blocking { .. } => diagnostic.hint("give it with `code_async`"),
        }
    }
}

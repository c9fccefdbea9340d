//! What makes a set of revisions no graph.

use std::path::PathBuf;

use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    place::Place,
    revision::RevisionId,
};

/// Why revisions can't be ordered. Every variant names all that take part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// Two revisions have one id, or two spellings of one number.
    #[error("revisions `{first}` and `{second}` have the same id: {} and {}", first_path.display(), second_path.display())]
    DuplicateId {
        /// The id of the first.
        first: RevisionId,
        /// The id of the second.
        second: RevisionId,
        /// Its file.
        first_path: PathBuf,
        /// Its file.
        second_path: PathBuf,
    },
    /// `revises` names a revision that is not there.
    #[error("revision `{id}` revises `{name}`, which does not exist")]
    MissingParent {
        /// Who names it.
        id: RevisionId,
        /// What is named.
        name: String,
        /// Where.
        place: Place,
        /// What was perhaps meant.
        near: Option<RevisionId>,
    },
    /// `depends-on` names neither a revision nor a label.
    #[error("revision `{id}` depends on `{name}`, which is neither a revision nor a label")]
    MissingDependency {
        /// Who names it.
        id: RevisionId,
        /// What is named.
        name: String,
        /// Where.
        place: Place,
        /// What was perhaps meant.
        near: Option<RevisionId>,
    },
    /// A revision follows itself.
    #[error("revision `{id}` revises itself")]
    SelfParent {
        /// Which one.
        id: RevisionId,
        /// Where.
        place: Place,
    },
    /// A revision needs itself.
    #[error("revision `{id}` depends on itself")]
    SelfDependency {
        /// Which one.
        id: RevisionId,
        /// Where.
        place: Place,
    },
    /// Parents form a cycle.
    #[error(
        "the revisions {} form a cycle: each follows another of them",
        list(ids)
    )]
    Cycle {
        /// All that are on it or stand above it.
        ids: Vec<RevisionId>,
        /// Where the first says what it follows.
        place: Place,
    },
    /// Parents and dependencies together form a cycle.
    #[error("the revisions {} form a cycle through their dependencies", list(ids))]
    DependencyCycle {
        /// All that are on it or stand above it.
        ids: Vec<RevisionId>,
        /// Where the first of them that depends on something says so.
        place: Place,
    },
    /// Two revisions declare one label.
    #[error("label `{label}` is declared by both `{first}` and `{second}`")]
    DuplicateLabel {
        /// The label.
        label: String,
        /// Who declares it.
        first: RevisionId,
        /// Who declares it too.
        second: RevisionId,
        /// Where it is declared the second time.
        place: Place,
    },
    /// Two squashed revisions stand for one.
    #[error("revision `{replaced}` is replaced by both `{first}` and `{second}`")]
    ReplacedTwice {
        /// Which.
        replaced: RevisionId,
        /// One that stands for it.
        first: RevisionId,
        /// The other.
        second: RevisionId,
        /// Where the other says so.
        place: Place,
    },
    /// An end of `replaces=A:B` has no file, and the ids are not listed.
    #[error("revision `{id}` replaces `{name}`, which has no file, and lists no ids")]
    ReplacesUnknown {
        /// Who replaces.
        id: RevisionId,
        /// What is named.
        name: String,
        /// Where.
        place: Place,
    },
}

/// Ids in backticks, with commas between.
pub(crate) fn list<'a>(ids: impl IntoIterator<Item = &'a RevisionId>) -> String {
    ids.into_iter()
        .map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl GraphError {
    /// Where to look.
    pub fn place(&self) -> Place {
        match self {
            Self::DuplicateId { second_path, .. } => Place::file(second_path),
            Self::Cycle { place, .. }
            | Self::DependencyCycle { place, .. }
            | Self::MissingParent { place, .. }
            | Self::MissingDependency { place, .. }
            | Self::SelfParent { place, .. }
            | Self::SelfDependency { place, .. }
            | Self::DuplicateLabel { place, .. }
            | Self::ReplacedTwice { place, .. }
            | Self::ReplacesUnknown { place, .. } => place.clone(),
        }
    }

    fn revision(&self) -> Option<&RevisionId> {
        match self {
            Self::DuplicateId { second, .. }
            | Self::DuplicateLabel { second, .. }
            | Self::ReplacedTwice { second, .. } => Some(second),
            Self::MissingParent { id, .. }
            | Self::MissingDependency { id, .. }
            | Self::SelfParent { id, .. }
            | Self::SelfDependency { id, .. }
            | Self::ReplacesUnknown { id, .. } => Some(id),
            Self::Cycle { ids, .. } | Self::DependencyCycle { ids, .. } => ids.first(),
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::DuplicateId { .. } => "give one of them another id".to_owned(),
            Self::MissingParent {
                near: Some(near), ..
            }
            | Self::MissingDependency {
                near: Some(near), ..
            } => {
                format!("did you mean `{near}`?")
            }
            Self::MissingParent { .. } => {
                "restore the missing file, or name the revision that it shall follow".to_owned()
            }
            Self::MissingDependency { .. } => {
                "write the full id of a revision, or a label that a revision declares".to_owned()
            }
            Self::SelfParent { .. } => {
                "name another revision, or `revises=base` for a new root".to_owned()
            }
            Self::SelfDependency { .. } => "take the `depends-on` away".to_owned(),
            Self::Cycle { .. } => {
                "change one `revises` so that the line has a beginning".to_owned()
            }
            Self::DependencyCycle { .. } => "take one `depends-on` of them away".to_owned(),
            Self::DuplicateLabel { .. } => "give one of the two lines another label".to_owned(),
            Self::ReplacedTwice { .. } => "take it out of one of the two `replaces`".to_owned(),
            Self::ReplacesUnknown { .. } => {
                "list all ids that it replaces: `-- migrate: replaces=1,2,3`".to_owned()
            }
        }
    }
}

impl Diagnose for GraphError {
    fn diagnose(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(Exit::User, self.to_string())
            .place(Some(self.place()))
            .hint(self.hint());
        diagnostic.revision = self.revision().cloned();
        diagnostic
    }
}

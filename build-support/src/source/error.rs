//! The errors of loading: all that were found, sorted by place.

use std::fmt;

#[cfg(feature = "folder")]
use super::folder::FolderError;
use super::{DecodeError, DirectiveError, ScriptError, load::FilesError};
use crate::{Diagnose, Diagnostic, Exit, Place};

/// One thing that is wrong with the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError {
    /// What it is.
    pub kind: SourceErrorKind,
    /// Where it is.
    pub place: Option<Place>,
}

/// What can be wrong with the files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceErrorKind {
    /// The folder, or a file as such.
    #[cfg(feature = "folder")]
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Files that don't go together.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// A file that is no text.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A directive.
    #[error(transparent)]
    Directive(#[from] DirectiveError),
    /// A statement that can't run.
    #[error(transparent)]
    Script(#[from] ScriptError),
}

impl SourceError {
    /// What to do about it, one each.
    pub fn hints(&self) -> Vec<String> {
        match &self.kind {
            #[cfg(feature = "folder")]
            SourceErrorKind::Folder(error) => error.hints(),
            SourceErrorKind::Files(error) => error.hints(),
            SourceErrorKind::Decode(error) => error.hints(),
            SourceErrorKind::Directive(error) => error.hints(),
            SourceErrorKind::Script(error) => error.hints(),
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}", self.kind)
    }
}

impl std::error::Error for SourceError {}

impl Diagnose for SourceError {
    fn diagnose(&self) -> Diagnostic {
        let mut diagnostic =
            Diagnostic::new(Exit::User, self.kind.to_string()).place(self.place.clone());
        diagnostic.hints = self.hints();
        diagnostic
    }
}

/// All that is wrong with the files; there is at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadErrors(Vec<SourceError>);

impl LoadErrors {
    /// Sorts the errors by place; `None` where there are none.
    pub fn new(mut errors: Vec<SourceError>) -> Option<Self> {
        errors.sort_by(|a, b| a.place.cmp(&b.place));
        errors.dedup();
        (!errors.is_empty()).then_some(Self(errors))
    }

    /// The first by place.
    pub fn first(&self) -> &SourceError {
        &self.0[0]
    }

    /// All, by place.
    pub fn iter(&self) -> impl Iterator<Item = &SourceError> {
        self.0.iter()
    }
}

/// One line each.
impl fmt::Display for LoadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadErrors {}

/// The first error in full, the others as notes.
impl Diagnose for LoadErrors {
    fn diagnose(&self) -> Diagnostic {
        let mut diagnostic = self.first().diagnose();
        let others = self.0[1..].iter();
        diagnostic
            .notes
            .extend(others.map(|error| format!("also {error}")));
        diagnostic
    }
}

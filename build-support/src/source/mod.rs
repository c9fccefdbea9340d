//! From files to revisions: recognises the layouts, reads the directives, refuses what can't run.
//!
//! Files come from a folder on disk ([`folder`]) or from the binary ([`embedded`]); behind them
//! there is one way, [`load`]. It reports every error that it finds, not the first.

mod batch;
mod contents;
mod decode;
mod directive_error;
mod duration;
#[cfg(feature = "embed")]
pub mod embedded;
mod error;
#[cfg(feature = "folder")]
pub mod folder;
mod header;
mod key;
mod large;
pub mod layout;
mod line;
mod load;
mod message;
mod metadata;
mod script;
mod script_error;
#[cfg(test)]
mod tests;
mod together;
mod transaction;
mod warning;

use std::{
    borrow::Cow,
    ffi::OsStr,
    path::{Path, PathBuf},
};

pub use self::{
    decode::DecodeError,
    directive_error::DirectiveError,
    duration::parse_duration,
    error::{LoadErrors, SourceError, SourceErrorKind},
    key::{LabelError, check_label},
    load::{FilesError, Source, load},
    script::recorded_script,
    script_error::ScriptError,
    warning::{Warning, WarningKind},
};
use crate::Place;

/// A file of a folder of revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path below the folder, with `/`.
    pub path: String,
    /// The folder as messages show it.
    pub root: PathBuf,
    /// What it holds; nothing where the name alone says that it is ignored.
    pub bytes: Cow<'static, [u8]>,
}

impl File {
    /// The path as messages show it.
    pub fn display(&self) -> PathBuf {
        self.root.join(&self.path)
    }

    /// What files are ordered by.
    fn name(&self) -> (&OsStr, &str) {
        (self.root.as_os_str(), &self.path)
    }
}

/// A text and the file that it is from, for places in it.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
}

impl Text<'_> {
    pub(crate) fn place(&self, offset: usize) -> Place {
        Place::at(self.path, self.text, offset)
    }
}

/// What was found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) errors: Vec<SourceError>,
    pub(crate) warnings: Vec<Warning>,
}

impl Findings {
    pub(crate) fn error(&mut self, place: Place, kind: impl Into<SourceErrorKind>) {
        self.errors.push(SourceError {
            kind: kind.into(),
            place: Some(place),
        });
    }

    pub(crate) fn warn(&mut self, place: Place, kind: WarningKind) {
        self.warnings.push(Warning { place, kind });
    }
}

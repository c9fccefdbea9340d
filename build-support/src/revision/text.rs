//! The text of a script: in memory, or in its file where it is large.

#[cfg(feature = "folder")]
use std::sync::Arc;
use std::{borrow::Cow, ops::Range, path::PathBuf};

#[cfg(feature = "folder")]
use super::blocks::Blocks;
use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    place::Place,
};

/// The text of a script, as it is sent.
///
/// A large one stays in its file and is read again, block by block, where it is needed. Each block
/// is known by its hash, so that what runs is what was checked, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptText(Kept);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    InMemory(Cow<'static, str>),
    #[cfg(feature = "folder")]
    InFile(Arc<Blocks>),
}

/// A text that can't be read a second time as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Somebody wrote to the file.
    #[error("the file was changed while it was in use")]
    Changed {
        /// Which one.
        file: PathBuf,
    },
    /// The system refuses.
    #[error("the file can't be read any more: {reason}")]
    Unreadable {
        /// Which one.
        file: PathBuf,
        /// What the system says.
        reason: String,
    },
}

impl TextError {
    /// What to do about it.
    pub(crate) const HINT: &str = "run it again when nobody writes to the file";
}

impl Diagnose for TextError {
    fn diagnose(&self) -> Diagnostic {
        let (Self::Changed { file } | Self::Unreadable { file, .. }) = self;
        let mut diagnostic = Diagnostic::new(Exit::User, self.to_string());
        diagnostic.place = Some(Place::file(file));
        diagnostic.hint(Self::HINT)
    }
}

impl ScriptText {
    /// How many bytes it has.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::InMemory(text) => text.len(),
            #[cfg(feature = "folder")]
            Kept::InFile(blocks) => blocks.len(),
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text, if it is in memory.
    pub fn in_memory(&self) -> Option<&str> {
        match &self.0 {
            Kept::InMemory(text) => Some(text),
            #[cfg(feature = "folder")]
            Kept::InFile(_) => None,
        }
    }

    /// All of it, which from now on is in memory.
    ///
    /// # Errors
    /// A file that is not what it was.
    pub fn whole(&self) -> Result<&str, TextError> {
        match &self.0 {
            Kept::InMemory(text) => Ok(text),
            #[cfg(feature = "folder")]
            Kept::InFile(blocks) => blocks.whole(),
        }
    }

    /// The part of a range, which begins and ends at characters.
    ///
    /// # Errors
    /// A file that is not what it was.
    pub fn get(&self, range: Range<usize>) -> Result<Cow<'_, str>, TextError> {
        match &self.0 {
            Kept::InMemory(text) => Ok(Cow::Borrowed(&text[range])),
            #[cfg(feature = "folder")]
            Kept::InFile(blocks) => blocks.get(range).map(Cow::Owned),
        }
    }

    /// The place of a byte, in a file that messages name so.
    ///
    /// # Errors
    /// A file that is not what it was.
    pub fn place(&self, file: impl Into<PathBuf>, offset: usize) -> Result<Place, TextError> {
        match &self.0 {
            Kept::InMemory(text) => Ok(Place::at(file, text, offset)),
            #[cfg(feature = "folder")]
            Kept::InFile(blocks) => blocks.place(file.into(), offset),
        }
    }
}

impl From<String> for ScriptText {
    fn from(text: String) -> Self {
        Self(Kept::InMemory(Cow::Owned(text)))
    }
}

impl From<Cow<'static, str>> for ScriptText {
    fn from(text: Cow<'static, str>) -> Self {
        Self(Kept::InMemory(text))
    }
}

#[cfg(feature = "folder")]
impl From<Blocks> for ScriptText {
    fn from(blocks: Blocks) -> Self {
        Self(Kept::InFile(Arc::new(blocks)))
    }
}

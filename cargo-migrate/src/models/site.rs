//! Where something stands in a source file: cheap to keep for every name, type and expression of a
//! model, and turned into a [`Place`] only when an error is about it.

use std::{fmt, path::PathBuf, sync::Arc};

use build_support::Place;
use proc_macro2::Span;

/// A source file that was read: its name as errors show it, and its text.
pub struct SourceText {
    /// The file, as errors name it.
    pub file: PathBuf,
    /// The text without a byte order mark.
    pub text: String,
}

impl SourceText {
    /// Keeps a file's text.
    pub fn new(file: impl Into<PathBuf>, text: &str) -> Arc<Self> {
        Arc::new(Self {
            file: file.into(),
            text: text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        })
    }
}

/// A stretch of a source file.
#[derive(Clone)]
pub struct Site {
    source: Arc<SourceText>,
    offset: usize,
    length: usize,
}

impl Site {
    /// The bytes `offset..offset + length` of a source.
    pub fn new(source: &Arc<SourceText>, offset: usize, length: usize) -> Self {
        Self {
            source: Arc::clone(source),
            offset,
            length,
        }
    }

    /// The stretch that a token or a syntax tree covers.
    pub(crate) fn of_span(source: &Arc<SourceText>, span: Span) -> Self {
        let range = span.byte_range();
        Self::new(source, range.start, range.len())
    }

    /// The stretch that begins `by` bytes later.
    pub(crate) fn shifted(&self, by: usize) -> Self {
        Self::new(
            &self.source,
            self.offset + by,
            self.length.saturating_sub(by),
        )
    }

    /// The stretch that ends `by` bytes earlier.
    pub(crate) fn shortened(&self, by: usize) -> Self {
        Self::new(&self.source, self.offset, self.length.saturating_sub(by))
    }

    /// The word that it begins with, or the one character.
    pub(crate) fn word(&self) -> Self {
        let text = self.text();
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        let first = text.chars().next().map_or(0, char::len_utf8);
        Self::new(&self.source, self.offset, end.max(first))
    }

    /// The text that stands there.
    pub fn text(&self) -> &str {
        self.source
            .text
            .get(self.offset..self.offset + self.length)
            .unwrap_or_default()
    }

    /// File, line and column of the beginning.
    pub fn place(&self) -> Place {
        Place::at(&self.source.file, &self.source.text, self.offset)
    }

    /// How many characters it covers on its first line.
    pub fn width(&self) -> usize {
        self.text()
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .count()
    }

    /// Whether two stretches are of one file.
    pub(crate) fn same_file(&self, other: &Self) -> bool {
        self.source.file == other.source.file
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place())
    }
}

//! A place in a file, as every error names it.

use std::{fmt, path::PathBuf};

/// `file:line:column`; lines and columns begin at 1, columns count characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, relative to where the user works where that is known.
    pub file: PathBuf,
    /// Begins at 1; 0 where only the file is meant.
    pub line: usize,
    /// In characters, begins at 1; 0 where only the line is meant.
    pub column: usize,
    /// The text of that line, for the excerpt that an error shows.
    pub excerpt: String,
}

impl Place {
    /// The place of a file as a whole.
    pub fn file(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            line: 0,
            column: 0,
            excerpt: String::new(),
        }
    }

    /// The place of the byte `offset` in `text`; an offset past the end is the end.
    ///
    /// ```
    /// use build_support::Place;
    /// let place = Place::at("a.sql", "SELECT 1;\nSELECT é, x;", 20);
    /// assert_eq!((place.line, place.column), (2, 10));
    /// assert_eq!(place.to_string(), "a.sql:2:10");
    /// ```
    pub fn at(file: impl Into<PathBuf>, text: &str, offset: usize) -> Self {
        let offset = (0..=offset.min(text.len()))
            .rev()
            .find(|&at| text.is_char_boundary(at))
            .expect("0 is a character boundary");
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[line_start..]
            .find('\n')
            .map_or(text.len(), |at| line_start + at);
        Self {
            file: file.into(),
            line: before.matches('\n').count() + 1,
            column: text[line_start..offset].chars().count() + 1,
            excerpt: text[line_start..line_end].trim_end().to_owned(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        match (self.line, self.column) {
            (0, _) => Ok(()),
            (line, 0) => write!(f, ":{line}"),
            (line, column) => write!(f, ":{line}:{column}"),
        }
    }
}

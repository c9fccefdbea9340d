//! What a rule finds, before and after the project's levels are applied.

use std::ops::Range;

use build_support::{Diagnostic, Exit, Place, revision::RevisionId};
use serde::Serialize;

use super::{Class, Level, Subject};

/// What a rule finds in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The name of the rule.
    pub rule: String,
    /// What makes it dangerous.
    pub class: Class,
    /// How the rule takes it where the project says nothing.
    pub level: Level,
    /// The bytes of the script that it is about.
    pub range: Range<usize>,
    /// What happens.
    pub message: String,
    /// What to do instead.
    pub help: Option<String>,
    /// The changes that do it, where they are mechanical.
    pub edits: Vec<Edit>,
}

/// A change of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The bytes that go.
    pub start: usize,
    /// The byte behind them.
    pub end: usize,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// Puts a text in.
    pub fn insert(at: usize, text: &str) -> Self {
        Self::replace(at..at, text)
    }

    /// Puts a text in place of another.
    pub fn replace(range: Range<usize>, text: &str) -> Self {
        Self {
            start: range.start,
            end: range.end,
            text: text.to_owned(),
        }
    }
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the rule.
    pub rule: String,
    /// `error` or `warning`.
    pub level: Level,
    /// The hazard that `-- migrate: allow=…` takes.
    pub hazard: &'static str,
    /// What happens.
    pub message: String,
    /// What to do instead.
    pub help: Option<String>,
    /// The revision.
    #[serde(serialize_with = "as_text")]
    pub revision: RevisionId,
    /// The file.
    pub file: String,
    /// Begins at 1.
    pub line: usize,
    /// In characters, begins at 1.
    pub column: usize,
    /// The changes that mend it, in bytes of the file without a BOM.
    pub edits: Vec<Edit>,
    #[serde(skip)]
    place: Place,
    #[serde(skip)]
    width: usize,
}

fn as_text<S: serde::Serializer>(id: &RevisionId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_str())
}

impl Finding {
    /// Places what was found.
    pub(super) fn new(found: Found, level: Level, subject: &Subject<'_>) -> Self {
        let path = &subject.revision.up.path;
        let place = Place::at(path, subject.text, found.range.start);
        let first_line = subject.text[found.range].lines().next().unwrap_or("");
        Self {
            rule: found.rule,
            level,
            hazard: found.class.name(),
            message: found.message,
            help: found.help,
            revision: subject.revision.id.clone(),
            file: path.display().to_string(),
            line: place.line,
            column: place.column,
            edits: found.edits,
            width: first_line.trim_end().chars().count(),
            place,
        }
    }

    /// The shape that errors have.
    pub fn diagnostic(&self) -> Diagnostic {
        let headline = format!("{} [{}]", self.message, self.rule);
        let mut diagnostic =
            Diagnostic::new(Exit::Findings, headline).place(Some(self.place.clone()));
        diagnostic.width = self.width;
        diagnostic.hints.extend(self.help.clone());
        diagnostic
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }
}

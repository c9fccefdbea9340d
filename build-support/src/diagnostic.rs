//! What an error says to a person and to a program: one shape for every module's errors.
//!
//! Each module declares the errors that it raises; [`Diagnose`] turns them into this shape, which
//! the subcommand and the in-binary command render.

use std::fmt;

use crate::{place::Place, revision::RevisionId};

/// How a command ends: the exit codes, which are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: the user, the configuration or the environment.
    User,
    /// 2: the command line can't be read.
    Usage,
    /// 3: `check`, `verify`, `lint`, `diff --exit-code` or `current --check-heads` found something.
    Findings,
    /// 4: a revision failed in the database.
    Revision,
    /// 5: a lock was not obtained in time.
    Lock,
    /// 70: a fault of ours.
    Fault,
    /// 130: interrupted by Ctrl-C.
    Interrupted,
    /// 143: ended by SIGTERM.
    Terminated,
}

impl Exit {
    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::User => 1,
            Self::Usage => 2,
            Self::Findings => 3,
            Self::Revision => 4,
            Self::Lock => 5,
            Self::Fault => 70,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// How a run over several databases ends: the worse of two. An error is worse than a finding,
    /// a revision that failed worse than one that was not begun.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        if other.weight() > self.weight() {
            other
        } else {
            self
        }
    }

    fn weight(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::User => 2,
            Self::Usage => 3,
            Self::Lock => 4,
            Self::Revision => 5,
            Self::Interrupted => 6,
            Self::Terminated => 7,
            Self::Fault => 8,
        }
    }
}

/// What went wrong, where, what state that leaves, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How the command ends because of it.
    pub exit: Exit,
    /// The headline: a sentence without a full stop, names in backticks.
    pub message: String,
    /// The revision that it is about.
    pub revision: Option<RevisionId>,
    /// The file, line and column.
    pub place: Option<Place>,
    /// How many characters the place covers; 0 where that is not known.
    pub width: usize,
    /// What is wrong at the place, in a few words; else the headline says it all.
    pub label: Option<String>,
    /// PostgreSQL's code for the error.
    pub sqlstate: Option<String>,
    /// The state that things are in now, and what else is worth knowing.
    pub notes: Vec<String>,
    /// What the user can do, one each.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic that is only a headline.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            revision: None,
            place: None,
            width: 0,
            label: None,
            sqlstate: None,
            notes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Adds the revision that it is about.
    #[must_use]
    pub fn revision(mut self, id: &RevisionId) -> Self {
        self.revision = Some(id.clone());
        self
    }

    /// Adds the place.
    #[must_use]
    pub fn place(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// The plain shape, without colour:
///
/// ```text
/// error: revision `1` (add orders) failed at statement 2 of 3
///   --> migrations/1_add_orders.up.sql:7:38
///    |
///  7 | ALTER TABLE orders ADD COLUMN placed timestampz;
///    |                                      ^^^^^^^^^^ type "timestampz" does not exist [42704]
/// note: the revision was rolled back
/// hint: fix the file and run `cargo migrate up` again
/// ```
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {place}")?;
            self.write_excerpt(f, place)?;
        }
        self.notes
            .iter()
            .try_for_each(|note| write!(f, "\nnote: {note}"))?;
        self.hints
            .iter()
            .try_for_each(|hint| write!(f, "\nhint: {hint}"))
    }
}

impl Diagnostic {
    fn write_excerpt(&self, f: &mut fmt::Formatter<'_>, place: &Place) -> fmt::Result {
        let label = self.label_with_code();
        if place.line == 0 || place.excerpt.is_empty() {
            return if label.is_empty() {
                Ok(())
            } else {
                write!(f, "\n   = {label}")
            };
        }
        let number = place.line.to_string();
        let gutter = " ".repeat(number.len());
        let (line, before) = window(&place.excerpt, place.column.saturating_sub(1));
        write!(f, "\n {gutter} |\n {number} | {line}\n {gutter} |")?;
        if place.column > 0 {
            let indent = blank(&line, before);
            let rest = line.chars().count().saturating_sub(before);
            let width = self.width.min(rest).max(1);
            write!(f, " {indent}{}", "^".repeat(width))?;
        }
        if label.is_empty() {
            Ok(())
        } else {
            write!(f, " {label}")
        }
    }

    /// The label with PostgreSQL's code behind it, as every rendering shows it.
    pub fn label_with_code(&self) -> String {
        let code = self.sqlstate.as_ref().map(|code| format!("[{code}]"));
        let parts = [self.label.clone(), code];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// What is shown of a line, and how many characters of that stand before the place in it: all of a
/// line that a person wrote, and of the many megabytes of a data load what stands around the place.
fn window(line: &str, before: usize) -> (String, usize) {
    const LONGEST: usize = 400;
    const BEFORE: usize = 60;
    const SHOWN: usize = 160;
    if line.chars().nth(LONGEST).is_none() {
        return (line.to_owned(), before);
    }
    let skipped = before.saturating_sub(BEFORE);
    let mut rest = line.chars().skip(skipped);
    let mut shown = String::from(if skipped > 0 { "…" } else { "" });
    shown.extend(rest.by_ref().take(SHOWN));
    if rest.next().is_some() {
        shown.push('…');
    }
    let mark = usize::from(skipped > 0);
    (shown, before - skipped + mark)
}

/// White space as wide as the first `characters` of a line, tabs kept.
fn blank(line: &str, characters: usize) -> String {
    line.chars()
        .take(characters)
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect()
}

/// Turns a module's error into what is shown.
pub trait Diagnose {
    /// The headline, the place, the notes and the hints.
    fn diagnose(&self) -> Diagnostic;
}

impl Diagnose for Diagnostic {
    fn diagnose(&self) -> Diagnostic {
        self.clone()
    }
}

/// A file or folder that can't be read or written.
impl Diagnose for std::io::Error {
    fn diagnose(&self) -> Diagnostic {
        Diagnostic::new(Exit::User, self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_headline_place_excerpt_note_and_hint() {
        let text = "-- Add orders.\nALTER TABLE orders ADD COLUMN placed timestampz;\n";
        let mut diagnostic = Diagnostic::new(Exit::Revision, "revision `1` failed")
            .place(Some(Place::at("migrations/1_a.up.sql", text, 52)))
            .note("the revision was rolled back")
            .hint("fix the file and run `cargo migrate up` again");
        diagnostic.width = 10;
        diagnostic.label = Some("type \"timestampz\" does not exist".to_owned());
        diagnostic.sqlstate = Some("42704".to_owned());
        insta::assert_snapshot!(diagnostic, @r#"
        error: revision `1` failed
          --> migrations/1_a.up.sql:2:38
           |
         2 | ALTER TABLE orders ADD COLUMN placed timestampz;
           |                                      ^^^^^^^^^^ type "timestampz" does not exist [42704]
        note: the revision was rolled back
        hint: fix the file and run `cargo migrate up` again
        "#);
    }

    #[test]
    fn of_a_long_line_only_what_stands_around_the_place_is_shown() {
        let text = format!(
            "VALUES ({}x, {})",
            "1, ".repeat(100_000),
            "2, ".repeat(100_000)
        );
        let place = |offset| {
            let mut diagnostic = Diagnostic::new(Exit::Revision, "failed")
                .place(Some(Place::at("a.sql", &text, offset)));
            diagnostic.width = 300_000;
            diagnostic.to_string()
        };
        let begin = place(0);
        let lines: Vec<&str> = begin.lines().skip(3).collect();
        assert!(lines[0].starts_with(" 1 | VALUES (1, 1, "), "{}", lines[0]);
        assert!(lines[0].ends_with('…'), "{}", lines[0]);
        assert!(lines[1].starts_with("   | ^^^^"), "{}", lines[1]);
        let middle = place(text.find('x').expect("it is there"));
        let lines: Vec<&str> = middle.lines().skip(3).collect();
        assert_eq!(lines[0].find('…'), Some(" 1 | ".len()), "{}", lines[0]);
        let at = |line: &str, mark: char| line.chars().position(|c| c == mark);
        assert_eq!(at(lines[1], '^'), at(lines[0], 'x'), "{middle}");
        assert!(middle.len() < 1000, "{}", middle.len());
    }
}

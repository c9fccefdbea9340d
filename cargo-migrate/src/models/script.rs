//! SQL text that remembers where each part of it came from.

use std::ops::Range;

use build_support::Place;

use super::{fragment::Fragment, site::Site};

/// Statements, and the source of every stretch of them.
#[derive(Debug, Clone, Default)]
pub struct Script {
    text: String,
    statements: Vec<Range<usize>>,
    marks: Vec<Mark>,
}

/// From `start` on, the text comes from `site`.
#[derive(Debug, Clone)]
struct Mark {
    start: usize,
    site: Site,
    copy: Copy,
}

/// Whether the source has the text letter by letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copy {
    Letters,
    Meaning,
}

impl Script {
    /// A script whose text stands in a file as it is; `statements` are its parts in bytes.
    pub fn verbatim(site: Site, statements: Vec<Range<usize>>) -> Self {
        Self {
            text: site.text().to_owned(),
            statements,
            marks: vec![Mark {
                start: 0,
                site,
                copy: Copy::Letters,
            }],
        }
    }

    /// An expression alone, without a statement around it.
    pub(crate) fn expression(fragment: &Fragment) -> Self {
        let mut script = Self::default();
        script.push_fragment(fragment);
        script
    }

    /// The whole text, statements separated by `;` and line ends.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The statements, as ranges of bytes in the text.
    pub fn statements(&self) -> &[Range<usize>] {
        &self.statements
    }

    /// Where the text at a byte offset came from.
    pub fn site(&self, offset: usize) -> Option<Site> {
        let after = self.marks.partition_point(|mark| mark.start <= offset);
        let mark = self.marks[..after].last()?;
        Some(match mark.copy {
            Copy::Letters => mark.site.shifted(offset - mark.start).word(),
            Copy::Meaning => mark.site.clone(),
        })
    }

    /// File, line and column of what the text at a byte offset came from.
    pub fn place(&self, offset: usize) -> Option<Place> {
        self.site(offset).map(|site| site.place())
    }

    /// Ends a statement that was written with the other methods.
    pub(crate) fn end_statement(&mut self) {
        let start = self.statements.last().map_or(0, |last| last.end + 2);
        self.statements.push(start..self.text.len());
        self.text.push_str(";\n");
    }

    /// Writes text that `site` stands for, up to the next mark.
    pub(crate) fn push_at(&mut self, site: &Site, text: &str) {
        self.mark(site.clone(), Copy::Meaning);
        self.text.push_str(text);
    }

    /// Writes more text for the same mark.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes text as it stands in the source.
    pub(crate) fn push_fragment(&mut self, fragment: &Fragment) {
        let copy = if fragment.is_verbatim() {
            Copy::Letters
        } else {
            Copy::Meaning
        };
        self.mark(fragment.site.clone(), copy);
        self.text.push_str(&fragment.text);
        self.mark(fragment.site.clone(), Copy::Meaning);
    }

    fn mark(&mut self, site: Site, copy: Copy) {
        self.marks.push(Mark {
            start: self.text.len(),
            site,
            copy,
        });
    }
}

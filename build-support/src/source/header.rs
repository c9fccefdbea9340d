//! The directives of a script: reads its comment lines into values, and checks each.

use std::{collections::BTreeSet, time::Duration};

use super::{
    DirectiveError, Findings, Text, batch,
    key::{Key, Role, check_label},
    line::{self, Item, Line, Value},
    parse_duration,
};
use crate::{
    revision::{HAZARDS, Pace, Phase, Reference, Replaces, Revises, RevisionId, TransactionMode},
    sql::{Comment, TokenKind},
    suggest::nearest,
};

/// What the directives of a script say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directives {
    pub(super) revises: Revises,
    pub(super) depends_on: Vec<Reference>,
    pub(super) labels: Vec<Reference>,
    pub(super) transaction: Option<TransactionMode>,
    pub(super) lock_timeout: Option<Duration>,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) irreversible: Option<String>,
    pub(super) compatible: bool,
    pub(super) hazards: BTreeSet<String>,
    pub(super) allow: BTreeSet<String>,
    pub(super) replaces: Option<Replaces>,
    pub(super) phase: Phase,
    pub(super) batches: Vec<Batch>,
    /// Where `code` stands.
    pub(super) code: Option<usize>,
}

/// A `batch` line and the statement that it stands before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) statement: usize,
    pub(super) offset: usize,
    pub(super) pace: Pace,
}

impl Default for Directives {
    fn default() -> Self {
        Self {
            revises: Revises::Previous,
            depends_on: Vec::new(),
            labels: Vec::new(),
            transaction: None,
            lock_timeout: None,
            statement_timeout: None,
            irreversible: None,
            compatible: true,
            hazards: BTreeSet::new(),
            allow: BTreeSet::new(),
            replaces: None,
            phase: Phase::Expand,
            batches: Vec::new(),
            code: None,
        }
    }
}

/// Whether a comment can matter: it stands at the head, or is a directive or another tool's mark.
pub(super) fn matters(comment: Comment, text: &str) -> bool {
    let in_head = comment.statement == 0 && !comment.inside;
    let is_line = comment.token.kind == TokenKind::LineComment;
    in_head || is_line && is_mark(content(comment, text))
}

fn is_mark(content: &str) -> bool {
    line::is_directive(content) || is_down_mark(content)
}

/// goose and sql-migrate keep both directions in one file.
fn is_down_mark(content: &str) -> bool {
    let text = content.trim_start();
    text.starts_with("+goose Down") || text.starts_with("+migrate Down")
}

/// What a comment says, without the dashes.
pub(super) fn content(comment: Comment, text: &str) -> &str {
    &text[comment.token.start + 2..comment.token.end]
}

/// Reads the directives among the comments of a script.
pub(super) fn read(
    file: Text<'_>,
    comments: &[Comment],
    role: Role,
    findings: &mut Findings,
) -> Directives {
    let mut reader = Reader {
        file,
        role,
        findings,
        seen: Vec::new(),
        directives: Directives::default(),
    };
    for comment in comments {
        match comment.token.kind {
            TokenKind::BlockComment => reader.block(*comment),
            _ => reader.line(*comment),
        }
    }
    reader.directives
}

const BATCH: &str = "batch";

struct Reader<'a> {
    file: Text<'a>,
    role: Role,
    findings: &'a mut Findings,
    /// The keys so far and where they stand.
    seen: Vec<(Key, usize)>,
    directives: Directives,
}

impl Reader<'_> {
    fn error(&mut self, offset: usize, error: DirectiveError) {
        self.findings.error(self.file.place(offset), error);
    }

    /// Such a line in a block comment would be overlooked.
    fn block(&mut self, comment: Comment) {
        let body = content(comment, self.file.text);
        let mut at = comment.token.start + 2;
        for text in body.split_inclusive('\n') {
            let bare = text.trim_start_matches(['*', ' ', '\t']);
            let known = |item: &Item<'_>| Key::from_name(item.key).is_some();
            if matches!(line::read(bare), Line::Directive(items) if items.iter().any(known)) {
                let offset = at + text.len() - bare.len();
                self.error(offset, DirectiveError::InBlockComment);
            }
            at += text.len();
        }
    }

    fn line(&mut self, comment: Comment) {
        let content = content(comment, self.file.text);
        let start = comment.token.start + 2;
        if is_down_mark(content) && self.role == Role::Up {
            self.error(comment.token.start, DirectiveError::DownPart);
        }
        match line::read(content) {
            Line::Directive(items) => match items.split_first() {
                Some((first, options)) if first.key == BATCH && !comment.inside => {
                    self.batch(first, options, start, comment.statement);
                }
                _ => items
                    .iter()
                    .for_each(|item| self.item(item, start, comment)),
            },
            Line::Misspelt(correct) if comment.statement == 0 && !comment.inside => {
                self.error(comment.token.start, DirectiveError::Misspelt { correct });
            }
            Line::Misspelt(_) | Line::Prose => {}
        }
    }

    /// `batch` and what stands behind it on its line.
    fn batch(&mut self, first: &Item<'_>, options: &[Item<'_>], start: usize, statement: usize) {
        let offset = start + first.key_at;
        if let Value::Bare(value) = first.value {
            return self.wrong(Key::Batch, value, offset);
        }
        let mut pace = Pace::default();
        for option in options {
            if let Err(error) = batch::read(&mut pace, option) {
                self.error(start + option.key_at, error);
            }
        }
        let batch = Batch {
            statement,
            offset,
            pace,
        };
        self.directives.batches.push(batch);
    }

    fn item(&mut self, item: &Item<'_>, start: usize, comment: Comment) {
        let offset = start + item.key_at;
        let name = item.key.to_owned();
        let Some(key) = Key::from_name(item.key) else {
            return self.unknown(item, offset);
        };
        if !key.may_stand_in(self.role) {
            return self.error(offset, DirectiveError::not_here(item.key, self.role));
        }
        if key == Key::Batch && !comment.inside {
            return self.error(offset, DirectiveError::BatchAlone);
        }
        if comment.statement > 0 || comment.inside {
            return self.error(offset, DirectiveError::AfterStatement { key: name });
        }
        let known = self.seen.iter().find(|(seen, _)| *seen == key);
        // A long list of what a squashed revision replaces takes several lines.
        if let Some((_, first)) = known.filter(|_| key != Key::Replaces) {
            let first = self.file.place(*first).line;
            return self.error(offset, DirectiveError::Duplicate { key: name, first });
        }
        self.seen.push((key, offset));
        match &item.value {
            Value::Absent if key == Key::Code => self.directives.code = Some(offset),
            Value::Absent => self.error(offset, DirectiveError::NoValue { key: name }),
            Value::Unclosed => self.error(offset, DirectiveError::Unclosed { key: name }),
            Value::Bare(value) => self.value(key, value, start + item.value_at),
            Value::Quoted(value) => self.value(key, value, start + item.value_at + 1),
        }
    }

    fn unknown(&mut self, item: &Item<'_>, offset: usize) {
        // dbmate keeps both directions in one file, under lines of our own shape.
        if item.value == Value::Absent && item.key == "down" {
            return self.error(offset, DirectiveError::DownPart);
        }
        let error = DirectiveError::UnknownKey {
            key: item.key.to_owned(),
            nearest: Key::nearest(item.key),
        };
        self.error(offset, error);
    }

    fn value(&mut self, key: Key, value: &str, offset: usize) {
        if value.trim().is_empty() {
            let key = name(key).to_owned();
            return self.error(offset, DirectiveError::NoValue { key });
        }
        match key {
            Key::Revises => self.revises(value, offset),
            Key::DependsOn => self.directives.depends_on = self.list(value, offset),
            Key::Label => self.labels(value, offset),
            Key::Transaction => {
                let choices = [
                    ("own", TransactionMode::Own),
                    ("none", TransactionMode::None),
                ];
                self.directives.transaction = self.choice(key, value, offset, &choices);
            }
            Key::LockTimeout => self.directives.lock_timeout = self.duration(key, value, offset),
            Key::StatementTimeout => {
                self.directives.statement_timeout = self.duration(key, value, offset);
            }
            Key::Irreversible => self.directives.irreversible = Some(value.trim().to_owned()),
            Key::Compatible => {
                let choice = self.choice(key, value, offset, &[("yes", true), ("no", false)]);
                self.directives.compatible = choice.unwrap_or(true);
            }
            Key::Hazard => self.directives.hazards = self.hazards(value, offset),
            Key::Allow => self.directives.allow = self.hazards(value, offset),
            Key::Replaces => self.replaces(value, offset),
            Key::Phase => {
                let choices = [("expand", Phase::Expand), ("contract", Phase::Contract)];
                let choice = self.choice(key, value, offset, &choices);
                self.directives.phase = choice.unwrap_or_default();
            }
            Key::Code => self.wrong(key, value, offset),
            Key::Batch => {}
        }
    }

    fn revises(&mut self, value: &str, offset: usize) {
        let parents = self.list(value, offset);
        let has_base = parents.iter().any(|parent| parent.name == "base");
        self.directives.revises = match parents.len() {
            0 => Revises::Previous,
            1 if has_base => Revises::Base,
            _ if has_base => {
                self.wrong(Key::Revises, value, offset);
                Revises::Previous
            }
            _ => Revises::Listed(parents),
        };
    }

    fn labels(&mut self, value: &str, offset: usize) {
        for label in self.list(value, offset) {
            match check_label(&label.name) {
                Ok(()) => self.directives.labels.push(label),
                Err(error) => {
                    let error = DirectiveError::Label(error);
                    self.findings.error(label.place, error);
                }
            }
        }
    }

    /// Hazards, or the names of rules, which only `lint` knows.
    fn hazards(&mut self, value: &str, offset: usize) -> BTreeSet<String> {
        let listed = self.list(value, offset);
        for hazard in listed
            .iter()
            .filter(|hazard| !HAZARDS.contains(&&*hazard.name))
        {
            if let Some(nearest) = nearest(&hazard.name, HAZARDS) {
                let value = hazard.name.clone();
                let error = DirectiveError::UnknownHazard { value, nearest };
                self.findings.error(hazard.place.clone(), error);
            }
        }
        listed.into_iter().map(|hazard| hazard.name).collect()
    }

    fn replaces(&mut self, value: &str, offset: usize) {
        let is_id = |text: &str| text.parse::<RevisionId>().is_ok();
        match (value.split_once(':'), self.directives.replaces.is_some()) {
            (Some((first, last)), false) if is_id(first) && is_id(last) => {
                self.directives.replaces = Some(Replaces {
                    range: self.reference(value, offset),
                    ids: Vec::new(),
                });
            }
            (None, true) if value.split(',').all(|id| is_id(id.trim())) => {
                let more = self.list(value, offset);
                if let Some(replaces) = &mut self.directives.replaces {
                    replaces.ids.extend(more);
                }
            }
            _ => self.wrong(Key::Replaces, value, offset),
        }
    }

    fn reference(&self, name: &str, offset: usize) -> Reference {
        Reference {
            name: name.to_owned(),
            place: self.file.place(offset),
        }
    }

    /// The names of a list that is separated by commas, each with its place.
    fn list(&mut self, value: &str, offset: usize) -> Vec<Reference> {
        let mut names: Vec<Reference> = Vec::new();
        let mut at = offset;
        for part in value.split(',') {
            let start = at + part.len() - part.trim_start().len();
            at += part.len() + 1;
            let name = part.trim();
            if names.iter().any(|known| known.name == name) {
                let value = name.to_owned();
                self.error(start, DirectiveError::ListedTwice { value });
            } else if !name.is_empty() {
                let reference = self.reference(name, start);
                names.push(reference);
            }
        }
        names
    }

    fn duration(&mut self, key: Key, value: &str, offset: usize) -> Option<Duration> {
        let duration = parse_duration(value.trim());
        if duration.is_none() {
            self.wrong(key, value, offset);
        }
        duration
    }

    fn choice<T: Copy>(
        &mut self,
        key: Key,
        value: &str,
        offset: usize,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let found = choices.iter().find(|(name, _)| *name == value.trim());
        if found.is_none() {
            self.wrong(key, value, offset);
        }
        found.map(|(_, choice)| *choice)
    }

    fn wrong(&mut self, key: Key, value: &str, offset: usize) {
        let error = DirectiveError::Value {
            key: name(key).to_owned(),
            value: value.to_owned(),
            expected: expected(key),
        };
        self.error(offset, error);
    }
}

fn name(key: Key) -> &'static str {
    let found = Key::ALL.iter().find(|(known, _)| *known == key);
    found.map_or("", |(_, name)| name)
}

const fn expected(key: Key) -> &'static str {
    match key {
        Key::Revises => "the ids of its parents, or `base` alone",
        Key::DependsOn => "ids or labels",
        Key::Label => "a name",
        Key::Transaction => "`own` or `none`",
        Key::LockTimeout | Key::StatementTimeout => {
            "a number with its unit: `500ms`, `5s`, `2min`, `1h`, or `0`"
        }
        Key::Irreversible => "the reason in quotes",
        Key::Compatible => "`yes` or `no`",
        Key::Hazard | Key::Allow => "hazards, such as `data-loss`",
        Key::Replaces => "two ids with a colon between",
        Key::Phase => "`expand` or `contract`",
        Key::Code => "no value",
        Key::Batch => "no value; the size of the first batch is `batch rows=1000`",
    }
}

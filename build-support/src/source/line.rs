//! One comment line: whether it is a directive, and the keys and values in it.

use super::key::Key;
use crate::suggest::nearest;

/// What a comment line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// `migrate: …`, read into its items.
    Directive(Vec<Item<'a>>),
    /// Meant as a directive; the line as it should be.
    Misspelt(String),
    /// Anything else.
    Prose,
}

/// One `key` or `key=value`, with its offsets in the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) key: &'a str,
    pub(super) key_at: usize,
    pub(super) value: Value<'a>,
    pub(super) value_at: usize,
}

/// What stands behind a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Absent,
    Bare(&'a str),
    Quoted(String),
    Unclosed,
}

const PREFIX: &str = "migrate";

/// Reads the text behind `--`.
pub(super) fn read(comment: &str) -> Line<'_> {
    match behind_prefix(comment) {
        Some(at) => Line::Directive(items(comment, at)),
        None => misspelt(comment).map_or(Line::Prose, Line::Misspelt),
    }
}

/// Whether a comment can be a directive at all: the quick look at every comment of a script.
pub(super) fn is_directive(comment: &str) -> bool {
    behind_prefix(comment).is_some()
}

/// Where the items begin, if the line is `migrate: …`.
fn behind_prefix(comment: &str) -> Option<usize> {
    let rest = comment.trim_start().strip_prefix(PREFIX)?;
    let rest = rest.trim_start().strip_prefix(':')?;
    Some(comment.len() - rest.len())
}

/// The right spelling of a line that nearly is a directive.
fn misspelt(comment: &str) -> Option<String> {
    let text = comment.trim();
    // Most comments are prose: one look is enough.
    if !text.contains('=') && !text.ends_with("batch") && !text.ends_with("code") {
        return None;
    }
    let word_end = text.find(|c: char| c.is_whitespace() || c == ':' || c == '=')?;
    let (word, rest) = text.split_at(word_end);
    if rest.trim_start().starts_with('=') {
        return Key::from_name(word)
            .is_some_and(Key::is_telling)
            .then(|| format!("-- migrate: {text}"));
    }
    let near = nearest(word, [PREFIX]).is_some() || matches!(word, "migration" | "migrations");
    let behind = rest.trim_start_matches([':', ' ', '\t']);
    let item = items(behind, 0).into_iter().next()?;
    let has_value = item.value != Value::Absent;
    let known = Key::from_name(item.key).or_else(|| Key::from_name(Key::nearest(item.key)?));
    // Other words than these end a sentence with it.
    let is_code = item.key == "code" && rest.trim_start().starts_with(':');
    let meant = known.is_some() && (has_value || item.key == "batch" || is_code);
    (near && meant).then(|| format!("-- migrate: {behind}"))
}

/// Splits a line from the byte `at` on; a remark in parentheses ends it.
fn items(line: &str, at: usize) -> Vec<Item<'_>> {
    let mut cursor = Cursor { line, at };
    let mut items = Vec::new();
    while let Some(item) = cursor.item() {
        items.push(item);
    }
    items
}

struct Cursor<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes what comes before the first character that `ends` accepts.
    fn take_until(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn item(&mut self) -> Option<Item<'a>> {
        self.skip_blanks();
        if self.rest().is_empty() || self.rest().starts_with('(') {
            return None;
        }
        let key_at = self.at;
        let key = self.take_until(|c| c.is_whitespace() || c == '=');
        let behind_key = self.at;
        self.skip_blanks();
        if !self.rest().starts_with('=') {
            self.at = behind_key;
            return Some(Item {
                key,
                key_at,
                value: Value::Absent,
                value_at: behind_key,
            });
        }
        self.at += 1;
        self.skip_blanks();
        let value_at = self.at;
        let value = self.value();
        Some(Item {
            key,
            key_at,
            value,
            value_at,
        })
    }

    fn value(&mut self) -> Value<'a> {
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let start = self.at;
        loop {
            self.take_until(char::is_whitespace);
            let end = self.at;
            // `1, 2` is one list.
            self.skip_blanks();
            let goes_on = self.line[start..end].ends_with(',') || self.rest().starts_with(',');
            if !goes_on || self.rest().is_empty() {
                self.at = end;
                break;
            }
        }
        match &self.line[start..self.at] {
            "" => Value::Absent,
            value => Value::Bare(value),
        }
    }

    /// `"…"`; a backslash keeps a quote or a backslash inside.
    fn quoted(&mut self) -> Value<'a> {
        let mut text = String::new();
        let mut escaped = false;
        for (at, c) in self.rest().char_indices().skip(1) {
            if escaped || !matches!(c, '\\' | '"') {
                text.push(c);
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else {
                self.at += at + 1;
                return Value::Quoted(text);
            }
        }
        self.at = self.line.len();
        Value::Unclosed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(comment: &str) -> String {
        match read(comment) {
            Line::Directive(items) => items.iter().map(show).collect::<Vec<_>>().join(" | "),
            Line::Misspelt(correct) => format!("misspelt: {correct}"),
            Line::Prose => "prose".to_owned(),
        }
    }

    fn show(item: &Item<'_>) -> String {
        match &item.value {
            Value::Absent => item.key.to_owned(),
            Value::Bare(value) => format!("{}={value}", item.key),
            Value::Quoted(value) => format!("{}=<{value}>", item.key),
            Value::Unclosed => format!("{} unclosed", item.key),
        }
    }

    #[test]
    fn a_line_holds_several_keys_lists_and_quoted_values() {
        for (line, read) in [
            (" migrate: revises=1", "revises=1"),
            ("migrate:revises=1", "revises=1"),
            (" migrate : revises = 1 ", "revises=1"),
            (
                " migrate: lock-timeout=5s  statement-timeout=30s",
                "lock-timeout=5s | statement-timeout=30s",
            ),
            (
                " migrate: revises=1, 2 ,3 label=a",
                "revises=1, 2 ,3 | label=a",
            ),
            (
                " migrate: irreversible=\"a \\\"b\\\" c\" allow=x",
                "irreversible=<a \"b\" c> | allow=x",
            ),
            (" migrate: irreversible=\"a", "irreversible unclosed"),
            (" migrate: batch", "batch"),
            (" migrate: label=", "label"),
            (
                " migrate: compatible=no   (an older release can't run on it)",
                "compatible=no",
            ),
            (" migrate:", ""),
        ] {
            assert_eq!(shown(line), read, "{line}");
        }
    }

    #[test]
    fn what_was_meant_as_a_directive_is_recognised() {
        for (line, correct) in [
            (" migrate revises=1", "-- migrate: revises=1"),
            (" Migrate: revises=1", "-- migrate: revises=1"),
            (" mirgate: revise=1", "-- migrate: revise=1"),
            (
                " migration: transaction=none",
                "-- migrate: transaction=none",
            ),
            (" migrate batch", "-- migrate: batch"),
            (" Migrate: code", "-- migrate: code"),
            (" revises=1", "-- migrate: revises=1"),
            (" lock-timeout = 5s", "-- migrate: lock-timeout = 5s"),
        ] {
            assert_eq!(shown(line), format!("misspelt: {correct}"), "{line}");
        }
    }

    #[test]
    fn prose_stays_prose() {
        for line in [
            "",
            " Migrate users to the new table.",
            " migrate users: from a to b",
            " migration: move the labels",
            " label = the name of the thing",
            " a=b",
            " Add the batch column",
            "=====",
        ] {
            assert_eq!(shown(line), "prose", "{line}");
        }
    }
}

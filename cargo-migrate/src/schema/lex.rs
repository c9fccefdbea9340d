//! Reads the texts that PostgreSQL prints as tokens, to compare and to shorten them.
//!
//! It is no parser: names inside strings and function bodies are never touched.

use std::collections::BTreeSet;

use super::name::{Ident, PUBLIC};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A bare or quoted identifier, or a keyword.
    Word,
    /// A string constant of any form.
    Text,
    /// A number or an operator or a bracket.
    Other,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
    pub(crate) start: usize,
}

impl Token<'_> {
    /// The name that a word means: without quotes.
    pub(crate) fn name(&self) -> String {
        match self
            .text
            .strip_prefix('"')
            .and_then(|t| t.strip_suffix('"'))
        {
            Some(quoted) => quoted.replace("\"\"", "\""),
            None => self.text.to_owned(),
        }
    }
}

/// Splits a text into tokens; white space and comments are left out.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (kind, end) = match bytes[at] {
            b if b.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if text[at..].starts_with("--") => {
                at = text[at..].find('\n').map_or(bytes.len(), |n| at + n);
                continue;
            }
            b'"' => (TokenKind::Word, quoted_end(bytes, at, b'"')),
            b'\'' => (TokenKind::Text, quoted_end(bytes, at, b'\'')),
            b'E' | b'e' if bytes.get(at + 1) == Some(&b'\'') => {
                (TokenKind::Text, escaped_end(bytes, at + 1))
            }
            b'$' => match dollar_end(text, at) {
                Some(end) => (TokenKind::Text, end),
                None => (TokenKind::Other, at + 1),
            },
            b if is_word_start(b) => (TokenKind::Word, run_end(bytes, at, is_word_part)),
            b if b.is_ascii_digit() => (
                TokenKind::Other,
                run_end(bytes, at, |b| b.is_ascii_alphanumeric() || b == b'.'),
            ),
            _ => (TokenKind::Other, at + 1),
        };
        found.push(Token {
            kind,
            text: &text[at..end],
            start: at,
        });
        at = end;
    }
    found
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word_part(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

fn run_end(bytes: &[u8], start: usize, part: impl Fn(u8) -> bool) -> usize {
    bytes[start..]
        .iter()
        .position(|b| !part(*b))
        .map_or(bytes.len(), |n| start + n)
}

/// The end of a quoted piece, in which the quote is doubled.
fn quoted_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return at + 1;
            }
            at += 1;
        }
        at += 1;
    }
    bytes.len()
}

/// The end of an `E''` string, whose quote is at `start`.
fn escaped_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn dollar_end(text: &str, start: usize) -> Option<usize> {
    let tag_end = text[start + 1..].find('$')? + start + 2;
    let tag = &text[start..tag_end];
    if !tag[1..tag.len() - 1].bytes().all(is_word_part) {
        return None;
    }
    text[tag_end..].find(tag).map(|n| tag_end + n + tag.len())
}

/// Leaves out `public.` before names that mean the same without it.
pub(crate) fn without_public(text: &str, shadowed: &BTreeSet<String>) -> String {
    if !text.contains(PUBLIC) {
        return text.to_owned();
    }
    let found = tokens(text);
    let mut shortened = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, token) in found.iter().enumerate() {
        if let Some(cut) = public_prefix(&found, at, shadowed) {
            shortened.push_str(&text[copied..token.start + cut.0]);
            copied = token.start + cut.1;
        }
    }
    shortened.push_str(&text[copied..]);
    shortened
}

/// The piece of a token, from its start, that only says `public.`.
fn public_prefix(
    found: &[Token<'_>],
    at: usize,
    shadowed: &BTreeSet<String>,
) -> Option<(usize, usize)> {
    let token = &found[at];
    let follows = |n: usize| found.get(at + n);
    match token.kind {
        TokenKind::Word if token.text == PUBLIC => {
            let dotted = follows(1).is_some_and(|dot| dot.text == ".");
            let qualified = at > 0 && found[at - 1].text == ".";
            let name = follows(2).filter(|name| name.kind != TokenKind::Text)?;
            (dotted && !qualified && !shadowed.contains(&name.name()))
                .then(|| (0, name.start - token.start))
        }
        TokenKind::Text => {
            let rest = token.text.strip_prefix("'public.")?;
            let cast = follows(1)?.text == ":" && follows(2)?.text == ":";
            let name = rest.trim_end_matches('\'').trim_matches('"');
            (cast && follows(3)?.text == "regclass" && !shadowed.contains(name))
                .then_some((1, "'public.".len()))
        }
        TokenKind::Word | TokenKind::Other => None,
    }
}

/// Whether the second text is the first after some names have changed.
///
/// `old AS x` and `x` count as equal where a rename explains the difference, because PostgreSQL
/// keeps the name of a view's column when that of the table's column changes.
pub(crate) fn same_but_for_names(
    first: &str,
    second: &str,
    renames: &BTreeSet<(String, String)>,
) -> bool {
    let (a, b) = (tokens(first), tokens(second));
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let Some((di, dj)) = matching_step(&a[i..], &b[j..], renames) else {
            return false;
        };
        i += di;
        j += dj;
    }
    i == a.len() && j == b.len()
}

/// The text after some names have changed, all at once.
pub(crate) fn with_names(text: &str, renames: &BTreeSet<(String, String)>) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut copied = 0;
    for token in tokens(text)
        .into_iter()
        .filter(|token| token.kind == TokenKind::Word)
    {
        let name = token.name();
        if let Some((_, new)) = renames.iter().find(|(old, _)| *old == name) {
            changed.push_str(&text[copied..token.start]);
            changed.push_str(&Ident(new).to_string());
            copied = token.start + token.text.len();
        }
    }
    changed.push_str(&text[copied..]);
    changed
}

/// A list of types after one of them has got another name.
pub(crate) fn with_type(list: &str, old: (&str, &str), new: (&str, &str)) -> String {
    let found = tokens(list);
    let mut changed = String::with_capacity(list.len());
    let mut copied = 0;
    for parts in found.windows(3) {
        if parts[1].text == "." && parts[0].name() == old.0 && parts[2].name() == old.1 {
            changed.push_str(&list[copied..parts[0].start]);
            changed.push_str(&format!("{}.{}", Ident(new.0), Ident(new.1)));
            copied = parts[2].start + parts[2].text.len();
        }
    }
    changed.push_str(&list[copied..]);
    changed
}

fn matching_step(
    a: &[Token<'_>],
    b: &[Token<'_>],
    renames: &BTreeSet<(String, String)>,
) -> Option<(usize, usize)> {
    let (old, new) = (a[0], b[0]);
    if old.kind != new.kind {
        return None;
    }
    if old.kind == TokenKind::Text {
        return (old.text == new.text || same_regclass(&old, &new, renames)).then_some((1, 1));
    }
    if old.kind == TokenKind::Other {
        return (old.text == new.text).then_some((1, 1));
    }
    let (old_name, new_name) = (old.name(), new.name());
    let renamed = renames.contains(&(old_name.clone(), new_name.clone()));
    if renamed {
        // `a` has become `b AS a`; `a AS b` has become `b`.
        if is_alias(b, &old_name) && !is_any_alias(a) {
            return Some((1, 3));
        }
        if is_alias(a, &new_name) && !is_any_alias(b) {
            return Some((3, 1));
        }
        return Some((1, 1));
    }
    (old_name == new_name).then_some((1, 1))
}

fn is_any_alias(tokens: &[Token<'_>]) -> bool {
    tokens.get(1).is_some_and(|t| t.text == "AS")
}

fn is_alias(tokens: &[Token<'_>], name: &str) -> bool {
    is_any_alias(tokens) && tokens.get(2).is_some_and(|t| t.name() == name)
}

/// Whether two strings are names of relations, `'public.a_id_seq'`, of which one became the other.
fn same_regclass(old: &Token<'_>, new: &Token<'_>, renames: &BTreeSet<(String, String)>) -> bool {
    let parts = |token: &Token<'_>| -> Vec<String> {
        let inner = token.text.trim_matches('\'').to_owned();
        inner
            .split('.')
            .map(|part| part.trim_matches('"').to_owned())
            .collect()
    };
    let (old, new) = (parts(old), parts(new));
    old.len() == new.len()
        && old
            .iter()
            .zip(&new)
            .all(|(a, b)| a == b || renames.contains(&(a.clone(), b.clone())))
}

/// The identifiers of a text, also those inside its strings and bodies.
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> String {
        without_public(text, &BTreeSet::from(["lower".to_owned()]))
    }

    fn renames(pairs: &[(&str, &str)]) -> BTreeSet<(String, String)> {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    }

    #[test]
    fn public_goes_where_it_says_nothing() {
        assert_eq!(short("public.users"), "users");
        assert_eq!(short("x::public.\"Mood\"[]"), "x::\"Mood\"[]");
        assert_eq!(
            short("nextval('public.a_id_seq'::regclass)"),
            "nextval('a_id_seq'::regclass)"
        );
    }

    #[test]
    fn public_stays_where_it_says_something() {
        assert_eq!(short("'public.users'::text"), "'public.users'::text");
        assert_eq!(short("public.lower(x)"), "public.lower(x)");
        assert_eq!(short("$$ public.users $$"), "$$ public.users $$");
        assert_eq!(short("a.public.b"), "a.public.b");
    }

    #[test]
    fn strings_end_where_postgres_ends_them() {
        let texts: Vec<&str> = tokens(r"'it''s' E'a\'b' $t$ $ $t$ x")
            .into_iter()
            .map(|t| t.text)
            .collect();
        assert_eq!(texts, ["'it''s'", r"E'a\'b'", "$t$ $ $t$", "x"]);
    }

    #[test]
    fn a_rename_explains_a_difference() {
        let pairs = renames(&[("name", "full_name")]);
        assert!(same_but_for_names(
            "lower(name)",
            "lower(full_name)",
            &pairs
        ));
        assert!(!same_but_for_names(
            "lower(name)",
            "upper(full_name)",
            &pairs
        ));
        assert!(!same_but_for_names("lower(name)", "lower(nick)", &pairs));
    }

    #[test]
    fn a_swap_changes_both_names_at_once() {
        let pairs = renames(&[("a", "b"), ("b", "a")]);
        assert_eq!(with_names("a > b AND c", &pairs), "b > a AND c");
    }

    #[test]
    fn types_of_arguments_follow() {
        let list = "integer, public.mood[], app.mood";
        assert_eq!(
            with_type(list, ("public", "mood"), ("public", "State")),
            "integer, public.\"State\"[], app.mood"
        );
    }

    #[test]
    fn a_view_keeps_the_names_of_its_columns() {
        let pairs = renames(&[("name", "full_name")]);
        assert!(same_but_for_names(
            "u.name, u.id",
            "u.full_name AS name, u.id",
            &pairs
        ));
        assert!(same_but_for_names(
            "u.name AS full_name",
            "u.full_name",
            &pairs
        ));
    }
}

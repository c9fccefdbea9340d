//! Which session settings a script may change: a conservative answer from its text.
//!
//! A setting that a revision changes must reach neither the history's own statements nor the next
//! revision. What a function that exists already does when it is called can't be seen here.

use std::collections::BTreeSet;

use super::{Lexer, Token, TokenKind, split::significant};

/// How deep strings inside strings are looked into.
const DEPTH: usize = 4;

/// The settings that a script may change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangedSettings {
    /// Their names in lower case, `role` and `session_authorization` among them.
    pub names: BTreeSet<String>,
    /// Whether it may change others too: a computed name, `RESET ALL`, `DISCARD ALL`.
    pub others: bool,
}

impl ChangedSettings {
    /// Whether the script changes no setting at all.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.others
    }

    /// Adds what another part of the script changes.
    pub fn add(&mut self, other: Self) {
        self.names.extend(other.names);
        self.others |= other.others;
    }
}

/// Reads a script, and the strings and function bodies in it.
///
/// ```
/// let changed = build_support::sql::changed_settings("SET ROLE app; SELECT 1;");
/// assert!(changed.names.contains("role"));
/// assert!(build_support::sql::changed_settings("UPDATE a SET role = 'x'").is_empty());
/// ```
pub fn changed_settings(text: &str) -> ChangedSettings {
    let mut changed = ChangedSettings::default();
    if mentions_settings(text) {
        read(text, DEPTH, &mut changed);
    }
    changed
}

/// Whether a statement does nothing but to change settings of its session, so that it may run again
/// in another: `SET`, `RESET`, and `SELECT set_config('name', 'value', false)`.
///
/// ```
/// use build_support::sql::sets_session;
/// assert!(sets_session("SET search_path = app"));
/// assert!(!sets_session("SET LOCAL search_path = app"));
/// assert!(!sets_session("UPDATE a SET b = 1"));
/// ```
pub fn sets_session(statement: &str) -> bool {
    let tokens = significant(statement);
    let words: Vec<String> = tokens
        .iter()
        .map(|token| statement[token.range()].to_lowercase())
        .collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["set", "local" | "transaction" | "constraints", ..] => false,
        ["set" | "reset", ..] => true,
        ["select", ref call @ ..] => {
            is_plain_call(call.strip_prefix(&["pg_catalog", "."]).unwrap_or(call))
        }
        _ => false,
    }
}

/// `set_config` of three constants.
fn is_plain_call(words: &[&str]) -> bool {
    let is_text = |word: &str| word.starts_with('\'');
    match words {
        ["set_config", "(", name, ",", value, ",", "false", ")"] => is_text(name) && is_text(value),
        _ => false,
    }
}

/// Most scripts hold none of the words; one look over the bytes tells.
fn mentions_settings(text: &str) -> bool {
    let bytes = text.as_bytes();
    let words: [&[u8]; 3] = [b"set", b"reset", b"discard"];
    (0..bytes.len()).any(|at| {
        matches!(bytes[at] | 0x20, b's' | b'r' | b'd')
            && words.iter().any(|word| {
                let found = bytes.get(at..at + word.len());
                found.is_some_and(|found| found.eq_ignore_ascii_case(word))
            })
    })
}

fn read(text: &str, depth: usize, changed: &mut ChangedSettings) {
    let tokens = Lexer::new(text).map_while(Result::ok).filter(|token| {
        !matches!(
            token.kind,
            TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment
        )
    });
    // Up to one semicolon at a time: the tokens of a large script are larger than its text.
    let mut statement = Vec::new();
    for token in tokens {
        statement.push(token);
        if token.kind == TokenKind::Semicolon {
            read_statement(text, &statement, depth, changed);
            statement.clear();
        }
    }
    read_statement(text, &statement, depth, changed);
}

fn read_statement(text: &str, tokens: &[Token], depth: usize, changed: &mut ChangedSettings) {
    for (index, token) in tokens.iter().enumerate() {
        let view = View {
            text,
            tokens: &tokens[index + 1..],
        };
        let spelled = &text[token.range()];
        match token.kind {
            TokenKind::Text | TokenKind::DollarText if depth > 0 => {
                read(inner(spelled), depth - 1, changed);
            }
            TokenKind::Word if begins_statement(&tokens[..index], text) => {
                view.statement(spelled, changed);
            }
            TokenKind::Word if spelled.eq_ignore_ascii_case("set_config") => {
                view.set_config(changed);
            }
            _ => {}
        }
    }
}

/// Whether a word behind these tokens is the first of a statement, in SQL or in PL/pgSQL.
fn begins_statement(before: &[Token], text: &str) -> bool {
    let Some(last) = before.last() else {
        return true;
    };
    let openers = ["BEGIN", "ATOMIC", "THEN", "ELSE", "LOOP", "DECLARE"];
    last.kind == TokenKind::Semicolon
        || last.kind == TokenKind::Meta
        || openers
            .iter()
            .any(|word| text[last.range()].eq_ignore_ascii_case(word))
        // The end of a block's label.
        || text[last.range()] == *">"
}

/// What a string holds, without its quotes; escapes are left as they are.
fn inner(spelled: &str) -> &str {
    if let Some(behind) = spelled.strip_prefix('$') {
        let tag = behind.find('$').map_or(0, |at| at + 2);
        return spelled
            .get(tag..spelled.len().saturating_sub(tag))
            .unwrap_or("");
    }
    let start = spelled.find('\'').map_or(0, |at| at + 1);
    spelled
        .get(start..spelled.len().saturating_sub(1))
        .unwrap_or("")
}

/// What follows a word.
struct View<'t> {
    text: &'t str,
    tokens: &'t [Token],
}

impl View<'_> {
    fn word(&self, index: usize) -> &str {
        let token = self.tokens.get(index);
        token.map_or("", |token| &self.text[token.range()])
    }

    fn is(&self, index: usize, word: &str) -> bool {
        self.word(index).eq_ignore_ascii_case(word)
    }

    /// `SET …`, `RESET …`, `DISCARD ALL`.
    fn statement(&self, first: &str, changed: &mut ChangedSettings) {
        if first.eq_ignore_ascii_case("SET") {
            let scope = usize::from(self.is(0, "SESSION") || self.is(0, "LOCAL"));
            self.setting(scope, changed);
        } else if first.eq_ignore_ascii_case("RESET") {
            self.setting(0, changed);
        } else if first.eq_ignore_ascii_case("DISCARD") && self.is(0, "ALL") {
            changed.others = true;
        }
    }

    /// Reads the name of a setting, or one of the spellings that the standard has for some.
    fn setting(&self, at: usize, changed: &mut ChangedSettings) {
        let name = match self.word(at).to_ascii_lowercase().as_str() {
            "all" => {
                changed.others = true;
                return;
            }
            "constraints" | "transaction" | "" => return,
            "characteristics" => {
                let modes = ["isolation", "read_only", "deferrable"];
                changed
                    .names
                    .extend(modes.map(|mode| format!("default_transaction_{mode}")));
                return;
            }
            "time" => "timezone".to_owned(),
            "names" => "client_encoding".to_owned(),
            "schema" => "search_path".to_owned(),
            "xml" => "xmloption".to_owned(),
            "authorization" | "session"
                if self.is(at, "authorization") || self.is(at + 1, "authorization") =>
            {
                "session_authorization".to_owned()
            }
            name => self.dotted(at, name),
        };
        changed.names.insert(name);
    }

    /// `name` or `extension.name`.
    fn dotted(&self, at: usize, name: &str) -> String {
        let name = name.trim_matches('"');
        if self.is(at + 1, ".") {
            let rest = self.word(at + 2).to_ascii_lowercase();
            return format!("{name}.{}", rest.trim_matches('"'));
        }
        name.to_owned()
    }

    /// `set_config('name', …)`; a name that is not a literal may be any.
    fn set_config(&self, changed: &mut ChangedSettings) {
        let literal = self
            .tokens
            .get(1)
            .filter(|token| self.is(0, "(") && token.kind == TokenKind::Text && self.is(2, ","));
        match literal {
            Some(token) => {
                let name = inner(&self.text[token.range()]).to_ascii_lowercase();
                changed.names.insert(name);
            }
            None => changed.others = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let changed = changed_settings(text);
        let mut names: Vec<_> = changed.names.into_iter().collect();
        names.extend(changed.others.then(|| "others".to_owned()));
        names.join(" ")
    }

    #[test]
    fn every_spelling_of_set_names_its_setting() {
        for (text, names) in [
            ("SET search_path TO a, b", "search_path"),
            ("set local Lock_Timeout = '5s';", "lock_timeout"),
            ("SET SESSION work_mem = '1MB'", "work_mem"),
            (
                "SELECT 1; SET work_mem = '1MB'; SELECT 2; RESET role",
                "role work_mem",
            ),
            ("SET ROLE app", "role"),
            ("SET LOCAL ROLE app", "role"),
            ("RESET ROLE", "role"),
            ("SET SESSION AUTHORIZATION app", "session_authorization"),
            ("RESET SESSION AUTHORIZATION", "session_authorization"),
            ("SET TIME ZONE 'UTC'", "timezone"),
            ("SET NAMES 'LATIN1'", "client_encoding"),
            ("SET SCHEMA 'a'", "search_path"),
            ("SET myapp.tenant = '1'", "myapp.tenant"),
            ("SET \"search_path\" = a", "search_path"),
            ("RESET ALL", "others"),
            ("DISCARD ALL", "others"),
            ("SET CONSTRAINTS ALL DEFERRED", ""),
            ("SET TRANSACTION READ ONLY", ""),
            (
                "SELECT pg_catalog.set_config('search_path', '', false)",
                "search_path",
            ),
            ("SELECT set_config(name, '', false) FROM a", "others"),
            ("SELECT set_config('a' || 'b', '', false)", "others"),
        ] {
            assert_eq!(shown(text), names, "{text}");
        }
    }

    #[test]
    fn bodies_and_strings_are_looked_into() {
        for (text, names) in [
            ("DO $$ BEGIN SET search_path = a; END $$", "search_path"),
            (
                "DO $$ BEGIN IF x THEN SET LOCAL role = b; END IF; END $$",
                "role",
            ),
            (
                "DO $$ BEGIN EXECUTE 'SET ROLE ' || quote_ident(x); END $$",
                "role",
            ),
            (
                "DO 'BEGIN PERFORM set_config(''a.b'', ''1'', false); END'",
                "others",
            ),
            (
                "DO $a$ BEGIN EXECUTE $b$ SET work_mem = '1' $b$; END $a$",
                "work_mem",
            ),
        ] {
            assert_eq!(shown(text), names, "{text}");
        }
    }

    #[test]
    fn other_uses_of_the_word_are_no_change() {
        for text in [
            "UPDATE a SET role = 'x'",
            "ALTER TABLE a ALTER b SET NOT NULL",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = '' AS 'SELECT 1'",
            "INSERT INTO a VALUES ('x') ON CONFLICT DO UPDATE SET b = 1",
            "-- SET ROLE x\nSELECT 1",
            "CREATE TABLE a (set_at int)",
        ] {
            assert_eq!(shown(text), "", "{text}");
        }
    }
}

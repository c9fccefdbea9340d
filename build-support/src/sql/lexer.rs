//! The lexer: PostgreSQL's tokens, in one pass over the bytes, nothing lost and nothing allocated.
//!
//! It reads what the server reads with `standard_conforming_strings = on`, and psql's backslash
//! commands besides, so that they can be refused by name.
//! See <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Blanks and line ends.
    Space,
    /// `-- …`, without its line end.
    LineComment,
    /// `/* … */`, nested ones included.
    BlockComment,
    /// A keyword or a name without quotes.
    Word,
    /// `"…"` or `U&"…"`.
    QuotedName,
    /// `'…'` with any prefix, and what continues it on the next line.
    Text,
    /// `$tag$ … $tag$`.
    DollarText,
    /// A number.
    Number,
    /// `$1`.
    Parameter,
    /// `;`
    Semicolon,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// A backslash command of psql with the rest of its line.
    Meta,
    /// Any other character: an operator's, a bracket, a dot.
    Symbol,
}

/// A token and the bytes that it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its first byte.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
}

impl Token {
    /// The bytes that it covers.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// Something that begins and never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} is never closed")]
pub struct Unterminated {
    /// What begins there, for the message.
    pub what: &'static str,
    /// The byte where it begins.
    pub start: usize,
}

/// The tokens of a text, in order; their ranges joined are the text.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Whether a backslash inside quotes escapes the next character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Backslash {
    Plain,
    Escapes,
}

impl<'a> Lexer<'a> {
    /// Begins at the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
        }
    }

    /// Skips to the byte `at`, which must be a character's first.
    pub(super) fn jump(&mut self, at: usize) {
        self.at = at.min(self.bytes.len());
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        while self.at < self.bytes.len() && accept(self.bytes[self.at]) {
            self.at += 1;
        }
    }

    fn advance(&mut self, count: usize, kind: TokenKind) -> Result<TokenKind, Unterminated> {
        self.at += count;
        Ok(kind)
    }

    fn token(&mut self) -> Result<TokenKind, Unterminated> {
        match self.bytes[self.at] {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {
                self.skip_while(is_space);
                Ok(TokenKind::Space)
            }
            b'-' if self.peek(1) == b'-' => {
                self.skip_while(|byte| !is_line_end(byte));
                Ok(TokenKind::LineComment)
            }
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'\'' => self.text(0, Backslash::Plain),
            b'"' => self.quoted_name(0),
            b'$' => self.dollar(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            b';' => self.advance(1, TokenKind::Semicolon),
            b'(' => self.advance(1, TokenKind::Open),
            b')' => self.advance(1, TokenKind::Close),
            b',' => self.advance(1, TokenKind::Comma),
            b'\\' => {
                self.skip_while(|byte| !is_line_end(byte));
                Ok(TokenKind::Meta)
            }
            byte if is_word_start(byte) => self.word(),
            _ => self.advance(1, TokenKind::Symbol),
        }
    }

    /// A word, or the string whose prefix it is.
    fn word(&mut self) -> Result<TokenKind, Unterminated> {
        match (self.peek(0), self.peek(1), self.peek(2)) {
            (b'e' | b'E', b'\'', _) => return self.text(1, Backslash::Escapes),
            (b'b' | b'B' | b'x' | b'X' | b'n' | b'N', b'\'', _) => {
                return self.text(1, Backslash::Plain);
            }
            (b'u' | b'U', b'&', b'\'') => return self.text(2, Backslash::Plain),
            (b'u' | b'U', b'&', b'"') => return self.quoted_name(2),
            _ => {}
        }
        self.skip_while(is_word_part);
        Ok(TokenKind::Word)
    }

    fn number(&mut self) -> Result<TokenKind, Unterminated> {
        self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        // `1..10` in PL/pgSQL is a range, not a fraction.
        if self.peek(0) == b'.' && self.peek(1) != b'.' {
            self.at += 1;
            self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        }
        Ok(TokenKind::Number)
    }

    fn text(&mut self, prefix: usize, mode: Backslash) -> Result<TokenKind, Unterminated> {
        let start = self.at;
        self.at += prefix;
        loop {
            self.quoted(b'\'', mode, "the string", start)?;
            // Two strings with a line end between them are one string, escapes and all.
            match self.continuation() {
                Some(at) => self.at = at,
                None => return Ok(TokenKind::Text),
            }
        }
    }

    fn quoted_name(&mut self, prefix: usize) -> Result<TokenKind, Unterminated> {
        let start = self.at;
        self.at += prefix;
        self.quoted(b'"', Backslash::Plain, "the quoted name", start)?;
        Ok(TokenKind::QuotedName)
    }

    /// Reads from the opening quote to behind the closing one; a doubled quote stays inside.
    fn quoted(
        &mut self,
        quote: u8,
        mode: Backslash,
        what: &'static str,
        start: usize,
    ) -> Result<(), Unterminated> {
        self.at += 1;
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            if byte == b'\\' && mode == Backslash::Escapes {
                self.at += 2;
            } else if byte != quote {
                self.at += 1;
            } else if self.peek(1) == quote {
                self.at += 2;
            } else {
                self.at += 1;
                return Ok(());
            }
        }
        self.at = self.bytes.len();
        Err(Unterminated { what, start })
    }

    /// Where the string goes on, if the next line begins with another quote.
    fn continuation(&self) -> Option<usize> {
        let mut at = self.at;
        let mut line_end = false;
        loop {
            match *self.bytes.get(at)? {
                b'\'' => return line_end.then_some(at),
                byte if is_space(byte) => {
                    line_end |= is_line_end(byte);
                    at += 1;
                }
                b'-' if self.bytes.get(at + 1) == Some(&b'-') => {
                    let length = self.bytes[at..]
                        .iter()
                        .position(|&byte| is_line_end(byte))?;
                    at += length;
                }
                _ => return None,
            }
        }
    }

    fn block_comment(&mut self) -> Result<TokenKind, Unterminated> {
        let start = self.at;
        self.at += 2;
        let mut depth = 1;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'*', b'/') => {
                    self.at += 2;
                    depth -= 1;
                    if depth == 0 {
                        return Ok(TokenKind::BlockComment);
                    }
                }
                (b'/', b'*') => {
                    self.at += 2;
                    depth += 1;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
        let what = "the comment";
        Err(Unterminated { what, start })
    }

    /// `$1`, `$tag$ … $tag$`, or a lone `$`.
    fn dollar(&mut self) -> Result<TokenKind, Unterminated> {
        let start = self.at;
        if self.peek(1).is_ascii_digit() {
            self.at += 1;
            self.skip_while(|byte| byte.is_ascii_digit());
            return Ok(TokenKind::Parameter);
        }
        let tag_length = self.bytes[start + 1..]
            .iter()
            .take_while(|&&byte| is_word_part(byte) && byte != b'$')
            .count();
        if self.peek(tag_length + 1) != b'$' {
            return self.advance(1, TokenKind::Symbol);
        }
        let delimiter = &self.bytes[start..start + tag_length + 2];
        self.at += delimiter.len();
        while self.at < self.bytes.len() {
            if self.bytes[self.at] == b'$' && self.bytes[self.at..].starts_with(delimiter) {
                self.at += delimiter.len();
                return Ok(TokenKind::DollarText);
            }
            self.at += 1;
        }
        let what = "the dollar-quoted string";
        Err(Unterminated { what, start })
    }
}

impl Iterator for Lexer<'_> {
    type Item = Result<Token, Unterminated>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let start = self.at;
        Some(self.token().map(|kind| {
            self.at = self.at.min(self.bytes.len());
            Token {
                kind,
                start,
                end: self.at,
            }
        }))
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// PostgreSQL takes any byte beyond ASCII as a letter.
fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word_part(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let mut shown = Vec::new();
        for token in Lexer::new(text) {
            match token {
                Ok(token) if token.kind == TokenKind::Space => {}
                Ok(token) => shown.push(format!("{:?}[{}]", token.kind, &text[token.range()])),
                Err(error) => shown.push(format!("{error} at {}", error.start)),
            }
        }
        shown.join(" ")
    }

    #[track_caller]
    fn one(kind: TokenKind, text: &str) {
        assert_eq!(words(text), format!("{kind:?}[{text}]"));
    }

    #[test]
    fn a_quoted_thing_is_one_token_whatever_it_holds() {
        one(TokenKind::Text, "'a;b''c'");
        one(TokenKind::Text, r"E'a\'b;'");
        one(TokenKind::Text, r"e'\\'");
        one(TokenKind::Text, r"U&'\0041;'");
        one(TokenKind::Text, "B'01;'");
        one(TokenKind::Text, "x'1F'");
        one(TokenKind::Text, "N'é;'");
        one(TokenKind::QuotedName, "\"a;\"\"b\"");
        one(TokenKind::QuotedName, "U&\"d\\0061t\"");
        one(TokenKind::DollarText, "$$a;'b$$");
        one(TokenKind::DollarText, "$fn$ $$ ; $fnx$ $fn$");
        one(TokenKind::DollarText, "$é$;$é$");
        one(TokenKind::BlockComment, "/* a /* b; */ ' */");
        one(TokenKind::LineComment, "-- it's; here");
    }

    #[test]
    fn a_backslash_is_plain_in_a_standard_string() {
        assert_eq!(words(r"'a\' b"), r"Text['a\'] Word[b]");
    }

    #[test]
    fn a_string_goes_on_after_a_line_end_with_its_escapes() {
        one(TokenKind::Text, "E'a'\n  'b\\';'");
        one(TokenKind::Text, "E'a' -- more\n'b\\';'");
        assert_eq!(words("'a' 'b'"), "Text['a'] Text['b']");
    }

    #[test]
    fn an_operator_ends_where_a_comment_begins() {
        assert_eq!(words("a+--b"), "Word[a] Symbol[+] LineComment[--b]");
        assert_eq!(
            words("a*/*b*/-c"),
            "Word[a] Symbol[*] BlockComment[/*b*/] Symbol[-] Word[c]"
        );
        assert_eq!(words("a-b"), "Word[a] Symbol[-] Word[b]");
    }

    #[test]
    fn a_dollar_is_a_parameter_a_quote_or_a_part_of_a_name() {
        assert_eq!(words("$1$2"), "Parameter[$1] Parameter[$2]");
        assert_eq!(words("a$b$c"), "Word[a$b$c]");
        assert_eq!(words("$a b$"), "Symbol[$] Word[a] Word[b$]");
    }

    #[test]
    fn numbers_do_not_swallow_what_follows() {
        assert_eq!(words("1.5e10,0x1F"), "Number[1.5e10] Comma[,] Number[0x1F]");
        assert_eq!(words("1..10"), "Number[1] Symbol[.] Number[.10]");
        assert_eq!(words(".5;"), "Number[.5] Semicolon[;]");
    }

    #[test]
    fn a_backslash_outside_of_quotes_is_a_command_to_the_end_of_its_line() {
        assert_eq!(words("\\echo don't\nx"), "Meta[\\echo don't] Word[x]");
    }

    #[test]
    fn what_never_ends_is_named_with_its_beginning() {
        assert_eq!(words("x 'a"), "Word[x] the string is never closed at 2");
        assert_eq!(words("E'a\\"), "the string is never closed at 0");
        assert_eq!(words("\"a"), "the quoted name is never closed at 0");
        assert_eq!(words("/* /* */"), "the comment is never closed at 0");
        assert_eq!(
            words("$a$ $A$"),
            "the dollar-quoted string is never closed at 0"
        );
    }
}

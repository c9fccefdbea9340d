//! One statement as the rules look at it: its tokens, without blanks and comments.

use std::ops::Range;

use build_support::sql::{self, QualifiedName, Token, TokenKind};

/// A statement of a script.
#[derive(Debug, Clone)]
pub struct Statement<'a> {
    /// The whole script.
    pub text: &'a str,
    /// Its bytes in the script.
    pub range: Range<usize>,
    tokens: Vec<Token>,
}

impl<'a> Statement<'a> {
    /// The statement at this range of a script.
    pub fn new(text: &'a str, range: Range<usize>) -> Self {
        let mut tokens = sql::significant(&text[range.clone()]);
        for token in &mut tokens {
            token.start += range.start;
            token.end += range.start;
        }
        Self {
            text,
            range,
            tokens,
        }
    }

    /// Its tokens; their ranges are the script's.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The text of a token; nothing behind the last.
    pub fn word(&self, index: usize) -> &'a str {
        let token = self.tokens.get(index);
        token.map_or("", |token| &self.text[token.range()])
    }

    /// Whether the tokens from `index` on are these words. `*` stands for any one token.
    pub fn has_at(&self, index: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(offset, word)| {
            let found = self.word(index + offset);
            found.eq_ignore_ascii_case(word) || (*word == "*" && !found.is_empty())
        })
    }

    /// Whether it begins with these words.
    pub fn begins(&self, words: &[&str]) -> bool {
        self.has_at(0, words)
    }

    /// Where these words stand, one behind the other.
    pub fn find(&self, words: &[&str]) -> Option<usize> {
        (0..self.tokens.len()).find(|&index| self.has_at(index, words))
    }

    /// Whether these words stand somewhere in it.
    pub fn has(&self, words: &[&str]) -> bool {
        self.find(words).is_some()
    }

    /// The bytes from one token to another, the last included.
    pub fn between(&self, first: usize, last: usize) -> Range<usize> {
        let last = last.min(self.tokens.len().saturating_sub(1));
        self.tokens[first.min(last)].start..self.tokens[last].end
    }

    /// The bytes of its first words: what an excerpt underlines.
    pub fn head(&self, words: usize) -> Range<usize> {
        self.between(0, words.saturating_sub(1))
    }

    /// The name at a token, words that may stand before it skipped.
    pub fn name_at(&self, index: usize, skipped: &[&str]) -> Option<QualifiedName> {
        let mut index = index;
        while skipped.iter().any(|word| self.has_at(index, &[word])) {
            index += 1;
        }
        let (name, _) = sql::read_name(self.tokens.get(index..)?, self.text)?;
        Some(name)
    }

    /// The strings in it, dollar-quoted ones too.
    pub fn strings(&self) -> impl Iterator<Item = (Token, &'a str)> {
        let texts = self
            .tokens
            .iter()
            .filter(|token| matches!(token.kind, TokenKind::Text | TokenKind::DollarText));
        texts.map(|token| (*token, &self.text[token.range()]))
    }

    /// The table that it makes.
    pub fn created(&self) -> Option<QualifiedName> {
        let kinds = ["UNLOGGED", "TEMP", "TEMPORARY", "LOCAL", "GLOBAL"];
        let mut index = usize::from(self.begins(&["CREATE"]));
        while kinds.iter().any(|kind| self.has_at(index, &[kind])) {
            index += 1;
        }
        let makes = index > 0 && self.has_at(index, &["TABLE"]);
        makes.then(|| self.name_at(index + 1, &["IF", "NOT", "EXISTS"]))?
    }

    /// The table that it works on, where it is one that exists before.
    pub fn target(&self) -> Option<QualifiedName> {
        const OPTIONAL: &[&str] = &[
            "TABLE",
            "IF",
            "EXISTS",
            "ONLY",
            "INTO",
            "FROM",
            "CONCURRENTLY",
            "VERBOSE",
        ];
        if self.begins(&["ALTER", "TABLE"]) || self.begins(&["DROP", "TABLE"]) {
            return self.name_at(1, OPTIONAL);
        }
        if self.begins(&["REFRESH", "MATERIALIZED", "VIEW"]) {
            return self.name_at(3, OPTIONAL);
        }
        if self.begins(&["CREATE"]) && !self.begins(&["CREATE", "TABLE"]) {
            let on = self.find(&["ON"])?;
            return self.name_at(on + 1, OPTIONAL);
        }
        let verbs = [
            "UPDATE", "DELETE", "INSERT", "TRUNCATE", "LOCK", "CLUSTER", "COPY",
        ];
        let works = verbs.iter().any(|verb| self.begins(&[verb]));
        works.then(|| self.name_at(1, OPTIONAL))?
    }

    /// Whether it changes rows.
    pub fn changes_rows(&self) -> bool {
        self.begins(&["UPDATE"]) || self.begins(&["DELETE"]) || self.begins(&["MERGE"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Option<String> {
        let statement = Statement::new(text, 0..text.len());
        statement
            .target()
            .map(|name| name.to_string().replace('"', ""))
    }

    #[test]
    fn the_table_that_a_statement_works_on_is_found() {
        for (text, table) in [
            ("ALTER TABLE IF EXISTS ONLY a.B ADD c int", "a.b"),
            ("DROP TABLE IF EXISTS a CASCADE", "a"),
            ("CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)", "a"),
            (
                "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
                "a",
            ),
            ("UPDATE ONLY a SET b = 1", "a"),
            ("DELETE FROM a", "a"),
            ("INSERT INTO a VALUES (1)", "a"),
            ("TRUNCATE TABLE a", "a"),
            ("LOCK TABLE a", "a"),
            ("REFRESH MATERIALIZED VIEW CONCURRENTLY a", "a"),
        ] {
            assert_eq!(target(text).as_deref(), Some(table), "{text}");
        }
        assert_eq!(target("CREATE TABLE a (b int)"), None);
        assert_eq!(target("SELECT 1"), None);
    }

    #[test]
    fn a_table_that_is_made_is_found() {
        let created = |text: &str| {
            Statement::new(text, 0..text.len())
                .created()
                .map(|name| name.name)
        };
        assert_eq!(
            created("CREATE TABLE IF NOT EXISTS a (b int)").as_deref(),
            Some("a")
        );
        assert_eq!(
            created("CREATE UNLOGGED TABLE s.a (b int)").as_deref(),
            Some("a")
        );
        assert_eq!(created("CREATE INDEX a ON b (c)"), None);
    }
}

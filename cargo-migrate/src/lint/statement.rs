//! One statement as the rules look at it: its tokens, without blanks and comments.

use std::ops::Range;

use build_support::sql::{self, QualifiedName, Token, TokenKind};

/// The kinds of objects whose names are apart from each other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Namespace {
    /// Tables, views, sequences, indexes.
    Relation,
    /// Functions, procedures, aggregates.
    Routine,
    /// Types and domains.
    Type,
    /// Schemas.
    Schema,
    /// Constraints of a table, whose name stands in the place of a schema's.
    Constraint,
}

/// An object by its name and kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// Its kind.
    pub namespace: Namespace,
    /// Its name; one without a schema is taken as one in `public`.
    pub name: QualifiedName,
}

impl Object {
    fn new(namespace: Namespace, name: QualifiedName) -> Self {
        let schema = name.schema.or_else(|| Some("public".to_owned()));
        let name = QualifiedName {
            schema,
            name: name.name,
        };
        Self { namespace, name }
    }

    /// A table, view, sequence or index.
    pub fn relation(name: QualifiedName) -> Self {
        Self::new(Namespace::Relation, name)
    }
}

/// A statement of a script.
#[derive(Debug, Clone)]
pub struct Statement<'a> {
    /// The whole script.
    pub text: &'a str,
    /// Its bytes in the script.
    pub range: Range<usize>,
    /// Which statement of the script it is, or stands in; begins at 0.
    pub index: usize,
    tokens: Vec<Token>,
    is_inside: bool,
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
            index: 0,
            tokens,
            is_inside: false,
        }
    }

    /// The same as the statement of this number.
    #[must_use]
    pub fn numbered(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// The statement at this range of a DO block, which is a statement of the script itself.
    pub(super) fn inside(block: &Self, range: Range<usize>) -> Self {
        Self {
            is_inside: true,
            ..Self::new(block.text, range).numbered(block.index)
        }
    }

    /// Whether it stands in a DO block.
    pub fn is_inside(&self) -> bool {
        self.is_inside
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
        let (_, kind) = self.kind_of_created()?;
        let makes = self.has_at(kind, &["TABLE"]);
        makes.then(|| self.name_at(kind + 1, &["IF", "NOT", "EXISTS"]))?
    }

    /// The object that it makes.
    pub fn made(&self) -> Option<Object> {
        let (namespace, kind) = self.kind_of_created()?;
        let name = self.name_at(kind + 1, &["IF", "NOT", "EXISTS", "CONCURRENTLY"])?;
        if !self.has_at(kind, &["INDEX"]) {
            return Some(Object::new(namespace, name));
        }
        // An index is in the schema of its table.
        let table = self.target()?;
        let schema = name.schema.or(table.schema);
        let name = QualifiedName {
            schema,
            name: name.name,
        };
        Some(Object::new(namespace, name))
    }

    /// What a table is called by it from now on.
    pub fn renamed(&self) -> Option<QualifiedName> {
        let at = self.find(&["RENAME", "TO"])?;
        let name = self.name_at(at + 2, &[])?;
        let schema = self.target()?.schema;
        let name = name.name;
        Some(QualifiedName { schema, name })
    }

    /// The object that it alters or drops.
    pub fn changed(&self) -> Option<Object> {
        if !self.begins(&["ALTER"]) && !self.begins(&["DROP"]) {
            return None;
        }
        let kind = 1 + usize::from(self.has_at(1, &["MATERIALIZED"]));
        let name = self.name_at(kind + 1, &["IF", "EXISTS", "ONLY", "CONCURRENTLY"])?;
        Some(Object::new(self.namespace_at(kind)?, name))
    }

    /// The constraints of its table that it adds, or with `DROP` those that it drops.
    pub fn constraints(&self, verb: &str) -> Vec<Object> {
        if !self.begins(&["ALTER", "TABLE"]) {
            return Vec::new();
        }
        let Some(table) = self.target().map(Object::relation) else {
            return Vec::new();
        };
        let named = |index: usize| {
            let is_meant = self.has_at(index, &[verb, "CONSTRAINT"]);
            let name = is_meant.then(|| self.name_at(index + 2, &["IF", "EXISTS"]))??;
            let schema = Some(table.name.to_string());
            let name = QualifiedName {
                schema,
                name: name.name,
            };
            Some(Object::new(Namespace::Constraint, name))
        };
        (0..self.tokens.len()).filter_map(named).collect()
    }

    /// Where the word stands that says what a CREATE makes.
    fn kind_of_created(&self) -> Option<(Namespace, usize)> {
        const OPTIONS: &[&str] = &[
            "OR",
            "REPLACE",
            "UNLOGGED",
            "TEMP",
            "TEMPORARY",
            "LOCAL",
            "GLOBAL",
            "UNIQUE",
            "RECURSIVE",
            "MATERIALIZED",
        ];
        let mut at = 1;
        while OPTIONS.iter().any(|option| self.has_at(at, &[option])) {
            at += 1;
        }
        let namespace = self.namespace_at(at)?;
        self.begins(&["CREATE"]).then_some((namespace, at))
    }

    fn namespace_at(&self, index: usize) -> Option<Namespace> {
        match self.word(index).to_ascii_uppercase().as_str() {
            "TABLE" | "VIEW" | "SEQUENCE" | "INDEX" => Some(Namespace::Relation),
            "FUNCTION" | "PROCEDURE" | "ROUTINE" | "AGGREGATE" => Some(Namespace::Routine),
            "TYPE" | "DOMAIN" => Some(Namespace::Type),
            "SCHEMA" => Some(Namespace::Schema),
            _ => None,
        }
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
    fn objects_are_told_by_name_and_kind() {
        let made = |text: &str| Statement::new(text, 0..text.len()).made();
        let changed = |text: &str| Statement::new(text, 0..text.len()).changed();
        for (create, drop) in [
            (
                "CREATE UNIQUE INDEX i ON s.a (b)",
                "DROP INDEX CONCURRENTLY IF EXISTS s.i",
            ),
            (
                "CREATE OR REPLACE FUNCTION f(a int) RETURNS int AS ''",
                "DROP FUNCTION f(int)",
            ),
            (
                "CREATE MATERIALIZED VIEW v AS SELECT 1",
                "DROP MATERIALIZED VIEW public.v",
            ),
            ("CREATE TEMP SEQUENCE q", "ALTER SEQUENCE q RESTART"),
            ("CREATE TYPE t AS ENUM ()", "DROP TYPE t"),
            ("CREATE SCHEMA IF NOT EXISTS s", "DROP SCHEMA s CASCADE"),
            ("CREATE TABLE a (b int)", "ALTER TABLE ONLY a ADD c int"),
        ] {
            assert!(made(create).is_some(), "{create}");
            assert_eq!(made(create), changed(drop), "{create}");
        }
        assert_ne!(made("CREATE TYPE a AS ()"), changed("DROP TABLE a"));
    }

    #[test]
    fn constraints_belong_to_their_table() {
        let of = |text: &str, verb: &str| Statement::new(text, 0..text.len()).constraints(verb);
        let added = of(
            "ALTER TABLE a ADD b int, ADD CONSTRAINT c CHECK (b > 0)",
            "ADD",
        );
        assert_eq!(added.len(), 1);
        assert_eq!(
            added,
            of("ALTER TABLE public.a DROP CONSTRAINT IF EXISTS c", "DROP")
        );
        assert_ne!(added, of("ALTER TABLE b DROP CONSTRAINT c", "DROP"));
        assert_eq!(
            of("ALTER TABLE a DROP CONSTRAINT c, DROP CONSTRAINT d", "DROP").len(),
            2
        );
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

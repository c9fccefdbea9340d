//! Splits a script into its statements: where the semicolons are that end one.

use std::ops::Range;

use super::{
    Kind, Lexer, Token, TokenKind, Unterminated,
    classify::{self, Tokens},
};

/// How many significant tokens tell most statements' kind.
const LEAD: usize = 8;

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// From its first to its last token, without the semicolon.
    pub range: Range<usize>,
    /// With what stands before it and its semicolon: these follow each other without a gap.
    pub whole: Range<usize>,
    /// What it means to whoever runs it.
    pub kind: Kind,
}

/// The statements of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// In order.
    pub statements: Vec<Statement>,
    /// What follows the last one: blanks and comments.
    pub rest: Range<usize>,
    /// Where psql would put a variable: `:name`, `:'name'`, `:"name"`.
    pub variables: Vec<Range<usize>>,
}

/// A comment and where it stands among the statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// `LineComment` or `BlockComment`, with its range.
    pub token: Token,
    /// How many statements end before it: the index of the one that it stands before or in.
    pub statement: usize,
    /// Whether that statement has begun.
    pub inside: bool,
}

/// Splits a script.
///
/// ```
/// let text = "SELECT 1; -- one\nSELECT ';'";
/// let split = build_support::sql::split(text)?;
/// let statements: Vec<&str> = split.statements.iter().map(|s| &text[s.range.clone()]).collect();
/// assert_eq!(statements, ["SELECT 1", "SELECT ';'"]);
/// # Ok::<(), build_support::sql::Unterminated>(())
/// ```
///
/// # Errors
/// When a quote, a comment, a parenthesis or a `BEGIN ATOMIC` body is never closed.
pub fn split(text: &str) -> Result<Split, Unterminated> {
    split_with(text, |_| {})
}

/// Splits a script and shows every comment on the way.
///
/// # Errors
/// As [`split`].
pub fn split_with(text: &str, comment: impl FnMut(Comment)) -> Result<Split, Unterminated> {
    let mut splitter = Splitter::new(text);
    splitter.take_all(comment)?;
    splitter.finish()
}

/// Splits the beginning of a longer text: the statements in it that have their semicolon. What
/// follows them is the rest, whose comments and variables are not told.
pub(crate) fn split_begun(text: &str, comment: &mut dyn FnMut(Comment)) -> Split {
    let mut splitter = Splitter::new(text);
    let mut comments = Vec::new();
    // What is open where the text was cut may be closed behind.
    let _ = splitter.take_all(|comment| comments.push(comment));
    let rest = splitter.piece..text.len();
    splitter.variables.retain(|range| range.start < rest.start);
    let told = comments.into_iter();
    told.filter(|comment| comment.token.start < rest.start)
        .for_each(comment);
    Split {
        statements: splitter.statements,
        rest,
        variables: splitter.variables,
    }
}

/// The statement under construction, and those before it.
struct Splitter<'a> {
    text: &'a str,
    statements: Vec<Statement>,
    /// Where the current piece begins.
    piece: usize,
    /// The current statement's first significant tokens.
    lead: Vec<Token>,
    last: Option<Token>,
    /// The open parentheses.
    open: Vec<Parenthesis>,
    /// How many square brackets are open: a colon in them makes a slice.
    brackets: usize,
    variables: Vec<Range<usize>>,
    /// Where a colon stands that a variable may follow.
    colon: Option<usize>,
    /// Where the open `BEGIN ATOMIC` and `CASE` inside it stand.
    bodies: Vec<usize>,
}

/// An open parenthesis.
struct Parenthesis {
    start: usize,
    colons: Colons,
}

/// What a colon in parentheses may mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Colons {
    /// Nothing in SQL.
    Nothing,
    /// It stands behind each key of `JSON_OBJECT`.
    Keys,
    /// It stands before the labels of `GRAPH_TABLE`.
    Labels,
}

impl<'a> Splitter<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            statements: Vec::new(),
            piece: 0,
            lead: Vec::with_capacity(LEAD),
            last: None,
            open: Vec::new(),
            brackets: 0,
            variables: Vec::new(),
            colon: None,
            bodies: Vec::new(),
        }
    }

    /// Reads all tokens, and shows every comment on the way.
    fn take_all(&mut self, mut comment: impl FnMut(Comment)) -> Result<(), Unterminated> {
        let mut lexer = Lexer::new(self.text);
        while let Some(token) = lexer.next() {
            let token = token?;
            match token.kind {
                TokenKind::Space => {}
                TokenKind::LineComment | TokenKind::BlockComment => comment(Comment {
                    token,
                    statement: self.statements.len(),
                    inside: self.begun(),
                }),
                TokenKind::Semicolon if self.ends_here() => {
                    self.end(token.end);
                    self.skip_copied_rows(&mut lexer);
                }
                TokenKind::Meta => self.meta(token),
                TokenKind::Word
                | TokenKind::QuotedName
                | TokenKind::Text
                | TokenKind::DollarText
                | TokenKind::Number
                | TokenKind::Parameter
                | TokenKind::Semicolon
                | TokenKind::Open
                | TokenKind::Close
                | TokenKind::Comma
                | TokenKind::Symbol => self.take(token),
            }
        }
        Ok(())
    }

    fn begun(&self) -> bool {
        self.last.is_some()
    }

    /// A semicolon inside parentheses (a rule's actions) or a body ends nothing.
    fn ends_here(&self) -> bool {
        self.open.is_empty() && self.bodies.is_empty()
    }

    fn take(&mut self, token: Token) {
        match token.kind {
            TokenKind::Open => self.open(token),
            TokenKind::Close => {
                self.open.pop();
            }
            TokenKind::Symbol => self.symbol(token),
            TokenKind::Word => {
                self.follow_body(token);
                self.variable(token);
            }
            TokenKind::Text | TokenKind::QuotedName => self.variable(token),
            _ => {}
        }
        if self.lead.len() < LEAD {
            self.lead.push(token);
        }
        self.last = Some(token);
    }

    fn open(&mut self, token: Token) {
        let before = self.last.map_or("", |last| &self.text[last.range()]);
        let is = |word: &str| before.eq_ignore_ascii_case(word);
        let outer = self.open.last().map(|open| open.colons);
        let colons = match outer {
            Some(Colons::Labels) => Colons::Labels,
            _ if is("GRAPH_TABLE") => Colons::Labels,
            _ if is("JSON_OBJECT") || is("JSON_OBJECTAGG") => Colons::Keys,
            _ => Colons::Nothing,
        };
        self.open.push(Parenthesis {
            start: token.start,
            colons,
        });
    }

    fn symbol(&mut self, token: Token) {
        match self.text.as_bytes()[token.start] {
            b'[' => self.brackets += 1,
            b']' => self.brackets = self.brackets.saturating_sub(1),
            b':' if self.brackets == 0 && self.may_begin_variable(token) => {
                self.colon = Some(token.start);
            }
            _ => {}
        }
    }

    /// Not the second colon of a cast, nor one that SQL itself has there.
    fn may_begin_variable(&self, colon: Token) -> bool {
        let Some(last) = self.last else {
            return true;
        };
        let doubled = last.end == colon.start && &self.text[last.range()] == ":";
        let behind_value = !matches!(
            last.kind,
            TokenKind::Open | TokenKind::Comma | TokenKind::Symbol
        );
        !doubled
            && match self.open.last().map_or(Colons::Nothing, |open| open.colons) {
                Colons::Nothing => true,
                Colons::Keys => !behind_value,
                Colons::Labels => false,
            }
    }

    /// A name right behind such a colon.
    fn variable(&mut self, token: Token) {
        let colon = self.colon.take();
        if let Some(start) = colon.filter(|at| at + 1 == token.start) {
            self.variables.push(start..token.end);
        }
    }

    /// Counts `BEGIN ATOMIC`, and the `CASE`s inside, against `END`.
    fn follow_body(&mut self, token: Token) {
        let length = token.end - token.start;
        if !(3..=6).contains(&length) {
            return;
        }
        let word = &self.text[token.range()];
        let before = self.last.map_or("", |last| &self.text[last.range()]);
        if self.bodies.is_empty() {
            if word.eq_ignore_ascii_case("ATOMIC") && before.eq_ignore_ascii_case("BEGIN") {
                self.bodies.push(token.start);
            }
            return;
        }
        // Behind `AS` or a dot it is a name.
        if before == "." || before.eq_ignore_ascii_case("AS") {
            return;
        }
        if word.eq_ignore_ascii_case("CASE") {
            self.bodies.push(token.start);
        } else if word.eq_ignore_ascii_case("END") {
            self.bodies.pop();
        }
    }

    /// A backslash command ends the statement before it, as psql has it.
    fn meta(&mut self, token: Token) {
        if self.begun() {
            self.end(token.start);
        }
        self.open.clear();
        self.bodies.clear();
        self.statements.push(Statement {
            range: token.range(),
            whole: self.piece..token.end,
            kind: Kind::Meta,
        });
        self.piece = token.end;
    }

    fn end(&mut self, whole_end: usize) {
        if let (Some(first), Some(last)) = (self.lead.first(), self.last) {
            let range = first.start..last.end;
            let kind = self.kind(range.clone());
            self.statements.push(Statement {
                range,
                whole: self.piece..whole_end,
                kind,
            });
            self.piece = whole_end;
        }
        self.lead.clear();
        self.last = None;
        self.brackets = 0;
    }

    fn kind(&self, range: Range<usize>) -> Kind {
        let text = self.text;
        let lead = Tokens {
            tokens: &self.lead,
            text,
        };
        if self.lead.len() < LEAD || !classify::needs_all_tokens(lead) {
            return classify::classify(lead);
        }
        let text = &text[range];
        let tokens = &significant(text);
        classify::classify(Tokens { tokens, text })
    }

    /// The rows behind `COPY … FROM stdin;` are no SQL: they end at a line of `\.`.
    fn skip_copied_rows(&mut self, lexer: &mut Lexer<'_>) {
        let Some(copy) = self.statements.last_mut() else {
            return;
        };
        if copy.kind != Kind::CopyFromStdin || copy.whole.end != self.piece {
            return;
        }
        let rows = &self.text[self.piece..];
        let mut at = self.piece;
        for line in rows.split_inclusive('\n') {
            at += line.len();
            if line.trim_end() == "\\." {
                copy.whole.end = at;
                self.piece = at;
                lexer.jump(at);
                return;
            }
        }
    }

    fn finish(mut self) -> Result<Split, Unterminated> {
        if let Some(open) = self.open.first() {
            return Err(Unterminated {
                what: "the parenthesis",
                start: open.start,
            });
        }
        if let Some(&start) = self.bodies.first() {
            let what = "the `BEGIN ATOMIC` body";
            return Err(Unterminated { what, start });
        }
        let end = self.text.len();
        if let Some(last) = self.last {
            self.end(last.end);
        }
        Ok(Split {
            statements: self.statements,
            rest: self.piece..end,
            variables: self.variables,
        })
    }
}

/// The tokens of one statement without blanks and comments.
pub fn significant(text: &str) -> Vec<Token> {
    Lexer::new(text)
        .map_while(Result::ok)
        .filter(|token| {
            !matches!(
                token.kind,
                TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn statements(text: &str) -> Vec<&str> {
        let split = split(text).expect("everything is closed");
        split
            .statements
            .iter()
            .map(|statement| &text[statement.range.clone()])
            .collect()
    }

    #[test]
    fn a_statement_goes_from_its_first_token_to_its_last() {
        let text = "-- a\nSELECT /* ; */ 1 ; -- b\n ;; SELECT 2 -- c\n";
        assert_eq!(statements(text), ["SELECT /* ; */ 1", "SELECT 2"]);
        assert_eq!(statements(""), [""; 0]);
        assert_eq!(statements("-- only\n/* comments; */ ;"), [""; 0]);
    }

    #[test]
    fn a_function_body_is_not_split() {
        let body = "CREATE FUNCTION f() RETURNS int LANGUAGE sql\n\
                    BEGIN ATOMIC\n SELECT CASE WHEN true THEN CASE 1 WHEN 1 THEN 2 END END AS end;\n\
                    SELECT t.end, t.case FROM t;\n END";
        assert_eq!(statements(&format!("{body};SELECT 1")), [body, "SELECT 1"]);
        let dollar = "DO $$ BEGIN x; END $$";
        assert_eq!(
            statements(&format!("{dollar};SELECT 1")),
            [dollar, "SELECT 1"]
        );
    }

    #[test]
    fn case_and_end_outside_of_a_body_mean_nothing() {
        assert_eq!(statements("BEGIN; SELECT CASE 1; END; x").len(), 4);
    }

    #[test]
    fn the_actions_of_a_rule_are_not_split() {
        let rule = "CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2)";
        assert_eq!(
            statements(&format!("{rule};\nSELECT 3;")),
            [rule, "SELECT 3"]
        );
    }

    #[test]
    fn a_backslash_command_is_a_statement_of_its_own_line() {
        let text = "SELECT 1 \\gset\n\\i other.sql\nSELECT 2;";
        assert_eq!(
            statements(text),
            ["SELECT 1", "\\gset", "\\i other.sql", "SELECT 2"]
        );
    }

    #[test]
    fn copied_rows_belong_to_their_copy() {
        let text = "COPY a FROM stdin;\n1\tit's\n\\N\t(\n\\.\nSELECT 1;\n";
        assert_eq!(statements(text), ["COPY a FROM stdin", "SELECT 1"]);
    }

    #[test]
    fn what_is_left_open_is_named_with_its_beginning() {
        for (text, error, start) in [
            ("SELECT (1;", "the parenthesis is never closed", 7),
            (
                "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;",
                "the `BEGIN ATOMIC` body is never closed",
                26,
            ),
            ("x; SELECT 'a;", "the string is never closed", 10),
        ] {
            let found = split(text).expect_err("it is open");
            assert_eq!((found.to_string().as_str(), found.start), (error, start));
        }
    }

    #[test]
    fn comments_are_shown_with_the_statement_that_they_belong_to() {
        let mut seen = Vec::new();
        let text = "-- a\nSELECT -- b\n1; -- c\nSELECT 2 -- d";
        split_with(text, |comment| {
            seen.push((
                &text[comment.token.range()],
                comment.statement,
                comment.inside,
            ));
        })
        .expect("closed");
        assert_eq!(
            seen,
            [
                ("-- a", 0, false),
                ("-- b", 0, true),
                ("-- c", 1, false),
                ("-- d", 1, true)
            ]
        );
    }

    #[test]
    fn a_colon_before_a_name_is_a_variable_of_psql_unless_it_is_sql() {
        let variables = |text: &str| -> Vec<String> {
            let split = split(text).expect("closed");
            let found = split.variables.into_iter();
            found.map(|range| text[range].to_owned()).collect()
        };
        assert_eq!(
            variables("SELECT :a, :'b', :\"c\" FROM :d"),
            [":a", ":'b'", ":\"c\"", ":d"]
        );
        assert_eq!(variables("INSERT INTO a VALUES (:x, 1 + :y)"), [":x", ":y"]);
        let inside = "SELECT (SELECT 1 FROM a WHERE b BETWEEN :c AND :'d' OR e LIKE :f LIMIT :g)";
        assert_eq!(variables(inside), [":c", ":'d'", ":f", ":g"]);
        assert_eq!(
            variables("SELECT JSON_OBJECT('k': :a, 'l': (b :c))"),
            [":a", ":c"]
        );
        for text in [
            "SELECT a::text, b :: int, ('x')::regclass",
            "SELECT f(a := 1, b => 2)",
            "SELECT a[1:n], a[:m], a[b:'2']",
            "SELECT JSON_OBJECT('k': v, 'l':w)",
            "SELECT json_objectagg(k :v) FROM a",
            "SELECT * FROM GRAPH_TABLE (g MATCH (a :person)-[:knows]->(b:person) COLUMNS (a.x))",
            "SELECT ':a', $$ :b $$ -- :c",
            "COMMIT:\n",
            "SELECT ::a",
        ] {
            assert_eq!(variables(text), [""; 0], "{text}");
        }
    }

    /// Pieces that a script is made of, quoted things and traps among them.
    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "SELECT 1",
            ";",
            "'a;b'",
            "''",
            "E'\\''",
            "$$;$$",
            "$a$ $$ $a$",
            "\"x;\"",
            "-- c;\n",
            "/* ; /* */ */",
            "(",
            ")",
            "BEGIN ATOMIC ",
            " END ",
            "CASE ",
            "\n",
            " ",
            "é",
            "$1",
            "\\i x\n",
            "COPY a FROM stdin",
            "\\.\n",
            "U&\"d\"",
            "'",
            "$$",
            "--",
            "/*",
            "\"",
            "+",
            "\r\n",
        ])
    }

    proptest! {
        #[test]
        fn nothing_is_lost(pieces in prop::collection::vec(piece(), 0..24)) {
            let text = pieces.concat();
            if let Ok(split) = split(&text) {
                let mut joined = String::new();
                for statement in &split.statements {
                    prop_assert!(statement.whole.start <= statement.range.start);
                    prop_assert!(statement.range.end <= statement.whole.end);
                    prop_assert!(!statement.range.is_empty());
                    joined.push_str(&text[statement.whole.clone()]);
                }
                joined.push_str(&text[split.rest]);
                prop_assert_eq!(joined, text);
            }
        }

        #[test]
        fn tokens_joined_are_the_text(text in "\\PC{0,40}") {
            let mut end = 0;
            for token in Lexer::new(&text) {
                let Ok(token) = token else { return Ok(()) };
                prop_assert_eq!(token.start, end);
                prop_assert!(text.is_char_boundary(token.end));
                end = token.end;
            }
            prop_assert_eq!(end, text.len());
        }
    }
}

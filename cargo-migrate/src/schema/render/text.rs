//! Shortens what PostgreSQL prints to what a person writes, where both mean the same.

use std::collections::BTreeSet;

use crate::schema::lex::{Token, TokenKind, tokens, without_public};

/// Prints texts of the catalog.
#[derive(Debug, Clone, Default)]
pub(crate) struct Writer {
    /// Names that mean something else without `public.`.
    pub(crate) shadowed: BTreeSet<String>,
}

impl Writer {
    /// An expression or a definition.
    pub(crate) fn text(&self, text: &str) -> String {
        in_lists(&without_public(text, &self.shadowed))
    }

    /// A type.
    pub(crate) fn data_type(&self, data_type: &str) -> String {
        short_type(&self.text(data_type))
    }

    /// A constraint, from its keyword on.
    pub(crate) fn constraint(&self, definition: &str) -> String {
        let text = self.text(definition);
        single_parentheses(&spaced_reference(&text))
    }
}

/// The everyday names of types.
pub(crate) fn short_type(data_type: &str) -> String {
    const NAMES: &[(&str, &str)] = &[("character varying", "varchar"), ("character(", "char(")];
    let mut name = data_type.to_owned();
    for (long, short) in NAMES {
        if let Some(rest) = name.strip_prefix(long) {
            name = format!("{short}{rest}");
        }
    }
    for (kind, zoned) in [("timestamp", "timestamptz"), ("time", "timetz")] {
        name = short_time(&name, kind, zoned);
    }
    name
}

/// `timestamp(3) with time zone[]` is `timestamptz(3)[]`.
fn short_time(name: &str, kind: &str, zoned: &str) -> String {
    let Some(rest) = name.strip_prefix(kind) else {
        return name.to_owned();
    };
    let (precision, rest) = match rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
        Some((digits, rest)) => (format!("({digits})"), rest),
        None => (String::new(), rest),
    };
    if let Some(array) = rest.strip_prefix(" with time zone") {
        format!("{zoned}{precision}{array}")
    } else if let Some(array) = rest.strip_prefix(" without time zone") {
        format!("{kind}{precision}{array}")
    } else {
        name.to_owned()
    }
}

/// A default without the cast to the column's own type.
pub(crate) fn default_text(expression: &str, column_type: &str) -> String {
    let found = tokens(expression);
    let is_cast = found.len() > 3
        && found[0].kind == TokenKind::Text
        && found[1].text == ":"
        && found[2].text == ":";
    if !is_cast {
        return expression.to_owned();
    }
    let cast = &expression[found[3].start..];
    let constant = found[0].text;
    if cast == "integer" && constant.starts_with("'-") {
        return constant.trim_matches('\'').to_owned();
    }
    let base = column_type.split('(').next().unwrap_or(column_type);
    let same = cast == base || (cast == "bpchar" && base == "character");
    if same {
        constant.to_owned()
    } else {
        expression.to_owned()
    }
}

/// `(a)::text = ANY ((ARRAY['x'::character varying, …])::text[])` is `a IN ('x', …)`.
///
/// It is what PostgreSQL makes of `IN` on a `varchar`. Read again as it is printed, it would become
/// another expression: the cast of the array would move to its elements.
fn in_lists(text: &str) -> String {
    if !text.contains("::character varying") || !text.contains("(ARRAY[") {
        return text.to_owned();
    }
    let found = tokens(text);
    let mut written = String::with_capacity(text.len());
    let (mut copied, mut at) = (0, 0);
    while at < found.len() {
        match in_list(text, &found[at..]) {
            Some((clause, length)) => {
                let last = &found[at + length - 1];
                written.push_str(&text[copied..found[at].start]);
                written.push_str(&clause);
                copied = last.start + last.text.len();
                at += length;
            }
            None => at += 1,
        }
    }
    written.push_str(&text[copied..]);
    written
}

/// The clause that begins at the first token, and how many tokens it is printed as.
fn in_list(text: &str, found: &[Token<'_>]) -> Option<(String, usize)> {
    let word = |at: usize| found.get(at).map_or("", |token| token.text);
    let fits = |at: usize, expected: &str| {
        expected
            .split(' ')
            .enumerate()
            .all(|(n, part)| word(at + n) == part)
    };
    if word(0) != "(" || found.get(1)?.kind != TokenKind::Word {
        return None;
    }
    let mut at = 2;
    while word(at) == "." {
        at += 2;
    }
    let operand = &text[found[1].start..found.get(at)?.start];
    if !fits(at, ") : : text") {
        return None;
    }
    at += 4;
    let (operator, length) = if fits(at, "= ANY ( ( ARRAY [") {
        ("IN", 6)
    } else if fits(at, "< > ALL ( ( ARRAY [") {
        ("NOT IN", 7)
    } else {
        return None;
    };
    at += length;
    let mut values = Vec::new();
    loop {
        if found.get(at)?.kind != TokenKind::Text || !fits(at + 1, ": : character varying") {
            return None;
        }
        values.push(found[at].text);
        at += 5;
        match word(at) {
            "," => at += 1,
            "]" => break,
            _ => return None,
        }
    }
    // A list of one would be printed as a plain comparison.
    (values.len() > 1 && fits(at, "] ) : : text [ ] )")).then(|| {
        (
            format!("{operand} {operator} ({})", values.join(", ")),
            at + 8,
        )
    })
}

/// `CHECK ((a > 0))` is `CHECK (a > 0)`.
fn single_parentheses(text: &str) -> String {
    let Some(inner) = text.strip_prefix("CHECK ((") else {
        return text.to_owned();
    };
    let mut depth = 2usize;
    for token in tokens(inner) {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 1 {
            let after = &inner[token.start + 1..];
            return match after.strip_prefix(')') {
                Some(rest) => format!("CHECK ({}){rest}", &inner[..token.start]),
                None => text.to_owned(),
            };
        }
    }
    text.to_owned()
}

/// `REFERENCES users(id)` is `REFERENCES users (id)`.
fn spaced_reference(text: &str) -> String {
    let found = tokens(text);
    let Some(at) = found.iter().position(|t| t.text == "REFERENCES") else {
        return text.to_owned();
    };
    match found[at..].iter().find(|t| t.text == "(") {
        Some(open) if !text[..open.start].ends_with(' ') => {
            format!("{} {}", &text[..open.start], &text[open.start..])
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_everyday_names() {
        assert_eq!(short_type("character varying(20)[]"), "varchar(20)[]");
        assert_eq!(short_type("timestamp(3) with time zone"), "timestamptz(3)");
        assert_eq!(short_type("time without time zone"), "time");
        assert_eq!(short_type("character(3)"), "char(3)");
        assert_eq!(short_type("double precision"), "double precision");
    }

    #[test]
    fn a_default_loses_the_cast_to_its_own_type() {
        assert_eq!(
            default_text("'a'::character varying", "character varying(20)"),
            "'a'"
        );
        assert_eq!(default_text("'a'::public.mood", "public.mood"), "'a'");
        assert_eq!(default_text("'a'::text", "character varying"), "'a'::text");
        assert_eq!(default_text("'-1'::integer", "bigint"), "-1");
        assert_eq!(default_text("now()", "timestamp with time zone"), "now()");
    }

    #[test]
    fn a_list_of_varchars_is_written_as_in() {
        let writer = Writer::default();
        let printed = "CHECK (((kind)::text = ANY ((ARRAY['x'::character varying, \
                       'y'::character varying])::text[])))";
        assert_eq!(writer.constraint(printed), "CHECK (kind IN ('x', 'y'))");
        let negated = "((t.kind)::text <> ALL ((ARRAY['x'::character varying, \
                       'y'::character varying])::text[]))";
        assert_eq!(writer.text(negated), "(t.kind NOT IN ('x', 'y'))");
    }

    #[test]
    fn constraints_are_written_as_by_hand() {
        let writer = Writer::default();
        assert_eq!(writer.constraint("CHECK ((a > 0))"), "CHECK (a > 0)");
        assert_eq!(
            writer.constraint("CHECK (((a) > 0)) NOT VALID"),
            "CHECK ((a) > 0) NOT VALID"
        );
        assert_eq!(
            writer.constraint("FOREIGN KEY (a) REFERENCES public.b(id) ON DELETE CASCADE"),
            "FOREIGN KEY (a) REFERENCES b (id) ON DELETE CASCADE"
        );
    }
}

//! Functions that return rows of a table by naming its columns: PostgreSQL prints a `SELECT *` of a
//! SQL-standard body so. Where the columns of the table stand in another order, so must the list.

use std::collections::BTreeMap;

use crate::schema::lex::{Token, TokenKind, tokens};
use crate::schema::model::{Body, Kind, ObjectId, Routine, Snapshot};

/// Whether a function returns the same rows on both sides, each in the order of its table.
pub(crate) fn is_same(from: &Snapshot, to: &Snapshot, id: &ObjectId) -> bool {
    if id.kind != Kind::Routine {
        return false;
    }
    let side = |snapshot: &Snapshot| -> Option<(Routine, BTreeMap<String, String>)> {
        let Body::Routine(routine) = snapshot.objects.get(id)? else {
            return None;
        };
        let table = table_of_rows(routine)?;
        let columns = snapshot.columns_of(&table);
        let columns: Vec<&str> = columns.iter().map(|(c, _)| c.name.as_str()).collect();
        let list = ResultList::of(&routine.definition, columns.len())?;
        let by_column = columns.iter().zip(list.texts());
        let by_column = by_column.map(|(column, text)| ((*column).to_owned(), text.to_owned()));
        let rest = Routine {
            definition: list.with(&vec![""; columns.len()]),
            ..(**routine).clone()
        };
        Some((rest, by_column.collect()))
    };
    side(from).is_some_and(|old| Some(old) == side(to))
}

/// The table whose rows a function with a SQL-standard body returns.
pub(crate) fn table_of_rows(routine: &Routine) -> Option<ObjectId> {
    let is_standard = routine.body.is_empty() && routine.language == "sql";
    let result = routine.result.as_deref().filter(|_| is_standard)?;
    let result = result.strip_prefix("SETOF ").unwrap_or(result);
    match tokens(result).as_slice() {
        [schema, dot, name] if dot.text == "." => {
            Some(ObjectId::new(Kind::Table, &schema.name(), &name.name()))
        }
        _ => None,
    }
}

/// The definition with its columns in another order; nothing where they can't be told apart.
pub(crate) fn reordered(definition: &str, written: &[&str], wanted: &[&str]) -> Option<String> {
    let list = ResultList::of(definition, written.len())?;
    let texts: Vec<&str> = list.texts().collect();
    let text_of = |column: &&str| {
        let at = written.iter().position(|other| other == column)?;
        Some(texts[at])
    };
    let texts: Option<Vec<&str>> = wanted.iter().map(text_of).collect();
    texts
        .filter(|texts| texts.len() == written.len())
        .map(|texts| list.with(&texts))
}

/// What the last `SELECT` of a body returns: the pieces between its commas, by start and end.
struct ResultList<'a> {
    definition: &'a str,
    pieces: Vec<(usize, usize)>,
}

impl<'a> ResultList<'a> {
    /// Finds a list of so many pieces.
    fn of(definition: &'a str, count: usize) -> Option<Self> {
        let found = tokens(definition);
        let body = found.windows(2).position(is_begin)? + 2;
        let (last, end) = found.split_last()?.1.split_last()?;
        let is_ended = last.text == ";" && found.last()?.text.eq_ignore_ascii_case("END");
        let mut statements = end.get(body..)?.split(|token| token.text == ";");
        let statement = statements.next_back().filter(|_| is_ended)?;
        let pieces = pieces_of(statement).filter(|pieces| pieces.len() == count)?;
        Some(ResultList { definition, pieces })
    }

    fn texts(&self) -> impl Iterator<Item = &'a str> {
        let definition = self.definition;
        let pieces = self.pieces.iter();
        pieces.map(move |(start, end)| &definition[*start..*end])
    }

    /// The definition with other pieces in these places.
    fn with(&self, texts: &[&str]) -> String {
        let mut written = String::with_capacity(self.definition.len());
        let mut copied = 0;
        for ((start, end), text) in self.pieces.iter().zip(texts) {
            written.push_str(&self.definition[copied..*start]);
            written.push_str(text);
            copied = *end;
        }
        written.push_str(&self.definition[copied..]);
        written
    }
}

fn is_begin(pair: &[Token<'_>]) -> bool {
    pair[0].text == "BEGIN" && pair[1].text == "ATOMIC"
}

/// The pieces of a plain `SELECT`; one that is joined with others is left alone, and so is one whose
/// order of columns decides what is returned.
fn pieces_of(statement: &[Token<'_>]) -> Option<Vec<(usize, usize)>> {
    let (first, rest) = statement.split_first()?;
    if first.text != "SELECT" {
        return None;
    }
    let is_keyword = |token: &Token<'_>, words: &[&str]| {
        token.kind == TokenKind::Word && words.contains(&token.text)
    };
    let mut depth = 0_i32;
    let mut is_listed = true;
    let mut pieces: Vec<(usize, usize)> = Vec::new();
    let mut begins = true;
    for token in rest {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 && is_keyword(token, &["DISTINCT", "UNION", "INTERSECT", "EXCEPT"]) {
            return None;
        }
        is_listed &= depth != 0 || !is_keyword(token, &["FROM", "WHERE", "ORDER", "LIMIT"]);
        if depth == 0 && token.text == "," {
            begins = true;
        } else if is_listed {
            let end = token.start + token.text.len();
            match pieces.last_mut().filter(|_| !begins) {
                Some(piece) => piece.1 = end,
                None => pieces.push((token.start, end)),
            }
            begins = false;
        }
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(select: &str) -> String {
        format!(" RETURNS SETOF public.t\n LANGUAGE sql\nBEGIN ATOMIC\n {select};\nEND")
    }

    #[test]
    fn columns_take_the_places_that_they_have_in_the_table() {
        let written =
            body("SELECT t.a,\n    coalesce(t.b, 'x, y'::text) AS b,\n    t.c\n   FROM t");
        assert_eq!(
            reordered(&written, &["a", "b", "c"], &["c", "a", "b"]),
            Some(body(
                "SELECT t.c,\n    t.a,\n    coalesce(t.b, 'x, y'::text) AS b\n   FROM t"
            ))
        );
    }

    #[test]
    fn only_the_last_statement_returns() {
        let written = body("DELETE FROM u;\n SELECT t.a,\n    t.b\n   FROM t\n  ORDER BY t.a, t.b");
        let wanted = written.replace("SELECT t.a,\n    t.b\n", "SELECT t.b,\n    t.a\n");
        assert_eq!(reordered(&written, &["a", "b"], &["b", "a"]), Some(wanted));
    }

    #[test]
    fn what_is_no_plain_list_is_left_alone() {
        let none = |select: &str| reordered(&body(select), &["a", "b"], &["b", "a"]);
        assert_eq!(none("SELECT t.*::record AS r\n   FROM t"), None);
        assert_eq!(
            none("SELECT t.a,\n t.b\n FROM t\nUNION\n SELECT 1,\n 2"),
            None
        );
        assert_eq!(none("SELECT DISTINCT t.a,\n t.b\n FROM t"), None);
        assert_eq!(
            none("INSERT INTO t VALUES (1, 2)\n  RETURNING t.a,\n t.b"),
            None
        );
        assert_eq!(
            reordered("RETURN ROW(1, 2)", &["a", "b"], &["b", "a"]),
            None
        );
    }
}

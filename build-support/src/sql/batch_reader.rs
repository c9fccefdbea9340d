//! Reads a statement for batches: the table, its alias, and where the range of the key goes.

use super::{
    Batchable, Identifier, NotBatchable, QualifiedName, Token, TokenKind, batch::Place, name,
};

/// What is left of a statement.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) all: &'t [Token],
    pub(super) rest: &'t [Token],
}

/// A table as a statement names it.
struct Named {
    table: QualifiedName,
    only: bool,
    alias: String,
}

impl<'t> Reader<'t> {
    fn is(&self, token: &Token, word: &str) -> bool {
        self.text[token.range()].eq_ignore_ascii_case(word)
    }

    fn is_any(&self, token: &Token, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(token, word))
    }

    pub(super) fn skip(&mut self, word: &str) -> bool {
        let found = self.rest.first().is_some_and(|token| self.is(token, word));
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    /// `[ONLY] name [*] [[AS] alias]`; `ends` are the words that are no alias.
    fn table(&mut self, ends: &[&str]) -> Option<Named> {
        let only = self.skip("ONLY");
        let closes = only && self.skip("(");
        let (table, rest) = name::read_name(self.rest, self.text)?;
        self.rest = rest;
        if closes {
            self.skip(")");
        }
        self.skip("*");
        let says_as = self.skip("AS");
        let alias = self.rest.first().filter(|token| {
            let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
            is_name && (says_as || !self.is_any(token, ends))
        });
        let alias = alias.and_then(|token| name::identifier(*token, self.text));
        if alias.is_some() {
            self.rest = &self.rest[1..];
        }
        let alias = alias.unwrap_or_else(|| table.name.clone());
        Some(Named {
            only,
            alias: Identifier(&alias).to_string(),
            table,
        })
    }

    pub(super) fn update(mut self) -> Result<Batchable, NotBatchable> {
        let named = self.table(&["SET"]).ok_or(NotBatchable::NoTable)?;
        self.skip("SET");
        let sets = self.set_columns();
        self.batchable(named, sets, Vec::new())
    }

    pub(super) fn delete(mut self) -> Result<Batchable, NotBatchable> {
        self.skip("FROM");
        let named = self.table(&["USING", "WHERE", "RETURNING"]);
        self.batchable(named.ok_or(NotBatchable::NoTable)?, Vec::new(), Vec::new())
    }

    pub(super) fn insert(mut self) -> Result<Batchable, NotBatchable> {
        self.skip("INTO");
        let (target, rest) = name::read_name(self.rest, self.text).ok_or(NotBatchable::NoTable)?;
        self.rest = rest;
        let select = self.find(&["SELECT"]).ok_or(NotBatchable::Values)?;
        let before = &self.rest[..select];
        let other = ["VALUES", "DEFAULT", "TABLE", "WITH"];
        if before.iter().any(|token| self.is_any(token, &other)) {
            return Err(NotBatchable::Values);
        }
        self.rest = &self.rest[select + 1..];
        if self
            .rest
            .first()
            .is_some_and(|token| self.is(token, "DISTINCT"))
        {
            return Err(NotBatchable::Whole("DISTINCT"));
        }
        let from = self.find_from().ok_or(NotBatchable::NoTable)?;
        let list = &self.rest[..from];
        if list.iter().any(|token| self.is(token, "OVER")) {
            return Err(NotBatchable::Whole("OVER"));
        }
        let calls = self.calls(list);
        self.rest = &self.rest[from + 1..];
        let is_bare = |named: &Named, next: Option<&Token>| {
            // `LATERAL` and a function's parenthesis are no table.
            next.is_none_or(|token| token.kind != TokenKind::Open)
                && !named.table.name.eq_ignore_ascii_case("lateral")
        };
        let named = self.table(BEHIND_TABLE).ok_or(NotBatchable::NoTable)?;
        if !is_bare(&named, self.rest.first()) {
            return Err(NotBatchable::NoTable);
        }
        self.refuse_clauses()?;
        if named.table.name == target.name
            && (named.table.schema == target.schema
                || named.table.schema.is_none()
                || target.schema.is_none())
        {
            return Err(NotBatchable::Itself);
        }
        self.batchable(named, Vec::new(), calls)
    }

    /// What an INSERT's SELECT may not have behind its first table.
    fn refuse_clauses(&self) -> Result<(), NotBatchable> {
        const WHOLE: [&str; 10] = [
            "GROUP",
            "HAVING",
            "WINDOW",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "ORDER",
            "LIMIT",
            "OFFSET",
            "FETCH",
        ];
        let end = self.end_of_query();
        for (_, token) in self.top(&self.rest[..end]) {
            if let Some(word) = WHOLE.into_iter().find(|word| self.is(token, word)) {
                return Err(NotBatchable::Whole(word));
            }
            if let Some(word) = ["RIGHT", "FULL"]
                .into_iter()
                .find(|word| self.is(token, word))
            {
                return Err(NotBatchable::Outer(word));
            }
        }
        Ok(())
    }

    /// The tokens outside of all parentheses, with their indices.
    fn top<'s>(&self, tokens: &'s [Token]) -> impl Iterator<Item = (usize, &'s Token)> {
        let mut depth = 0_usize;
        tokens.iter().enumerate().filter(move |(_, token)| {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
    }

    /// The first of some words outside of parentheses.
    fn find(&self, words: &[&str]) -> Option<usize> {
        let mut top = self.top(self.rest);
        top.find(|(_, token)| token.kind == TokenKind::Word && self.is_any(token, words))
            .map(|(index, _)| index)
    }

    /// The FROM of the statement, not that of `IS DISTINCT FROM`.
    fn find_from(&self) -> Option<usize> {
        let is_clause = |index: &usize| {
            let before = index.checked_sub(1).map(|at| &self.rest[at]);
            before.is_none_or(|token| !self.is(token, "DISTINCT"))
        };
        let mut top = self.top(self.rest);
        top.find(|(index, token)| self.is(token, "FROM") && is_clause(index))
            .map(|(index, _)| index)
    }

    /// Where RETURNING or ON CONFLICT begins, or the end.
    fn end_of_query(&self) -> usize {
        let conflict = |index: usize| {
            let next = self.rest.get(index + 1);
            self.is(&self.rest[index], "ON") && next.is_some_and(|next| self.is(next, "CONFLICT"))
        };
        let mut top = self.top(self.rest);
        top.find(|(index, token)| self.is(token, "RETURNING") || conflict(*index))
            .map_or(self.rest.len(), |(index, _)| index)
    }

    /// The columns of `a = …, (b, c) = …`.
    fn set_columns(&self) -> Vec<String> {
        let ends = self
            .find(&["WHERE", "RETURNING"])
            .unwrap_or(self.rest.len());
        let end = self.find_from().map_or(ends, |from| from.min(ends));
        let mut columns = Vec::new();
        let mut depth = 0_usize;
        let mut begins = true;
        // The depth at which names are targets: inside the parentheses of a list of columns.
        let mut list = false;
        for token in &self.rest[..end] {
            match token.kind {
                TokenKind::Open => {
                    list = begins && depth == 0;
                    begins = list;
                    depth += 1;
                }
                TokenKind::Close => {
                    depth = depth.saturating_sub(1);
                    list = list && depth > 0;
                }
                TokenKind::Comma => begins = depth == 0 || list,
                _ if begins => {
                    columns.extend(name::identifier(*token, self.text));
                    begins = false;
                }
                _ => {}
            }
        }
        columns
    }

    /// The names before parentheses, but for those inside a subquery.
    fn calls(&self, list: &[Token]) -> Vec<String> {
        let mut calls = Vec::new();
        let mut queries = Vec::new();
        for (index, token) in list.iter().enumerate() {
            match token.kind {
                TokenKind::Open => {
                    let next = list.get(index + 1);
                    queries.push(next.is_some_and(|next| self.is(next, "SELECT")));
                }
                TokenKind::Close => {
                    queries.pop();
                }
                _ => {}
            }
            let is_call = list
                .get(index + 1)
                .is_some_and(|next| next.kind == TokenKind::Open);
            if is_call && !queries.contains(&true) {
                calls.extend(name::identifier(*token, self.text));
            }
        }
        calls.sort();
        calls.dedup();
        calls
    }

    /// Finds the condition in what is left.
    fn batchable(
        self,
        named: Named,
        sets: Vec<String>,
        calls: Vec<String>,
    ) -> Result<Batchable, NotBatchable> {
        let end = self.end_of_query();
        // Behind the token before, so that a comment can't swallow it.
        let read = self.all.len() - self.rest.len();
        let byte = |index: usize| self.all[read + index - 1].end;
        let place = match self.find(&["WHERE"]).filter(|&at| at < end) {
            Some(at) => {
                let condition = &self.rest[at + 1..end];
                let mut words = condition.iter();
                let is_current = words.next().is_some_and(|token| self.is(token, "CURRENT"))
                    && words.next().is_some_and(|token| self.is(token, "OF"));
                if is_current {
                    return Err(NotBatchable::CurrentOf);
                }
                Place::Beside(self.rest[at].end..byte(end))
            }
            None => Place::New(byte(end)),
        };
        Ok(Batchable {
            table: named.table,
            only: named.only,
            alias: named.alias,
            sets,
            calls,
            place,
        })
    }
}

/// What may follow a table of FROM and is no alias of it.
const BEHIND_TABLE: &[&str] = &[
    "WHERE",
    "JOIN",
    "INNER",
    "LEFT",
    "RIGHT",
    "FULL",
    "CROSS",
    "NATURAL",
    "ON",
    "GROUP",
    "HAVING",
    "WINDOW",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "FOR",
    "RETURNING",
    "TABLESAMPLE",
];

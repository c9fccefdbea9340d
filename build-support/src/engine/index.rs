//! What CREATE INDEX CONCURRENTLY leaves behind when it is interrupted: an INVALID index, which a
//! second CREATE takes for the real one, or fails on.
//!
//! An index is known by its definition and not by its name alone. PostgreSQL is the only reader of
//! that: the statement is run on an empty copy of the table, in a transaction that is rolled back,
//! and two catalog entries are compared.

use std::collections::BTreeSet;

use super::{
    EngineError, Origin, ServerError,
    concurrently::{Attempt, Due, work_of},
    run::Run,
    transaction::{Job, is_transient},
};
use crate::{
    history::Row,
    sql::{ConcurrentIndex, Concurrently, quote_identifier, quote_literal},
};

/// An index that may be the one that a statement asks for, as the catalog has it.
struct Found {
    oid: String,
    schema: String,
    name: String,
    is_valid: bool,
    /// Whether it was finished after the journal's last entry.
    is_new: bool,
    /// The definition in the server's words.
    text: String,
    /// Whether it stands on the statement's table.
    is_there: bool,
    /// The table's schema and name.
    table: (String, String),
    /// Whether it is what the statement asks for; `None` where the server would not tell.
    is_same: Option<bool>,
}

/// What is to be done about an index that is there.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It is what the statement would build.
    Done,
    /// It is a leftover.
    Drop,
    /// It is another index in the way.
    InTheWay,
    /// The statement itself knows what to make of it.
    Leave,
}

impl Run<'_> {
    /// Drops what is left INVALID of the index; tells whether the index is there already.
    pub(super) async fn clear_index(
        &mut self,
        job: &Job<'_>,
        index: usize,
        (wanted, attempt): (&ConcurrentIndex, Attempt),
    ) -> Result<Due, EngineError> {
        let mut found = self.find_index(wanted, attempt).await?;
        if found.is_empty() {
            return Ok(Due::Run);
        }
        let same = self.same(job, index, (wanted, &found)).await?;
        for one in &mut found {
            one.is_same = match &same {
                _ if !one.is_there => Some(false),
                Some(same) => Some(same.contains(&one.oid)),
                None => None,
            };
        }
        for one in &found {
            match verdict(wanted, one, attempt) {
                Verdict::Done => return Ok(Due::Done),
                Verdict::Drop => self.drop_index(job, index, &one.schema, &one.name).await?,
                Verdict::InTheWay => return Err(self.in_the_way(job, index, one)),
                Verdict::Leave => {}
            }
        }
        Ok(Due::Run)
    }

    /// Fails when the index that a statement should have built is not there or not valid.
    pub(super) async fn expect_built(
        &mut self,
        job: &Job<'_>,
        index: usize,
    ) -> Result<(), EngineError> {
        let Some(Concurrently::Create(wanted)) = work_of(job, index) else {
            return Ok(());
        };
        let Some(name) = wanted.name.as_ref().filter(|_| !self.is_offline()) else {
            return Ok(());
        };
        let found = self.find_index(&wanted, Attempt::First).await?;
        let message = match found.iter().find(|found| found.is_there) {
            Some(found) if found.is_valid => return Ok(()),
            Some(_) => format!("index \"{name}\" is INVALID after it was built"),
            None => format!("there is no index \"{name}\" on the table after it was built"),
        };
        let error = of_index("55000", message, None);
        Err(self.stopped(job, index, error, None))
    }

    fn in_the_way(&self, job: &Job<'_>, index: usize, found: &Found) -> EngineError {
        let state = if found.is_valid {
            ""
        } else {
            " and is INVALID"
        };
        let message = format!(
            "index \"{}\" exists with another definition{state}",
            found.name
        );
        let error = of_index("42710", message, Some(found.text.clone()));
        self.stopped(job, index, error, None)
    }

    /// Of a name: what has it. Without: what is INVALID on the table, or newer than the journal.
    async fn find_index(
        &self,
        wanted: &ConcurrentIndex,
        attempt: Attempt,
    ) -> Result<Vec<Found>, EngineError> {
        let is_new = match attempt {
            Attempt::Again(Some(entry)) => {
                format!("pg_catalog.age(i.xmin) < pg_catalog.age('{entry}'::pg_catalog.xid)")
            }
            Attempt::First | Attempt::Waited | Attempt::Again(None) => "false".to_owned(),
        };
        let which = match &wanted.name {
            Some(name) => format!("c.relname = {}", quote_literal(name)),
            None => format!("i.indrelid = t.oid AND (NOT i.indisvalid OR {is_new})"),
        };
        let query = format!(
            "SELECT c.oid::pg_catalog.text, n.nspname::pg_catalog.text, c.relname::pg_catalog.text, \
             i.indisvalid::pg_catalog.text, ({is_new})::pg_catalog.text, \
             pg_catalog.pg_get_indexdef(c.oid), (i.indrelid = t.oid)::pg_catalog.text, \
             t.relname::pg_catalog.text FROM pg_catalog.pg_class AS t \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace \
             JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid \
             JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid \
             WHERE t.oid = pg_catalog.to_regclass({}) AND c.relkind = 'i' AND {which} ORDER BY c.oid",
            quote_literal(&wanted.table.to_string()),
        );
        let rows = self.link.read(query).await.map_err(EngineError::Server)?;
        Ok(rows.into_iter().filter_map(found).collect())
    }

    /// Which of these are what the statement asks for. `None` where the server would not tell: the
    /// role may make no temporary table, or the statement itself is wrong.
    async fn same(
        &mut self,
        job: &Job<'_>,
        index: usize,
        (wanted, found): (&ConcurrentIndex, &[Found]),
    ) -> Result<Option<BTreeSet<String>>, EngineError> {
        let Some(first) = found.iter().find(|found| found.is_there) else {
            return Ok(Some(BTreeSet::new()));
        };
        loop {
            let Err(error) = self.link.script(copy(wanted, &first.table)).await else {
                break;
            };
            self.roll_back(&error).await;
            if !is_transient(&error) && !error.is_connection() {
                return Ok(None);
            }
            self.try_later(job, index, error, None).await?;
        }
        let rows = self.link.read(same_query(&first.table.1, found)).await;
        let _ = self.link.script("ROLLBACK".to_owned()).await;
        let rows = rows.map_err(EngineError::Server)?;
        Ok(Some(
            rows.into_iter()
                .filter_map(|row| row.into_iter().next()?)
                .collect(),
        ))
    }
}

fn verdict(wanted: &ConcurrentIndex, found: &Found, attempt: Attempt) -> Verdict {
    if wanted.name.is_none() {
        return match (found.is_same, found.is_valid) {
            (Some(true), false) => Verdict::Drop,
            (Some(true), true) if found.is_new => Verdict::Done,
            _ => Verdict::Leave,
        };
    }
    match (found.is_valid, found.is_same) {
        (true, Some(false)) if wanted.if_not_exists => Verdict::InTheWay,
        // The server refuses the name itself, and shows where.
        (true, Some(false)) => Verdict::Leave,
        (true, Some(true) | None) if attempt != Attempt::First => Verdict::Done,
        (true, Some(true) | None) => Verdict::Leave,
        // The statement was edited since it left this.
        (false, Some(false)) if found.is_there && found.is_new => Verdict::Drop,
        (false, Some(false)) => Verdict::InTheWay,
        (false, Some(true) | None) => Verdict::Drop,
    }
}

/// An empty table of the same name and columns, with the index that the statement asks for.
fn copy(wanted: &ConcurrentIndex, (schema, table): &(String, String)) -> String {
    let (schema, table) = (quote_identifier(schema), quote_identifier(table));
    let unique = if wanted.unique { "UNIQUE " } else { "" };
    let definition = &wanted.definition;
    format!(
        "BEGIN;\nCREATE TEMPORARY TABLE {table} (LIKE {schema}.{table});\n\
         CREATE {unique}INDEX ON pg_temp.{table} {definition}\n;"
    )
}

fn same_query(table: &str, found: &[Found]) -> String {
    let oids: Vec<&str> = found.iter().map(|found| found.oid.as_str()).collect();
    let copy = format!("pg_temp.{}", quote_identifier(table));
    format!(
        "SELECT i.indexrelid::pg_catalog.text FROM pg_catalog.pg_index AS i JOIN \
         pg_catalog.pg_index AS w ON w.indrelid = {}::pg_catalog.regclass \
         WHERE i.indexrelid IN ({}) AND {} = {}",
        quote_literal(&copy),
        oids.join(", "),
        definition("i"),
        definition("w"),
    )
}

/// What an index of `pg_index` is, as one text: method, uniqueness, columns and expressions with
/// their operator classes, collations and order, and predicate. Numbers of columns are not in it:
/// those of a copy differ where columns were dropped.
pub(super) fn definition(index: &str) -> String {
    format!(
        "pg_catalog.concat_ws(' ', (SELECT m.relam FROM pg_catalog.pg_class AS m WHERE m.oid = \
         {index}.indexrelid), {index}.indisunique, {index}.indnkeyatts, {index}.indclass, \
         {index}.indcollation, {index}.indoption, \
         pg_catalog.to_jsonb({index}) ->> 'indnullsnotdistinct', (SELECT pg_catalog.string_agg(\
         pg_catalog.pg_get_indexdef({index}.indexrelid, k, false), ', ' ORDER BY k) FROM \
         pg_catalog.generate_series(1, {index}.indnatts) AS k), \
         pg_catalog.pg_get_expr({index}.indpred, {index}.indrelid))"
    )
}

fn found(row: Row) -> Option<Found> {
    let mut columns = row.into_iter();
    let mut text = || columns.next().flatten();
    let (oid, schema, name) = (text()?, text()?, text()?);
    Some(Found {
        oid,
        name,
        is_valid: text()? == "true",
        is_new: text()? == "true",
        text: text()?,
        is_there: text()? == "true",
        table: (schema.clone(), text()?),
        schema,
        is_same: None,
    })
}

fn of_index(sqlstate: &str, message: String, detail: Option<String>) -> ServerError {
    ServerError {
        message,
        sqlstate: Some(sqlstate.to_owned()),
        detail,
        origin: Origin::Index,
        ..ServerError::default()
    }
}

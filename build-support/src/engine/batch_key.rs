//! The key that batches go along: which columns, of which type, and how far an earlier run came.

use super::{EngineError, locate::at_statement, run::Run, transaction::Job};
use crate::{
    history,
    revision::Batch,
    sql::{Batchable, quote_literal},
};

/// The columns that the batches go along.
pub(super) struct Key {
    pub(super) columns: Vec<Column>,
    /// How the columns are compared.
    pub(super) schema: Option<String>,
    /// About how many rows the table has.
    pub(super) estimate: u64,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) type_name: String,
}

impl Run<'_> {
    /// Where an earlier process stopped.
    pub(super) async fn begun(
        &self,
        job: &Job<'_>,
        identity: &str,
    ) -> Result<(Option<Vec<String>>, u64), EngineError> {
        let id = &job.revision().id;
        let row = self.state.row(id);
        let Some(partial) = row.and_then(|row| row.partial.as_ref()) else {
            return Ok((None, 0));
        };
        let Some(batch) = &partial.batch else {
            return Ok((None, 0));
        };
        let query = history::batch_cursor_query(&self.options.names, id);
        let rows = self.link.read(query).await.map_err(EngineError::Server)?;
        let mut cursor = rows.into_iter().filter_map(|row| row.into_iter().next()?);
        if cursor.next().as_deref() != Some(identity) {
            return Err(EngineError::EditedHalfWay {
                id: id.clone(),
                done: partial.done,
            });
        }
        Ok((Some(cursor.collect()), batch.rows))
    }

    /// The key to go along; `None` where there is no such table.
    pub(super) async fn key(
        &self,
        job: &Job<'_>,
        batch: &Batch,
        statement: &Batchable,
    ) -> Result<Option<Key>, EngineError> {
        let query = key_query(statement, &batch.pace.key);
        let rows = self.link.read(query).await.map_err(EngineError::Server)?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let estimate = text(first, 0).parse().unwrap_or(0);
        let columns: Vec<Column> = rows
            .iter()
            .filter(|row| !text(row, 1).is_empty())
            .map(|row| Column {
                name: text(row, 1).to_owned(),
                type_name: text(row, 2).to_owned(),
            })
            .collect();
        let refuse = |reason: String, hint: &str| {
            let place = at_statement(job.script, batch.statement).place;
            Err(EngineError::Unbatchable {
                id: job.revision().id.clone(),
                place,
                reason,
                hint: hint.to_owned(),
            })
        };
        if columns.is_empty() {
            let table = &statement.table;
            return match batch.pace.key.as_slice() {
                [] => refuse(
                    format!("the table {table} has no primary key"),
                    "name columns that are NOT NULL and lead an index: `-- migrate: batch key=a,b`",
                ),
                key => refuse(
                    format!(
                        "no index of {table} begins with {}, all of them NOT NULL",
                        key.join(", ")
                    ),
                    "make such an index first, or leave `key` away to go along the primary key",
                ),
            };
        }
        if let Some(set) = columns
            .iter()
            .find(|key| statement.sets.contains(&key.name))
        {
            return refuse(
                format!("it sets `{}`, which the batches go along", set.name),
                "go along another key: `-- migrate: batch key=…`",
            );
        }
        if let Some(aggregate) = self.aggregate(&statement.calls).await? {
            return refuse(
                format!("`{aggregate}` needs all rows at once, and a batch has some of them"),
                "put it into a subquery, or delete the line `-- migrate: batch`",
            );
        }
        let schema = text(first, 3).to_owned();
        let same = rows.iter().all(|row| text(row, 3) == schema);
        Ok(Some(Key {
            columns,
            schema: same.then_some(schema),
            estimate,
        }))
    }

    /// The first of some functions that is an aggregate.
    async fn aggregate(&self, calls: &[String]) -> Result<Option<String>, EngineError> {
        if calls.is_empty() {
            return Ok(None);
        }
        let names: Vec<String> = calls.iter().map(|name| quote_literal(name)).collect();
        let query = format!(
            "SELECT proname::pg_catalog.text FROM pg_catalog.pg_proc WHERE prokind IN ('a', 'w') \
             AND proname IN ({}) ORDER BY 1 LIMIT 1",
            names.join(", ")
        );
        let rows = self.link.read(query).await.map_err(EngineError::Server)?;
        Ok(rows.first().map(|row| text(row, 0).to_owned()))
    }
}

/// What the cursor belongs to: an edited statement must not go on along another key.
pub(super) fn identity(statement: &Batchable, key: &Key) -> String {
    let names: Vec<&str> = key.columns.iter().map(|key| key.name.as_str()).collect();
    format!("{} {}", statement.table, names.join(","))
}

/// The columns of the key, each with its type and the schema of its operators; one row without them
/// where the table has no such key, none where there is no such table.
fn key_query(statement: &Batchable, wanted: &[String]) -> String {
    let which = match wanted {
        [] => "i.indisprimary".to_owned(),
        columns => {
            let list: Vec<String> = columns.iter().map(|name| quote_literal(name)).collect();
            format!(
                "i.indexrelid = (SELECT x.indexrelid FROM pg_catalog.pg_index AS x \
                 JOIN pg_catalog.pg_class AS xc ON xc.oid = x.indexrelid \
                 JOIN pg_catalog.pg_am AS am ON am.oid = xc.relam \
                 WHERE x.indrelid = c.oid AND am.amname = 'btree' AND x.indisvalid \
                 AND x.indpred IS NULL AND (SELECT pg_catalog.array_agg(xa.attname::pg_catalog.text \
                 ORDER BY xk.at) FROM pg_catalog.unnest(x.indkey) WITH ORDINALITY AS xk(attnum, at) \
                 JOIN pg_catalog.pg_attribute AS xa ON xa.attrelid = c.oid AND xa.attnum = xk.attnum \
                 AND xa.attnotnull WHERE xk.at <= {count}) = ARRAY[{list}] \
                 ORDER BY x.indexrelid LIMIT 1)",
                count = columns.len(),
                list = list.join(", "),
            )
        }
    };
    let first = match wanted.len() {
        0 => String::new(),
        count => format!(" AND k.at <= {count}"),
    };
    format!(
        "SELECT (SELECT COALESCE(pg_catalog.sum(GREATEST(t.reltuples, 0)), 0)::pg_catalog.int8 \
         ::pg_catalog.text FROM pg_catalog.pg_class AS t WHERE t.oid = c.oid OR t.oid IN \
         (SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) AS p WHERE p.isleaf)), \
         k.name, k.type, k.schema FROM pg_catalog.pg_class AS c LEFT JOIN LATERAL (\
         SELECT a.attname::pg_catalog.text AS name, \
         pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, \
         n.nspname::pg_catalog.text AS schema, k.at FROM pg_catalog.pg_index AS i \
         CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(i.indkey), pg_catalog.unnest(i.indclass)) \
         WITH ORDINALITY AS k(attnum, opclass, at) \
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum \
         JOIN pg_catalog.pg_opclass AS oc ON oc.oid = k.opclass \
         JOIN pg_catalog.pg_amop AS ao ON ao.amopfamily = oc.opcfamily AND ao.amopstrategy = 5 \
         AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype \
         JOIN pg_catalog.pg_operator AS o ON o.oid = ao.amopopr \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace \
         WHERE i.indrelid = c.oid AND {which}{first}) AS k ON true \
         WHERE c.oid = pg_catalog.to_regclass({table}) ORDER BY k.at",
        table = quote_literal(&statement.table.to_string()),
    )
}

pub(super) fn text(row: &history::Row, column: usize) -> &str {
    row.get(column)
        .and_then(Option::as_deref)
        .unwrap_or_default()
}

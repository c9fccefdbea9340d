//! The rows of a scratch database: read to be compared, and written as statements.

use std::collections::BTreeMap;

use postgres::Client;

use crate::failure::Failure;

/// What the tables and sequences hold: for each column the number of rows and a digest of its
/// values in their own order, for each sequence its position.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rows {
    columns: BTreeMap<String, String>,
    sequences: BTreeMap<String, String>,
}

const TABLES: &str = "SELECT c.oid::pg_catalog.regclass::text, \
    pg_catalog.array_agg(pg_catalog.quote_ident(a.attname) ORDER BY a.attnum), \
    pg_catalog.array_agg(a.attgenerated = '' ORDER BY a.attnum) \
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e') \
    GROUP BY c.oid ORDER BY 1";

const SEQUENCES: &str = "SELECT pg_catalog.format('%I.%I', schemaname, sequencename), \
    last_value FROM pg_catalog.pg_sequences ORDER BY 1";

/// Foreign keys: the table that refers, and the one that is referred to.
const REFERENCES: &str = "SELECT conrelid::pg_catalog.regclass::text, \
    confrelid::pg_catalog.regclass::text FROM pg_catalog.pg_constraint \
    WHERE contype = 'f' AND conrelid <> confrelid ORDER BY 1, 2";

struct Table {
    name: String,
    columns: Vec<String>,
    /// Those that a statement may give a value.
    given: Vec<String>,
}

fn tables(client: &mut Client) -> Result<Vec<Table>, Failure> {
    let rows = client.query(TABLES, &[]).map_err(|error| failed(&error))?;
    let table = |row: &postgres::Row| {
        let (columns, plain): (Vec<String>, Vec<bool>) = (row.get(1), row.get(2));
        let given = columns.iter().zip(&plain).filter(|(_, plain)| **plain);
        Table {
            name: row.get(0),
            given: given.map(|(column, _)| column.clone()).collect(),
            columns,
        }
    };
    Ok(rows.iter().map(table).collect())
}

fn failed(error: &postgres::Error) -> Failure {
    Failure::user(format!(
        "the rows of a scratch database can't be read: {error}"
    ))
}

impl Rows {
    pub(super) fn read(client: &mut Client) -> Result<Self, Failure> {
        let mut rows = Self::default();
        for Table { name, columns, .. } in tables(client)? {
            let digests: Vec<String> = columns
                .iter()
                .map(|column| {
                    format!(
                        "pg_catalog.concat(count(*), ' ', pg_catalog.md5(pg_catalog.string_agg(\
                         {column}::text, E'\\n' ORDER BY {column}::text COLLATE \"C\")))"
                    )
                })
                .collect();
            let query = format!("SELECT ARRAY[{}] FROM ONLY {name}", digests.join(", "));
            let row = client
                .query_one(&query, &[])
                .map_err(|error| failed(&error))?;
            let digests: Vec<String> = row.get(0);
            for (column, digest) in columns.iter().zip(digests) {
                rows.columns.insert(format!("{name}.{column}"), digest);
            }
        }
        for row in client
            .query(SEQUENCES, &[])
            .map_err(|error| failed(&error))?
        {
            let position: Option<i64> = row.get(1);
            let position = position.map_or(String::new(), |at| at.to_string());
            rows.sequences.insert(row.get(0), position);
        }
        Ok(rows)
    }

    /// Whether no table holds a row.
    pub(super) fn is_empty(&self) -> bool {
        self.columns.values().all(|digest| digest.starts_with("0 "))
    }

    /// Whether both hold the same but for what differs from run to run, as `again` tells.
    pub(super) fn is_like(&self, other: &Self, again: &Self) -> bool {
        let alike = |ours: &BTreeMap<String, String>,
                     theirs: &BTreeMap<String, String>,
                     again: &BTreeMap<String, String>| {
            let same = |(name, value): (&String, &String)| {
                let found = theirs.get(name);
                let varies = again.get(name) != Some(value);
                let count = |text: &String| text.split(' ').next().map(str::to_owned);
                found == Some(value) || varies && found.and_then(count) == count(value)
            };
            ours.len() == theirs.len() && ours.iter().all(same)
        };
        alike(&self.columns, &other.columns, &again.columns)
            && alike(&self.sequences, &other.sequences, &again.sequences)
    }
}

/// Statements that give an empty database the rows of this one.
pub(super) fn inserts(client: &mut Client) -> Result<String, Failure> {
    let mut text = String::new();
    for table in ordered(tables(client)?, client)? {
        let Table { name, given, .. } = &table;
        let values: Vec<String> = given
            .iter()
            .map(|column| format!("pg_catalog.quote_nullable({column}::text)"))
            .collect();
        if values.is_empty() {
            continue;
        }
        let query = format!(
            "SELECT pg_catalog.concat('(', pg_catalog.concat_ws(', ', {}), ')') FROM ONLY {name} \
             ORDER BY ctid",
            values.join(", ")
        );
        let rows = client.query(&query, &[]).map_err(|error| failed(&error))?;
        let rows: Vec<String> = rows
            .iter()
            .map(|row| format!("    {}", row.get::<_, String>(0)))
            .collect();
        for some in rows.chunks(1000) {
            text.push_str(&format!(
                "INSERT INTO {name} ({}) OVERRIDING SYSTEM VALUE VALUES\n{};\n",
                given.join(", "),
                some.join(",\n")
            ));
        }
    }
    for row in client
        .query(SEQUENCES, &[])
        .map_err(|error| failed(&error))?
    {
        let (name, position): (String, Option<i64>) = (row.get(0), row.get(1));
        if let Some(position) = position {
            let name = build_support::sql::quote_literal(&name);
            text.push_str(&format!("SELECT pg_catalog.setval({name}, {position});\n"));
        }
    }
    Ok(text)
}

/// Each table after those that its foreign keys refer to, where that can be.
fn ordered(tables: Vec<Table>, client: &mut Client) -> Result<Vec<Table>, Failure> {
    let references = client
        .query(REFERENCES, &[])
        .map_err(|error| failed(&error))?;
    let references: Vec<(String, String)> = references
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    let mut waiting = tables;
    let mut ordered: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let is_free = |table: &Table| {
            let mut needed = references.iter().filter(|(from, _)| *from == table.name);
            needed.all(|(_, to)| !waiting.iter().any(|other| other.name == *to))
        };
        // In a circle none is free; then the trial shows whether it can be done.
        let at = waiting.iter().position(is_free).unwrap_or_default();
        ordered.push(waiting.remove(at));
    }
    Ok(ordered)
}

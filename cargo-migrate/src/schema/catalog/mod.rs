//! Reads a database's catalog into a [`Snapshot`]: the only part of `schema` that does I/O.
//!
//! One read-only transaction sees one state; under a search path of `pg_catalog` alone PostgreSQL
//! prints every name qualified, so two databases print the same thing the same way.

mod assemble;
pub(crate) mod lineage;
mod queries;
mod rows;

use std::{panic::resume_unwind, sync::mpsc, thread};

use postgres::{Client, SimpleQueryMessage};
use thiserror::Error;

use super::model::Snapshot;
use assemble::Assembly;
use queries::Query;

/// Opens the one transaction in which everything is read. The settings pin how constants print; to
/// compile queries that run once would take longer than they do.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL search_path = pg_catalog;
SET LOCAL statement_timeout = 0;
SET LOCAL jit = off;
SET LOCAL quote_all_identifiers = off;
SET LOCAL standard_conforming_strings = on;
SET LOCAL extra_float_digits = 3;
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL timezone = 'UTC';
SHOW server_version_num;";

/// The oldest server whose catalog is understood.
const OLDEST: u32 = 130_000;

/// Why a database's schema can't be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The server refused a query or the connection broke.
    #[error("can't read {what} from the catalog")]
    Query {
        /// What was being read.
        what: &'static str,
        /// The driver's error.
        #[source]
        source: postgres::Error,
    },
    /// A row of the catalog has another shape than expected.
    #[error("the catalog's {what} have an unexpected shape")]
    Row {
        /// What was being read.
        what: &'static str,
        /// The parser's error.
        #[source]
        source: serde_json::Error,
    },
    /// The server is too old.
    #[error("PostgreSQL {} is too old: schemas are read from 13 on", version / 10_000)]
    TooOld {
        /// `server_version_num`.
        version: u32,
    },
}

/// What is left out while reading.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The history table, schema and name, where it isn't called `cargo_migrate_…`.
    pub history_table: Option<(String, String)>,
}

impl Snapshot {
    /// Reads the schema of the connected database, without our own history tables.
    ///
    /// # Errors
    /// [`ReadError`] where the server is older than 13 or refuses.
    pub fn read(client: &mut Client) -> Result<Self, ReadError> {
        Self::read_with(client, &ReadOptions::default())
    }

    /// Reads the schema of the connected database.
    ///
    /// The connection must not be inside a transaction; it is left outside of one.
    ///
    /// # Errors
    /// [`ReadError`] where the server is older than 13 or refuses.
    pub fn read_with(client: &mut Client, options: &ReadOptions) -> Result<Self, ReadError> {
        let snapshot = read_in_transaction(client, options);
        // After a failure the transaction is aborted, or the connection is gone: the first error counts.
        let ended = client.batch_execute("ROLLBACK");
        let snapshot = snapshot?;
        ended.map_err(|source| ReadError::Query {
            what: "the end of the transaction",
            source,
        })?;
        Ok(snapshot)
    }
}

fn read_in_transaction(client: &mut Client, options: &ReadOptions) -> Result<Snapshot, ReadError> {
    let version = begin(client)?;
    if version < OLDEST {
        return Err(ReadError::TooOld { version });
    }
    let mut snapshot = read_objects(client, version)?.finish(options);
    snapshot.lineage.cluster = lineage::read_cluster(client)?;
    Ok(snapshot)
}

/// Asks for everything in a few messages; what one of them brought is taken over while the server works
/// at the next.
fn read_objects(client: &mut Client, version: u32) -> Result<Assembly, ReadError> {
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let taking = scope.spawn(move || take_over(version, receiver));
        let asked = queries::messages().try_for_each(|message| {
            let results = run_all(client, message, version)?;
            for result in message.iter().zip(results) {
                // Where nobody takes it over any more, the taker's error says why.
                let _ = sender.send(result);
            }
            Ok(())
        });
        drop(sender);
        let taken = taking.join().unwrap_or_else(|panic| resume_unwind(panic));
        asked.and(taken)
    })
}

fn take_over(
    version: u32,
    results: mpsc::Receiver<(&'static Query, Vec<String>)>,
) -> Result<Assembly, ReadError> {
    let mut assembly = Assembly::new(version);
    for (query, rows) in results {
        let texts: Vec<&str> = rows.iter().map(String::as_str).collect();
        (query.take)(&mut assembly, &texts).map_err(|source| ReadError::Row {
            what: query.what,
            source,
        })?;
    }
    Ok(assembly)
}

fn begin(client: &mut Client) -> Result<u32, ReadError> {
    let failed = |source| ReadError::Query {
        what: "the server's version",
        source,
    };
    let messages = client.simple_query(BEGIN).map_err(failed)?;
    let version = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).and_then(|text| text.parse().ok()),
        _ => None,
    });
    Ok(version.unwrap_or(0))
}

/// Sends queries in one message and returns the rows of each, as JSON texts.
fn run_all(
    client: &mut Client,
    queries: &[Query],
    version: u32,
) -> Result<Vec<Vec<String>>, ReadError> {
    let script: String = queries.iter().map(|query| query.sql(version)).collect();
    let messages = client
        .simple_query(&script)
        .map_err(|source| ReadError::Query {
            what: "the objects",
            source,
        })?;
    let mut results = Vec::with_capacity(queries.len());
    let mut rows = Vec::new();
    for message in messages {
        match message {
            SimpleQueryMessage::Row(row) => rows.extend(row.get(0).map(str::to_owned)),
            SimpleQueryMessage::CommandComplete(_) => results.push(std::mem::take(&mut rows)),
            _ => {}
        }
    }
    Ok(results)
}

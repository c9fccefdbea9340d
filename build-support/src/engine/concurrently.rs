//! Statements with `CONCURRENTLY`: what an interrupted one left behind is finished or cleared away
//! before it runs again, and what another session builds at this time is waited for.
//!
//! The wait is outside of the server. Who waits there for a table's lock holds a snapshot, which the
//! other session's build waits for in its turn: one of the two would end as a deadlock, and leave
//! its own index INVALID.

use std::time::Duration;

use super::{
    EngineError, Event, ServerError,
    run::{HOLDER, Run, holder},
    transaction::Job,
};
use crate::{
    history,
    sql::{self, Concurrently, Reindexed, quote_identifier, quote_literal},
};

/// How a statement comes to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// Nobody of ours tried it.
    First,
    /// Another session was at work on its table.
    Waited,
    /// An earlier try may have done it, in part or as a whole; with the transaction that wrote the
    /// journal's last entry, where another process made that try.
    Again(Option<u32>),
}

/// What is left to do about a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// It has to run.
    Run,
    /// Its work is done.
    Done,
}

impl Run<'_> {
    /// Makes a statement's way free: waits for those who are at work there, and clears away what an
    /// earlier try left.
    pub(super) async fn make_way(
        &mut self,
        job: &Job<'_>,
        index: usize,
        attempt: Attempt,
    ) -> Result<Due, EngineError> {
        let Some(work) = work_of(job, index).filter(|_| !self.is_offline()) else {
            return Ok(Due::Run);
        };
        let attempt = match self.wait_for_builders(job, index, &work).await? {
            true if attempt == Attempt::First => Attempt::Waited,
            true | false => attempt,
        };
        match &work {
            Concurrently::Create(wanted) => self.clear_index(job, index, (wanted, attempt)).await,
            Concurrently::Reindex(what) => {
                self.drop_copies(job, index, what).await?;
                Ok(Due::Run)
            }
            Concurrently::Detach { table, partition } if matches!(attempt, Attempt::Again(_)) => {
                let names = (table.to_string(), partition.to_string());
                self.finish_detaching(job, index, names).await
            }
            // An index that a DROP left INVALID can be dropped again.
            Concurrently::Drop(_) | Concurrently::Detach { .. } => Ok(Due::Run),
        }
    }

    /// Waits until no other session builds an index on the statement's table; tells whether one
    /// did.
    async fn wait_for_builders(
        &mut self,
        job: &Job<'_>,
        index: usize,
        work: &Concurrently,
    ) -> Result<bool, EngineError> {
        let Some(tables) = tables(work) else {
            return Ok(false);
        };
        let query = format!("{HOLDER} {} AND {}", builders(), is_on(&tables));
        let mut waited = false;
        loop {
            let rows = self.link.read(query.clone()).await;
            let builder = rows
                .map_err(EngineError::Server)?
                .into_iter()
                .find_map(holder);
            let Some(builder) = builder else {
                return Ok(waited);
            };
            let error = ServerError {
                message: "another session builds an index on this table, or works on it".to_owned(),
                sqlstate: Some("55P03".to_owned()),
                ..ServerError::default()
            };
            if !self.has_time() {
                let failure = self.failure_at(job, index, error, None);
                let blockers = vec![builder];
                return Err(EngineError::StatementLocked { failure, blockers });
            }
            let after = self.pause(Duration::from_millis(100), Duration::from_secs(1));
            if !waited {
                let id = job.revision().id.clone();
                let reason = format!("{}: {builder}", error.message);
                self.link.tell(Event::Retrying { id, reason, after }).await;
            }
            self.link.wait(after).await;
            waited = true;
        }
    }

    /// Drops what an interrupted REINDEX CONCURRENTLY left: INVALID copies, by their suffix and
    /// because they are an index twice.
    async fn drop_copies(
        &mut self,
        job: &Job<'_>,
        index: usize,
        what: &Reindexed,
    ) -> Result<(), EngineError> {
        let rows = self.link.read(copies_query(what)).await;
        for row in rows.map_err(EngineError::Server)? {
            if let [Some(schema), Some(name)] = row.as_slice() {
                self.drop_index(job, index, schema, name).await?;
            }
        }
        Ok(())
    }

    /// Drops an INVALID index; meets the same locks as a statement of the script.
    pub(super) async fn drop_index(
        &mut self,
        job: &Job<'_>,
        index: usize,
        schema: &str,
        name: &str,
    ) -> Result<(), EngineError> {
        let (schema, name) = (quote_identifier(schema), quote_identifier(name));
        let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {schema}.{name}");
        self.clear(job, index, drop).await
    }

    /// Ends what an interrupted DETACH began: the partition is on its way out, and the same
    /// statement again would be refused.
    async fn finish_detaching(
        &mut self,
        job: &Job<'_>,
        index: usize,
        (table, partition): (String, String),
    ) -> Result<Due, EngineError> {
        let (parent, child) = (quote_literal(&table), quote_literal(&partition));
        let query = format!(
            "SELECT (SELECT i.inhdetachpending FROM pg_catalog.pg_inherits AS i WHERE i.inhparent \
             = pg_catalog.to_regclass({parent}) AND i.inhrelid = pg_catalog.to_regclass({child}))\
             ::pg_catalog.text WHERE pg_catalog.to_regclass({parent}) IS NOT NULL AND \
             pg_catalog.to_regclass({child}) IS NOT NULL"
        );
        let rows = self.link.read(query).await.map_err(EngineError::Server)?;
        let Some(state) = rows
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next())
        else {
            return Ok(Due::Run);
        };
        match state.as_deref() {
            None => Ok(Due::Done),
            Some("true") => {
                let finish = format!("ALTER TABLE {table} DETACH PARTITION {partition} FINALIZE");
                self.clear(job, index, finish).await?;
                Ok(Due::Done)
            }
            Some(_) => Ok(Due::Run),
        }
    }

    /// Sends a statement of ours until it gets its locks or time is up.
    async fn clear(&mut self, job: &Job<'_>, index: usize, sql: String) -> Result<(), EngineError> {
        loop {
            let Err(error) = self.link.script(sql.clone()).await else {
                return Ok(());
            };
            self.try_later(job, index, error, None).await?;
        }
    }

    /// The transaction that wrote the journal's last entry, where a statement builds an index: what
    /// is younger than that entry is what the statement left.
    pub(super) async fn last_entry(
        &self,
        job: &Job<'_>,
        index: usize,
    ) -> Result<Option<u32>, EngineError> {
        let builds = matches!(work_of(job, index), Some(Concurrently::Create(_)));
        if !builds || self.is_offline() {
            return Ok(None);
        }
        let query = history::entry_query(&self.options.names, &job.revision().id);
        let rows = self.link.read(query).await.map_err(EngineError::Server)?;
        let entry = rows
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next()?);
        Ok(entry.and_then(|entry| entry.parse().ok()))
    }
}

/// What a statement of a script does concurrently.
pub(super) fn work_of(job: &Job<'_>, index: usize) -> Option<Concurrently> {
    job.script.statements.get(index)?;
    sql::concurrently(job.statement(index))
}

/// Sessions that hold the lock of a build. All roles may see locks, and only some of them the
/// progress of others. Autovacuum has it too, but gives way to who waits in the server; it has no
/// user.
pub(super) fn builders() -> &'static str {
    "FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid \
     WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'ShareUpdateExclusiveLock' \
     AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = \
     pg_catalog.current_database()) AND l.pid <> pg_catalog.pg_backend_pid() \
     AND a.usesysid IS NOT NULL"
}

fn is_on(tables: &str) -> String {
    format!("l.relation IN ({tables}) ORDER BY a.xact_start LIMIT 1")
}

/// The tables that a statement locks, as a query; `None` where it locks many, one after another.
fn tables(work: &Concurrently) -> Option<String> {
    let of_indexes = |indexes: &str| {
        format!("SELECT x.indrelid FROM pg_catalog.pg_index AS x WHERE x.indexrelid IN ({indexes})")
    };
    match work {
        Concurrently::Create(index) => Some(named(&index.table.to_string())),
        Concurrently::Detach { table, partition } => Some(format!(
            "{} UNION ALL {}",
            named(&table.to_string()),
            named(&partition.to_string())
        )),
        Concurrently::Drop(index) => Some(of_indexes(&named(&index.to_string()))),
        Concurrently::Reindex(what @ (Reindexed::Index(_) | Reindexed::Table(_))) => {
            Some(of_indexes(&originals(what)))
        }
        Concurrently::Reindex(Reindexed::Schema(_) | Reindexed::Database) => None,
    }
}

/// A relation and its partitions, as a query.
fn named(name: &str) -> String {
    let relation = format!("pg_catalog.to_regclass({})", quote_literal(name));
    format!(
        "SELECT {relation}::pg_catalog.oid UNION ALL \
         SELECT p.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree({relation}) AS p"
    )
}

/// The indexes that a REINDEX builds anew, as a query.
fn originals(what: &Reindexed) -> String {
    let of_tables = |tables: &str| {
        format!(
            "SELECT o.indexrelid FROM pg_catalog.pg_index AS o WHERE o.indrelid IN (SELECT t.oid \
             FROM pg_catalog.pg_class AS t WHERE {tables} UNION ALL SELECT t.reltoastrelid FROM \
             pg_catalog.pg_class AS t WHERE {tables})"
        )
    };
    match what {
        Reindexed::Index(index) => named(&index.to_string()),
        Reindexed::Table(table) => of_tables(&format!("t.oid IN ({})", named(&table.to_string()))),
        Reindexed::Schema(schema) => of_tables(&format!(
            "t.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = {})",
            quote_literal(schema)
        )),
        Reindexed::Database => of_tables("true"),
    }
}

/// INVALID indexes with the suffix of a REINDEX and the definition of one of its originals, which
/// nobody works on.
fn copies_query(what: &Reindexed) -> String {
    format!(
        "SELECT n.nspname::pg_catalog.text, c.relname::pg_catalog.text FROM pg_catalog.pg_index AS i \
         JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relname ~ '{SUFFIX}' \
         AND EXISTS (SELECT 1 FROM pg_catalog.pg_index AS o JOIN pg_catalog.pg_class AS oc \
         ON oc.oid = o.indexrelid WHERE o.indrelid = i.indrelid AND oc.relname !~ '{SUFFIX}' \
         AND o.indexrelid IN ({}) AND {} = {}) \
         AND NOT EXISTS (SELECT 1 {} AND l.relation = i.indrelid) ORDER BY 1, 2",
        originals(what),
        super::index::definition("o"),
        super::index::definition("i"),
        builders(),
    )
}

/// What REINDEX CONCURRENTLY calls the new index while it builds it, and the old one while it goes.
const SUFFIX: &str = "_cc(new|old)[0-9]*$";

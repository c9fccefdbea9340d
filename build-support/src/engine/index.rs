//! What CREATE INDEX CONCURRENTLY leaves behind when it is interrupted: an INVALID index, which a
//! second CREATE takes for the real one, or fails on.

use super::{EngineError, ServerError, run::Run, transaction::Job};
use crate::sql::{self, ConcurrentIndex, quote_identifier, quote_literal};

/// An index of the name that a statement gives, as the catalog has it.
struct Found {
    schema: String,
    is_valid: bool,
    is_being_built: bool,
}

impl Run<'_> {
    /// Drops an index of that name on that table that is left INVALID, as often as others are in the
    /// way; tells whether a valid one is there.
    ///
    /// An index that a living session is building now is left alone: the statement then fails with
    /// the server's own words.
    pub(super) async fn clear_leftover(
        &mut self,
        job: &Job<'_>,
        statement: usize,
    ) -> Result<bool, EngineError> {
        let Some((index, name)) = named_index(job, statement) else {
            return Ok(false);
        };
        loop {
            let Some(found) = self.find_index(&index, &name).await? else {
                return Ok(false);
            };
            if found.is_valid || found.is_being_built {
                return Ok(found.is_valid);
            }
            let name = format!(
                "{}.{}",
                quote_identifier(&found.schema),
                quote_identifier(&name)
            );
            let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {name}");
            let Err(error) = self.link.script(drop).await else {
                return Ok(false);
            };
            self.try_later(job, statement, error, None).await?;
        }
    }

    /// Fails when the index that a statement should have built is not valid.
    pub(super) async fn expect_built(
        &mut self,
        job: &Job<'_>,
        statement: usize,
    ) -> Result<(), EngineError> {
        let Some((index, name)) = named_index(job, statement) else {
            return Ok(());
        };
        match self.find_index(&index, &name).await? {
            Some(found) if !found.is_valid => {
                let error = ServerError {
                    message: format!("index \"{name}\" is INVALID after it was built"),
                    sqlstate: Some("55000".to_owned()),
                    ..ServerError::default()
                };
                Err(self.stopped(job, statement, error, None))
            }
            _ => Ok(()),
        }
    }

    async fn find_index(
        &self,
        index: &ConcurrentIndex,
        name: &str,
    ) -> Result<Option<Found>, EngineError> {
        let query = format!(
            "SELECT n.nspname, i.indisvalid::text, EXISTS (SELECT 1 FROM \
             pg_catalog.pg_stat_progress_create_index AS p WHERE p.index_relid = c.oid)::text \
             FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE c.relname = {} AND i.indrelid = pg_catalog.to_regclass({})",
            quote_literal(name),
            quote_literal(&index.table.to_string()),
        );
        let rows = self.link.read(query).await.map_err(EngineError::Server)?;
        Ok(rows.into_iter().next().and_then(|row| {
            let mut columns = row.into_iter();
            Some(Found {
                schema: columns.next()??,
                is_valid: columns.next()?? == "true",
                is_being_built: columns.next()?? == "true",
            })
        }))
    }
}

/// The index that a statement builds without a transaction, where it says its name.
fn named_index(job: &Job<'_>, statement: usize) -> Option<(ConcurrentIndex, String)> {
    let range = job.script.statements[statement].clone();
    let index = sql::concurrent_index(&job.script.text[range])?;
    let name = index.name.clone()?;
    Some((index, name))
}

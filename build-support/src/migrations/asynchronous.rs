//! The asynchronous way to run what an application holds.

use std::sync::Mutex;

use super::Migrations;
use crate::{
    code::{AsyncTransaction, Code, CodeFuture},
    driver::{AsyncDriver, drive_async_with_code},
    engine::{Engine, Operation, Outcome, PlannedStep, Report},
    error::Error,
    history,
};

impl Migrations {
    /// Gives the code of a revision as [`Migrations::code`] does, for an asynchronous connection.
    ///
    /// ```no_run
    /// # fn f(migrations: build_support::Migrations) {
    /// migrations.code_async("20261122201530", |tx| {
    ///     Box::pin(async move {
    ///         tx.batch_execute("UPDATE users SET plan = 'free' WHERE plan IS NULL").await?;
    ///         Ok(())
    ///     })
    /// });
    /// # }
    /// ```
    pub fn code_async<F>(mut self, id: impl Into<String>, code: F) -> Self
    where
        F: for<'t> FnMut(&'t mut AsyncTransaction<'_>) -> CodeFuture<'t> + Send + 'static,
    {
        self.codes
            .add(id.into(), Code::Asynchronous(Mutex::new(Box::new(code))));
        self
    }

    /// Applies what is pending, on an asynchronous connection of the caller's:
    /// `tokio_postgres::Client`, `sqlx::PgConnection`, or a pool's connection by `&mut *connection`.
    ///
    /// A connection inside a transaction is refused where something is pending. Its settings are
    /// afterwards what they were.
    ///
    /// # Errors
    /// Says which revision, where, what was applied before, and the state that the database is in.
    pub async fn run_async(mut self, connection: &mut impl AsyncDriver) -> Result<Report, Error> {
        self.settle()?;
        if self.asks_at_start() {
            let question = history::digest_query(&self.options.names);
            let rows = connection.read(&question).await.unwrap_or_default();
            if self.is_recorded(&rows) {
                return Ok(Report::default());
            }
        }
        let graph = self.graph()?;
        self.codes.refuse_blocking()?;
        self.options.code = self.codes.declared(&graph)?;
        #[cfg(feature = "refinery")]
        if let super::refinery::Entered::Assumed(state) =
            self.entrance(&graph).enter_async(connection).await?
        {
            return self.planned_on(&graph, *state);
        }
        let engine = Engine::new(&graph, &self.options, Operation::Up(self.symbols()));
        match drive_async_with_code(connection, engine, &mut self.observer, &mut self.codes).await?
        {
            Outcome::Report(report) => Ok(report),
            Outcome::State(_) => unreachable!("`up` reports"),
        }
    }

    /// What `run_async` would apply: for a readiness probe, or a warning. Changes nothing.
    ///
    /// # Errors
    /// As [`Migrations::run_async`], before anything runs.
    pub async fn pending_async(
        self,
        connection: &mut impl AsyncDriver,
    ) -> Result<Vec<PlannedStep>, Error> {
        self.dry_run()
            .run_async(connection)
            .await
            .map(|report| report.planned)
    }
}

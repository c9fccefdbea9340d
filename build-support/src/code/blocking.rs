//! The transaction of a revision, as blocking code sees it.

use super::words::{self, NotThisConnection};
use crate::{driver::Driver, engine::ServerError, history::Row};

/// The open transaction of a revision, over whichever blocking driver runs it.
///
/// It ends with the revision: the code neither commits nor rolls back, it returns `Ok` or an error.
pub struct Transaction<'c> {
    driver: &'c mut dyn Driver,
}

impl<'c> Transaction<'c> {
    pub(super) fn on(driver: &'c mut dyn Driver) -> Self {
        Self { driver }
    }

    /// Runs statements and looks at no rows.
    ///
    /// # Errors
    /// What the server answered, or a statement that would end the transaction.
    pub fn batch_execute(&mut self, sql: &str) -> Result<(), ServerError> {
        words::refuse_control(sql)?;
        self.driver.script(sql)
    }

    /// Runs one SELECT and gives its rows, every column as text.
    ///
    /// # Errors
    /// What the server answered, or a statement that would end the transaction.
    pub fn rows(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        words::refuse_control(sql)?;
        self.driver.read(sql)
    }

    /// The driver's own connection, for parameters and types: `postgres::Client` or
    /// `diesel::PgConnection`, as was given to `run`.
    ///
    /// Leave its transaction alone: a revision that commits by itself is stopped, and what it did
    /// stays.
    ///
    /// # Errors
    /// When the connection is of another type.
    ///
    #[cfg_attr(feature = "postgres", doc = "```no_run")]
    #[cfg_attr(not(feature = "postgres"), doc = "```text")]
    /// # fn f(migrations: build_support::Migrations) {
    /// migrations.code("20261122201530", |tx| {
    ///     let client: &mut postgres::Client = tx.connection()?;
    ///     client.execute("UPDATE users SET plan = $1 WHERE plan IS NULL", &[&"free"])?;
    ///     Ok(())
    /// });
    /// # }
    /// ```
    pub fn connection<C: 'static>(&mut self) -> Result<&mut C, NotThisConnection> {
        words::connection(self.driver.connection())
    }
}

impl std::fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

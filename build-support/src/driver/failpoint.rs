//! Where a process of the tests kills itself: before each statement that it sends, and behind the last
//! of each message.
//!
//! The engine does nothing but ask for steps, so these are all the moments at which a death leaves
//! something different behind. A message is taken apart for it: a transaction that otherwise goes as
//! one text can end after its lock, between two statements of a script or before its COMMIT.
//!
//! Compiled with the feature `failpoints` alone, which is for this project's own tests.

use std::{
    any::Any,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
use super::AsyncDriver;
use super::Driver;
use crate::{engine::ServerError, history::Row, sql};

static FATE: OnceLock<Fate> = OnceLock::new();

/// When this process dies.
struct Fate {
    at: usize,
    passed: AtomicUsize,
}

/// Lets this process abort at its point number `at`, counted from 0 over all of its connections.
///
/// A second call changes nothing.
pub fn arm(at: usize) {
    FATE.get_or_init(|| Fate {
        at,
        passed: AtomicUsize::new(0),
    });
}

/// Passes a point, or dies there as by SIGKILL: nothing is unwound, dropped or said.
fn pass() {
    let is_here = |fate: &Fate| fate.passed.fetch_add(1, Ordering::SeqCst) == fate.at;
    if FATE.get().is_some_and(is_here) {
        std::process::abort();
    }
}

/// What of a message goes by itself: the whole, or its statements where the process is armed.
fn parts(sql: &str) -> Vec<&str> {
    match FATE.get() {
        Some(_) => statements(sql),
        None => vec![sql],
    }
}

/// The statements of a message, or all of it where they can't be told apart.
fn statements(sql: &str) -> Vec<&str> {
    sql::split(sql).map_or(vec![sql], |split| {
        let statements = split.statements.into_iter();
        statements.map(|statement| &sql[statement.range]).collect()
    })
}

/// A connection, of either kind, over which an armed process dies.
pub(super) struct Doomed<'d, D>(pub(super) &'d mut D);

impl<D: Driver> Driver for Doomed<'_, D> {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        for part in parts(sql) {
            pass();
            self.0.script(part)?;
        }
        pass();
        Ok(())
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        pass();
        self.0.read(sql)
    }

    fn connection(&mut self) -> Option<&mut dyn Any> {
        self.0.connection()
    }
}

#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
impl<D: AsyncDriver> AsyncDriver for Doomed<'_, D> {
    async fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        for part in parts(sql) {
            pass();
            self.0.script(part).await?;
        }
        pass();
        Ok(())
    }

    async fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        pass();
        self.0.read(sql).await
    }

    fn connection(&mut self) -> Option<&mut (dyn Any + Send)> {
        self.0.connection()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_taken_apart_and_loses_nothing_but_semicolons() {
        let message = "BEGIN;\nSELECT ';';\nDO $$ BEGIN PERFORM 1; END $$;\n\n;\nCOMMIT;\n";
        let parts = [
            "BEGIN",
            "SELECT ';'",
            "DO $$ BEGIN PERFORM 1; END $$",
            "COMMIT",
        ];
        assert_eq!(statements(message), parts);
        assert_eq!(statements("SELECT 'open"), ["SELECT 'open"]);
    }
}

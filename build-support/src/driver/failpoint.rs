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

use super::Driver;
use crate::{engine::ServerError, history::Row, sql};

static FATE: OnceLock<Fate> = OnceLock::new();

/// When this process dies.
struct Fate {
    at: usize,
    passed: AtomicUsize,
}

impl Fate {
    /// Passes a point, or dies there as by SIGKILL: nothing is unwound, dropped or said.
    fn pass(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) == self.at {
            std::process::abort();
        }
    }
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

/// A connection over which an armed process dies.
pub(super) struct Doomed<'d, D>(pub(super) &'d mut D);

impl<D: Driver> Driver for Doomed<'_, D> {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        let Some(fate) = FATE.get() else {
            return self.0.script(sql);
        };
        for statement in statements(sql) {
            fate.pass();
            self.0.script(statement)?;
        }
        fate.pass();
        Ok(())
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        if let Some(fate) = FATE.get() {
            fate.pass();
        }
        self.0.read(sql)
    }

    fn connection(&mut self) -> Option<&mut dyn Any> {
        self.0.connection()
    }
}

/// The statements of a message, or all of it where they can't be told apart.
fn statements(sql: &str) -> Vec<&str> {
    sql::split(sql).map_or(vec![sql], |split| {
        let statements = split.statements.into_iter();
        statements.map(|statement| &sql[statement.range]).collect()
    })
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

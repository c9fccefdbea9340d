//! Drivers: each does the engine's steps on one kind of connection, and nothing else.

#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
mod asynchronous;
#[cfg(feature = "diesel")]
mod diesel;
#[cfg(feature = "postgres")]
mod persistent;
#[cfg(feature = "diesel")]
mod phrases;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "tokio-postgres")]
mod tokio_postgres;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod wire;

#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
pub use self::asynchronous::{AsyncDriver, drive_async};
#[cfg(feature = "postgres")]
pub use self::persistent::up_through_restarts;

use crate::{
    engine::{Answer, Engine, EngineError, Event, Next, Outcome, ServerError, Step},
    history::Row,
};

/// A blocking connection, as the engine needs it.
///
/// Both texts go by the simple protocol: nothing is prepared, so that it is right behind a pooler.
pub trait Driver {
    /// Sends statements and looks at no rows.
    ///
    /// # Errors
    /// What the server answered; what follows in the text was not run.
    fn script(&mut self, sql: &str) -> Result<(), ServerError>;

    /// Sends one SELECT and gives its rows, every column as text.
    ///
    /// # Errors
    /// What the server answered.
    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError>;
}

/// Drives an engine to its end on a blocking connection.
///
/// # Errors
/// Why the operation stopped.
pub fn drive(
    driver: &mut impl Driver,
    mut engine: Engine<'_>,
    observer: &mut dyn FnMut(&Event),
) -> Result<Outcome, EngineError> {
    let mut answer = Answer::Done;
    loop {
        let step = match engine.resume(answer) {
            Next::Over(result) => return *result,
            Next::Step(step) => step,
        };
        answer = match step {
            Step::Script(sql) => Answer::Script(driver.script(&sql)),
            Step::Read(sql) => Answer::Read(driver.read(&sql)),
            Step::Wait(duration) => {
                std::thread::sleep(duration);
                Answer::Done
            }
            Step::Event(event) => {
                observer(&event);
                Answer::Done
            }
        };
    }
}

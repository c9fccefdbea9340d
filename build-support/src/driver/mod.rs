//! Drivers: each does the engine's steps on one kind of connection, and nothing else.

#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
mod asynchronous;
#[cfg(feature = "diesel")]
mod diesel;
#[cfg(feature = "failpoints")]
pub mod failpoint;
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
pub(crate) use self::asynchronous::drive_async_with_code;
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
pub use self::asynchronous::{AsyncDriver, drive_async};
#[cfg(feature = "signals")]
pub(crate) use self::persistent::reopen_client;
#[cfg(all(feature = "postgres", feature = "refinery"))]
pub(crate) use self::persistent::wait_for;
#[cfg(all(feature = "embed", feature = "postgres"))]
pub(crate) use self::persistent::{Owned, up_with_code};
#[cfg(feature = "postgres")]
pub use self::persistent::{Reopen, Reopened, up_reopening, up_through_restarts};

use std::{any::Any, error::Error};

use crate::{
    code::Codes,
    engine::{Answer, Engine, EngineError, Event, Next, Outcome, ServerError, Step},
    history::Row,
};

/// A blocking connection, as the engine needs it.
///
/// Both texts go by the simple protocol: nothing is prepared, so that it is right behind a pooler.
pub trait Driver: Send {
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

    /// The connection itself, for the code of a revision that asks for it by its type.
    fn connection(&mut self) -> Option<&mut dyn Any> {
        None
    }
}

/// Drives an engine to its end on a blocking connection.
///
/// # Errors
/// Why the operation stopped.
pub fn drive(
    driver: &mut impl Driver,
    engine: Engine<'_>,
    observer: &mut dyn FnMut(&Event),
) -> Result<Outcome, EngineError> {
    drive_with_code(driver, engine, observer, &Codes::default())
}

/// The same where revisions may be code.
pub(crate) fn drive_with_code(
    driver: &mut impl Driver,
    mut engine: Engine<'_>,
    observer: &mut dyn FnMut(&Event),
    codes: &Codes,
) -> Result<Outcome, EngineError> {
    #[cfg(feature = "failpoints")]
    let driver = &mut failpoint::Doomed(driver);
    let mut answer = Answer::Done;
    loop {
        let step = match engine.resume(answer) {
            Next::Over(result) => return *result,
            Next::Step(step) => step,
        };
        answer = match step {
            Step::Script(sql) => Answer::Script(driver.script(&sql)),
            Step::Read(sql) => Answer::Read(driver.read(&sql)),
            Step::Code(id) => Answer::Code(codes.run(&id, driver)),
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

/// What the server said in an error of one of the drivers; nothing where that is not the server's or
/// the connection's.
pub(crate) fn said(error: &(dyn Error + 'static)) -> Option<ServerError> {
    if let Some(error) = error.downcast_ref::<ServerError>() {
        return Some(error.clone());
    }
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    if let Some(found) = error.downcast_ref().and_then(wire::said) {
        return Some(found);
    }
    #[cfg(feature = "sqlx")]
    if let Some(found) = error.downcast_ref().and_then(self::sqlx::said) {
        return Some(found);
    }
    #[cfg(feature = "diesel")]
    if let Some(found) = error.downcast_ref().and_then(self::diesel::said) {
        return Some(found);
    }
    None
}

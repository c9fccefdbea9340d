//! What the asynchronous drivers share: the loop that does the engine's steps.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use crate::{
    code::Codes,
    engine::{Answer, Engine, EngineError, Event, Next, Outcome, ServerError, Step},
    history::Row,
};

/// An asynchronous connection, as the engine needs it.
///
/// Both texts go by the simple protocol: nothing is prepared, so that it is right behind a pooler.
pub trait AsyncDriver: Send {
    /// Sends statements and looks at no rows.
    ///
    /// # Errors
    /// What the server answered; what follows in the text was not run.
    fn script(&mut self, sql: &str) -> impl Future<Output = Result<(), ServerError>> + Send;

    /// Sends one SELECT and gives its rows, every column as text.
    ///
    /// # Errors
    /// What the server answered.
    fn read(&mut self, sql: &str) -> impl Future<Output = Result<Vec<Row>, ServerError>> + Send;

    /// The connection itself, for the code of a revision that asks for it by its type.
    fn connection(&mut self) -> Option<&mut (dyn Any + Send)> {
        None
    }
}

/// Drives an engine to its end on an asynchronous connection, in whatever runtime that needs.
///
/// # Errors
/// Why the operation stopped.
pub async fn drive_async(
    driver: &mut impl AsyncDriver,
    engine: Engine<'_>,
    observer: &mut (dyn FnMut(&Event) + Send),
) -> Result<Outcome, EngineError> {
    drive_async_with_code(driver, engine, observer, &mut Codes::default()).await
}

/// The same where revisions may be code.
pub(crate) async fn drive_async_with_code(
    driver: &mut impl AsyncDriver,
    mut engine: Engine<'_>,
    observer: &mut (dyn FnMut(&Event) + Send),
    codes: &mut Codes,
) -> Result<Outcome, EngineError> {
    #[cfg(feature = "failpoints")]
    let driver = &mut super::failpoint::Doomed(driver);
    let mut answer = Answer::Done;
    loop {
        let step = match engine.resume(answer) {
            Next::Over(result) => return *result,
            Next::Step(step) => step,
        };
        answer = match step {
            Step::Script(sql) => Answer::Script(driver.script(&sql).await),
            Step::Read(sql) => Answer::Read(driver.read(&sql).await),
            Step::Code(id) => Answer::Code(codes.run_async(&id, driver).await),
            Step::Wait(duration) => {
                pause(duration).await;
                Answer::Done
            }
            Step::Event(event) => {
                observer(&event);
                Answer::Done
            }
        };
    }
}

#[derive(Default)]
struct Alarm {
    rung: bool,
    waker: Option<Waker>,
}

/// Waits without blocking the runtime and without knowing which one it is: a thread rings. Waits
/// are rare, they come only while another process holds the lock.
async fn pause(duration: Duration) {
    let alarm = Arc::new(Mutex::new(Alarm::default()));
    let bell = Arc::clone(&alarm);
    let ring = move || {
        thread::sleep(duration);
        let mut alarm = bell.lock().unwrap_or_else(PoisonError::into_inner);
        alarm.rung = true;
        if let Some(waker) = alarm.waker.take() {
            waker.wake();
        }
    };
    if thread::Builder::new()
        .name("migrate wait".to_owned())
        .spawn(ring)
        .is_err()
    {
        // No thread to be had: better to block than to poll without a rest.
        thread::sleep(duration);
        return;
    }
    poll_fn(|context| {
        let mut alarm = alarm.lock().unwrap_or_else(PoisonError::into_inner);
        if alarm.rung {
            return Poll::Ready(());
        }
        alarm.waker = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::{
        task::{Context, Wake},
        time::Instant,
    };

    use super::*;

    struct Unpark(thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    #[test]
    fn a_pause_ends_by_its_waker() {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut waiting = std::pin::pin!(pause(Duration::from_millis(30)));
        let started = Instant::now();
        while waiting.as_mut().poll(&mut context).is_pending() {
            thread::park();
        }
        assert!(started.elapsed() >= Duration::from_millis(30));
    }
}

//! The thread between the engine and its driver: the engine asks, the driver answers.
//!
//! The engine is written as plain `async` functions whose only await is [`Link::ask`]. The compiler
//! makes the state machine of it; [`super::Engine::resume`] drives it one step at a time, with no
//! runtime and no waker.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use super::{Event, ServerError};
use crate::{history::Row, revision::RevisionId};

/// What the engine wants done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send this text by the simple protocol; no rows are wanted.
    Script(String),
    /// Send this one SELECT and give its rows, every column as text.
    Read(String),
    /// Run the code of this revision, inside the open transaction.
    Code(RevisionId),
    /// Wait.
    Wait(Duration),
    /// Tell the observer.
    Event(Event),
}

/// What came of a step.
#[derive(Debug)]
pub enum Answer {
    /// To a wait or an event, and to begin with.
    Done,
    /// To a script.
    Script(Result<(), ServerError>),
    /// To a read.
    Read(Result<Vec<Row>, ServerError>),
    /// To code.
    Code(Result<(), ServerError>),
}

#[derive(Debug, Default)]
struct Mailbox {
    step: Option<Step>,
    answer: Option<Answer>,
}

/// The engine's end.
#[derive(Debug, Clone, Default)]
pub(super) struct Link(Arc<Mutex<Mailbox>>);

impl Link {
    /// Sends without looking at rows.
    pub(super) async fn script(&self, sql: String) -> Result<(), ServerError> {
        match self.ask(Step::Script(sql)).await {
            Answer::Script(result) => result,
            other => unreachable!("a driver answered {other:?} to a script"),
        }
    }

    /// Reads rows.
    pub(super) async fn read(&self, sql: String) -> Result<Vec<Row>, ServerError> {
        match self.ask(Step::Read(sql)).await {
            Answer::Read(result) => result,
            other => unreachable!("a driver answered {other:?} to a read"),
        }
    }

    /// Runs a revision's code.
    pub(super) async fn code(&self, id: RevisionId) -> Result<(), ServerError> {
        match self.ask(Step::Code(id)).await {
            Answer::Code(result) => result,
            other => unreachable!("a driver answered {other:?} to code"),
        }
    }

    /// Waits.
    pub(super) async fn wait(&self, duration: Duration) {
        self.ask(Step::Wait(duration)).await;
    }

    /// Tells the observer.
    pub(super) async fn tell(&self, event: Event) {
        self.ask(Step::Event(event)).await;
    }

    async fn ask(&self, step: Step) -> Answer {
        let mut step = Some(step);
        poll_fn(move |_| {
            let mut mailbox = self.lock();
            if let Some(step) = step.take() {
                mailbox.step = Some(step);
                return Poll::Pending;
            }
            mailbox.answer.take().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// The driver's side: puts the answer in.
    pub(super) fn answer(&self, answer: Answer) {
        self.lock().answer = Some(answer);
    }

    /// The driver's side: takes the next step out.
    pub(super) fn take_step(&self) -> Option<Step> {
        self.lock().step.take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Mailbox> {
        // Nothing can panic while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

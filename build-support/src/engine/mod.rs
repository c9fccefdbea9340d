//! The engine: what is sent in which order, without sending anything itself.
//!
//! [`Engine::resume`] yields a [`Step`], a driver does it and comes back with the [`Answer`]. So
//! every driver behaves alike, a dry run is a driver that refuses to write, and a fault test is a
//! driver that fails at step k.

mod adopt;
mod batch;
mod batch_key;
mod code;
mod concurrently;
mod diagnosis;
mod down;
mod error;
mod event;
mod index;
mod kind;
mod link;
mod locate;
mod message;
mod offline;
mod operations;
mod options;
mod redo;
mod repair;
mod repeatable;
mod run;
mod server_error;
mod session;
mod span;
mod squash;
mod stamp;
mod standing;
mod statements;
mod transaction;
mod tries;
mod up;
mod view;

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

pub use self::{
    adopt::Adoption,
    error::{EngineError, Failure, Left, Moved, OtherSlug},
    event::{Action, Done, Event, Holder, PlannedStep, Report},
    kind::ErrorKind,
    link::{Answer, Step},
    offline::{assume, script},
    operations::{Operation, Purge},
    options::{Batches, Grouping, MissingSchema, OnUnknown, Options, is_variable},
    redo::{Redo, SeveralLines},
    repeatable::is_due,
    server_error::{Origin, ServerError},
    span::{RangeInCompany, Span, assumed_at, refuse_reversed},
    standing::{Standing, Stuck},
    view::{View, divergent},
};
use crate::{graph::Graph, history::State};

/// One operation on one database, as a machine that asks for steps.
pub struct Engine<'a> {
    link: link::Link,
    future: Pin<Box<dyn Future<Output = Result<Outcome, EngineError>> + Send + 'a>>,
}

/// What an operation comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Of an operation that changes something.
    Report(Report),
    /// Of [`Operation::Read`]; `None` where there is no history.
    State(Option<State>),
}

/// What a driver does next.
#[derive(Debug)]
pub enum Next {
    /// Do this and come back with its answer.
    Step(Step),
    /// It is over.
    Over(Box<Result<Outcome, EngineError>>),
}

impl<'a> Engine<'a> {
    /// An operation on the revisions of a graph.
    pub fn new(graph: &'a Graph, options: &'a Options, operation: Operation) -> Self {
        Self::start(graph, options, operation, |run| run)
    }

    /// The same on a state that is given instead of read: for a script, and for tests.
    pub fn offline(
        graph: &'a Graph,
        options: &'a Options,
        operation: Operation,
        state: Option<State>,
    ) -> Self {
        Self::start(graph, options, operation, |run| run.assuming(state))
    }

    fn start(
        graph: &'a Graph,
        options: &'a Options,
        operation: Operation,
        prepare: impl FnOnce(run::Run<'a>) -> run::Run<'a>,
    ) -> Self {
        let link = link::Link::default();
        let run = prepare(run::Run::new(link.clone(), graph, options));
        Self {
            link,
            future: Box::pin(operations::perform(run, operation)),
        }
    }

    /// Takes the answer to the last step ([`Answer::Done`] to begin with) and gives the next.
    pub fn resume(&mut self, answer: Answer) -> Next {
        self.link.answer(answer);
        match self
            .future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(result) => Next::Over(Box::new(result)),
            Poll::Pending => Next::Step(
                self.link
                    .take_step()
                    .expect("the engine waits for nothing but steps"),
            ),
        }
    }
}

impl std::fmt::Debug for Engine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

//! Applying revisions through a server's restart: a lost connection is opened again.
//!
//! That is safe because a revision commits together with its record: whether a lost COMMIT was done
//! is what the history says, and the run begins again from there.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use postgres::Client;

use super::drive_with_code;
use crate::{
    code::Codes,
    connect::{Class, Settings},
    engine::{
        Action, Done, Engine, EngineError, Event, Failure, Operation, Options, Outcome, Report,
    },
    graph::Graph,
    revision::Direction,
};

/// Applies what the targets need. When the connection is lost, it is opened again for as long as
/// [`Options::lock_timeout`] says, counted from each loss.
///
/// # Errors
/// Why the run stopped; of a loss that lasted, the loss.
pub fn up_through_restarts(
    client: &mut Client,
    settings: &Settings,
    (graph, options): (&Graph, &Options),
    targets: &[String],
    observer: &mut dyn FnMut(&Event),
) -> Result<Report, EngineError> {
    let connection = (client, settings);
    let codes = Codes::default();
    up_with_code(connection, (graph, options), targets, observer, &codes)
}

/// The same where revisions may be code.
pub(crate) fn up_with_code(
    (client, settings): (&mut Client, &Settings),
    (graph, options): (&Graph, &Options),
    targets: &[String],
    observer: &mut dyn FnMut(&Event),
    codes: &Codes,
) -> Result<Report, EngineError> {
    let mut run = Run {
        graph,
        options,
        targets,
        done: Vec::new(),
        doubts: Vec::new(),
    };
    let mut reopened = None;
    loop {
        let client = reopened.as_mut().unwrap_or(&mut *client);
        let error = match run.attempt(client, observer, codes) {
            Ok(report) => return Ok(run.whole(report)),
            Err(error) if error.is_lost_connection() => error,
            Err(error) => return Err(error),
        };
        run.remember(&error);
        reopened = Some(reopen(settings, options.lock_timeout).ok_or(error)?);
    }
}

/// One run over all its connections.
struct Run<'a> {
    graph: &'a Graph,
    options: &'a Options,
    targets: &'a [String],
    /// What was done over connections that were lost afterwards.
    done: Vec<Done>,
    /// What may have been done when a connection was lost.
    doubts: Vec<Failure>,
}

impl Run<'_> {
    fn attempt(
        &mut self,
        client: &mut Client,
        observer: &mut dyn FnMut(&Event),
        codes: &Codes,
    ) -> Result<Report, EngineError> {
        let operation = Operation::Up(self.targets.to_vec());
        let engine = Engine::new(self.graph, self.options, operation);
        let mut finished = Vec::new();
        let mut listener = |event: &Event| {
            if let Event::Finished(done) = event {
                finished.push(done.clone());
            }
            observer(event);
        };
        let result = drive_with_code(client, engine, &mut listener, codes);
        match result {
            Ok(Outcome::Report(report)) => Ok(report),
            Ok(Outcome::State(_)) => unreachable!("`up` reports"),
            Err(error) => {
                self.done.append(&mut finished);
                Err(error)
            }
        }
    }

    fn remember(&mut self, error: &EngineError) {
        if let EngineError::Failed(failure) = error {
            self.doubts.push(failure.clone());
        }
    }

    /// The report of all connections together. A doubtful revision that the last connection had not
    /// to apply was applied.
    fn whole(mut self, mut report: Report) -> Report {
        let later: BTreeSet<_> = report.done.iter().map(|done| done.id.clone()).collect();
        for doubt in std::mem::take(&mut self.doubts) {
            let known =
                later.contains(&doubt.id) || self.done.iter().any(|done| done.id == doubt.id);
            let ours = self
                .graph
                .find(&doubt.id)
                .map(|node| self.graph.revision(node));
            if let (false, Direction::Up, Some(revision)) = (known, doubt.direction, ours) {
                self.done.push(Done {
                    id: doubt.id,
                    slug: revision.slug.clone(),
                    action: Action::Applied,
                    duration: Duration::ZERO,
                });
            }
        }
        // A standby that took over may lack what was applied, and have it now for a second time.
        self.done.retain(|done| !later.contains(&done.id));
        self.done.append(&mut report.done);
        Report {
            done: self.done,
            ..report
        }
    }
}

/// Opens the connection again; `None` when that is hopeless or took too long.
fn reopen(settings: &Settings, limit: Duration) -> Option<Client> {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(50);
    loop {
        thread::sleep(pause);
        match settings.connect() {
            Ok(client) => return Some(client),
            // While another server takes over, the one that is left is not yet what is asked for.
            Err(error)
                if !error.may_pass() && error.class() != Class::WrongSession
                    || Instant::now() >= deadline =>
            {
                return None;
            }
            Err(_) => pause = (pause * 2).min(Duration::from_secs(1)),
        }
    }
}

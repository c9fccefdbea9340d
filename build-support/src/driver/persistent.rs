//! Applying revisions through a server's restart: a lost connection is opened again.
//!
//! That is safe because a revision commits together with its record: whether a lost COMMIT was done
//! is what the history says, and the run begins again from there.

use std::{
    any::Any,
    thread,
    time::{Duration, Instant},
};

use postgres::Client;

use super::{Driver, drive_with_code};
use crate::{
    code::Codes,
    connect::{Class, Settings},
    engine::{
        Action, Done, Engine, EngineError, Event, Failure, Operation, Options, Outcome, Report,
        ServerError,
    },
    graph::{Graph, NodeSet},
    history::Row,
    revision::{Direction, RevisionId},
};

/// How often in a row a connection may be lost at one place. A statement that ends the server would do
/// so for ever.
const LOSSES: usize = 3;

/// Applies what the targets need. When the connection is lost, it is opened again for as long as
/// [`Options::lock_timeout`] says, counted from each loss; not when it is lost for the third time
/// at one place.
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
    let mut owned = Owned { client, settings };
    let codes = Codes::default();
    up_with_code(&mut owned, (graph, options), targets, observer, &codes)
}

/// A connection that can be opened again.
pub trait Reopen: Driver {
    /// Tries to open it once.
    fn reopen(&mut self) -> Reopened;
}

/// What came of opening a connection again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reopened {
    /// It is open.
    Open,
    /// The server may answer later.
    NotYet,
    /// It will not, or is not to be asked any more.
    Never,
}

/// A blocking connection, and where it leads.
pub(crate) struct Owned<'c> {
    pub(crate) client: &'c mut Client,
    pub(crate) settings: &'c Settings,
}

impl Driver for Owned<'_> {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        self.client.script(sql)
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        self.client.read(sql)
    }

    fn connection(&mut self) -> Option<&mut dyn Any> {
        self.client.connection()
    }
}

impl Reopen for Owned<'_> {
    fn reopen(&mut self) -> Reopened {
        reopen_client(self.client, self.settings)
    }
}

/// Puts a new connection in the place of one that is gone.
pub(crate) fn reopen_client(client: &mut Client, settings: &Settings) -> Reopened {
    match settings.connect() {
        Ok(opened) => {
            *client = opened;
            Reopened::Open
        }
        Err(error) if error.may_pass() => Reopened::NotYet,
        // While another server takes over, the one that is left is not yet what is asked for.
        Err(error) if error.class() == Class::WrongSession => Reopened::NotYet,
        Err(_) => Reopened::Never,
    }
}

/// The same over any connection that can be opened again, where revisions may be code.
pub(crate) fn up_with_code(
    driver: &mut impl Reopen,
    (graph, options): (&Graph, &Options),
    targets: &[String],
    observer: &mut dyn FnMut(&Event),
    codes: &Codes,
) -> Result<Report, EngineError> {
    let mut run = Run {
        graph,
        options,
        targets: targets.to_vec(),
        done: Vec::new(),
        doubts: Vec::new(),
        lost_at: Spot::default(),
        losses: 0,
    };
    loop {
        let error = match run.attempt(driver, observer, codes) {
            Ok(report) => return Ok(run.whole(report, observer)),
            Err(error) if error.is_lost_connection() => error,
            Err(error) => return Err(error),
        };
        run.remember(&error);
        if run.losses == LOSSES {
            return Err(error);
        }
        let reason = error.server_error().map(|error| error.message.clone());
        observer(&Event::Lost {
            reason: reason.unwrap_or_default(),
        });
        if wait_for(driver, options.lock_timeout) == Reopened::Never {
            return Err(error);
        }
    }
}

/// The same without code, over a connection of the caller's own kind.
///
/// # Errors
/// Why the run stopped; of a loss that lasted, the loss.
pub fn up_reopening(
    driver: &mut impl Reopen,
    what: (&Graph, &Options),
    targets: &[String],
    observer: &mut dyn FnMut(&Event),
) -> Result<Report, EngineError> {
    up_with_code(driver, what, targets, observer, &Codes::default())
}

/// One run over all its connections.
struct Run<'a> {
    graph: &'a Graph,
    options: &'a Options,
    /// After a loss they are the revisions of the plan: `+1` counts from where the run began.
    targets: Vec<String>,
    /// What was done over connections that were lost afterwards.
    done: Vec<Done>,
    /// What may have been done when a connection was lost.
    doubts: Vec<Failure>,
    /// Where the last one was lost.
    lost_at: Spot,
    /// How often in a row.
    losses: usize,
}

/// How far a run came: the revision, its statements that are done, and the rows of a batched one. What
/// was committed before may be done again, where the server does not wait for its disk.
#[derive(Debug, Default)]
struct Spot {
    id: Option<RevisionId>,
    reached: (usize, u64),
}

impl Spot {
    fn hear(&mut self, event: &Event) {
        self.reached = match event {
            Event::Started { .. } => (0, 0),
            Event::Batch {
                statement, done, ..
            } => (*statement, *done),
            Event::Statement { index, .. } => (*index, u64::MAX),
            _ => return,
        };
    }

    fn is_further_than(&self, other: &Self) -> bool {
        self.id != other.id || self.reached > other.reached
    }
}

impl Run<'_> {
    fn attempt(
        &mut self,
        driver: &mut impl Reopen,
        observer: &mut dyn FnMut(&Event),
        codes: &Codes,
    ) -> Result<Report, EngineError> {
        let operation = Operation::Up(self.targets.clone());
        let engine = Engine::new(self.graph, self.options, operation);
        let (mut finished, mut planned) = (Vec::new(), Vec::new());
        let mut spot = Spot::default();
        let (doubts, settled) = (&mut self.doubts, &mut self.done);
        let mut listener = |event: &Event| {
            match event {
                Event::Finished(done) => finished.push(done.clone()),
                Event::Planned { steps } => {
                    planned = steps.iter().map(|step| step.id.clone()).collect();
                    settled.extend(settle(doubts, self.graph, &planned, observer));
                }
                _ => {}
            }
            spot.hear(event);
            observer(event);
        };
        let result = drive_with_code(driver, engine, &mut listener, codes);
        match result {
            Ok(Outcome::Report(report)) => Ok(report),
            Ok(Outcome::State(_)) => unreachable!("`up` reports"),
            Err(error) => {
                self.done.append(&mut finished);
                self.settle_on(&planned);
                spot.id = error.revision().cloned();
                self.note_loss(spot);
                Err(error)
            }
        }
    }

    /// From now on the plan is the target.
    fn settle_on(&mut self, planned: &[RevisionId]) {
        let nodes: NodeSet = planned
            .iter()
            .filter_map(|id| self.graph.find(id))
            .collect();
        if !planned.is_empty() {
            let heads = self.graph.heads_of(&nodes).into_iter();
            self.targets = heads.map(|head| self.graph.id(head).to_string()).collect();
        }
    }

    fn note_loss(&mut self, spot: Spot) {
        if spot.is_further_than(&self.lost_at) {
            self.losses = 0;
            self.lost_at = spot;
        }
        self.losses += 1;
    }

    fn remember(&mut self, error: &EngineError) {
        if let EngineError::Failed(failure) = error {
            self.doubts.push(failure.clone());
        }
    }

    /// The report of all connections together.
    fn whole(mut self, mut report: Report, observer: &mut dyn FnMut(&Event)) -> Report {
        let later: Vec<RevisionId> = report.done.iter().map(|done| done.id.clone()).collect();
        let settled = settle(&mut self.doubts, self.graph, &later, observer);
        self.done.extend(settled);
        // A standby that took over may lack what was applied, and have it now for a second time.
        self.done.retain(|done| !later.contains(&done.id));
        self.done.append(&mut report.done);
        Report {
            done: self.done,
            ..report
        }
    }
}

/// Takes the doubtful revisions out that were applied, since the connection after the loss had not to
/// apply them, and tells of them.
fn settle(
    doubts: &mut Vec<Failure>,
    graph: &Graph,
    later: &[RevisionId],
    observer: &mut dyn FnMut(&Event),
) -> Vec<Done> {
    let is_open = |doubt: &Failure| later.contains(&doubt.id);
    let (open, settled): (Vec<_>, Vec<_>) = std::mem::take(doubts).into_iter().partition(is_open);
    *doubts = open;
    let done = settled.into_iter().filter_map(|doubt| {
        let ours = graph.revision(graph.find(&doubt.id)?);
        (doubt.direction == Direction::Up).then(|| Done {
            id: doubt.id,
            slug: ours.slug.clone(),
            action: Action::Applied,
            duration: Duration::ZERO,
        })
    });
    let done: Vec<Done> = done.collect();
    for done in &done {
        observer(&Event::Finished(done.clone()));
    }
    done
}

/// Opens the connection again; gives up when that is hopeless or took too long.
pub(crate) fn wait_for(driver: &mut impl Reopen, limit: Duration) -> Reopened {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(50);
    loop {
        thread::sleep(pause);
        match driver.reopen() {
            Reopened::NotYet if Instant::now() < deadline => {
                pause = (pause * 2).min(Duration::from_secs(1));
            }
            Reopened::Open => return Reopened::Open,
            Reopened::NotYet | Reopened::Never => return Reopened::Never,
        }
    }
}

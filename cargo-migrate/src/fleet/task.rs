//! What is done on one member: apply, look, or check.

use build_support::{
    Diagnose as _,
    connect::Settings,
    driver::drive,
    engine::{Engine, Operation, Options, Outcome, Report},
    graph::Graph,
    report::{Contract, RevisionState, Status},
};
use postgres::Client;

use super::{Fleet, Row, State};
use crate::{failure::Failure, signals::Interruptible};

/// What is done on each member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Apply what these targets need.
    Up(Vec<String>),
    /// Tell how it stands.
    Status,
    /// Find what should not be so.
    Check,
}

pub(super) fn perform(
    fleet: &Fleet<'_>,
    options: &Options,
    connection: (&mut Client, &Settings),
) -> Result<Row, Failure> {
    match &fleet.task {
        Task::Up(targets) => {
            let operation = Operation::Up(targets.clone());
            match run((fleet.graph, options), operation, connection)? {
                Outcome::Report(report) => Ok(done(&report)),
                Outcome::State(_) => Err(Failure::fault("`up` answered a state")),
            }
        }
        Task::Status => Ok(stands(&status(fleet, options, connection)?)),
        Task::Check => Ok(checked(&status(fleet, options, connection)?)),
    }
}

fn run(
    (graph, options): (&Graph, &Options),
    operation: Operation,
    (client, settings): (&mut Client, &Settings),
) -> Result<Outcome, Failure> {
    let mut driver = Interruptible::new(client, settings)?;
    let engine = Engine::new(graph, options, operation);
    drive(&mut driver, engine, &mut |_| {}).map_err(|error| driver.explain(error.diagnose()).into())
}

fn done(report: &Report) -> Row {
    let ids = report.done.iter().map(|done| done.id.to_string());
    let planned = report.planned.iter().map(|step| step.id.to_string());
    let (state, applied): (_, Vec<String>) = match (report.done.len(), report.planned.len()) {
        (0, 0) => (State::Current, Vec::new()),
        (0, _) => (State::Planned, planned.collect()),
        _ => (State::Applied, ids.collect()),
    };
    Row {
        heads: report.heads.iter().map(ToString::to_string).collect(),
        pending: report.held_back.len() + report.planned.len(),
        applied,
        ..Row::new(state)
    }
}

fn status(
    fleet: &Fleet<'_>,
    options: &Options,
    (client, settings): (&mut Client, &Settings),
) -> Result<Status, Failure> {
    refuse_missing_schema(options, client)?;
    let state = match run((fleet.graph, options), Operation::Read, (client, settings))? {
        Outcome::State(state) => state.unwrap_or_default(),
        Outcome::Report(_) => return Err(Failure::fault("a reading operation answered a report")),
    };
    Ok(Status::of(fleet.graph, &state, "cargo migrate"))
}

/// A member's schema that is not there would look like one that has no revision yet.
fn refuse_missing_schema(options: &Options, client: &mut Client) -> Result<(), Failure> {
    if options.search_path.is_empty() {
        return Ok(());
    }
    let schema = options.names.schema();
    let found = client.query_one(
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1)",
        &[&schema],
    );
    match found.map(|row| row.get::<_, bool>(0)) {
        Ok(true) => Ok(()),
        Ok(false) => {
            let schema = schema.to_owned();
            Err(build_support::engine::EngineError::NoSchema { schema }.into())
        }
        Err(error) => Err(Failure::user(format!("the database answered: {error}"))),
    }
}

fn stands(status: &Status) -> Row {
    let is = |states: &[RevisionState]| {
        let mut rows = status.revisions.iter();
        rows.any(|row| states.contains(&row.state))
    };
    let state = if is(&[
        RevisionState::Unknown,
        RevisionState::Divergent,
        RevisionState::Partial,
    ]) {
        State::Divergent
    } else if status.pending > status.waiting {
        State::Pending
    } else {
        State::Current
    };
    Row {
        heads: status.heads.clone(),
        pending: status.pending,
        ..Row::new(state)
    }
}

fn checked(status: &Status) -> Row {
    let mut findings = status.checksum_findings();
    findings.extend(status.pending_findings("cargo migrate", Contract::Waits));
    let state = match findings.is_empty() {
        true => State::Current,
        false => State::Found,
    };
    Row {
        state,
        findings,
        ..stands(status)
    }
}

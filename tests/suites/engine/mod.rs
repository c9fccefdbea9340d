//! The engine on a real server, through the blocking driver.

mod batches;
mod classes;
mod concurrency;
mod concurrently;
mod failures;
mod offline;
mod settings;
mod statements;
mod steps;
mod tenants;

use std::borrow::Cow;

use build_support::{
    driver::drive,
    engine::{Engine, EngineError, Event, Operation, Options, Outcome, Report},
    graph::Graph,
    history::State,
    source::{self, File},
};
use migrate_tests::harness::Database;
use postgres::Client;

/// Revisions as files of a folder: name and text.
pub(crate) fn graph(files: &[(&str, &str)]) -> Graph {
    let files = files.iter().map(|(path, text)| File {
        path: (*path).to_owned(),
        root: "migrations".into(),
        bytes: Cow::Owned(text.as_bytes().to_vec()),
    });
    let source = source::load(files.collect()).unwrap_or_else(|errors| panic!("{errors}"));
    let graph = Graph::new(source.revisions).unwrap_or_else(|errors| panic!("{errors:?}"));
    graph.with_repeatable(source.repeatable)
}

/// Runs an operation and gives what was told on the way.
pub(crate) fn run(
    client: &mut Client,
    graph: &Graph,
    options: &Options,
    operation: Operation,
) -> (Result<Outcome, EngineError>, Vec<Event>) {
    let mut events = Vec::new();
    let engine = Engine::new(graph, options, operation);
    let result = drive(client, engine, &mut |event| events.push(event.clone()));
    (result, events)
}

/// Runs an operation that reports.
pub(crate) fn report(
    database: &Database,
    graph: &Graph,
    operation: Operation,
) -> Result<Report, EngineError> {
    match run(
        &mut database.client(),
        graph,
        &Options::default(),
        operation,
    )
    .0?
    {
        Outcome::Report(report) => Ok(report),
        Outcome::State(state) => panic!("a report was expected, not {state:?}"),
    }
}

pub(crate) fn up(database: &Database, graph: &Graph) -> Result<Report, EngineError> {
    report(database, graph, Operation::Up(vec!["heads".to_owned()]))
}

pub(crate) fn down(
    database: &Database,
    graph: &Graph,
    target: &str,
) -> Result<Report, EngineError> {
    report(database, graph, Operation::Down(target.to_owned()))
}

/// What the history holds.
pub(crate) fn state(database: &Database) -> Option<State> {
    let graph = Graph::default();
    let options = Options::default();
    match run(&mut database.client(), &graph, &options, Operation::Read).0 {
        Ok(Outcome::State(state)) => state,
        other => panic!("a state was expected, not {other:?}"),
    }
}

/// The applied ids, in order.
pub(crate) fn applied(database: &Database) -> Vec<String> {
    state(database).map_or(Vec::new(), |state| {
        let whole = state.applied.values().filter(|row| row.partial.is_none());
        whole.map(|row| row.id.to_string()).collect()
    })
}

/// The ids of what a report says was done.
pub(crate) fn done(report: &Report) -> Vec<String> {
    report.done.iter().map(|done| done.id.to_string()).collect()
}

/// One column of one row.
pub(crate) fn value(database: &Database, sql: &str) -> String {
    let rows = database.client().simple_query(sql).expect("a query");
    rows.iter()
        .find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .unwrap_or_default()
}

//! The same sequences on a real server: what the tables say is what the model says.

use build_support::{
    driver::drive,
    engine::{Engine, EngineError, Event, Operation, Outcome},
    graph::Graph,
    history::State,
};
use migrate_tests::harness::Database;
use postgres::Client;

use super::{
    Told,
    commands::Command,
    dice::Dice,
    prove,
    world::{Effect, World, number, numbers, options},
};
use crate::engine::value;

#[test]
fn random_commands_do_on_a_server_what_the_rules_say() {
    let database = Database::fresh();
    prove("on a server", 5_000_000..5_000_300, 12, |sequence| {
        database.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        on_server(&database, sequence)
    });
}

fn on_server(database: &Database, sequence: &[u64]) -> Told {
    let mut world = World::default();
    let mut client = database.client();
    let mut ran = std::collections::BTreeSet::new();
    for &number in sequence {
        let command = Command::random(&mut Dice::new(number), &world.model);
        let is_stamp = matches!(command, Command::Stamp(_) | Command::StampPurge(_));
        if is_stamp {
            // A stamped record and the tables part ways, which is the point of a stamp.
            continue;
        }
        world.perform(&command, &mut |graph: &Graph, _: &State, operation| {
            perform(&mut client, graph, operation)
        })?;
        ran.clone_from(&world.model.applied);
    }
    world.look()?;
    let tables = value(
        database,
        "SELECT string_agg(substr(tablename, 2), ' ' ORDER BY substr(tablename, 2)::int) \
         FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^t[0-9]+$'",
    );
    let expected: Vec<String> = ran.iter().map(u32::to_string).collect();
    match tables == expected.join(" ") {
        true => Ok(()),
        false => Err(format!("tables are {tables}, not {expected:?}")),
    }
}

fn perform(
    client: &mut Client,
    graph: &Graph,
    operation: Operation,
) -> Result<Effect, EngineError> {
    let options = options();
    let mut done = Vec::new();
    let mut hear = |event: &Event| {
        if let Event::Finished(step) = event {
            done.push((number(&step.id), step.action));
        }
    };
    let heads = match drive(client, Engine::new(graph, &options, operation), &mut hear)? {
        Outcome::Report(report) => numbers(&report.heads),
        Outcome::State(state) => panic!("a report was expected, not {state:?}"),
    };
    let read = Engine::new(graph, &options, Operation::Read);
    let state = match drive(client, read, &mut |_| {})? {
        Outcome::State(state) => state.unwrap_or_default(),
        Outcome::Report(report) => panic!("a state was expected, not {report:?}"),
    };
    Ok(Effect { done, heads, state })
}

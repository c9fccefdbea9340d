//! Whether repeatable scripts can run again.

use build_support::graph::{Graph, Node};

use super::outcome::{Compared, Stair, StairOutcome, compared};
use crate::{failure::Failure, replay, schema::Snapshot, server::Scratch};

/// Runs each repeatable script twice on what `nodes` build: it must leave the same both times.
///
/// # Errors
/// A script that does not run at all, or a server that goes away.
pub fn twice(
    scratch: &Scratch,
    (graph, nodes): (&Graph, &[Node]),
    tell: &mut dyn FnMut(&Stair),
) -> Result<Vec<Stair>, Failure> {
    let mut stairs = Vec::new();
    if graph.repeatable().is_empty() {
        return Ok(stairs);
    }
    let database = scratch.database_for_revisions()?;
    let mut client = scratch.connect(&database)?;
    replay::run_up(scratch, &mut client, graph, nodes)?;
    for script in graph.repeatable() {
        replay::run_repeatable(scratch, &mut client, script)?;
        let once = Snapshot::read(&mut client)?;
        let outcome = match replay::run_repeatable(scratch, &mut client, script) {
            Err(error) => StairOutcome::AgainFails(Box::new(error)),
            Ok(()) => match compared(&Snapshot::read(&mut client)?, &once)? {
                Compared::Same | Compared::ColumnOrder(_) => StairOutcome::Repeats,
                Compared::Differs(plan) => StairOutcome::AgainDiffers(plan),
            },
        };
        let id = script.id();
        let stair = Stair { id, outcome };
        tell(&stair);
        stairs.push(stair);
    }
    drop(client);
    scratch.drop_database(&database)?;
    Ok(stairs)
}

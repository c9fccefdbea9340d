//! The walk over the stairs of a history.

use build_support::graph::{Graph, Node};

use super::outcome::{Compared, Stair, StairOutcome, compared};
use crate::{failure::Failure, replay, schema::Snapshot, server::Scratch};

/// Walks the stairs of `nodes`, each of which must stand after its parents, and tells each as it is
/// done. `before` are the revisions below the first.
///
/// # Errors
/// An up script that does not run at all, or a server that goes away.
pub fn stairway(
    scratch: &Scratch,
    graph: &Graph,
    before: &[Node],
    nodes: &[Node],
    tell: &mut dyn FnMut(&Stair),
) -> Result<Vec<Stair>, Failure> {
    let mut walk = Walk {
        scratch,
        database: scratch.database_for_revisions()?,
    };
    let mut client = scratch.connect(&walk.database)?;
    replay::run_up(scratch, &mut client, graph, before)?;
    drop(client);
    let mut below = walk.snapshot()?;
    let mut stairs = Vec::new();
    for node in nodes {
        let (outcome, above) = walk.stair(graph, *node, &below)?;
        let stair = Stair {
            id: graph.id(*node).clone(),
            outcome,
        };
        tell(&stair);
        stairs.push(stair);
        below = above;
    }
    scratch.drop_database(&walk.database)?;
    Ok(stairs)
}

struct Walk<'a> {
    scratch: &'a Scratch,
    database: String,
}

impl Walk<'_> {
    fn snapshot(&self) -> Result<Snapshot, Failure> {
        Ok(Snapshot::read(&mut self.scratch.connect(&self.database)?)?)
    }

    /// One revision; afterwards the database stands above it.
    fn stair(
        &mut self,
        graph: &Graph,
        node: Node,
        below: &Snapshot,
    ) -> Result<(StairOutcome, Snapshot), Failure> {
        let revision = graph.revision(node);
        let mut client = self.scratch.connect(&self.database)?;
        replay::run(self.scratch, &mut client, &revision.id, &revision.up)?;
        let above = Snapshot::read(&mut client)?;
        drop(client);
        let Some(down) = &revision.down else {
            let outcome = match &revision.irreversible {
                Some(why) => StairOutcome::Irreversible(why.clone()),
                None => StairOutcome::NoDown,
            };
            return Ok((outcome, above));
        };
        let safe = self.scratch.clone_database(&self.database)?;
        let mut client = self.scratch.connect(&self.database)?;
        let outcome = match replay::run(self.scratch, &mut client, &revision.id, down) {
            Err(error) => StairOutcome::DownFails(Box::new(error)),
            Ok(()) => match compared(&Snapshot::read(&mut client)?, below)? {
                Compared::Same => again(self.scratch, &mut client, graph, node, &above)?,
                Compared::ColumnOrder(tables) => {
                    match again(self.scratch, &mut client, graph, node, &above)? {
                        StairOutcome::Restored => StairOutcome::ColumnOrder(tables),
                        other => other,
                    }
                }
                Compared::Differs(plan) => StairOutcome::Differs(plan),
            },
        };
        drop(client);
        let spoilt = match outcome {
            StairOutcome::Restored => safe,
            _ => std::mem::replace(&mut self.database, safe),
        };
        self.scratch.drop_database(&spoilt)?;
        Ok((outcome, above))
    }
}

/// Runs the up script once more, after down.
pub(super) fn again(
    scratch: &Scratch,
    client: &mut postgres::Client,
    graph: &Graph,
    node: Node,
    above: &Snapshot,
) -> Result<StairOutcome, Failure> {
    let revision = graph.revision(node);
    if let Err(error) = replay::run(scratch, client, &revision.id, &revision.up) {
        return Ok(StairOutcome::UpAgainFails(Box::new(error)));
    }
    Ok(match compared(&Snapshot::read(client)?, above)? {
        Compared::Same | Compared::ColumnOrder(_) => StairOutcome::Restored,
        Compared::Differs(plan) => StairOutcome::UpAgainDiffers(plan),
    })
}

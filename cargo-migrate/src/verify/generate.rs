//! Down scripts written from the schemas before and after a revision, and proved.

use build_support::graph::{Graph, Node};

use super::outcome::{Compared, StairOutcome, compared};
use super::walk::again;
use crate::{
    failure::Failure,
    replay,
    schema::{Options, Plan, Snapshot, plan},
    server::Scratch,
};

/// A down script written from the schemas before and after a revision, and proved.
#[derive(Debug)]
pub struct GeneratedDown {
    /// The revision.
    pub node: Node,
    /// The statements.
    pub plan: Plan,
    /// What came of running them.
    pub outcome: StairOutcome,
    /// What is wrong with the up script afterwards, which may trip over rows that it left.
    pub again: Option<StairOutcome>,
}

/// Writes the down scripts of `nodes`, each of which must stand after its parents. `before` are the
/// revisions below the first; what is not `wanted` is applied and no more.
///
/// # Errors
/// An up script that does not run, a server that goes away, or no plan.
pub fn generate_downs(
    scratch: &Scratch,
    graph: &Graph,
    before: &[Node],
    nodes: &[Node],
    wanted: &dyn Fn(Node) -> bool,
) -> Result<Vec<GeneratedDown>, Failure> {
    let database = scratch.database_for_revisions()?;
    let mut client = scratch.connect(&database)?;
    replay::run_up(scratch, &mut client, graph, before)?;
    let mut below = None;
    let mut generated = Vec::new();
    for &node in nodes {
        if !wanted(node) {
            replay::run_up(scratch, &mut client, graph, &[node])?;
            below = None;
            continue;
        }
        let start = match below.take() {
            Some(snapshot) => snapshot,
            None => Snapshot::read(&mut client)?,
        };
        replay::run_up(scratch, &mut client, graph, &[node])?;
        let above = Snapshot::read(&mut client)?;
        // Both are of one database: what was renamed is known, not guessed.
        let way = plan(&above, &start, &Options::default().allow_empty().grants())?;
        // Nobody may be connected to a database that is copied.
        drop(client);
        let trial = Trial {
            scratch,
            graph,
            node,
            below: &start,
            above: &above,
        };
        let (outcome, again) = trial.run(&database, &way)?;
        client = scratch.connect(&database)?;
        generated.push(GeneratedDown {
            node,
            plan: way,
            outcome,
            again,
        });
        below = Some(above);
    }
    drop(client);
    scratch.drop_database(&database)?;
    Ok(generated)
}

/// A down script that is tried.
struct Trial<'a> {
    scratch: &'a Scratch,
    graph: &'a Graph,
    node: Node,
    below: &'a Snapshot,
    above: &'a Snapshot,
}

impl Trial<'_> {
    /// Runs a plan in a copy, and looks whether it comes to the schema that was before, and whether
    /// the up script can follow it.
    fn run(
        &self,
        database: &str,
        way: &Plan,
    ) -> Result<(StairOutcome, Option<StairOutcome>), Failure> {
        let copy = self.scratch.clone_database(database)?;
        let mut client = self.scratch.connect(&copy)?;
        let outcome = match replay::run_plan(&mut client, way) {
            Err(refused) => StairOutcome::DownFails(Box::new(refused.error)),
            Ok(()) => match compared(&Snapshot::read(&mut client)?, self.below)? {
                Compared::Same => StairOutcome::Restored,
                Compared::ColumnOrder(tables) => StairOutcome::ColumnOrder(tables),
                Compared::Differs(plan) => StairOutcome::Differs(plan),
            },
        };
        let again = match outcome.is_ok() {
            true => Some(again(
                self.scratch,
                &mut client,
                self.graph,
                self.node,
                self.above,
            )?),
            false => None,
        };
        drop(client);
        self.scratch.drop_database(&copy)?;
        Ok((outcome, again.filter(|again| !again.is_ok())))
    }
}

//! The files have to build what the tool built: types of parameters, for one, are not in a log.

use build_support::graph::{Graph, Node, NodeSet};

use super::super::{Tool, written};
use crate::{
    context::Context,
    failure::Failure,
    proposal::{EmptyTarget, PlanArgs},
    schema::{Snapshot, plan},
    server::Scratch,
    state::Workshop,
};

/// Replays the revisions and compares their schema with that of the database that the tool has built,
/// in which its record is dropped first.
///
/// # Errors
/// A statement that the server refuses, by place, or the objects that differ.
pub(super) fn builds_the_same(
    graph: &Graph,
    (scratch, built, table): (&Scratch, &str, &str),
    context: &Context,
) -> Result<(), Failure> {
    let mut client = scratch.connect(built)?;
    let record = build_support::sql::quote_identifier(table);
    client
        .batch_execute(&format!("DROP TABLE {record}"))
        .map_err(|error| Failure::fault(format!("SeaORM's record can't be dropped: {error}")))?;
    let theirs = Snapshot::read(&mut client)?;
    let order: Vec<Node> = graph.order_up(&graph.heads(), &NodeSet::default());
    let sign = Tool::SeaOrm.mark("").unwrap_or_default();
    let is_theirs = |node: &Node| written::has_line(graph.revision(*node), &sign);
    let order: Vec<Node> = order.into_iter().filter(is_theirs).collect();
    let workshop = Workshop::new(context, Some(scratch.major()));
    let ours = workshop.replay(graph, &order, &[])?;
    let options = PlanArgs::default().options(context, &[], EmptyTarget::Meant)?;
    let difference = plan(&ours, &theirs, &options.no_renames())?;
    let mut objects: Vec<String> = difference
        .statements
        .iter()
        .map(|one| format!("{} `{}`", one.kind, one.object))
        .collect();
    objects.dedup();
    if objects.is_empty() {
        return Ok(());
    }
    let failure = Failure::user("the SQL that SeaORM's migrations ran does not build what they built")
        .hint("a migration that decides by what it finds can't be told by its SQL: write it by hand, `cargo migrate new NAME`");
    Err(objects.into_iter().fold(failure, Failure::note))
}

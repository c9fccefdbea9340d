//! `check --drift`: the database has the schema that its applied revisions build.

use build_support::graph::{Node, NodeSet};

use super::Finding;
use crate::{
    context::Context,
    failure::Failure,
    proposal::{EmptyTarget, PlanArgs},
    schema::{Snapshot, plan},
    state::Workshop,
};

pub(super) fn drift(context: &Context) -> Result<Vec<Finding>, Failure> {
    let mut client = context.connect()?;
    let state = context.read_state(&mut client)?;
    let live = Snapshot::read(&mut client)?;
    let graph = context.graph()?;
    let unknown = state.applied.keys().find(|id| graph.find(id).is_none());
    if let Some(id) = unknown {
        let message =
            format!("revision `{id}` is applied and has no file, so its schema is unknown");
        return Ok(vec![Finding::new("drift", message).revision(id)]);
    }
    let applied: Vec<Node> = state
        .applied
        .keys()
        .filter_map(|id| graph.find(id))
        .collect();
    let order = graph.order_up(&applied, &NodeSet::default());
    let order: Vec<Node> = order
        .into_iter()
        .filter(|node| applied.contains(node))
        .collect();
    let workshop = Workshop::new(context, Some(live.server_version / 10_000));
    let built = workshop.replay(graph, &order, &[])?;
    let options = PlanArgs::default().options(context, &[], EmptyTarget::Meant)?;
    let way = plan(&built, &live, &options.no_renames())?;
    let found = way.statements.iter().map(|statement| {
        let message = format!(
            "the database is not what its applied revisions build: {} `{}`",
            statement.kind, statement.object
        );
        Finding::new("drift", message)
    });
    let mut findings: Vec<Finding> = found.collect();
    findings.dedup();
    if let Some(last) = findings.pop() {
        let hint = "run `cargo migrate diff migrations database` to see the statements";
        findings.push(last.hint(hint));
    }
    Ok(findings)
}

//! `check --drift`: the database has the schema that its applied revisions build.

use build_support::{
    engine::Standing,
    graph::{Node, NodeSet},
    report::{ScriptRow, ScriptState},
    revision::Repeatable,
};

use super::{Finding, Look};
use crate::{
    context::Context,
    failure::Failure,
    proposal::{EmptyTarget, PlanArgs},
    schema::{Snapshot, plan},
    state::Workshop,
};

pub(super) fn drift(context: &Context, _: &mut Look) -> Result<Vec<Finding>, Failure> {
    let mut client = context.connect()?;
    let state = context.read_state(&mut client)?;
    let live = Snapshot::read(&mut client)?;
    let standing = Standing::of(context.graph()?, &state);
    let (graph, state) = (&*standing.graph, &*standing.state);
    let unknown = state.applied.keys().find(|id| graph.find(id).is_none());
    if let Some(id) = unknown {
        let message =
            format!("revision `{id}` is applied and has no file, so its schema is unknown");
        return Ok(vec![Finding::new("drift", message).revision(id)]);
    }
    let edited = ScriptRow::all(graph, state);
    let edited = edited.iter().find(|row| row.state == ScriptState::Changed);
    if let Some(row) = edited {
        let message = format!(
            "repeatable script `{}` was edited since it ran, so what it built is unknown",
            row.id
        );
        let finding = Finding::new("drift", message).revision(&row.id);
        return Ok(vec![finding.hint("run `cargo migrate up`")]);
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
    let ran = |script: &&Repeatable| state.repeatable.contains_key(&script.id());
    let scripts: Vec<Repeatable> = graph.repeatable().iter().filter(ran).cloned().collect();
    let built = workshop.replay(graph, &order, &scripts)?;
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

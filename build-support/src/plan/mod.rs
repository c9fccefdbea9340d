//! From a target to ordered steps: what `up`, `down` and `stamp` would do to a set of applied
//! revisions. Pure: the set goes in, the order or the new set comes out.

mod error;
#[cfg(test)]
mod tests;

pub use self::error::PlanError;
use crate::graph::{Graph, Node, NodeSet, symbol::Target, walk::Along};

/// What the targets need and the set lacks, in the order to apply it.
///
/// # Errors
/// Two targets of which one lies on the way to the other.
pub fn up(graph: &Graph, applied: &NodeSet, targets: &[Target]) -> Result<Vec<Node>, PlanError> {
    let points: NodeSet = targets.iter().filter_map(|target| target.point).collect();
    refuse_overlap(graph, &points)?;
    let points: Vec<Node> = points.iter().collect();
    Ok(graph.order_up(&points, applied))
}

fn refuse_overlap(graph: &Graph, points: &NodeSet) -> Result<(), PlanError> {
    for upper in points.iter() {
        let below = graph.ancestors(graph.parents(upper).iter().copied(), Along::Line);
        if let Some(lower) = points.iter().find(|&point| below.contains(point)) {
            return Err(PlanError::Overlap {
                lower: graph.id(lower).clone(),
                upper: graph.id(upper).clone(),
            });
        }
    }
    Ok(())
}

/// What must go for the target to be the newest, in the order to revert it: the newest first.
///
/// # Errors
/// A target that is not applied.
pub fn down(graph: &Graph, applied: &NodeSet, target: Target) -> Result<Vec<Node>, PlanError> {
    if let Some(point) = target.point.filter(|&point| !applied.contains(point)) {
        return Err(PlanError::NotApplied {
            id: graph.id(point).clone(),
        });
    }
    let first = match target.line {
        Some(line) => above_on_line(graph, applied, target.point, line),
        None => above(graph, applied, target.point),
    };
    let gone = graph.descendants(first, Along::Needs);
    let reverted: NodeSet = gone.iter().filter(|&node| applied.contains(node)).collect();
    Ok(graph.order_down(&reverted))
}

/// The applied revisions that follow the point directly; all of them for the base.
fn above(graph: &Graph, applied: &NodeSet, point: Option<Node>) -> Vec<Node> {
    match point {
        Some(point) => {
            let children = graph.children(point).iter().copied();
            children.filter(|&child| applied.contains(child)).collect()
        }
        None => applied.iter().collect(),
    }
}

/// The applied revisions of one line above the point, without those that another line stands on.
fn above_on_line(graph: &Graph, applied: &NodeSet, point: Option<Node>, line: Node) -> Vec<Node> {
    let members = graph.line_of(line);
    let above = point.map(|point| graph.descendants([point], Along::Line));
    let is_above =
        |node: Node| Some(node) != point && above.as_ref().is_none_or(|above| above.contains(node));
    let elsewhere = applied.iter().filter(|&node| !members.contains(node));
    let needed_elsewhere = graph.ancestors(elsewhere, Along::Line);
    let mine = members.iter().filter(|&node| applied.contains(node));
    mine.filter(|&node| is_above(node) && !needed_elsewhere.contains(node))
        .collect()
}

/// The set that a stamp leaves: heads on the way to or from a target go, the targets come, and all
/// that the heads then need is applied.
pub fn stamp(graph: &Graph, applied: &NodeSet, targets: &[Target]) -> NodeSet {
    let mut heads: NodeSet = graph.heads_of(applied).into_iter().collect();
    for target in targets {
        let related = match (target.point, target.line) {
            (Some(point), _) => {
                let mut related = graph.ancestors([point], Along::Needs);
                related.extend(graph.descendants([point], Along::Needs).iter());
                related
            }
            (None, Some(line)) => graph.line_of(line),
            (None, None) => graph.nodes().collect(),
        };
        heads = heads
            .iter()
            .filter(|&head| !related.contains(head))
            .collect();
    }
    heads.extend(targets.iter().filter_map(|target| target.point));
    graph.ancestors(heads.iter(), Along::Needs)
}

/// The set that a purging stamp leaves: the targets and all that they need, whatever was before.
pub fn stamp_purge(graph: &Graph, targets: &[Target]) -> NodeSet {
    graph.ancestors(
        targets.iter().filter_map(|target| target.point),
        Along::Needs,
    )
}

/// Pending revisions that applied ones stand on, each with one of those: out of order.
pub fn out_of_order(graph: &Graph, applied: &NodeSet) -> Vec<(Node, Node)> {
    let mut found = Vec::new();
    for node in applied.iter() {
        for &below in graph.parents(node).iter().chain(graph.depends_on(node)) {
            if !applied.contains(below) && !found.iter().any(|&(pending, _)| pending == below) {
                found.push((below, node));
            }
        }
    }
    found.sort_unstable();
    found
}

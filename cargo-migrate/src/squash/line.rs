//! The revisions that a squash replaces, and what keeps them from being one. Pure thought.

use build_support::graph::{Graph, Node, NodeSet, symbol::Symbols, walk::Along};

use crate::failure::Failure;

/// A part of the graph that one revision can stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is replaced, in the order in which it is applied; the last is the upper end.
    pub nodes: Vec<Node>,
    /// What lies below, in the order in which it is applied.
    pub before: Vec<Node>,
    /// What the new revision follows.
    pub parents: Vec<Node>,
    /// What it needs without following it.
    pub depends_on: Vec<Node>,
}

impl Line {
    /// The revisions of a range, or all.
    ///
    /// # Errors
    /// Why they can't be one revision.
    pub fn of(graph: &Graph, range: Option<&str>) -> Result<Self, Failure> {
        let symbols = Symbols::offline(graph);
        let set = match range {
            Some(range) => symbols.within(&symbols.range(range)?),
            None => graph.nodes().collect(),
        };
        let heads = graph.heads_of(&set);
        let head = match heads.as_slice() {
            _ if set.len() < 2 => {
                return Err(Failure::user(
                    "there is nothing to squash: it takes two revisions",
                ));
            }
            [head] => *head,
            several => return Err(several_heads(graph, several)),
        };
        refuse_squashed(graph, &set)?;
        refuse_branches(graph, &set, head)?;
        refuse_circle(graph, &set)?;
        let below: NodeSet = graph
            .ancestors(set.iter(), Along::Needs)
            .iter()
            .filter(|&node| !set.contains(node))
            .collect();
        let members: Vec<Node> = set.iter().collect();
        let lower: Vec<Node> = below.iter().collect();
        let parents = outside(&set, |node| graph.parents(node));
        let depends_on = outside(&set, |node| graph.depends_on(node));
        Ok(Self {
            nodes: graph.order_up(&members, &below),
            before: graph.order_up(&lower, &NodeSet::default()),
            depends_on: depends_on
                .into_iter()
                .filter(|needed| !parents.contains(needed))
                .collect(),
            parents,
        })
    }
}

/// The other ends of the members' edges that lead out of the set, in id order.
fn outside<'g>(set: &NodeSet, edges: impl Fn(Node) -> &'g [Node]) -> Vec<Node> {
    let ends = set.iter().flat_map(|node| edges(node).to_vec());
    let ends: NodeSet = ends.filter(|&end| !set.contains(end)).collect();
    ends.iter().collect()
}

fn several_heads(graph: &Graph, heads: &[Node]) -> Failure {
    let named: Vec<String> = heads
        .iter()
        .map(|&node| format!("`{}`", graph.id(node)))
        .collect();
    Failure::user(format!(
        "the revisions end in several heads: {}",
        named.join(", ")
    ))
    .hint("squash one line at a time: `cargo migrate squash A:B`")
    .hint("or join them first: `cargo migrate merge`")
}

/// The old files of an earlier squash would have to stay beside two revisions that stand for them.
fn refuse_squashed(graph: &Graph, set: &NodeSet) -> Result<(), Failure> {
    let has_files = |id: &build_support::revision::RevisionId| {
        graph.replaced().iter().any(|file| file.id == *id)
    };
    let unfinished = set.iter().map(|node| graph.id(node));
    let mut unfinished = unfinished.filter(|id| graph.replaced_by(id).iter().any(has_files));
    match unfinished.next() {
        Some(id) => Err(Failure::user(format!(
            "revision `{id}` replaces others whose files are still there"
        ))
        .hint(format!(
            "remove them first: `cargo migrate squash --finish {id}`"
        ))),
        None => Ok(()),
    }
}

/// What begins in the middle would come after the whole.
fn refuse_branches(graph: &Graph, set: &NodeSet, head: Node) -> Result<(), Failure> {
    for node in set.iter().filter(|&node| node != head) {
        let above = graph.children(node).iter();
        if let Some(&child) = above.clone().find(|&&child| !set.contains(child)) {
            return Err(Failure::user(format!(
                "revision `{}` follows `{}`, which is in the middle of what would be one revision",
                graph.id(child),
                graph.id(node),
            ))
            .hint(format!(
                "end the range at `{}`, or join the lines first: `cargo migrate merge`",
                graph.id(node)
            )));
        }
    }
    Ok(())
}

/// What needs a part of it and is needed by another part has no place.
fn refuse_circle(graph: &Graph, set: &NodeSet) -> Result<(), Failure> {
    let above = graph.descendants(set.iter(), Along::Needs);
    let below = graph.ancestors(set.iter(), Along::Needs);
    let mut between = above
        .iter()
        .filter(|&node| below.contains(node) && !set.contains(node));
    match between.next() {
        Some(node) => Err(Failure::user(format!(
            "revision `{}` needs a part of the range and another part needs it",
            graph.id(node)
        ))
        .hint("take it into the range, or end the range below it")),
        None => Ok(()),
    }
}

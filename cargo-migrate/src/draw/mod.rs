//! Drawings of the revision graph and of a schema: SVG, DOT and Mermaid texts, no I/O.

mod dot;
mod mermaid;
pub mod schema;
mod svg;

use build_support::graph::{Graph, Node};

pub use self::{dot::dot, mermaid::mermaid, svg::svg};

/// What a drawing writes beside a revision: its id and what it does.
fn title(graph: &Graph, node: Node) -> (String, String) {
    let revision = graph.revision(node);
    let labels = revision
        .labels
        .iter()
        .map(|label| format!(" [{}]", label.name));
    let labels: String = labels.collect();
    (format!("{}{labels}", revision.id), revision.message.clone())
}

/// All revisions, none before one that stands on it.
fn newest_first(graph: &Graph) -> Vec<Node> {
    let mut nodes = graph.order_up(&graph.heads(), &build_support::graph::NodeSet::default());
    nodes.reverse();
    nodes
}

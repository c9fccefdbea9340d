//! Which labels a revision carries.
//!
//! A label spreads to all that follows its revision, and down to the branch or merge point before
//! it: on a straight line every revision carries it, so that `label@base` means that line.

use std::collections::{BTreeSet, HashMap};

use super::{Graph, Node, walk::Along};

/// Spreads each declared label over its line.
pub(super) fn spread(graph: &mut Graph) {
    let declared: Vec<(String, Node)> = graph
        .declared_labels()
        .map(|(label, node)| (label.to_owned(), node))
        .collect();
    let mut sets = vec![BTreeSet::new()];
    for (label, node) in declared {
        let mut line = graph.descendants([node], Along::Line);
        line.extend(down_to_fork(graph, node));
        // Which set becomes which with the label in it.
        let mut grown: HashMap<usize, usize> = HashMap::new();
        for member in line.iter() {
            let set = &mut graph.edges[member.0].label_set;
            *set = *grown.entry(*set).or_insert_with(|| {
                let mut with = sets[*set].clone();
                with.insert(label.clone());
                sets.push(with);
                sets.len() - 1
            });
        }
    }
    graph.label_sets = sets;
}

fn down_to_fork(graph: &Graph, from: Node) -> Vec<Node> {
    let mut found = Vec::new();
    let mut node = from;
    while !graph.is_branch_point(node) && !graph.is_merge_point(node) {
        found.push(node);
        match graph.parents(node).first() {
            Some(&parent) => node = parent,
            None => break,
        }
    }
    found
}

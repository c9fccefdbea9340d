//! Walks along the edges: what lies below and above, and in which order to apply.
//!
//! No function recurses: a history of ten thousand revisions in one line is a normal input.

use std::collections::{BinaryHeap, HashMap};

use super::{Graph, Node, NodeSet};

/// Which edges a walk follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// Parents only: the line that a revision stands on.
    Line,
    /// Parents and dependencies: all that a revision needs.
    Needs,
}

impl Graph {
    /// The nodes and all that they follow (and need).
    pub fn ancestors(&self, from: impl IntoIterator<Item = Node>, along: Along) -> NodeSet {
        reach(from, |node, found| {
            found.extend_from_slice(self.parents(node));
            if along == Along::Needs {
                found.extend_from_slice(self.depends_on(node));
            }
        })
    }

    /// The nodes and all that follows (and needs) them.
    pub fn descendants(&self, from: impl IntoIterator<Item = Node>, along: Along) -> NodeSet {
        reach(from, |node, found| {
            found.extend_from_slice(self.children(node));
            if along == Along::Needs {
                found.extend_from_slice(self.dependents(node));
            }
        })
    }

    /// The line of a node: what it follows, itself, and what follows it.
    pub fn line_of(&self, node: Node) -> NodeSet {
        let mut line = self.ancestors([node], Along::Line);
        line.extend(self.descendants([node], Along::Line).iter());
        line
    }

    /// The members that no other member has as parent or dependency.
    pub fn heads_of(&self, set: &NodeSet) -> Vec<Node> {
        let is_needed = |node: &Node| {
            let above = self.children(*node).iter().chain(self.dependents(*node));
            above.copied().any(|other| set.contains(other))
        };
        set.iter().filter(|node| !is_needed(node)).collect()
    }

    /// What the targets need and `present` lacks, each after all that it needs itself.
    ///
    /// Each branch is contiguous where the order is free; ties are broken by id.
    pub fn order_up(&self, targets: &[Node], present: &NodeSet) -> Vec<Node> {
        let mut order = Vec::new();
        let mut seen = NodeSet::default();
        let mut targets = targets.to_vec();
        targets.sort_unstable();
        for target in targets {
            self.visit(target, present, &mut seen, &mut order);
        }
        order
    }

    /// The members, none before one that stands on it; of those that are free the newest first.
    pub fn order_down(&self, members: &NodeSet) -> Vec<Node> {
        let mut waiting: HashMap<Node, usize> = HashMap::new();
        for node in members.iter() {
            let needs = self.parents(node).iter().chain(self.depends_on(node));
            for &need in needs.filter(|&&need| members.contains(need)) {
                *waiting.entry(need).or_default() += 1;
            }
        }
        let is_free = |node: &Node| !waiting.contains_key(node);
        let mut free: BinaryHeap<Node> = members.iter().filter(is_free).collect();
        let mut order = Vec::new();
        while let Some(node) = free.pop() {
            order.push(node);
            for &need in self.parents(node).iter().chain(self.depends_on(node)) {
                let Some(count) = waiting.get_mut(&need) else {
                    continue;
                };
                *count -= 1;
                if *count == 0 {
                    free.push(need);
                }
            }
        }
        order
    }

    /// Depth first, a node after all that it needs.
    fn visit(&self, root: Node, present: &NodeSet, seen: &mut NodeSet, order: &mut Vec<Node>) {
        let mut stack = vec![(root, Step::Enter)];
        while let Some((node, step)) = stack.pop() {
            match step {
                Step::Leave => order.push(node),
                Step::Enter if present.contains(node) || !seen.insert(node) => {}
                Step::Enter => {
                    stack.push((node, Step::Leave));
                    let mut needs = [self.parents(node), self.depends_on(node)].concat();
                    needs.sort_unstable();
                    stack.extend(needs.into_iter().rev().map(|need| (need, Step::Enter)));
                }
            }
        }
    }
}

enum Step {
    Enter,
    Leave,
}

fn reach(from: impl IntoIterator<Item = Node>, next: impl Fn(Node, &mut Vec<Node>)) -> NodeSet {
    let mut set = NodeSet::default();
    let mut open: Vec<Node> = from.into_iter().collect();
    while let Some(node) = open.pop() {
        if set.insert(node) {
            next(node, &mut open);
        }
    }
    set
}

//! A set of nodes of one graph.

use super::Node;

/// A set of nodes; iterates in id order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeSet {
    members: Vec<bool>,
}

impl NodeSet {
    /// Whether the node is a member.
    pub fn contains(&self, node: Node) -> bool {
        self.members.get(node.0).copied().unwrap_or(false)
    }

    /// Adds a node; tells whether it is new.
    pub fn insert(&mut self, node: Node) -> bool {
        if self.members.len() <= node.0 {
            self.members.resize(node.0 + 1, false);
        }
        !std::mem::replace(&mut self.members[node.0], true)
    }

    /// Takes a node out.
    pub fn remove(&mut self, node: Node) {
        if let Some(member) = self.members.get_mut(node.0) {
            *member = false;
        }
    }

    /// The members in id order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Node> + '_ {
        self.members
            .iter()
            .enumerate()
            .filter(|(_, member)| **member)
            .map(|(at, _)| Node(at))
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        !self.members.contains(&true)
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.iter().filter(|member| **member).count()
    }
}

impl FromIterator<Node> for NodeSet {
    fn from_iter<I: IntoIterator<Item = Node>>(nodes: I) -> Self {
        let mut set = Self::default();
        set.extend(nodes);
        set
    }
}

impl Extend<Node> for NodeSet {
    fn extend<I: IntoIterator<Item = Node>>(&mut self, nodes: I) {
        for node in nodes {
            self.insert(node);
        }
    }
}

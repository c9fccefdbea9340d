//! The graph of revisions: who follows whom, who needs whom, which lines there are.
//!
//! [`Graph::new`] resolves what the files say and refuses what can't be ordered; [`symbol`] turns
//! what a user types into nodes. Nothing here does I/O or knows a database.

mod build;
mod error;
mod labels;
mod set;
mod squash;
pub mod symbol;
pub mod walk;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

pub(crate) use self::error::list;
pub use self::{error::GraphError, set::NodeSet, squash::Squash, symbol::SymbolError};
use crate::revision::{AppliedMark, Digest, Repeatable, Revision, RevisionId};

/// A revision inside one [`Graph`]: its position in id order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub(crate) usize);

/// Revisions and the edges between them, without cycles.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// Shared, as are all scripts here: a copy of the graph is no copy of them.
    revisions: Arc<[Revision]>,
    edges: Vec<Edges>,
    by_id: HashMap<RevisionId, Node>,
    /// Who declares which label.
    labels: BTreeMap<String, Node>,
    /// The sets of labels that nodes carry: all of one line share one.
    label_sets: Vec<BTreeSet<String>>,
    /// The scripts that run after all revisions, by name.
    repeatable: Arc<[Repeatable]>,
    /// Revisions that stand for others.
    squashes: Vec<Squash>,
    /// The files of those others, where they are still there.
    replaced: Arc<[Revision]>,
    /// For an id without a node the id that stands in for it.
    stand_ins: BTreeMap<RevisionId, RevisionId>,
}

/// The edges of one node, each list in id order.
#[derive(Debug, Clone, Default)]
struct Edges {
    parents: Vec<Node>,
    depends_on: Vec<Node>,
    children: Vec<Node>,
    dependents: Vec<Node>,
    /// Which of the graph's sets of labels.
    label_set: usize,
}

impl Graph {
    /// Resolves parents, dependencies and labels.
    ///
    /// # Errors
    /// Every cycle, missing parent or dependency, clashing id and label declared twice.
    pub fn new(revisions: Vec<Revision>) -> Result<Self, Vec<GraphError>> {
        build::build(revisions, build::Edges::Strict, &BTreeSet::new())
    }

    /// As [`Graph::new`], except that an edge to a revision that is nowhere is left out: what the
    /// history recorded may name revisions that nobody has any more.
    pub fn lenient(revisions: Vec<Revision>) -> Result<Self, Vec<GraphError>> {
        build::build(revisions, build::Edges::Lenient, &BTreeSet::new())
    }

    /// The same graph with the repeatable scripts that stand beside its revisions.
    #[must_use]
    pub fn with_repeatable(mut self, repeatable: Vec<Repeatable>) -> Self {
        self.repeatable = repeatable.into();
        self
    }

    /// The repeatable scripts, in the order in which they run.
    pub fn repeatable(&self) -> &[Repeatable] {
        &self.repeatable
    }

    /// What the history's digest is when all revisions and repeatable scripts are applied.
    pub fn digest(&self) -> Digest {
        let mut digest = Digest::of(self.revisions.iter().map(|revision| AppliedMark {
            id: &revision.id,
            checksum: &revision.up.checksum,
            partial: false,
        }));
        for script in &*self.repeatable {
            digest.add(&AppliedMark {
                id: &script.id(),
                checksum: &script.script.checksum,
                partial: false,
            });
        }
        digest
    }

    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// All nodes in id order.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = Node> + use<> {
        (0..self.revisions.len()).map(Node)
    }

    /// All revisions in id order.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// The revision at a node.
    pub fn revision(&self, node: Node) -> &Revision {
        &self.revisions[node.0]
    }

    /// The id at a node.
    pub fn id(&self, node: Node) -> &RevisionId {
        &self.revisions[node.0].id
    }

    /// The node of an id.
    pub fn find(&self, id: &RevisionId) -> Option<Node> {
        self.by_id.get(id).copied()
    }

    /// What a revision follows, in id order.
    pub fn parents(&self, node: Node) -> &[Node] {
        &self.edges[node.0].parents
    }

    /// What a revision needs without following it, in id order.
    pub fn depends_on(&self, node: Node) -> &[Node] {
        &self.edges[node.0].depends_on
    }

    /// What follows a revision, in id order.
    pub fn children(&self, node: Node) -> &[Node] {
        &self.edges[node.0].children
    }

    /// What needs a revision without following it, in id order.
    pub fn dependents(&self, node: Node) -> &[Node] {
        &self.edges[node.0].dependents
    }

    /// The labels of the lines that a revision is on.
    pub fn labels(&self, node: Node) -> &BTreeSet<String> {
        &self.label_sets[self.edges[node.0].label_set]
    }

    /// The revision that declares a label.
    pub fn labelled(&self, label: &str) -> Option<Node> {
        self.labels.get(label).copied()
    }

    /// The labels and who declares them.
    pub fn declared_labels(&self) -> impl Iterator<Item = (&str, Node)> {
        self.labels
            .iter()
            .map(|(label, node)| (label.as_str(), *node))
    }

    /// The revisions without a child.
    pub fn heads(&self) -> Vec<Node> {
        self.nodes()
            .filter(|&node| self.children(node).is_empty())
            .collect()
    }

    /// The heads that nothing depends on: applying these applies everything.
    pub fn effective_heads(&self) -> Vec<Node> {
        self.heads()
            .into_iter()
            .filter(|&node| self.dependents(node).is_empty())
            .collect()
    }

    /// Where the line begins that ends at a head and holds nothing of the other heads' lines: what
    /// is moved to make one line of two. `None` where it begins at several places.
    pub fn own_line_start(&self, head: Node) -> Option<Node> {
        let others = self.heads().into_iter().filter(|&other| other != head);
        let shared = self.ancestors(others, walk::Along::Line);
        let mut own = self.ancestors([head], walk::Along::Line);
        shared.iter().for_each(|node| own.remove(node));
        let begins = |node: &Node| {
            !self
                .parents(*node)
                .iter()
                .any(|&parent| own.contains(parent))
        };
        let mut starts = own.iter().filter(begins);
        starts.next().filter(|_| starts.next().is_none())
    }

    /// The revisions without a parent.
    pub fn bases(&self) -> Vec<Node> {
        self.nodes()
            .filter(|&node| self.parents(node).is_empty())
            .collect()
    }

    /// Whether several revisions follow it.
    pub fn is_branch_point(&self, node: Node) -> bool {
        self.children(node).len() > 1
    }

    /// Whether it follows several revisions.
    pub fn is_merge_point(&self, node: Node) -> bool {
        self.parents(node).len() > 1
    }
}

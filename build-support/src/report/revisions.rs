//! Answers about the revisions alone: heads, branches, history.

use std::fmt;

use serde::Serialize;

use crate::graph::{Graph, Node, NodeSet};

/// A revision in a few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// Its slug.
    pub slug: String,
    /// Its message.
    pub message: String,
    /// The labels of the lines that it is on.
    pub labels: Vec<String>,
}

/// The answer of `heads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heads {
    /// The heads, in id order.
    pub heads: Vec<Summary>,
    /// Those that no other revision depends on.
    #[serde(skip)]
    effective: Vec<String>,
}

/// The answer of `branches`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Branches {
    /// The revisions with several children, in id order.
    pub branches: Vec<BranchPoint>,
}

/// A revision that several follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BranchPoint {
    /// The revision.
    #[serde(flatten)]
    pub revision: Summary,
    /// What follows it, in id order.
    pub children: Vec<Summary>,
}

/// The answer of `history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct History {
    /// The newest first: no revision before one that stands on it.
    pub revisions: Vec<Entry>,
}

/// A revision and its place in the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Its slug.
    pub slug: String,
    /// Its message.
    pub message: String,
    /// The ids of what it follows.
    pub parents: Vec<String>,
    /// The ids of what it needs without following it.
    pub depends_on: Vec<String>,
    /// The labels of the lines that it is on.
    pub labels: Vec<String>,
    /// Whether nothing follows it.
    pub head: bool,
    /// Whether several follow it.
    pub branch_point: bool,
    /// Whether it follows several.
    pub merge_point: bool,
    /// Whether the database stands at it; nothing where no database was asked.
    pub current: Option<bool>,
}

impl Summary {
    /// The revision at a node.
    pub fn of(graph: &Graph, node: Node) -> Self {
        let revision = graph.revision(node);
        Self {
            id: revision.id.to_string(),
            slug: revision.slug.clone(),
            message: revision.message.clone(),
            labels: graph.labels(node).iter().cloned().collect(),
        }
    }

    /// Its labels in words: ` (accounts, billing)`, or nothing for none.
    pub fn lines(&self) -> String {
        listed(&self.labels)
    }
}

/// `20261122201530 (accounts), Add orders.`
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}, {}", self.id, self.lines(), self.message)
    }
}

impl Heads {
    /// The heads of a graph.
    pub fn of(graph: &Graph) -> Self {
        let heads = graph.heads().into_iter();
        Self {
            heads: heads.map(|node| Summary::of(graph, node)).collect(),
            effective: ids(graph, &graph.effective_heads()),
        }
    }

    /// Leaves out the heads that another revision depends on.
    pub fn resolve_dependencies(&mut self) {
        self.heads.retain(|head| self.effective.contains(&head.id));
    }

    /// `head`, or `effective head` for one that another revision depends on.
    pub fn mark(&self, head: &Summary) -> &'static str {
        if self.effective.contains(&head.id) {
            "head"
        } else {
            "effective head"
        }
    }
}

impl Branches {
    /// The branch points of a graph.
    pub fn of(graph: &Graph) -> Self {
        let points = graph.nodes().filter(|&node| graph.is_branch_point(node));
        let point = |node: Node| BranchPoint {
            revision: Summary::of(graph, node),
            children: graph
                .children(node)
                .iter()
                .map(|&child| Summary::of(graph, child))
                .collect(),
        };
        Self {
            branches: points.map(point).collect(),
        }
    }
}

impl History {
    /// The given revisions of a graph, or all; `current` are the heads of what is applied.
    pub fn of(graph: &Graph, only: Option<&NodeSet>, current: Option<&[Node]>) -> Self {
        let nodes = newest_first(graph).into_iter();
        let wanted = nodes.filter(|&node| only.is_none_or(|set| set.contains(node)));
        Self {
            revisions: wanted
                .map(|node| Entry::of(graph, node, current.map(|heads| heads.contains(&node))))
                .collect(),
        }
    }
}

/// All revisions, none before one that stands on it.
pub(super) fn newest_first(graph: &Graph) -> Vec<Node> {
    let mut nodes = graph.order_up(&graph.heads(), &NodeSet::default());
    nodes.reverse();
    nodes
}

impl Entry {
    /// The revision at a node.
    pub fn of(graph: &Graph, node: Node, current: Option<bool>) -> Self {
        let Summary {
            id,
            slug,
            message,
            labels,
        } = Summary::of(graph, node);
        Self {
            id,
            slug,
            message,
            labels,
            parents: ids(graph, graph.parents(node)),
            depends_on: ids(graph, graph.depends_on(node)),
            head: graph.children(node).is_empty(),
            branch_point: graph.is_branch_point(node),
            merge_point: graph.is_merge_point(node),
            current,
        }
    }

    /// Its marks in words, such as `(head) (current)`; each with a space before it.
    pub fn marks(&self) -> String {
        let marks = [
            (self.head, " (head)"),
            (self.branch_point, " (branchpoint)"),
            (self.merge_point, " (mergepoint)"),
            (self.current == Some(true), " (current)"),
        ];
        let on = marks.iter().filter(|(is_on, _)| *is_on);
        on.map(|&(_, mark)| mark).collect()
    }
}

/// `20261115093000 -> 20261122201530 (accounts) (head), Add orders.`
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = "<base>".to_owned();
        let parents = if self.parents.is_empty() {
            base
        } else {
            self.parents.join(", ")
        };
        write!(f, "{parents}{} -> {}", listed(&self.depends_on), self.id)?;
        let labels = listed(&self.labels);
        write!(f, "{labels}{}, {}", self.marks(), self.message)
    }
}

pub(super) fn ids(graph: &Graph, nodes: &[Node]) -> Vec<String> {
    nodes
        .iter()
        .map(|&node| graph.id(node).to_string())
        .collect()
}

/// ` (a, b)`, or nothing for nothing.
fn listed(names: &[String]) -> String {
    if names.is_empty() {
        String::new()
    } else {
        format!(" ({})", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::revisions;

    fn graph(sketch: &str) -> Graph {
        Graph::new(revisions(sketch)).expect("a sound graph")
    }

    #[test]
    fn history_is_newest_first_with_the_marks_of_the_graph() {
        let graph = graph("a b<a:l c<a m<b,c");
        let history = History::of(&graph, None, None);
        let lines: Vec<String> = history.revisions.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        2, 3 -> 4 (l) (head) (mergepoint), m
        1 -> 3, c
        1 -> 2 (l), b
        <base> -> 1 (branchpoint), a
        ");
    }

    #[test]
    fn an_entry_has_every_field_of_the_contract() {
        let graph = graph("a b<a");
        let heads = graph.heads();
        let history = History::of(&graph, None, Some(&heads));
        let json = serde_json::to_string(&history.revisions[0]).expect("plain fields");
        insta::assert_snapshot!(json, @r#"{"id":"2","slug":"b","message":"b","parents":["1"],"depends_on":[],"labels":[],"head":true,"branch_point":false,"merge_point":false,"current":true}"#);
    }

    #[test]
    fn branches_name_the_children() {
        let json = serde_json::to_string(&Branches::of(&graph("a b<a c<a"))).expect("plain");
        assert!(
            json.starts_with(r#"{"branches":[{"id":"1","slug":"a","#),
            "{json}"
        );
        assert!(json.contains(r#""children":[{"id":"2""#), "{json}");
    }
}

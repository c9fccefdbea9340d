//! The answer of `current`: where the database stands.

use std::fmt;

use serde::Serialize;

use crate::{engine::View, graph::Graph, history::State};

/// Where the database stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Current {
    /// The ids of the applied revisions that no applied one has as parent or dependency.
    pub heads: Vec<String>,
    /// How many revisions are applied.
    pub applied: usize,
    /// Whether these are all heads of our revisions and nothing else.
    pub at_heads: bool,
    /// The ids of the applied revisions that are not among ours.
    pub unknown: Vec<String>,
    /// What a person reads of each head.
    #[serde(skip)]
    pub lines: Vec<CurrentHead>,
}

/// One of the revisions that the database stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentHead {
    /// Its id.
    pub id: String,
    /// `(head)`, `(unknown)` or nothing.
    pub mark: &'static str,
    /// Its message.
    pub message: String,
}

impl fmt::Display for CurrentHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}, {}", self.id, self.mark, self.message)
    }
}

impl Current {
    /// Compares our revisions with the history.
    pub fn of(ours: &Graph, state: &State) -> Self {
        let view = View::new(ours, state);
        let heads = view.graph.heads_of(&view.applied);
        let line = |&node: &_| {
            let revision = view.graph.revision(node);
            let mark = match ours.find(&revision.id) {
                None => " (unknown)",
                Some(mine) if ours.children(mine).is_empty() => " (head)",
                Some(_) => "",
            };
            CurrentHead {
                id: revision.id.to_string(),
                mark,
                message: revision.message.clone(),
            }
        };
        let is_applied = |&node: &_| {
            let node = view.graph.find(ours.id(node));
            node.is_some_and(|node| view.applied.contains(node))
        };
        Self {
            heads: super::revisions::ids(&view.graph, &heads),
            applied: view.applied.len(),
            at_heads: view.unknown.is_empty() && ours.heads().iter().all(is_applied),
            unknown: view.unknown.iter().map(ToString::to_string).collect(),
            lines: heads.iter().map(line).collect(),
        }
    }
}

//! A redo: what it reverts and what it applies again, known before either runs.

use super::{Operation, View};
use crate::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    graph::{Graph, NodeSet, list},
    history::State,
    revision::RevisionId,
};

/// The two halves of a redo, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redo {
    /// Reverts the last revisions.
    pub down: Operation,
    /// Comes back to where the database stood.
    pub up: Operation,
}

/// The last revisions of which line?
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`redo` could mean several lines: the database is at {}", list(heads))]
pub struct SeveralLines {
    /// Where the database stands.
    pub heads: Vec<RevisionId>,
    /// How many revisions were to be redone.
    pub count: u32,
}

impl Redo {
    /// Plans the redo of the last `count` revisions.
    ///
    /// # Errors
    /// When the database stands on several lines: which is meant only `down` can be told.
    pub fn of(graph: &Graph, state: &State, count: u32) -> Result<Self, SeveralLines> {
        let view = View::new(graph, state);
        let heads = view.heads();
        if heads.len() > 1 {
            return Err(SeveralLines { heads, count });
        }
        Ok(Self {
            down: Operation::Down(format!("-{count}")),
            up: Operation::Up(known_heads(graph, &view)),
        })
    }
}

/// The heads of what is applied and has files: where to come back to.
fn known_heads(graph: &Graph, view: &View) -> Vec<String> {
    let applied = view.applied.iter();
    let known: NodeSet = applied
        .filter_map(|node| graph.find(view.graph.id(node)))
        .collect();
    let heads = graph.heads_of(&known).into_iter();
    heads.map(|node| graph.id(node).to_string()).collect()
}

impl Diagnose for SeveralLines {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        let count = self.count;
        self.heads.iter().fold(diagnostic, |diagnostic, id| {
            diagnostic.hint(format!(
                "run `cargo migrate down {id}@-{count}`, then `cargo migrate up {id}`"
            ))
        })
    }
}

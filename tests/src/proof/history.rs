//! A folder of revisions in any layout, in the order in which they are applied.

use std::path::Path;

use build_support::{
    graph::{Graph, Node, NodeSet},
    revision::Revision,
    source::folder,
};
use cargo_migrate::replay::{self, ReplayError};

use crate::harness::{Database, server};

/// The revisions of a folder.
#[derive(Debug)]
pub struct History {
    /// The folder's name.
    pub name: String,
    /// How they hang together.
    pub graph: Graph,
    /// Each after all that it needs.
    pub steps: Vec<Node>,
}

/// A revision that can't be replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryError {
    /// The revision.
    pub step: String,
    /// Where and why.
    pub message: String,
}

impl History {
    /// Reads a folder.
    ///
    /// # Errors
    /// Files that are refused, and a graph that is none.
    pub fn read(path: &Path) -> Result<Self, HistoryError> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let refused = |message: String| HistoryError {
            step: name.clone(),
            message,
        };
        let source = folder::load(&[path]).map_err(|error| refused(error.to_string()))?;
        let graph =
            Graph::new(source.revisions).map_err(|errors| refused(format!("{errors:?}")))?;
        let steps = graph.order_up(&graph.heads(), &NodeSet::default());
        Ok(Self { name, graph, steps })
    }

    /// The revision of a node.
    #[must_use]
    pub fn revision(&self, node: Node) -> &Revision {
        self.graph.revision(node)
    }

    /// Runs an up script.
    ///
    /// # Errors
    /// What the server said, and where.
    pub fn apply(&self, node: Node, database: &Database) -> Result<(), HistoryError> {
        let revision = self.revision(node);
        replay::run(server(), &mut database.client(), &revision.id, &revision.up).map_err(|error| {
            HistoryError {
                step: label(revision),
                message: placed(&error),
            }
        })
    }
}

/// Id and slug.
#[must_use]
pub(super) fn label(revision: &Revision) -> String {
    format!("{}_{}", revision.id, revision.slug)
}

fn placed(error: &ReplayError) -> String {
    match &error.place {
        Some(place) => format!("{place}: {error}"),
        None => error.to_string(),
    }
}

//! Takes over what another tool applied: reads its table, checks its checksums where it has any, and
//! says which of our revisions that makes applied. It writes nothing; `stamp` does.

mod checksum;
mod error;
mod tool;

use std::path::Path;

use build_support::{
    graph::{Graph, Node, NodeSet, walk::Along},
    revision::{Revision, RevisionId},
};

pub use self::{
    error::ImportError,
    tool::{Record, Tool},
};

/// What another tool's record makes of our revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The revisions that are applied, in id order.
    pub applied: Vec<RevisionId>,
    /// Their heads: what to stamp.
    pub heads: Vec<RevisionId>,
    /// How many checksums were compared; the tool has none for the others.
    pub verified: usize,
}

/// Finds our revision for each of another tool's records.
///
/// `base` is the folder that the paths of revisions are relative to.
///
/// # Errors
/// A record without a revision, one that failed, an edited file, or a gap in the line.
pub fn adopt(
    graph: &Graph,
    tool: Tool,
    records: &[Record],
    base: &Path,
) -> Result<Adopted, ImportError> {
    if let Some(failed) = records.iter().find(|record| record.failed) {
        return Err(ImportError::Unfinished {
            tool,
            version: failed.version.clone(),
        });
    }
    let mut set = NodeSet::default();
    let (mut lost, mut edited, mut verified) = (Vec::new(), Vec::new(), 0);
    for record in records {
        let Some(node) = find(graph, tool, record) else {
            lost.push(record.version.clone());
            continue;
        };
        let revision = graph.revision(node);
        match checksum::compare(tool, revision, record, base)? {
            Some(true) => verified += 1,
            Some(false) => edited.push(revision.id.clone()),
            None => {}
        }
        set.insert(node);
    }
    if !lost.is_empty() {
        return Err(ImportError::Lost {
            tool,
            versions: lost,
        });
    }
    if !edited.is_empty() {
        return Err(ImportError::Edited { tool, ids: edited });
    }
    if tool == Tool::GolangMigrate {
        set.extend(up_to(graph, &set));
    }
    refuse_gaps(graph, &set)?;
    let ids = |nodes: Vec<Node>| {
        nodes
            .into_iter()
            .map(|node| graph.id(node).clone())
            .collect()
    };
    Ok(Adopted {
        heads: ids(graph.heads_of(&set)),
        applied: ids(set.iter().collect()),
        verified,
    })
}

fn find(graph: &Graph, tool: Tool, record: &Record) -> Option<Node> {
    let id: RevisionId = tool.id_of(&record.version)?.parse().ok()?;
    let is_same = |revision: &Revision| revision.id.same_number(&id);
    graph.nodes().find(|&node| is_same(graph.revision(node)))
}

/// golang-migrate records the newest version only: all before it are applied.
fn up_to(graph: &Graph, newest: &NodeSet) -> Vec<Node> {
    let limit = newest.iter().next_back();
    graph
        .nodes()
        .filter(|&node| limit.is_some_and(|limit| node <= limit))
        .collect()
}

/// Refuses a set that leaves out what one of its members stands on: the next `up` would refuse it.
fn refuse_gaps(graph: &Graph, set: &NodeSet) -> Result<(), ImportError> {
    let closure = graph.ancestors(set.iter(), Along::Needs);
    let missing: Vec<RevisionId> = closure
        .iter()
        .filter(|&node| !set.contains(node))
        .map(|node| graph.id(node).clone())
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(ImportError::Gaps { ids: missing })
    }
}

//! Takes over what another tool applied: reads its table, checks its checksums where it has any, and
//! says which of our revisions that makes applied ([`adopt`]); gives the files the names of the pair
//! layout ([`convert`]) or writes what programs run ([`alembic`], [`sea_orm`]), and says what can't be
//! carried. Nothing here writes to a database.

pub mod alembic;
mod checksum;
pub mod convert;
mod error;
mod git;
mod program;
mod record;
pub mod sea_orm;
mod tool;
mod written;

use std::path::Path;

use build_support::{
    graph::{Graph, Node, NodeSet, walk::Along},
    revision::{Revision, RevisionId},
};

pub use self::{
    error::ImportError,
    program::{Program, programs},
    record::{Body, History, Record, Width},
    tool::{Table, Tool},
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
    /// What is not as it was there, and what to do about it.
    pub notes: Vec<String>,
}

/// Gives the bytes of the file that a revision's path names.
pub type Reader<'a> = &'a dyn Fn(&Path) -> std::io::Result<Vec<u8>>;

/// Finds our revision for each of another tool's records.
///
/// `read` gives the bytes of a revision's file, `programs` are the migrations of the tool that are no
/// SQL.
///
/// # Errors
/// A record without a revision, one that failed, an edited file, or a gap in the line.
pub fn adopt(
    graph: &Graph,
    tool: Tool,
    history: &History,
    (read, programs): (Reader<'_>, &[Program]),
) -> Result<Adopted, ImportError> {
    let records = &history.records;
    if let Some(failed) = records.iter().find(|record| record.failed) {
        return Err(ImportError::Unfinished {
            tool,
            version: failed.version.clone(),
        });
    }
    let mut set = NodeSet::default();
    let (mut lost, mut edited, mut verified) = (Vec::new(), Vec::new(), 0);
    for record in records {
        if record.body == Body::Baseline {
            set.extend(up_to_version(graph, tool, &record.version));
            continue;
        }
        let Some(node) = find(graph, tool, record) else {
            lost.push(record);
            continue;
        };
        let revision = graph.revision(node);
        match checksum::compare(tool, revision, record, read)? {
            Some(true) => verified += 1,
            Some(false) => edited.push(revision.id.clone()),
            None => {}
        }
        set.insert(node);
    }
    if !lost.is_empty() {
        return Err(error::lost(tool, &lost, programs));
    }
    if !edited.is_empty() {
        return Err(ImportError::Edited { tool, ids: edited });
    }
    match tool {
        Tool::GolangMigrate => {
            let newest = set.iter().next_back();
            set.extend(up_to(graph, newest));
        }
        // Alembic records the heads alone.
        Tool::Alembic => set = graph.ancestors(set.iter(), Along::Needs),
        Tool::Refinery | Tool::Sqlx | Tool::Diesel | Tool::SeaOrm | Tool::Flyway => {}
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
        notes: notes(graph, tool, history),
    })
}

fn find(graph: &Graph, tool: Tool, record: &Record) -> Option<Node> {
    if let Some(mark) = tool.mark(&record.version) {
        let marked = graph
            .nodes()
            .find(|&node| written::is_marked(graph.revision(node), &mark));
        if marked.is_some() {
            return marked;
        }
    }
    let ids: Vec<RevisionId> = tool
        .ids_of(&record.version)
        .iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    // A file that says which it is stands for no other of the same number.
    let sign = tool.mark("").unwrap_or_default();
    let is_other = |revision: &Revision| !sign.is_empty() && written::has_line(revision, &sign);
    let is_same = |revision: &Revision| {
        ids.iter().any(|id| revision.id.same_number(id)) && !is_other(revision)
    };
    graph.nodes().find(|&node| is_same(graph.revision(node)))
}

/// All revisions up to a node, in id order: golang-migrate records the newest version only.
fn up_to(graph: &Graph, newest: Option<Node>) -> Vec<Node> {
    let below = |node: &Node| newest.is_some_and(|limit| *node <= limit);
    graph.nodes().filter(below).collect()
}

/// All revisions up to a version that no revision may have.
fn up_to_version(graph: &Graph, tool: Tool, version: &str) -> Vec<Node> {
    let ids: Vec<RevisionId> = tool
        .ids_of(version)
        .iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    // Where the project's ids are those of versions with dots, the plain number is far too small.
    let limit = ids.iter().max();
    let dotted = graph.nodes().any(|node| graph.id(node).as_str().len() > 12);
    let limit = if dotted { limit } else { ids.first() };
    let below = |node: &Node| limit.is_some_and(|limit| graph.id(*node) <= limit);
    graph.nodes().filter(below).collect()
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

/// What works in another way than it did there.
fn notes(graph: &Graph, tool: Tool, history: &History) -> Vec<String> {
    let mut notes = Vec::new();
    if !history.repeatable.is_empty() {
        let names = history.repeatable.join("`, `");
        notes.push(format!(
            "the repeatable scripts `{names}` are not taken over as run: they run once more with the next `up`"
        ));
    }
    let has_placeholder = |node: &Node| {
        let text = graph.revision(*node).up.text.whole();
        text.is_ok_and(|text| text.contains("${"))
    };
    let with: Vec<String> = match tool {
        Tool::Flyway => graph
            .nodes()
            .filter(has_placeholder)
            .map(|node| format!("`{}`", graph.id(node)))
            .collect(),
        _ => Vec::new(),
    };
    if !with.is_empty() {
        notes.push(format!(
            "placeholders `${{…}}` are not replaced here: write `current_setting('migrate.NAME')` in {} and pass `--set NAME=VALUE`",
            with.join(", ")
        ));
    }
    notes
}

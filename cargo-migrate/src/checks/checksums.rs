//! `check --checksums`: no applied revision was edited.

use build_support::engine::divergent;

use super::Finding;
use crate::{context::Context, failure::Failure};

pub(super) fn checksums(context: &Context) -> Result<Vec<Finding>, Failure> {
    let graph = context.graph()?;
    let state = context.read_state(&mut context.connect()?)?;
    let finding = |id: &_| {
        let node = graph.find(id)?;
        let path = graph.revision(node).path();
        let finding = Finding::new(
            "checksums",
            format!("revision `{id}` was edited after it was applied"),
        )
        .revision(id)
        .file(path)
        .hint("undo the edit and write a new revision")
        .hint(format!("run `cargo migrate repair {id}` to accept it"));
        Some(finding)
    };
    Ok(divergent(graph, &state)
        .iter()
        .filter_map(finding)
        .collect())
}

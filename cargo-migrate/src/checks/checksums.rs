//! `check --checksums`: no applied revision was edited.

use build_support::report::{Finding, Status};

use super::Look;
use crate::{context::Context, failure::Failure};

pub(super) fn checksums(context: &Context, _: &mut Look) -> Result<Vec<Finding>, Failure> {
    let graph = context.graph()?;
    let state = context.read_state(&mut context.connect()?)?;
    let status = Status::of(graph, &state, "cargo migrate");
    let with_file = |finding: Finding| {
        let id = finding.revision.as_deref().and_then(|id| id.parse().ok());
        match id.and_then(|id| graph.find(&id)) {
            Some(node) => finding.file(graph.revision(node).path()),
            None => finding,
        }
    };
    Ok(status
        .checksum_findings()
        .into_iter()
        .map(with_file)
        .collect())
}

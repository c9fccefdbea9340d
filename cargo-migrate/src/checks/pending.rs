//! `check --pending`: everything is applied, and nothing that we don't know.

use build_support::report::{RevisionState, Status};

use super::Finding;
use crate::{context::Context, failure::Failure};

pub(super) fn pending(context: &Context) -> Result<Vec<Finding>, Failure> {
    let graph = context.graph()?;
    let state = context.read_state(&mut context.connect()?)?;
    let status = Status::of(graph, &state, "cargo migrate");
    let finding = |id: &str, slug: &str, state: RevisionState| {
        let message = match state {
            RevisionState::Pending => format!("revision `{id}` ({slug}) is pending"),
            RevisionState::Partial => format!("revision `{id}` ({slug}) stopped half way"),
            RevisionState::Unknown => {
                format!("revision `{id}` ({slug}) is applied and has no file")
            }
            RevisionState::Applied | RevisionState::Divergent => return None,
        };
        let finding = Finding::new("pending", message).revision(id);
        Some(match state {
            RevisionState::Pending | RevisionState::Partial => {
                finding.hint("run `cargo migrate up`")
            }
            RevisionState::Unknown | RevisionState::Applied | RevisionState::Divergent => finding,
        })
    };
    let rows = status.revisions.iter();
    Ok(rows
        .filter_map(|row| finding(&row.id, &row.slug, row.state))
        .collect())
}

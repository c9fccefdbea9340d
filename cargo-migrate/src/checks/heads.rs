//! `check --heads`: one head, unless many are meant.

use build_support::report::Finding;

use super::Look;
use crate::{config::Heads, context::Context, failure::Failure};

pub(super) fn heads(context: &Context, _: &mut Look) -> Result<Vec<Finding>, Failure> {
    let graph = context.graph()?;
    let heads = graph.heads();
    if context.config()?.heads() == Heads::Many || heads.len() <= 1 {
        return Ok(Vec::new());
    }
    let names: Vec<String> = heads
        .iter()
        .map(|&node| format!("`{}` ({})", graph.id(node), graph.revision(node).slug))
        .collect();
    let message = format!("there are {} heads: {}", heads.len(), names.join(", "));
    let movable = heads.last().and_then(|&head| graph.own_line_start(head));
    let movable = movable.map(|node| graph.id(node));
    let rebase = |id| format!("run `cargo migrate rebase {id}` to move that line after the other");
    let finding = Finding::new("heads", message).hint("run `cargo migrate merge` to join them");
    Ok(vec![
        movable.map(rebase).into_iter().fold(finding, Finding::hint),
    ])
}

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
    let last = heads
        .last()
        .map(|&node| graph.id(node).to_string())
        .unwrap_or_default();
    let finding = Finding::new("heads", message)
        .hint("run `cargo migrate merge` to join them")
        .hint(format!(
            "run `cargo migrate rebase {last}` to move that one after the other"
        ));
    Ok(vec![finding])
}

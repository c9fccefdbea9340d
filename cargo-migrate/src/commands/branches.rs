//! `branches`: the revisions that several others follow.

use build_support::{Exit, report::Branches};
use clap::Args;

use crate::{
    context::Context,
    failure::Outcome,
    term::{Format, NAME},
};

/// Show the revisions that several others follow, and those others
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate branches")]
pub struct BranchesArgs {}

/// Prints each branch point with its children below.
pub fn run(_args: &BranchesArgs, context: &mut Context) -> Outcome {
    let report = Branches::of(context.graph()?);
    match context.term.format() {
        Format::Json => context.term.json(&report),
        Format::Human => {
            for point in &report.branches {
                let (id, rest) = split_id(&point.revision.id, point.revision.to_string());
                context
                    .term
                    .data(format_args!("{NAME}{id}{NAME:#}{rest} (branchpoint)"));
                for child in &point.children {
                    context.term.data(format_args!("  -> {child}"));
                }
            }
        }
    }
    Ok(Exit::Done)
}

fn split_id(id: &str, text: String) -> (String, String) {
    let rest = text.strip_prefix(id).map(str::to_owned).unwrap_or(text);
    (id.to_owned(), rest)
}

//! `heads`: the revisions that nothing follows.

use build_support::{Exit, report::Heads};
use clap::Args;

use crate::{
    context::Context,
    failure::Outcome,
    term::{Format, NAME},
};

/// Show the revisions that nothing follows
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate heads\n  cargo migrate heads --format json")]
pub struct HeadsArgs {
    /// Leave out the heads that another revision depends on
    #[arg(long)]
    pub resolve_dependencies: bool,
}

/// Prints one line for each head.
pub fn run(args: &HeadsArgs, context: &mut Context) -> Outcome {
    let graph = context.graph()?;
    let effective: Vec<String> = graph
        .effective_heads()
        .into_iter()
        .map(|node| graph.id(node).to_string())
        .collect();
    let mut report = Heads::of(graph);
    if args.resolve_dependencies {
        report.heads.retain(|head| effective.contains(&head.id));
    }
    match context.term.format() {
        Format::Json => context.term.json(&report),
        Format::Human => {
            for head in &report.heads {
                let mark = if effective.contains(&head.id) {
                    "head"
                } else {
                    "effective head"
                };
                context.term.data(format_args!(
                    "{NAME}{}{NAME:#}{} ({mark}), {}",
                    head.id,
                    head.lines(),
                    head.message
                ));
            }
        }
    }
    Ok(Exit::Done)
}

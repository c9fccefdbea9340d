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
    let mut report = Heads::of(context.graph()?);
    if args.resolve_dependencies {
        report.resolve_dependencies();
    }
    match context.term.format() {
        Format::Json => context.term.json(&report),
        Format::Human => {
            for head in &report.heads {
                context.term.data(format_args!(
                    "{NAME}{}{NAME:#}{} ({}), {}",
                    head.id,
                    head.lines(),
                    report.mark(head),
                    head.message
                ));
            }
        }
    }
    Ok(Exit::Done)
}

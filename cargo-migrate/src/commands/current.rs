//! `current`: where the database stands.

use build_support::{Exit, report::Current};
use clap::Args;

use crate::{
    context::Context,
    failure::Outcome,
    term::{Format, NAME},
};

/// Show the revisions that the database stands at
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate current\n  cargo migrate current --check-heads")]
pub struct CurrentArgs {
    /// End with exit code 3 unless the database is at all heads
    #[arg(long, short)]
    pub check_heads: bool,
}

/// Prints one line for each.
pub fn run(args: &CurrentArgs, context: &mut Context) -> Outcome {
    let graph = context.graph()?;
    let state = context.read_state(&mut context.connect()?)?;
    let current = Current::of(graph, &state);
    match context.term.format() {
        Format::Json => context.term.json(&current),
        Format::Human => {
            for head in &current.lines {
                let (id, mark, message) = (&head.id, head.mark, &head.message);
                context
                    .term
                    .data(format_args!("{NAME}{id}{NAME:#}{mark}, {message}"));
            }
            if current.lines.is_empty() {
                context.term.say("no revision is applied");
            }
        }
    }
    if args.check_heads && !current.at_heads {
        context
            .term
            .say("the database is not at the heads: `cargo migrate status` tells more");
        return Ok(Exit::Findings);
    }
    Ok(Exit::Done)
}

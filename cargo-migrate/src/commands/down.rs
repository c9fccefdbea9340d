//! `down`: reverts what stands above the target.

use build_support::engine::Operation;
use clap::Args;

use crate::{cli::revision_name, context::Context, failure::Outcome, offline, teller};

/// Revert the applied revisions above a target
///
/// A target is always needed. Where a revision's file is gone, the down script that was recorded
/// when it was applied is used.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate down -1\n  cargo migrate down 20261122201530\n  \
                        cargo migrate down base --dry-run\n  \
                        cargo migrate down head:base --sql > back.sql"
)]
pub struct DownArgs {
    /// Where to go: an id, a slug, `base`, `-1`, `accounts@base`, …
    #[arg(value_name = "TARGET", value_parser = revision_name, allow_negative_numbers = true)]
    pub target: String,
    /// Print the plan and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the script instead; with a range `B:A`, the newer end first, no database is asked
    #[arg(long, conflicts_with = "dry_run")]
    pub sql: bool,
}

/// Reverts, or prints the plan.
pub fn run(args: &DownArgs, context: &mut Context) -> Outcome {
    let mut options = context.engine_options()?;
    options.dry_run = args.dry_run;
    if args.sql {
        return offline::down(&args.target, &options, context);
    }
    offline::refuse_range(std::slice::from_ref(&args.target), "down", context)?;
    let operation = Operation::Down(args.target.clone());
    teller::carry_out(operation, &options, context)
}

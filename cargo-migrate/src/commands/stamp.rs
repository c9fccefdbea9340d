//! `stamp`: sets the record without running anything.

use build_support::engine::{Operation, Options, Purge};
use clap::{Args, builder::NonEmptyStringValueParser};

use crate::{cli::revision_name, context::Context, failure::Outcome, offline, teller};

/// Record revisions as applied, without running anything
///
/// The heads that the targets replace go; other lines stay. `stamp base` empties the record.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate stamp head\n  cargo migrate stamp base\n  \
                        cargo migrate stamp --purge 20261122201530\n  \
                        cargo migrate stamp 20261122201530 --reason \"restored from a backup\"\n  \
                        cargo migrate stamp base:head --sql"
)]
pub struct StampArgs {
    /// The new heads: ids, slugs, labels, `head`, `heads`, `base`
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true,
          required = true)]
    pub targets: Vec<String>,
    /// Empty the record first, unknown revisions included
    #[arg(long)]
    pub purge: bool,
    /// Print the script instead; with a range `A:B` no database is asked
    #[arg(long, conflicts_with = "purge")]
    pub sql: bool,
    /// Why, for the log beside the history
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
}

/// Changes the record.
pub fn run(args: &StampArgs, context: &mut Context) -> Outcome {
    let options = Options {
        reason: args.reason.clone(),
        ..context.engine_options()?
    };
    if args.sql {
        return offline::stamp(&args.targets, &options, context);
    }
    offline::refuse_range(&args.targets, "stamp", context)?;
    let purge = if args.purge { Purge::All } else { Purge::Keep };
    let operation = Operation::Stamp {
        targets: args.targets.clone(),
        purge,
    };
    teller::carry_out(operation, &options, context)
}

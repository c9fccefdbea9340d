//! `up`: applies what the targets need.

use build_support::{
    engine::{Grouping, Operation, Options},
    report::hazard,
};
use clap::Args;

use crate::{
    cli::revision_name,
    config::Heads,
    context::Context,
    failure::{Failure, Outcome},
    offline, teller,
};

/// Apply the pending revisions that the targets need
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate up\n  cargo migrate up +1\n  \
                        cargo migrate up accounts@head\n  cargo migrate up --dry-run\n  \
                        cargo migrate up base:head --sql > all.sql"
)]
pub struct UpArgs {
    /// Where to go: ids, slugs, labels, `head`, `heads`, `+1`, …; without any, the head
    #[arg(value_name = "TARGET", value_parser = revision_name, allow_negative_numbers = true)]
    pub targets: Vec<String>,
    /// Print the plan and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the script instead; with a range `A:B` no database is asked
    #[arg(long, conflicts_with = "dry_run")]
    pub sql: bool,
    /// Apply all of them in one transaction
    #[arg(long)]
    pub one_transaction: bool,
    /// Also apply the revisions of the contract phase
    #[arg(long)]
    pub contract: bool,
    /// Accept a hazard, such as `data-loss`
    #[arg(long, value_name = "HAZARD", value_parser = hazard)]
    pub allow: Vec<String>,
}

/// Applies, or prints the plan.
pub fn run(args: &UpArgs, context: &mut Context) -> Outcome {
    let options = args.options(context)?;
    if args.sql {
        return offline::up(&args.symbols(context)?, &options, context);
    }
    offline::refuse_range(&args.targets, "up", context)?;
    let operation = Operation::Up(args.symbols(context)?);
    teller::carry_out(operation, &options, context)
}

impl UpArgs {
    /// Where to go; the head where nothing is said.
    pub fn symbols(&self, context: &Context) -> Result<Vec<String>, Failure> {
        if !self.targets.is_empty() {
            return Ok(self.targets.clone());
        }
        Ok(vec![match context.config()?.heads() {
            Heads::One => "head".to_owned(),
            Heads::Many => "heads".to_owned(),
        }])
    }

    /// How to go there.
    pub fn options(&self, context: &Context) -> Result<Options, Failure> {
        let mut options = context.engine_options()?;
        options.dry_run = self.dry_run;
        options.contract = self.contract;
        options.allow = self.allow.iter().cloned().collect();
        if self.one_transaction {
            options.grouping = Grouping::One;
        }
        Ok(options)
    }
}

//! `diff`: the script that turns one schema into another.

use build_support::Exit;
use clap::Args;
use serde_json::json;

use crate::{
    autogenerate::{completed, completed_start},
    context::Context,
    failure::Outcome,
    proposal::{self, EmptyTarget, PlanArgs},
    state::{State, Workshop},
    term::Format,
};

/// Print the script that turns one schema into another
///
/// Each side is a database URL, an SQL file or a folder of them, `models` (what the models and
/// schema files say), `migrations` (what the revisions build), `migrations@REV`, or `database`.
/// The script goes to standard output and fits `psql -1`, unless `--online` is given; what was
/// found, and what is dangerous about it, goes to standard error.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate diff migrations models\n  \
                  cargo migrate diff postgres://localhost/old postgres://localhost/new > change.sql\n  \
                  cargo migrate diff database schema.sql --exit-code --format json")]
pub struct DiffArgs {
    /// The schema that there is
    pub from: String,
    /// The schema that is wanted
    pub to: String,
    /// Exit with 3 where the two differ
    #[arg(long)]
    pub exit_code: bool,
    /// What to compare, and how
    #[command(flatten)]
    pub plan: PlanArgs,
}

/// Compares, prints the script, says what it does.
pub fn run(args: &DiffArgs, context: &mut Context) -> Outcome {
    let (from, to) = (State::parse(&args.from)?, State::parse(&args.to)?);
    let (mut start, mut target) = Workshop::new(context, None).read_both(&from, &to)?;
    let options = if to == State::Models {
        let (whole, options) = completed(context, target, &start, &args.plan)?;
        target = whole;
        options
    } else {
        if from == State::Models {
            start = completed_start(context, start, &target)?;
        }
        let options = args.plan.options(context, &[], empty_target(&to))?;
        proposal::with_backfills(options, &args.plan.backfills()?, &target)?
    };
    let plan = proposal::propose(&context.term, &start, &target, options)?;
    proposal::tell(&context.term, &plan);
    if plan.is_empty() {
        context.term.say("no difference");
    }
    match context.term.format() {
        Format::Human => context.term.raw(plan.script()),
        Format::Json => context
            .term
            .json(&json!({ "changes": proposal::changes(&plan) })),
    }
    Ok(if args.exit_code && !plan.is_empty() {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// A database that is named, or the base, may be empty; models that say nothing were not found.
fn empty_target(to: &State) -> EmptyTarget {
    match to {
        State::Url(_) | State::Database | State::Migrations(_) => EmptyTarget::Meant,
        State::SchemaFile(_) | State::Models => EmptyTarget::Refused,
    }
}

//! `diff`: the script that turns one schema into another.

use build_support::Exit;
use clap::Args;
use serde_json::json;

use crate::{
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
    let options = args
        .plan
        .options(context, &renames_told(&to, context)?, empty_target(&to))?;
    let (start, target) = Workshop::new(context, None).read_both(&from, &to)?;
    let plan = proposal::propose(&context.term, &start, &target, options)?;
    proposal::tell(&context.term, &plan);
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

fn renames_told(
    to: &State,
    context: &Context,
) -> Result<Vec<(String, String)>, crate::failure::Failure> {
    match to {
        State::Models => Ok(crate::state::desired(context)?.renames),
        State::Url(_) | State::Database | State::SchemaFile(_) | State::Migrations(_) => {
            Ok(Vec::new())
        }
    }
}

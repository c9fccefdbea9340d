//! `ensure-history`: makes the history's tables.

use build_support::{Exit, engine::Operation};
use clap::Args;
use serde_json::json;

use crate::{context::Context, failure::Outcome, term::Format};

/// Make the tables of the history, where they are missing
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate ensure-history")]
pub struct EnsureHistoryArgs {}

/// Makes the tables.
pub fn run(_args: &EnsureHistoryArgs, context: &mut Context) -> Outcome {
    let options = context.engine_options()?;
    let mut client = context.connect()?;
    let work = (Operation::EnsureHistory, &options);
    context.perform(work, &mut client, &mut |_| {})?;
    let (schema, tables) = (options.names.schema(), options.names.tables());
    match context.term.format() {
        Format::Json => context
            .term
            .json(&json!({ "schema": schema, "tables": tables })),
        Format::Human => {
            let tables = tables.join("`, `");
            context.term.say(format_args!(
                "the schema `{schema}` has the tables `{tables}`"
            ));
        }
    }
    Ok(Exit::Done)
}

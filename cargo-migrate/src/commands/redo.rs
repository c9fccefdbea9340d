//! `redo`: reverts the last revisions and applies them again.

use build_support::{
    Exit, Place,
    engine::{EngineError, Event, Operation, Options, Redo},
    revision::Work,
};
use clap::Args;
use postgres::Client;

use crate::{
    context::Context,
    failure::{Failure, Outcome},
    teller::Teller,
};

/// Revert the last revisions and apply them again
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate redo\n  cargo migrate redo 3")]
pub struct RedoArgs {
    /// How many
    #[arg(value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub count: u32,
}

/// Reverts and applies.
pub fn run(args: &RedoArgs, context: &mut Context) -> Outcome {
    let options = context.engine_options()?;
    context.graph()?;
    let mut client = context.connect()?;
    let state = context.read_state(&mut client)?;
    let redo = Redo::of(context.graph()?, &state, args.count)?;
    refuse_code(context, &mut client, &redo.down)?;
    let mut teller = Teller::new(&context.term);
    let mut hear = |event: &Event| teller.hear(event);
    let reverted = context.perform((redo.down, &options), &mut client, &mut hear)?;
    let mut report = context.perform((redo.up, &options), &mut client, &mut hear)?;
    report.done.splice(0..0, reverted.done);
    teller.end(&report);
    Ok(Exit::Done)
}

/// What is reverted must be something that can be applied again from here.
fn refuse_code(context: &Context, client: &mut Client, down: &Operation) -> Result<(), Failure> {
    let options = Options {
        dry_run: true,
        ..context.engine_options()?
    };
    let planned = context
        .perform((down.clone(), &options), client, &mut |_| {})?
        .planned;
    let graph = context.graph()?;
    let revisions = planned.iter().filter_map(|step| graph.find(&step.id));
    let mut revisions = revisions.map(|node| graph.revision(node));
    match revisions.find(|revision| revision.work == Work::Code) {
        Some(revision) => Err(context.without_code(EngineError::NoCode {
            id: revision.id.clone(),
            place: Place::file(revision.path()),
        })),
        None => Ok(()),
    }
}

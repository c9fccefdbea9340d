//! `redo`: reverts the last revisions and applies them again.

use build_support::{
    Exit, Place,
    engine::{EngineError, Event, Operation, Options, View},
    graph::NodeSet,
    revision::{RevisionId, Work},
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
    let view = View::new(context.graph()?, &state);
    refuse_several(&view.heads(), args.count)?;
    let targets = known_heads(context, &view)?;
    refuse_code(context, &mut client, args.count)?;
    let mut teller = Teller::new(&context.term);
    let mut hear = |event: &Event| teller.hear(event);
    let down = Operation::Down(format!("-{}", args.count));
    let reverted = context.perform((down, &options), &mut client, &mut hear)?;
    let up = Operation::Up(targets);
    let mut report = context.perform((up, &options), &mut client, &mut hear)?;
    report.done.splice(0..0, reverted.done);
    teller.end(&report);
    Ok(Exit::Done)
}

/// Which of several lines is meant only `down` can be told.
fn refuse_several(heads: &[RevisionId], count: u32) -> Result<(), Failure> {
    if heads.len() < 2 {
        return Ok(());
    }
    let listed: Vec<String> = heads.iter().map(|id| format!("`{id}`")).collect();
    let several = Failure::user(format!(
        "`redo` could mean several lines: the database is at {}",
        listed.join(", ")
    ));
    Err(heads.iter().fold(several, |failure, id| {
        failure.hint(format!(
            "run `cargo migrate down {id}@-{count}`, then `cargo migrate up {id}`"
        ))
    }))
}

/// What is reverted must be something that can be applied again from here.
fn refuse_code(context: &Context, client: &mut Client, count: u32) -> Result<(), Failure> {
    let options = Options {
        dry_run: true,
        ..context.engine_options()?
    };
    let down = Operation::Down(format!("-{count}"));
    let planned = context
        .perform((down, &options), client, &mut |_| {})?
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

/// The heads of what is applied now and has files: where to come back to.
fn known_heads(context: &Context, view: &View) -> Result<Vec<String>, Failure> {
    let ours = context.graph()?;
    let applied = view
        .applied
        .iter()
        .filter_map(|node| ours.find(view.graph.id(node)));
    let applied: NodeSet = applied.collect();
    Ok(ours
        .heads_of(&applied)
        .into_iter()
        .map(|node| ours.id(node).to_string())
        .collect())
}

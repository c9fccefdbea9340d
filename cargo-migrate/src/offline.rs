//! `--sql`: prints what a command would send. With a range the state is taken from the range and no
//! connection is opened; without one the state is read, and nothing is written.

use build_support::{
    Exit,
    engine::{Operation, Options, Purge, Span, assumed_at, refuse_reversed, script},
};

use serde_json::json;

use crate::{
    context::Context,
    failure::{Failure, Outcome},
    term::Format,
};

/// The script of `up`.
pub fn up(targets: &[String], options: &Options, context: &Context) -> Outcome {
    let span = Span::of(targets, "head")?;
    refuse_reversed(context.graph()?, &span)?;
    print(&span, Operation::Up(span.to.clone()), options, context)
}

/// The script of `down`; its range has the newer end first, as the way goes.
pub fn down(target: &str, options: &Options, context: &Context) -> Outcome {
    let span = Span::of(&[target.to_owned()], "base")?;
    let to = span.to.concat();
    print(&span, Operation::Down(to), options, context)
}

/// The script of `stamp`.
pub fn stamp(targets: &[String], options: &Options, context: &Context) -> Outcome {
    let span = Span::of(targets, "head")?;
    let operation = Operation::Stamp {
        targets: span.to.clone(),
        purge: Purge::Keep,
    };
    print(&span, operation, options, context)
}

/// A range says where a script begins; a database knows by itself where it is.
pub fn refuse_range(targets: &[String], command: &str, context: &Context) -> Result<(), Failure> {
    let Some(range) = targets.iter().find(|target| target.contains(':')) else {
        return Ok(());
    };
    let revisions = context.graph()?.revisions();
    if revisions.iter().any(|revision| revision.slug == *range) {
        return Ok(());
    }
    let (_, to) = range.split_once(':').unwrap_or(("", range));
    let to = if to.is_empty() { "TARGET" } else { to };
    Err(Failure::usage(format!(
        "`{command}` takes no range unless it prints a script: `{range}`"
    ))
    .hint(format!(
        "print the script with `cargo migrate {command} {range} --sql`"
    ))
    .hint(format!("or go there with `cargo migrate {command} {to}`")))
}

fn print(span: &Span, operation: Operation, options: &Options, context: &Context) -> Outcome {
    let graph = context.graph()?;
    let state = match &span.from {
        Some(from) => assumed_at(graph, from)?,
        None => context.find_state(&mut context.connect()?)?,
    };
    let text = script(graph, options, operation, state)?;
    if text.is_empty() {
        context.term.say("nothing to do: the script is empty");
    }
    match context.term.format() {
        Format::Human => context.term.raw(text),
        Format::Json => context.term.json(&json!({ "sql": text })),
    }
    Ok(Exit::Done)
}

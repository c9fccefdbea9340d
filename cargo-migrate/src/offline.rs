//! `--sql`: prints what a command would send. With a range the state is taken from the range and no
//! connection is opened; without one the state is read, and nothing is written.

use build_support::{
    Exit,
    engine::{Operation, Options, Purge, assume, script},
    graph::{
        Graph,
        symbol::{Symbols, Target},
        walk::Along,
    },
    history::State,
};

use crate::{
    context::Context,
    failure::{Failure, Outcome},
};

/// Where a script begins and what it does.
struct Span<'t> {
    /// The lower end of `A:B`, or the upper of `B:A`; `None` asks the database.
    from: Option<&'t str>,
    to: &'t str,
}

/// The script of `up`.
pub fn up(targets: &[String], options: &Options, context: &Context) -> Outcome {
    let span = span(targets, "head")?;
    let to = match (targets, span.from) {
        ([_], Some(_)) => vec![span.to.to_owned()],
        _ => targets.to_vec(),
    };
    print(&span, Operation::Up(to), options, context)
}

/// The script of `down`; its range has the newer end first, as the way goes.
pub fn down(target: &str, options: &Options, context: &Context) -> Outcome {
    let targets = [target.to_owned()];
    let span = span(&targets, "base")?;
    print(&span, Operation::Down(span.to.to_owned()), options, context)
}

/// The script of `stamp`.
pub fn stamp(targets: &[String], options: &Options, context: &Context) -> Outcome {
    let span = span(targets, "head")?;
    let targets = match span.from {
        Some(_) => vec![span.to.to_owned()],
        None => targets.to_vec(),
    };
    let purge = Purge::Keep;
    print(&span, Operation::Stamp { targets, purge }, options, context)
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

/// Splits a range; an open upper end is `open`.
fn span<'t>(targets: &'t [String], open: &'static str) -> Result<Span<'t>, Failure> {
    let ranges = targets.iter().filter(|target| target.contains(':')).count();
    match targets {
        [one] if ranges == 1 => {
            let (from, to) = one.split_once(':').unwrap_or(("", one));
            let or = |text: &'t str, open: &'t str| if text.is_empty() { open } else { text };
            let begin = if open == "base" { "head" } else { "base" };
            Ok(Span {
                from: Some(or(from, begin)),
                to: or(to, open),
            })
        }
        _ if ranges > 0 => {
            Err(Failure::usage("a range `A:B` stands alone")
                .hint("give one range, or only targets"))
        }
        _ => Ok(Span {
            from: None,
            to: targets.first().map_or(open, String::as_str),
        }),
    }
}

fn print(span: &Span<'_>, operation: Operation, options: &Options, context: &Context) -> Outcome {
    let graph = context.graph()?;
    let state = match span.from {
        Some(from) => assumed(graph, from)?,
        None => context.find_state(&mut context.connect()?)?,
    };
    let text = script(graph, options, operation, state)?;
    if text.is_empty() {
        context.term.say("nothing to do: the script is empty");
    }
    context.term.raw(text);
    Ok(Exit::Done)
}

/// The state of a database at a symbol; at the base it has no history.
fn assumed(graph: &Graph, from: &str) -> Result<Option<State>, Failure> {
    let targets: Vec<Target> = Symbols::offline(graph).targets(from)?;
    let points: Vec<_> = targets.iter().filter_map(|target| target.point).collect();
    if points.is_empty() {
        return Ok(None);
    }
    Ok(Some(assume(graph, &graph.ancestors(points, Along::Needs))))
}

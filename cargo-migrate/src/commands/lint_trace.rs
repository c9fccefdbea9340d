//! `lint --trace`: runs the chosen revisions in a scratch database, and tells what they lock.

use std::path::Path;

use build_support::{
    graph::{Node, NodeSet, walk::Along},
    report::count,
    revision::Revision,
};

use super::lint::Chosen;
use crate::{
    context::{Context, Sight},
    failure::Failure,
    state::Workshop,
    term::{FAINT, NAME, NOTE, WARNING},
    trace::{HeldLock, Traced, TracedStatement, Tracer},
};

/// What was seen.
#[derive(Default)]
pub(super) struct Trace {
    /// In the order in which they ran.
    pub(super) revisions: Vec<Traced>,
    /// Why the next one did not run to its end.
    pub(super) failure: Option<Failure>,
}

/// Builds what is there before the chosen revisions, and runs them in a copy of it.
///
/// # Errors
/// A revision before them that does not run, or a server that can't be had.
pub(super) fn trace(chosen: &Chosen<'_>, context: &Context) -> Result<Trace, Failure> {
    if chosen.nodes.is_empty() && chosen.due.is_empty() {
        return Ok(Trace::default());
    }
    tell_unknown(chosen, context);
    let graph = chosen.sight.graph();
    let (below, rest) = in_order(chosen);
    let workshop = Workshop::new(context, chosen.major);
    let built = workshop.replayed(graph, &below, &chosen.settled)?;
    let scratch = workshop.scratch()?;
    let database = scratch.clone_database(&built)?;
    let mut tracer = Tracer::new(scratch, &database)?;
    for script in &chosen.changed {
        // The new text stands for the old one; it may need what only comes with the revisions.
        let _ = tracer.pass(&script.as_revision());
    }
    let revisions = rest
        .iter()
        .map(|&node| (graph.revision(node), chosen.nodes.contains(node)));
    let scripts = chosen.due.iter().map(|script| (script, true));
    run_all(&mut tracer, revisions.chain(scripts))
}

/// Runs revisions, and looks at those that are marked, until one fails.
fn run_all<'r>(
    tracer: &mut Tracer<'_>,
    revisions: impl Iterator<Item = (&'r Revision, bool)>,
) -> Result<Trace, Failure> {
    let mut trace = Trace::default();
    for (revision, is_traced) in revisions {
        if !is_traced {
            tracer.pass(revision)?;
            continue;
        }
        match tracer.trace(revision) {
            Ok(traced) => trace.revisions.push(traced),
            Err(failure) => {
                trace.failure = Some(failure);
                break;
            }
        }
    }
    Ok(trace)
}

/// What the database has by revisions without a file can't be built.
fn tell_unknown(chosen: &Chosen<'_>, context: &Context) {
    let Sight::Database(view) = &chosen.sight else {
        return;
    };
    for id in view.unknown.iter().filter(|id| !id.is_repeatable()) {
        context.term.warn(format_args!(
            "revision `{id}` is applied and has no file; the scratch database lacks what it made"
        ));
    }
}

/// What runs before the first of the chosen ones, and the chosen ones with what stands between them.
fn in_order(chosen: &Chosen<'_>) -> (Vec<Node>, Vec<Node>) {
    let graph = chosen.sight.graph();
    let above = graph.descendants(chosen.nodes.iter(), Along::Needs);
    let needed = graph.ancestors(chosen.nodes.iter(), Along::Needs);
    let below: Vec<Node> = needed
        .iter()
        .chain(chosen.before.iter())
        .filter(|&node| !above.contains(node))
        .collect();
    let below = graph.order_up(&below, &NodeSet::default());
    let targets: Vec<Node> = chosen.nodes.iter().collect();
    let rest = graph.order_up(&targets, &below.iter().copied().collect());
    (below, rest)
}

/// Prints what each revision locked.
pub(super) fn print(revisions: &[Traced], context: &Context) {
    let term = &context.term;
    for traced in revisions {
        if term.is_closed() {
            return;
        }
        print_revision(traced, context);
    }
    if !revisions.is_empty() {
        term.say(format_args!(
            "{NOTE}note{NOTE:#}: the times are those of a scratch database, which holds only the \
             rows that revisions insert"
        ));
    }
}

fn print_revision(traced: &Traced, context: &Context) {
    let term = &context.term;
    term.data(headline(traced));
    if traced.code {
        term.data("  its code was not run, so what that locks is not known");
    }
    let statements = &traced.statements;
    let telling = statements.iter().filter(|one| !one.is_harmless());
    for statement in telling.clone() {
        print_statement(statement, context);
    }
    let silent = match (telling.count(), statements.len()) {
        (0, 1) => "1 statement locks nothing that was there before".to_owned(),
        (0, all) => format!("{all} statements lock nothing that was there before"),
        (some, all) if all - some == 1 => "1 other statement takes no further lock".to_owned(),
        (some, all) => format!("{} other statements take no further lock", all - some),
    };
    if statements.iter().any(TracedStatement::is_harmless) {
        term.data(format_args!("  {silent}"));
    }
}

fn headline(traced: &Traced) -> String {
    let (id, slug) = (&traced.revision, &traced.slug);
    let statements = count(traced.statements.len(), "statement");
    let how = match (traced.transaction, traced.statements.len()) {
        ("none", _) => "without a transaction",
        (_, 0 | 1) => "in a transaction",
        _ => "in one transaction",
    };
    let took = traced.duration_ms;
    format!("{NAME}{id}{NAME:#} {slug}: {statements} {how}, {took:.2} ms")
}

fn print_statement(statement: &TracedStatement, context: &Context) {
    let term = &context.term;
    let file = context.shown(Path::new(&statement.file)).display();
    let (line, column, sql) = (statement.line, statement.column, &statement.sql);
    term.data(format_args!(
        "  {file}:{line}:{column}: {FAINT}{sql}{FAINT:#}"
    ));
    for lock in &statement.locks {
        term.data(format_args!("    {}", lock_line(lock)));
    }
    if let Some(rewrites) = statement.rewrites_in_words() {
        term.data(format_args!("    {WARNING}rewrites{WARNING:#} {rewrites}"));
    }
    for read in &statement.reads {
        term.data(format_args!("    {}", read.in_words()));
    }
}

fn lock_line(lock: &HeldLock) -> String {
    let (mode, relation, held) = (lock.mode.name(), &lock.relation, lock.held_ms);
    let over = match lock.later_statements {
        0 => String::new(),
        number => format!(", over {}", count(number, "later statement")),
    };
    let blocks = lock.mode.blocks_in_words();
    let rest = format!("on {relation} for {held:.2} ms{over}: {blocks}");
    match lock.stops_the_application() {
        true => format!("{WARNING}{mode}{WARNING:#} {rest}"),
        false => format!("{mode} {rest}"),
    }
}

//! `verify`: whether every down script undoes its up script.

use build_support::{
    Exit,
    graph::{Graph, Node, NodeSet, walk::Along},
    report::count,
};
use clap::Args;
use serde_json::json;

use crate::{
    cli::revision_name,
    context::{Asks, Context},
    failure::{Failure, Outcome},
    term::{FAINT, Format, NAME, WARNING},
    verify::{Stair, StairOutcome, stairway, twice},
};

/// Walk each revision up, down and up again, and compare the schemas
///
/// A scratch database is used; no other is touched. Exits with 3 where a down script does not give
/// back the schema that was before, and with 4 at an up script that fails the first time, since nothing
/// stands on it. That PostgreSQL appends columns, so that their order can't be restored, is told but is
/// no finding.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate verify\n  cargo migrate verify head-3:head")]
pub struct VerifyArgs {
    /// Only the revisions of a range: `A:B`, `A:` or `:B`
    #[arg(value_name = "A:B", value_parser = revision_name, allow_hyphen_values = true)]
    pub range: Option<String>,
}

/// Walks, and says what was found.
pub fn run(args: &VerifyArgs, context: &mut Context) -> Outcome {
    let graph = context.graph()?;
    let (before, nodes) = within(graph, args.range.as_deref(), context)?;
    let scratch = context.scratch(None)?;
    let mut tell = |stair: &Stair| tell(context, graph, stair);
    let stairs = stairway(&scratch, graph, &before, &nodes, &mut tell)?;
    let scripts = match args.range {
        None => twice(&scratch, (graph, &nodes), &mut tell)?,
        Some(_) => Vec::new(),
    };
    let ok = sound(&stairs) == stairs.len() && sound(&scripts) == scripts.len();
    match context.term.format() {
        Format::Human => {
            context.term.say(tally(&stairs));
            if !scripts.is_empty() {
                let (sound, count) = (sound(&scripts), scripts.len());
                let of = format!("{sound} of {count}");
                context
                    .term
                    .say(format_args!("{of} repeatable scripts can run again"));
            }
        }
        Format::Json => {
            let entries = |stairs: &[Stair]| stairs.iter().map(entry).collect::<Vec<_>>();
            let mut answer = json!({ "ok": ok, "revisions": entries(&stairs) });
            if !scripts.is_empty() {
                answer["repeatable"] = entries(&scripts).into();
            }
            context.term.json(&answer);
        }
    }
    Ok(if ok { Exit::Done } else { Exit::Findings })
}

fn sound(stairs: &[Stair]) -> usize {
    stairs.iter().filter(|stair| stair.outcome.is_ok()).count()
}

/// What is below the range, and the range, both in an order in which they can be applied.
pub(super) fn within(
    graph: &Graph,
    range: Option<&str>,
    context: &Context,
) -> Result<(Vec<Node>, Vec<Node>), Failure> {
    let Some(range) = range else {
        return Ok((
            Vec::new(),
            graph.order_up(&graph.heads(), &NodeSet::default()),
        ));
    };
    let (sight, chosen) = context.resolve(Asks::WhereNeeded, |symbols| {
        Ok(symbols.within(&symbols.range(range)?))
    })?;
    let chosen = chosen.iter().map(|node| context.with_file(&sight, node));
    let chosen = chosen.collect::<Result<NodeSet, Failure>>()?;
    let mut below = graph.ancestors(chosen.iter(), Along::Needs);
    for node in chosen.iter() {
        below.remove(node);
    }
    let below_nodes: Vec<Node> = below.iter().collect();
    let nodes: Vec<Node> = chosen.iter().collect();
    Ok((
        graph.order_up(&below_nodes, &NodeSet::default()),
        graph.order_up(&nodes, &below),
    ))
}

fn tell(context: &Context, graph: &Graph, stair: &Stair) {
    let slug = graph.find(&stair.id).map_or(String::new(), |node| {
        format!(" {}", graph.revision(node).slug)
    });
    if context.term.format() == Format::Json {
        return;
    }
    let line = format!("{NAME}{}{NAME:#}{slug}", stair.id);
    match &stair.outcome {
        StairOutcome::Restored => context
            .term
            .data(format_args!("{line}: {FAINT}ok{FAINT:#}")),
        StairOutcome::ColumnOrder(_) | StairOutcome::Irreversible(_) | StairOutcome::Repeats => {
            context
                .term
                .data(format_args!("{line}: {FAINT}{}{FAINT:#}", stair.outcome));
        }
        StairOutcome::Differs(_)
        | StairOutcome::DownFails(_)
        | StairOutcome::UpAgainFails(_)
        | StairOutcome::UpAgainDiffers(_)
        | StairOutcome::AgainFails(_)
        | StairOutcome::AgainDiffers(_)
        | StairOutcome::NoDown => {
            context.term.data(format_args!(
                "{line}: {WARNING}{}{WARNING:#}",
                stair.outcome
            ));
        }
    }
}

/// How many revisions came to what: `4 revisions: 2 restored, 1 differs, 1 irreversible`.
fn tally(stairs: &[Stair]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for stair in stairs {
        let word = stair.outcome.word();
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, known)) => *known += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.sort_by_key(|(word, count)| (std::cmp::Reverse(*count), *word));
    let counts: Vec<String> = counts
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    match counts.is_empty() {
        true => "no revisions".to_owned(),
        false => format!("{}: {}", count(stairs.len(), "revision"), counts.join(", ")),
    }
}

fn entry(stair: &Stair) -> serde_json::Value {
    let difference = match &stair.outcome {
        StairOutcome::Restored | StairOutcome::Repeats => None,
        other => Some(other.to_string()),
    };
    json!({ "id": stair.id.as_str(), "ok": stair.outcome.is_ok(), "difference": difference,
            "result": stair.outcome.word() })
}

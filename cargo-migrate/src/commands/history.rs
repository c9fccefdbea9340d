//! `history`: the revisions, the newest first, as a list or drawn as a graph.

use build_support::{
    Exit,
    graph::{Graph, Node, NodeSet},
    report::{Entry, History, Lanes},
};
use clap::Args;

use crate::{
    cli::revision_name,
    context::{Asks, Context},
    failure::Outcome,
    term::{Format, NAME},
};

/// List the revisions, the newest first
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate history\n  cargo migrate history -r -3:current\n  \
                        cargo migrate history --graph"
)]
pub struct HistoryArgs {
    /// Only the revisions of a range: `A:B`, `A:` or `:B`
    #[arg(long = "rev-range", visible_alias = "range", short, value_name = "A:B",
          value_parser = revision_name, allow_hyphen_values = true)]
    pub range: Option<String>,
    /// Mark the revisions that the database stands at; connects
    #[arg(long, short)]
    pub indicate_current: bool,
    /// Draw the lines, as `git log --graph` does
    #[arg(long)]
    pub graph: bool,
}

/// Prints one line for each revision.
pub fn run(args: &HistoryArgs, context: &mut Context) -> Outcome {
    let asks = if args.indicate_current {
        Asks::Database
    } else {
        Asks::WhereNeeded
    };
    let (sight, only) = context.resolve(asks, |symbols| match &args.range {
        Some(range) => Ok(Some(symbols.within(&symbols.range(range)?))),
        None => Ok(None),
    })?;
    let graph = sight.graph();
    let heads = sight.applied().map(|applied| graph.heads_of(applied));
    let current = heads.filter(|_| args.indicate_current);
    let history = History::of(graph, only.as_ref(), current.as_deref());
    match (context.term.format(), args.graph) {
        (Format::Json, _) => context.term.json(&history),
        (Format::Human, false) => print_list(&history, context),
        (Format::Human, true) => print_graph(graph, &history, context),
    }
    Ok(Exit::Done)
}

fn print_list(history: &History, context: &Context) {
    for entry in &history.revisions {
        if context.term.is_closed() {
            return;
        }
        let text = entry.to_string();
        let (before, after) = text.split_once(" -> ").unwrap_or(("", &text));
        let after = after.strip_prefix(&entry.id).unwrap_or(after);
        context.term.data(format_args!(
            "{before} -> {NAME}{}{NAME:#}{after}",
            entry.id
        ));
    }
}

fn print_graph(graph: &Graph, history: &History, context: &Context) {
    let shown: Vec<(Node, &Entry)> = history
        .revisions
        .iter()
        .filter_map(|entry| Some((graph.find(&entry.id.parse().ok()?)?, entry)))
        .collect();
    let among: NodeSet = shown.iter().map(|&(node, _)| node).collect();
    let mut lanes = Lanes::default();
    for (node, entry) in shown {
        let row = lanes.row(graph, node, &among);
        let labels = graph
            .revision(node)
            .labels
            .iter()
            .map(|label| format!(" ({})", label.name));
        let labels: String = labels.collect();
        let (marks, message) = (entry.marks(), &entry.message);
        context.term.data(format_args!(
            "{} {NAME}{}{NAME:#}{labels}{marks} {message}",
            row.line, entry.id
        ));
        for joint in row.below {
            context.term.data(joint);
        }
    }
}

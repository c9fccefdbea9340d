//! `merge`: joins heads by a revision that follows them all.

use clap::Args;

use crate::{
    author::{self, NewRevision},
    cli::revision_name,
    context::Context,
    failure::Outcome,
    parents,
    scaffold::render::{Half, Scripts},
};

/// Join heads by a revision that follows them all
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate merge\n  cargo migrate merge accounts@head billing@head -m \"Join accounts and billing\""
)]
pub struct MergeArgs {
    /// What it follows; without any, all heads
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub revisions: Vec<String>,
    /// What the head of the file says
    #[arg(long, short, value_name = "TEXT")]
    pub message: Option<String>,
    /// Let it follow a revision that is no head
    #[arg(long)]
    pub splice: bool,
    /// A name for the line that begins with it
    #[arg(long, visible_alias = "branch-label", value_name = "NAME")]
    pub label: Vec<String>,
    /// Its id, an integer; else the time says it
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
}

/// Writes the revision and prints its files.
pub fn run(args: &MergeArgs, context: &mut Context) -> Outcome {
    let names = context.names_of_files(&args.revisions)?;
    let graph = context.graph()?;
    let parents = parents::of_merge(graph, &names, args.splice.into())?;
    let ids: Vec<&str> = parents
        .iter()
        .map(|&node| graph.id(node).as_str())
        .collect();
    let message = match &args.message {
        Some(message) => message.clone(),
        None => format!("Merge {}.", ids.join(" and ")),
    };
    let revision = NewRevision {
        name: args
            .message
            .clone()
            .unwrap_or_else(|| format!("merge_{}", ids.join("_"))),
        message,
        parents,
        labels: args.label.clone(),
        id: args.rev_id.clone(),
        scripts: nothing_to_run(),
        ..NewRevision::default()
    };
    let written = author::write(&revision, context)?;
    super::new::report(&written, &[], context);
    Ok(build_support::Exit::Done)
}

fn nothing_to_run() -> Scripts {
    let half = |text: &str| Half {
        directives: Vec::new(),
        body: format!("-- {text}\n"),
    };
    Scripts {
        up: half("It joins lines of revisions; there is nothing to apply."),
        down: Some(half(
            "It joins lines of revisions; there is nothing to revert.",
        )),
        hints: Vec::new(),
    }
}

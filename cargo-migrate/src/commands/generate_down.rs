//! `generate-down`: the down script of a hand-written up script.

use std::path::{Path, PathBuf};

use build_support::{
    Exit,
    graph::{NodeSet, symbol::Symbols, walk::Along},
    revision::{Layout, Revision},
};
use clap::Args;
use serde_json::json;

use crate::{
    cli::revision_name,
    context::Context,
    failure::{Failure, Outcome},
    proposal,
    schema::{Hazard, Plan, Transaction},
    term::Format,
    verify::{GeneratedDown, StairOutcome, generate_down},
};

/// Write the down script of a hand-written up script
///
/// The revision is applied in a scratch database; what turns the schema after it into the one before
/// becomes the down script, which is proved there before the file is written.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate generate-down head\n  \
                        cargo migrate generate-down 20261122201530 --print")]
pub struct GenerateDownArgs {
    /// The revision
    #[arg(value_name = "REV", value_parser = revision_name, allow_hyphen_values = true)]
    pub revision: String,
    /// Print the script instead of writing the file
    #[arg(long)]
    pub print: bool,
    /// Replace a down script that is there
    #[arg(long)]
    pub force: bool,
}

/// Generates, proves, writes.
pub fn run(args: &GenerateDownArgs, context: &mut Context) -> Outcome {
    let graph = context.graph()?;
    let node = Symbols::offline(graph).revision(&args.revision)?;
    let revision = graph.revision(node);
    let path = down_path(revision);
    if !args.print && !args.force && path.exists() {
        return Err(
            Failure::user(format!("`{}` is there already", path.display()))
                .hint("pass `--force` to replace it, or `--print` to see the script"),
        );
    }
    let mut below = graph.ancestors([node], Along::Needs);
    below.remove(node);
    let before = graph.order_up(&below.iter().collect::<Vec<_>>(), &NodeSet::default());
    let generated = generate_down(&context.scratch(None)?, graph, &before, node)?;
    refuse_unproved(revision, &generated)?;
    proposal::tell(&context.term, &generated.plan);
    let text = script(revision, &generated.plan);
    if args.print {
        context.term.raw(&text);
        return Ok(Exit::Done);
    }
    fs_err::write(&path, &text)?;
    context.term.say(format_args!("wrote {}", path.display()));
    match context.term.format() {
        Format::Human => context.term.data(path.display()),
        Format::Json => context.term.json(&json!({
            "id": revision.id.as_str(),
            "files": [path],
            "changes": proposal::changes(&generated.plan),
            "hazards": hazards(&generated.plan),
        })),
    }
    Ok(Exit::Done)
}

fn refuse_unproved(revision: &Revision, generated: &GeneratedDown) -> Result<(), Failure> {
    match &generated.outcome {
        StairOutcome::Restored | StairOutcome::ColumnOrder(_) => Ok(()),
        other => Err(
            Failure::user(format!("no down script is found for `{}`", revision.id))
                .note(other.to_string())
                .hint("write it by hand, and try it with `cargo migrate verify`"),
        ),
    }
}

fn hazards(plan: &Plan) -> Vec<&'static str> {
    let all: Vec<Hazard> = plan
        .statements
        .iter()
        .flat_map(|one| one.hazards.clone())
        .collect();
    proposal::names(&all)
}

fn script(revision: &Revision, plan: &Plan) -> String {
    let mut text = format!("-- Revert: {}\n", revision.message);
    if plan
        .statements
        .iter()
        .any(|one| one.transaction == Transaction::Alone)
    {
        text.push_str("-- migrate: transaction=none\n");
    }
    if plan.is_empty() {
        text.push_str("-- The schema is the same before and after.\n");
    } else {
        text.push('\n');
        text.push_str(&plan.script());
    }
    text
}

fn down_path(revision: &Revision) -> PathBuf {
    let up: &Path = &revision.up.path;
    match revision.layout {
        Layout::Diesel => up.with_file_name("down.sql"),
        Layout::Pair | Layout::Refinery => {
            let name = up.file_name().unwrap_or_default().to_string_lossy();
            let stem = name
                .strip_suffix(".up.sql")
                .or(name.strip_suffix(".sql"))
                .unwrap_or(&name);
            up.with_file_name(format!("{stem}.down.sql"))
        }
    }
}

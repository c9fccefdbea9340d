//! `generate-down`: the down script of a hand-written up script.

use std::path::{Path, PathBuf};

use build_support::{
    Exit,
    graph::{Graph, Node, NodeSet, walk::Along},
    revision::{Layout, Revision},
};
use clap::Args;
use serde_json::{Value as Json, json};

use crate::{
    autogenerate::body,
    cli::revision_name,
    commands::verify::within,
    context::Context,
    failure::{Failure, Outcome},
    proposal,
    schema::{Hazard, Plan, Transaction},
    term::Format,
    verify::{GeneratedDown, StairOutcome, generate_downs},
};

/// Write the down script of a hand-written up script
///
/// The revision is applied in a scratch database; what turns the schema after it into the one before
/// becomes the down script, which is proved there before the file is written. Of a range, those
/// revisions get one that have none.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate generate-down head\n  \
                        cargo migrate generate-down 20261122201530 --print\n  \
                        cargo migrate generate-down base:head")]
pub struct GenerateDownArgs {
    /// The revision, or the revisions of a range: `A:B`, `A:` or `:B`
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
    let (before, nodes) = chosen(args, graph, context)?;
    let is_wanted = |node| {
        let revision = graph.revision(node);
        let lacks = revision.down.is_none() && revision.irreversible.is_none();
        args.force || lacks || !is_range(args)
    };
    let scratch = context.scratch(None)?;
    let generated = generate_downs(&scratch, graph, &before, &nodes, &is_wanted)?;
    // Nothing is written where one of them is not proved.
    for one in &generated {
        refuse_unproved(graph.revision(one.node), one)?;
    }
    let mut written = Vec::new();
    for one in &generated {
        proposal::tell(&context.term, &one.plan);
        if let Some(again) = &one.again {
            context.term.warn(format_args!(
                "{again}: the script gives back the schema, not the rows"
            ));
        }
        written.push(write(args, graph.revision(one.node), &one.plan, context)?);
    }
    if generated.is_empty() {
        context
            .term
            .say("every revision of the range has a down script");
    }
    if context.term.format() == Format::Json {
        context.term.json(&match <[Json; 1]>::try_from(written) {
            Ok([one]) if !is_range(args) => one,
            Ok(one) => json!({ "revisions": one }),
            Err(several) => json!({ "revisions": several }),
        });
    }
    Ok(Exit::Done)
}

/// What is below the revisions, and the revisions.
fn chosen(
    args: &GenerateDownArgs,
    graph: &Graph,
    context: &Context,
) -> Result<(Vec<Node>, Vec<Node>), Failure> {
    if is_range(args) {
        return within(graph, Some(&args.revision), context);
    }
    let node = context.resolve_file(&args.revision)?;
    let revision = graph.revision(node);
    let path = down_path(revision);
    if !args.print && !args.force && (revision.down.is_some() || path.exists()) {
        let path = revision
            .down
            .as_ref()
            .map_or(path, |down| down.path.clone());
        return Err(
            Failure::user(format!("`{}` is there already", path.display()))
                .hint("pass `--force` to replace it, or `--print` to see the script"),
        );
    }
    let mut below = graph.ancestors([node], Along::Needs);
    below.remove(node);
    let below: Vec<Node> = below.iter().collect();
    Ok((graph.order_up(&below, &NodeSet::default()), vec![node]))
}

fn is_range(args: &GenerateDownArgs) -> bool {
    args.revision.contains(':')
}

/// Writes or prints one script; as JSON, what there is to say of it.
fn write(
    args: &GenerateDownArgs,
    revision: &Revision,
    plan: &Plan,
    context: &Context,
) -> Result<Json, Failure> {
    let (path, text) = (down_path(revision), script(revision, plan));
    let term = &context.term;
    let mut answer = json!({
        "id": revision.id.as_str(),
        "files": [context.shown(&path)],
        "changes": proposal::changes(plan),
        "hazards": hazards(plan),
    });
    if args.print {
        if term.format() == Format::Human {
            term.raw(&text);
        }
        answer["files"] = json!([]);
        answer["script"] = text.into();
        return Ok(answer);
    }
    fs_err::write(&path, &text)?;
    let shown = context.shown(&path);
    term.say(format_args!("wrote {}", shown.display()));
    if term.format() == Format::Human {
        term.data(shown.display());
    }
    Ok(answer)
}

fn refuse_unproved(revision: &Revision, generated: &GeneratedDown) -> Result<(), Failure> {
    match &generated.outcome {
        StairOutcome::Restored | StairOutcome::ColumnOrder(_) => Ok(()),
        other => Err(
            Failure::user(format!("no down script is found for `{}`", revision.id))
                .note(other.to_string())
                .note("no file was written")
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
        text.push_str(&body(&plan.statements));
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

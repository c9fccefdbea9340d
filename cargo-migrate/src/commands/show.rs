//! `show`: all that is known of a revision.

use build_support::{
    Exit,
    graph::{Graph, Node},
    report::Entry,
    revision::{Script, TransactionMode},
};
use clap::Args;
use serde_json::{Value as Json, json};

use crate::{
    cli::revision_name,
    context::{Asks, Context},
    failure::{Failure, Outcome},
    term::{FAINT, Format, NAME},
};

/// Show a revision: what it follows, its files, its scripts
///
/// `heads` and `current` may be several: then one after the other, in JSON one object a line.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate show head\n  cargo migrate show add_phone\n  \
                        cargo migrate show current\n  cargo migrate show +1"
)]
pub struct ShowArgs {
    /// The revision: an id, a slug, `head`, `current`, …
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub revision: String,
}

/// Prints the revision.
pub fn run(args: &ShowArgs, context: &mut Context) -> Outcome {
    let (sight, nodes) = context.resolve(Asks::WhereNeeded, |symbols| {
        let targets = symbols.targets(&args.revision)?;
        let nodes: Vec<Node> = targets.iter().filter_map(|target| target.point).collect();
        match nodes.is_empty() {
            true => symbols.revision(&args.revision).map(|node| vec![node]),
            false => Ok(nodes),
        }
    })?;
    let graph = sight.graph();
    for (index, &node) in nodes.iter().enumerate() {
        match context.term.format() {
            Format::Json => context.term.json(&object(graph, node, context)?),
            Format::Human => {
                if index > 0 {
                    context.term.data("");
                }
                print(graph, node, context)?;
            }
        }
    }
    Ok(Exit::Done)
}

fn print(graph: &Graph, node: Node, context: &Context) -> Result<(), crate::failure::Failure> {
    let revision = graph.revision(node);
    let entry = Entry::of(graph, node, None);
    let term = &context.term;
    term.data(format_args!(
        "revision {NAME}{}{NAME:#}{}",
        entry.id,
        entry.marks()
    ));
    let line = |name: &str, text: String| {
        if !text.is_empty() {
            term.data(format_args!("{:<10} {text}", format!("{name}:")));
        }
    };
    line("message", entry.message.clone());
    line("slug", entry.slug.clone());
    line("revises", or_base(&entry.parents));
    line("depends on", entry.depends_on.join(", "));
    line("labels", entry.labels.join(", "));
    line(
        "irreversible",
        revision.irreversible.clone().unwrap_or_default(),
    );
    line("up", described(&revision.up, context));
    line(
        "down",
        revision
            .down
            .as_ref()
            .map(|down| described(down, context))
            .unwrap_or_default(),
    );
    print_script(&revision.up, context)?;
    if let Some(down) = &revision.down {
        print_script(down, context)?;
    }
    Ok(())
}

fn or_base(parents: &[String]) -> String {
    if parents.is_empty() {
        "<base>".to_owned()
    } else {
        parents.join(", ")
    }
}

fn described(script: &Script, context: &Context) -> String {
    let path = context.shown(&script.path).display();
    match script.transaction {
        TransactionMode::Own => path.to_string(),
        TransactionMode::None => format!("{path} (without a transaction)"),
    }
}

fn print_script(script: &Script, context: &Context) -> Result<(), Failure> {
    let path = context.shown(&script.path).display();
    context
        .term
        .data(format_args!("\n{FAINT}-- {path}{FAINT:#}"));
    context.term.data(script.text.whole()?.trim_end());
    Ok(())
}

fn object(graph: &Graph, node: Node, context: &Context) -> Result<Json, Failure> {
    let revision = graph.revision(node);
    let mut object = serde_json::to_value(Entry::of(graph, node, None))
        .map_err(|error| Failure::fault(error.to_string()))?;
    object["irreversible"] = json!(revision.irreversible);
    object["compatible"] = json!(revision.compatible);
    object["up"] = script_object(&revision.up, context)?;
    let down = revision.down.as_ref();
    let down = down.map(|down| script_object(down, context)).transpose()?;
    object["down"] = json!(down);
    Ok(object)
}

fn script_object(script: &Script, context: &Context) -> Result<Json, Failure> {
    let transaction = match script.transaction {
        TransactionMode::Own => "own",
        TransactionMode::None => "none",
    };
    Ok(json!({
        "file": context.shown(&script.path).display().to_string(),
        "checksum": script.checksum.to_string(),
        "transaction": transaction,
        "statements": script.statements.len(),
        "sql": script.text.whole()?,
    }))
}

//! `repair`: accepts an edited file of an applied revision.

use build_support::{
    Exit,
    engine::Operation,
    graph::Graph,
    history::{State, down_scripts_query},
    revision::{Revision, RevisionId},
};
use clap::Args;
use postgres::{Client, SimpleQueryMessage};
use serde_json::json;
use similar::TextDiff;

use crate::{
    cli::revision_name,
    context::{Asks, Context},
    failure::{Failure, Outcome},
    term::Format,
};

/// Accept the edited file of an applied revision
///
/// Shows what changed and records the new checksums; nothing is run.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate repair 20261122201530\n  cargo migrate repair add_phone"
)]
pub struct RepairArgs {
    /// The revision
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub revision: String,
}

/// Shows the difference and records it.
pub fn run(args: &RepairArgs, context: &mut Context) -> Outcome {
    let options = context.engine_options()?;
    let (sight, node) = context.resolve(Asks::WhereNeeded, |symbols| {
        symbols.revision(&args.revision)
    })?;
    let id = sight.graph().id(node).clone();
    let graph = context.graph()?;
    let mut client = context.connect()?;
    let state = context.read_state(&mut client)?;
    let (revision, change) = change(graph, &state, &id)?;
    if change.is_none() {
        return finish(&id, &None, context);
    }
    show_difference(revision, &mut client, context)?;
    let operation = Operation::Repair(id.clone());
    context.perform((operation, &options), &mut client, &mut |_| {})?;
    finish(&id, &change, context)
}

/// The recorded and the new checksum; nothing where they agree.
type Change = Option<(String, String)>;

fn change<'a>(
    graph: &'a Graph,
    state: &State,
    id: &RevisionId,
) -> Result<(&'a Revision, Change), Failure> {
    let node = graph.find(id).ok_or_else(|| {
        Failure::user(format!("revision `{id}` has no file"))
            .hint("`cargo migrate stamp --purge` sets the record anew")
    })?;
    let row = state.applied.get(id).ok_or_else(|| {
        Failure::user(format!(
            "revision `{id}` is not applied, so there is nothing to repair"
        ))
    })?;
    let revision = graph.revision(node);
    let down = revision.down.as_ref().map(|down| down.checksum);
    if row.checksum == revision.up.checksum && row.down_checksum == down {
        return Ok((revision, None));
    }
    let change = (row.checksum.to_string(), revision.up.checksum.to_string());
    Ok((revision, Some(change)))
}

/// The history keeps the text of the down script, and of the up script the checksum.
fn show_difference(
    revision: &Revision,
    client: &mut Client,
    context: &Context,
) -> Result<(), Failure> {
    let query = down_scripts_query(&context.names()?, [&revision.id]);
    let messages = client
        .simple_query(&query)
        .map_err(|error| Failure::user(format!("the history can't be read: {error}")))?;
    let recorded = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(1).map(str::to_owned),
        _ => None,
    });
    let now = revision
        .down
        .as_ref()
        .map(|down| down.text.clone())
        .unwrap_or_default();
    let before = recorded.unwrap_or_default();
    if before.trim_end() != now.trim_end() {
        let difference = TextDiff::from_lines(before.as_str(), now.as_str());
        let unified = difference
            .unified_diff()
            .header("down, recorded", "down, now")
            .to_string();
        context.term.say(unified.trim_end());
    }
    Ok(())
}

fn finish(id: &RevisionId, change: &Change, context: &Context) -> Outcome {
    let (from, to) = match change {
        Some((from, to)) => (Some(from.as_str()), Some(to.as_str())),
        None => (None, None),
    };
    match (context.term.format(), change) {
        (Format::Json, _) => context.term.json(&json!({
            "id": id.to_string(), "repaired": change.is_some(), "from": from, "to": to,
        })),
        (Format::Human, None) => context
            .term
            .say(format_args!("`{id}` is as it was recorded")),
        (Format::Human, Some((from, to))) => {
            context.term.say(format_args!(
                "`{id}`: checksum {} is now {}",
                short(from),
                short(to)
            ));
        }
    }
    Ok(Exit::Done)
}

fn short(checksum: &str) -> &str {
    checksum.get(..12).unwrap_or(checksum)
}

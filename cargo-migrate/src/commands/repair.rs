//! `repair`: accepts an edited file of an applied revision.

use std::path::Path;

use build_support::{
    Exit,
    engine::{Operation, Options},
    graph::Graph,
    history::{Applied, State, down_scripts_query},
    revision::{Checksum, Revision, RevisionId},
};
use clap::{Args, builder::NonEmptyStringValueParser};
use postgres::{Client, SimpleQueryMessage};
use serde_json::json;
use similar::TextDiff;

use crate::{
    cli::revision_name,
    context::{Asks, Context},
    failure::{Failure, Outcome},
    git::Git,
    term::{Answers, Format},
};

/// Accept the edited file of an applied revision
///
/// Shows what changed, asks where there is a terminal, and records the new checksums; nothing is run.
/// The text that was applied is looked for in the file's git history.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate repair 20261122201530\n  \
                  cargo migrate repair add_phone --yes --reason \"only a comment\"")]
pub struct RepairArgs {
    /// The revision
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub revision: String,
    /// Why, for the log beside the history
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
}

/// Shows the difference and records it.
pub fn run(args: &RepairArgs, context: &mut Context) -> Outcome {
    let options = Options {
        reason: args.reason.clone(),
        ..context.engine_options()?
    };
    let (sight, node) = context.resolve(Asks::WhereNeeded, |symbols| {
        symbols.revision(&args.revision)
    })?;
    let id = sight.graph().id(node).clone();
    let graph = context.graph()?;
    let mut client = context.connect()?;
    let state = context.read_state(&mut client)?;
    let (revision, row) = recorded(graph, &state, &id)?;
    let change = Change::between(row, revision);
    if change.is_none() {
        return finish(&id, None, context);
    }
    show_up(revision, row.checksum, context)?;
    show_down(revision, row, &mut client, context)?;
    // To name the revision is to ask for it; only a person can take back what the difference shows.
    if context.term.answers() == Answers::Person
        && !context
            .term
            .confirm(&format!("record the file of `{id}` as it is now?"))?
    {
        return Err(Failure::user("nothing was recorded"));
    }
    let operation = Operation::Repair(id.clone());
    context.perform((operation, &options), &mut client, &mut |_| {})?;
    finish(&id, change, context)
}

/// The checksum of the up script, as recorded and of the file; equal where only the down script changed.
#[derive(Clone, Copy)]
struct Change {
    from: Checksum,
    to: Checksum,
}

impl Change {
    fn between(row: &Applied, revision: &Revision) -> Option<Self> {
        let (from, to) = (row.checksum, revision.up.checksum);
        (from != to || row.down_checksum != down_checksum(revision)).then_some(Self { from, to })
    }
}

fn down_checksum(revision: &Revision) -> Option<Checksum> {
    revision.down.as_ref().map(|down| down.checksum)
}

fn recorded<'a>(
    graph: &'a Graph,
    state: &'a State,
    id: &RevisionId,
) -> Result<(&'a Revision, &'a Applied), Failure> {
    let node = graph.find(id).ok_or_else(|| {
        Failure::user(format!("revision `{id}` has no file"))
            .hint("`cargo migrate stamp --purge` sets the record anew")
    })?;
    let row = state.applied.get(id).ok_or_else(|| {
        Failure::user(format!(
            "revision `{id}` is not applied, so there is nothing to repair"
        ))
    })?;
    Ok((graph.revision(node), row))
}

/// The history keeps only the checksum of the up script; git may have the text that fits it.
fn show_up(revision: &Revision, applied: Checksum, context: &Context) -> Result<(), Failure> {
    let now = revision.up.checksum;
    if now == applied {
        return Ok(());
    }
    let file = revision.path();
    match text_in_git(file, applied) {
        Some(before) => {
            let after = fs_err::read_to_string(file)?;
            show((&before, "up, as applied"), (&after, "up, now"), context);
        }
        None => context.term.say(format_args!(
            "the text of `{}` that was applied is not recorded, and git does not have it:\n  \
             checksum, as applied  {applied}\n  checksum, now         {now}",
            file.display()
        )),
    }
    Ok(())
}

/// Without git, or outside of a repository, there is none.
fn text_in_git(file: &Path, checksum: Checksum) -> Option<String> {
    let file = fs_err::canonicalize(file).ok()?;
    let git = Git::around(file.parent()?).ok()?;
    let fits = |text: &str| Checksum::of(text) == checksum;
    git.version_of(&file, fits).ok()?
}

/// The history keeps the text of the down script.
fn show_down(
    revision: &Revision,
    row: &Applied,
    client: &mut Client,
    context: &Context,
) -> Result<(), Failure> {
    if row.down_checksum == down_checksum(revision) {
        return Ok(());
    }
    let query = down_scripts_query(&context.names()?, [&revision.id]);
    let messages = client
        .simple_query(&query)
        .map_err(|error| Failure::user(format!("the history can't be read: {error}")))?;
    let recorded = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(1),
        _ => None,
    });
    let before = recorded.unwrap_or_default();
    let now = match &revision.down {
        Some(down) => down.text.whole()?,
        None => "",
    };
    show((before, "down, recorded"), (now, "down, now"), context);
    Ok(())
}

fn show((before, old): (&str, &str), (now, new): (&str, &str), context: &Context) {
    // Checksums leave out which line ends a file has, and so does the difference.
    let [before, now] = [before, now].map(|text| {
        let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
        lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    });
    let difference = TextDiff::from_lines(&before, &now);
    let unified = difference.unified_diff().header(old, new).to_string();
    context.term.say(unified.trim_end());
}

fn finish(id: &RevisionId, change: Option<Change>, context: &Context) -> Outcome {
    let (from, to) = match change {
        Some(Change { from, to }) => (Some(from.to_string()), Some(to.to_string())),
        None => (None, None),
    };
    match (context.term.format(), change) {
        (Format::Json, _) => context.term.json(&json!({
            "id": id.to_string(), "repaired": change.is_some(), "from": from, "to": to,
        })),
        (Format::Human, None) => context
            .term
            .say(format_args!("`{id}` is as it was recorded")),
        (Format::Human, Some(Change { from, to })) if from == to => context
            .term
            .say(format_args!("`{id}`: the down script is recorded anew")),
        (Format::Human, Some(Change { from, to })) => context.term.say(format_args!(
            "`{id}`: checksum {} is now {}",
            short(from),
            short(to)
        )),
    }
    Ok(Exit::Done)
}

fn short(checksum: Checksum) -> String {
    checksum.to_string().chars().take(12).collect()
}

//! `squash`: one revision that replaces many.

use build_support::{
    Exit,
    graph::{Graph, Node},
    revision::RevisionId,
};
use clap::Args;
use serde_json::{Value as Json, json};

use super::squash_finish;
use crate::{
    author::{self, NewRevision, Written},
    cli::revision_name,
    context::Context,
    failure::Outcome,
    scaffold::slug,
    squash::{Line, Method, Squashed, Workbench},
    term::{Format, NAME},
};

/// How many ids stand in one line of the file.
const PER_LINE: usize = 5;

/// Make one revision of many
///
/// The new revision builds what the others build; without a range it replaces all. A database that
/// has all of them counts as having it, one in the middle goes on along the old files, an empty one
/// runs it alone. Once every database is past them, `--finish` removes the old files.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cargo migrate squash\n  \
                        cargo migrate squash 20260101000000:20260901000000\n  \
                        cargo migrate squash :head-10 --replay\n  \
                        cargo migrate squash --finish")]
pub struct SquashArgs {
    /// The revisions to replace, both ends included; with `--finish` the squashed revision
    #[arg(value_name = "A:B", value_parser = revision_name, allow_hyphen_values = true)]
    pub range: Option<String>,
    /// Put their scripts together instead of rendering the schema that they build
    #[arg(long)]
    pub replay: bool,
    /// What the head of the file says
    #[arg(long, short, value_name = "TEXT")]
    pub message: Option<String>,
    /// Its id, an integer; else the time says it
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
    /// Remove the files that squashed revisions replace
    ///
    /// The database must be past them; where none is named, the answer to a question (or `--yes`)
    /// says that all are.
    #[arg(long, conflicts_with_all = ["replay", "message", "rev_id"])]
    pub finish: bool,
}

/// Finds, proves, writes and tells; or removes the old files.
pub fn run(args: &SquashArgs, context: &mut Context) -> Outcome {
    if args.finish {
        return squash_finish::run(args.range.as_deref(), context);
    }
    let graph = context.graph()?;
    let line = Line::of(graph, args.range.as_deref())?;
    let scratch = context.scratch(None)?;
    let method = match args.replay {
        true => Method::Replay,
        false => Method::Schema,
    };
    let squashed = Workbench::new(&scratch, graph, &line)?.squash(method)?;
    let replaced: Vec<RevisionId> = line
        .nodes
        .iter()
        .map(|&node| graph.id(node).clone())
        .collect();
    let revision = revision(args, graph, &line, &squashed);
    let written = author::write(&revision, context)?;
    tell(&written, &replaced, &squashed, context);
    Ok(Exit::Done)
}

fn revision(args: &SquashArgs, graph: &Graph, line: &Line, squashed: &Squashed) -> NewRevision {
    let upper = line.nodes.last().map(|&node| graph.revision(node));
    let slug = upper.map_or("all", |revision| revision.slug.as_str());
    let message = match &args.message {
        Some(message) => message.clone(),
        None => format!("Squash of {} revisions, up to {slug}.", line.nodes.len()),
    };
    let mut scripts = squashed.scripts.clone();
    scripts.up.directives.extend(directives(graph, &line.nodes));
    let labels = line
        .nodes
        .iter()
        .flat_map(|&node| &graph.revision(node).labels);
    NewRevision {
        name: match &args.message {
            Some(message) => slug::slug(message, usize::MAX),
            None => format!("squashed_up_to_{slug}"),
        },
        message,
        parents: line.parents.clone(),
        depends_on: line
            .depends_on
            .iter()
            .map(|&node| graph.id(node).to_string())
            .collect(),
        labels: labels.map(|label| label.name.clone()).collect(),
        id: args.rev_id.clone(),
        scripts,
        ..NewRevision::default()
    }
}

/// What the replaced revisions say of themselves that also holds for the whole, and who they are.
fn directives(graph: &Graph, nodes: &[Node]) -> Vec<String> {
    let revisions = || nodes.iter().map(|&node| graph.revision(node));
    let mut directives = Vec::new();
    if revisions().any(|revision| !revision.compatible) {
        directives.push("compatible=no".to_owned());
    }
    let allowed: std::collections::BTreeSet<&String> =
        revisions().flat_map(|revision| &revision.allow).collect();
    if !allowed.is_empty() {
        let allowed: Vec<&str> = allowed.into_iter().map(String::as_str).collect();
        directives.push(format!("allow={}", allowed.join(",")));
    }
    let ids: Vec<&str> = revisions().map(|revision| revision.id.as_str()).collect();
    if let (Some(first), Some(last)) = (ids.first(), ids.last()) {
        directives.push(format!("replaces={first}:{last}"));
    }
    let lines = ids.chunks(PER_LINE);
    directives.extend(lines.map(|ids| format!("replaces={}", ids.join(","))));
    directives
}

fn tell(written: &Written, replaced: &[RevisionId], squashed: &Squashed, context: &Context) {
    let term = &context.term;
    let how = squashed.carried.word();
    let files: Vec<String> = written
        .files
        .iter()
        .map(|path| context.shown(path).display().to_string())
        .collect();
    match term.format() {
        Format::Json => {
            let data: Vec<Json> = squashed
                .data
                .iter()
                .map(|one| {
                    json!({
                        "revision": one.revision.as_str(),
                        "file": one.place.file,
                        "line": one.place.line,
                        "sql": one.sql,
                        "carried": how,
                    })
                })
                .collect();
            let replaces: Vec<&str> = replaced.iter().map(RevisionId::as_str).collect();
            term.json(&json!({
                "id": written.id.as_str(), "files": files, "replaces": replaces, "data": data,
                "changes": [], "hazards": [],
            }));
        }
        Format::Human => files.iter().for_each(|file| term.data(file)),
    }
    for one in &squashed.data {
        let first = one.sql.lines().next().unwrap_or_default();
        term.say(format_args!("carried over ({how}): {}: {first}", one.place));
    }
    squashed.remarks.iter().for_each(|remark| term.warn(remark));
    term.say(format_args!(
        "created revision {NAME}{}{NAME:#}, which replaces {} revisions",
        written.id,
        replaced.len()
    ));
    term.hint(
        "keep the old files until every database is past them: `cargo migrate squash --finish`",
    );
}

//! `rebase`: moves revisions that are not applied after another head.

use std::{borrow::Cow, path::PathBuf};

use build_support::{
    Diagnose as _, Exit,
    engine::View,
    graph::{Graph, Node, NodeSet},
    revision::{Revision, RevisionId},
    source::{self, File, folder},
};
use clap::Args;
use serde_json::json;

use crate::{
    author,
    cli::revision_name,
    config::Heads,
    context::Context,
    failure::{Failure, Outcome},
    git::{Git, GitError},
    moving::{Moving, MovingError, Step},
    relocate::Renamed,
    term::{Format, NAME},
};

/// Move revisions that are not applied after another head: a new id, a new `revises`
///
/// Without a revision it moves what this git branch added: in a merge what the main branch does not
/// have, else what the main branch lacks. What stands on a moved revision moves with it; the bodies
/// stay as they are. What is applied in the database, or part of a git tag, never moves.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate rebase\n  cargo migrate rebase --since origin/develop\n  \
                  cargo migrate rebase 20261122201530\n  \
                  cargo migrate rebase add_phone --onto billing@head"
)]
pub struct RebaseArgs {
    /// The first revision to move; else git tells which this branch added
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub revision: Option<String>,
    /// What it shall follow; else the only other head
    #[arg(long, value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub onto: Option<String>,
    /// The git branch or commit whose revisions stay; else the main branch
    #[arg(long, value_name = "COMMIT", conflicts_with = "revision")]
    pub since: Option<String>,
    /// Say nothing where there is nothing to move, as a hook does
    #[arg(long, conflicts_with = "revision")]
    pub if_needed: bool,
}

/// Moves, and prints the new ids.
pub fn run(args: &RebaseArgs, context: &mut Context) -> Outcome {
    let graph = context.graph()?;
    let roots = match &args.revision {
        Some(name) => vec![context.resolve_file(name)?],
        None => match needed(args, graph, context)? {
            Some(roots) => roots,
            None => return Ok(Exit::Done),
        },
    };
    let onto = args
        .onto
        .as_ref()
        .map(|name| context.resolve_file(name))
        .transpose()?;
    let applied = applied(graph, context)?;
    let moving = Moving::plan(graph, &applied, roots, onto)?;
    refuse_released(graph, &moving, context)?;
    let renamed = new_ids(graph, &moving, context)?;
    let steps = moving.steps(graph, &renamed, read)?;
    check(&steps, context)?;
    for step in &steps {
        perform(step)?;
    }
    context.reload();
    tell(&steps, context);
    Ok(Exit::Done)
}

/// Where the line of this git branch begins; nothing where no head is too many.
fn needed(
    args: &RebaseArgs,
    graph: &Graph,
    context: &Context,
) -> Result<Option<Vec<Node>>, Failure> {
    let say = |text: &str| {
        if !args.if_needed {
            context.term.say(text);
        }
        Ok(None)
    };
    if graph.heads().len() < 2 && args.onto.is_none() {
        return say("there is one head: nothing to move");
    }
    if context.config()?.heads() == Heads::Many && args.onto.is_none() {
        return say("several heads are meant in this project: name the revision to move");
    }
    let Some(git) = git(context)? else {
        return Err(Failure::user("there is no folder of revisions"));
    };
    let stays = match args.since.clone().map_or_else(|| git.side_that_stays(), Ok) {
        // The build tells everybody of heads that everybody has; a hook need not.
        Err(GitError::Shared) if args.if_needed => return Ok(None),
        other => other?,
    };
    let ours = not_in(&git, &stays, graph)?;
    let is_root = |node: &Node| {
        let parents = graph.parents(*node);
        !parents.is_empty() && parents.iter().all(|&parent| !ours.contains(parent))
    };
    let roots: Vec<Node> = ours.iter().filter(is_root).collect();
    if roots.is_empty() {
        let failure = Failure::user("git says that this branch added no revision that could move");
        let heads = graph.heads().into_iter();
        return Err(heads.fold(failure, |failure, head| {
            failure.hint(format!(
                "run `cargo migrate rebase {}` to move that one",
                graph.id(head)
            ))
        }));
    }
    Ok(Some(roots))
}

/// The revisions whose files a commit does not have.
fn not_in(git: &Git, commit: &str, graph: &Graph) -> Result<NodeSet, Failure> {
    let theirs = git.files_of(commit)?;
    let mut ours = NodeSet::default();
    for node in graph.nodes() {
        let path = fs_err::canonicalize(graph.revision(node).path())?;
        let inside = path.strip_prefix(git.top()).ok();
        if inside.is_some_and(|path| !theirs.contains(path)) {
            ours.insert(node);
        }
    }
    Ok(ours)
}

fn git(context: &Context) -> Result<Option<Git>, Failure> {
    match context.revision_folders()?.first() {
        Some(folder) => Ok(Some(Git::around(folder)?)),
        None => Ok(None),
    }
}

/// Our revisions that the database has; where no database is named, nothing is known.
fn applied(graph: &Graph, context: &Context) -> Result<NodeSet, Failure> {
    if !context.has_address()? {
        context
            .term
            .warn("no database is given, so nobody checks that these are not applied");
        return Ok(NodeSet::default());
    }
    let state = context.read_state(&mut context.connect()?)?;
    let view = View::new(graph, &state);
    let known = view
        .applied
        .iter()
        .filter_map(|node| graph.find(view.graph.id(node)));
    Ok(known.collect())
}

/// What a tag has was released: some database that nobody here sees may have it.
fn refuse_released(graph: &Graph, moving: &Moving, context: &Context) -> Result<(), Failure> {
    let Ok(Some(git)) = git(context) else {
        return Ok(());
    };
    for &node in &moving.nodes {
        let path = fs_err::canonicalize(graph.revision(node).path())?;
        if let Some(tag) = git.tag_with(&path)? {
            let id = graph.id(node).clone();
            return Err(MovingError::Released { id, tag }.into());
        }
    }
    Ok(())
}

/// A new id for each, in the order of the graph.
fn new_ids(graph: &Graph, moving: &Moving, context: &Context) -> Result<Renamed, Failure> {
    let mut taken: Vec<RevisionId> = graph.nodes().map(|node| graph.id(node).clone()).collect();
    let mut renamed = Renamed::new();
    for &node in &moving.nodes {
        let id = author::next_id(&taken, context)?;
        taken.push(id.clone());
        renamed.insert(graph.id(node).to_string(), id);
    }
    Ok(renamed)
}

fn read(revision: &Revision) -> Result<String, Failure> {
    Ok(fs_err::read_to_string(revision.path())?)
}

/// Loads the project as it would be, before any file moves.
fn check(steps: &[Step], context: &Context) -> Result<(), Failure> {
    let unmoved = |failure: Failure| failure.note("no file was moved");
    let mut files = folder::read(&context.revision_folders()?)?;
    for file in &mut files {
        move_in_thought(file, steps);
    }
    let loaded = source::load(files).map_err(|errors| unmoved(errors.into()))?;
    Graph::new(loaded.revisions).map(drop).map_err(|errors| {
        let error = errors.first().map(|error| Failure::from(error.diagnose()));
        unmoved(error.unwrap_or_else(|| Failure::fault("the graph was refused without a reason")))
    })
}

fn move_in_thought(file: &mut File, steps: &[Step]) {
    let path = file.display();
    let Some((step, to)) = steps
        .iter()
        .find_map(|step| Some((step, step.moved(&path)?)))
    else {
        return;
    };
    if to == step.up {
        file.bytes = Cow::Owned(step.text.clone().into_bytes());
    }
    if let Ok(inside) = to.strip_prefix(&file.root) {
        file.path = inside.to_string_lossy().replace('\\', "/");
    }
}

fn perform(step: &Step) -> Result<(), Failure> {
    for (from, to) in &step.renames {
        fs_err::rename(from, to)?;
    }
    Ok(fs_err::write(&step.up, &step.text)?)
}

fn tell(steps: &[Step], context: &Context) {
    let shown = |path: &PathBuf| context.shown(path).display().to_string();
    if context.term.format() == Format::Json {
        let moved: Vec<_> = steps
            .iter()
            .map(|step| {
                let files = std::iter::once(&step.up).chain(&step.down).map(shown);
                let files: Vec<String> = files.collect();
                json!({ "from": step.from.as_str(), "to": step.id.as_str(), "files": files })
            })
            .collect();
        return context.term.json(&json!({ "moved": moved }));
    }
    for step in steps {
        context.term.data(shown(&step.up));
        context.term.say(format_args!(
            "moved {} to {NAME}{}{NAME:#}",
            step.from, step.id
        ));
    }
    if matches!(git(context), Ok(Some(_))) {
        context
            .term
            .hint("commit the moved files: `git add -A` sees them as renamed");
    }
}

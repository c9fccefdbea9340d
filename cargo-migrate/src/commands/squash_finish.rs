//! `squash --finish`: removes the files of revisions that a squashed one replaces.

use std::path::PathBuf;

use build_support::{
    Exit,
    engine::Standing,
    graph::{Graph, Squash, symbol::Symbols},
    revision::{Layout, Revision},
};
use serde_json::json;

use crate::{
    context::{Address, Context},
    failure::{Failure, Outcome},
    term::Format,
};

/// Asks who knows that every database is past them, and removes.
pub(super) fn run(name: Option<&str>, context: &mut Context) -> Outcome {
    let graph = context.graph()?;
    let chosen = chosen(graph, name)?;
    let files: Vec<&Revision> = chosen
        .iter()
        .flat_map(|squash| &squash.ids)
        .filter_map(|id| graph.replaced().iter().find(|file| file.id == *id))
        .collect();
    if !files.is_empty() {
        make_sure(graph, &chosen, files.len(), context)?;
    }
    let mut removed: Vec<PathBuf> = Vec::new();
    for revision in files {
        removed.extend(remove(revision)?);
    }
    context.reload();
    context.graph()?;
    tell(&removed, context);
    Ok(Exit::Done)
}

fn chosen<'g>(graph: &'g Graph, name: Option<&str>) -> Result<Vec<&'g Squash>, Failure> {
    let Some(name) = name else {
        return Ok(graph.squashes().iter().collect());
    };
    let node = Symbols::offline(graph).revision(name)?;
    let id = graph.id(node);
    let found = graph.squashes().iter().find(|squash| squash.by == *id);
    match found {
        Some(squash) => Ok(vec![squash]),
        None => Err(Failure::user(format!("revision `{id}` replaces no others"))),
    }
}

/// A database that is named has to be past them; where none is, the user says so.
fn make_sure(
    graph: &Graph,
    chosen: &[&Squash],
    count: usize,
    context: &Context,
) -> Result<(), Failure> {
    let named = context.has_address()? && matches!(context.address()?, Address::Given(_));
    if !named {
        let question = format!(
            "is every database past them? the files of {count} replaced revisions are removed"
        );
        return match context.term.confirm(&question)? {
            true => Ok(()),
            false => Err(Failure::user("nothing was removed")),
        };
    }
    let state = context.read_state(&mut context.connect()?)?;
    let standing = Standing::of(graph, &state);
    let behind = chosen
        .iter()
        .find(|squash| !standing.state.applied.contains_key(&squash.by));
    match behind {
        Some(squash) => Err(Failure::user(format!(
            "the database is not past what `{}` replaces",
            squash.by
        ))
        .note("nothing was removed")
        .hint("bring it there first: `cargo migrate up`")),
        None => Ok(()),
    }
}

/// Removes the files of a revision; of diesel's layout the folder, once it is empty.
fn remove(revision: &Revision) -> Result<Vec<PathBuf>, Failure> {
    let down = revision.down.as_ref().map(|down| down.path.clone());
    let files: Vec<PathBuf> = std::iter::once(revision.path().to_owned())
        .chain(down)
        .collect();
    for file in &files {
        fs_err::remove_file(file)?;
    }
    if let (Layout::Diesel, Some(folder)) = (revision.layout, revision.path().parent()) {
        let metadata = folder.join("metadata.toml");
        if metadata.exists() {
            fs_err::remove_file(metadata)?;
        }
        // What else lies there is not ours to remove.
        let _ = fs_err::remove_dir(folder);
    }
    Ok(files)
}

fn tell(removed: &[PathBuf], context: &Context) {
    let shown: Vec<String> = removed
        .iter()
        .map(|path| context.shown(path).display().to_string())
        .collect();
    match context.term.format() {
        Format::Json => context.term.json(&json!({ "removed": shown })),
        Format::Human => shown.iter().for_each(|path| context.term.data(path)),
    }
    context.term.say(match shown.len() {
        0 => "nothing to remove: no squashed revision has old files".to_owned(),
        count => format!("removed {count} files"),
    });
}

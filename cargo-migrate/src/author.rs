//! Puts a new revision into the project: chooses its id, folder and layout, checks that the project
//! still holds together with it, writes it, and runs the `post-write` commands.
//!
//! Every command that writes a revision goes through here.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use build_support::{
    Diagnose as _,
    graph::{Graph, Node},
    revision::{Layout, Revises, Revision, RevisionId},
    source::{self, folder},
};
use jiff::tz::TimeZone;

use crate::{
    context::Context,
    failure::Failure,
    scaffold::{
        clock,
        file::{self, Draft, Head, Naming, NewFile},
        render::Scripts,
        slug, tool,
    },
};

/// A revision that is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewRevision {
    /// What its slug is made of.
    pub name: String,
    /// What its head says.
    pub message: String,
    /// What it follows; nothing is a new root.
    pub parents: Vec<Node>,
    /// Ids or labels that it needs.
    pub depends_on: Vec<String>,
    /// Names for the line that begins with it.
    pub labels: Vec<String>,
    /// Its id; else the time says it.
    pub id: Option<String>,
    /// Its folder, one of the project's; else its parent's.
    pub folder: Option<PathBuf>,
    /// What applies and what reverts it.
    pub scripts: Scripts,
}

/// A repeatable script that is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewRepeatable {
    /// What its file name is made of.
    pub name: String,
    /// What its head says.
    pub message: String,
    /// What runs.
    pub body: String,
    /// Its folder, one of the project's; else the only one.
    pub folder: Option<PathBuf>,
}

/// A revision that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub id: RevisionId,
    /// Its files, the up script first, as messages show them.
    pub files: Vec<PathBuf>,
}

/// Writes a revision.
///
/// # Errors
/// When the project would not hold together with it, or a file can't be written: then there is no
/// file. When a `post-write` command fails, the files stay.
pub fn write(revision: &NewRevision, context: &mut Context) -> Result<Written, Failure> {
    let (folder, draft) = draft(revision, context)?;
    let files = put(&folder, &draft.files(), context)?;
    Ok(Written {
        id: draft.id,
        files,
    })
}

/// Writes a repeatable script; gives the name that the history will know, and the file.
///
/// # Errors
/// As [`write()`].
pub fn write_repeatable(
    script: &NewRepeatable,
    context: &mut Context,
) -> Result<(String, PathBuf), Failure> {
    let slug = sound_slug(&script.name, context)?;
    let id = RevisionId::of_repeatable(&slug);
    let home = NewRevision {
        folder: script.folder.clone(),
        ..NewRevision::default()
    };
    let folder = folder(&home, context.graph()?, context)?;
    let file = NewFile {
        path: format!("{id}.sql").into(),
        text: format!("-- {}\n\n{}", script.message, script.body),
    };
    let mut paths = put(&folder, &[file], context)?;
    Ok((id.to_string(), paths.swap_remove(0)))
}

/// Checks the project with new files, writes them, and runs what shall follow.
fn put(folder: &Path, files: &[NewFile], context: &mut Context) -> Result<Vec<PathBuf>, Failure> {
    check(folder, files, context)?;
    let paths = file::write(folder, files)?;
    context.reload();
    for command in context.config()?.post_write() {
        for path in &paths {
            tool::run(
                command,
                &[absolute(path, context)],
                &context.project()?.folder,
            )?;
        }
    }
    Ok(paths)
}

fn sound_slug(name: &str, context: &Context) -> Result<String, Failure> {
    let slug = slug::slug(name, context.config()?.slug_length());
    if slug.is_empty() {
        return Err(Failure::user(format!(
            "the name `{name}` has neither letter nor digit"
        )));
    }
    Ok(slug)
}

fn draft(revision: &NewRevision, context: &Context) -> Result<(PathBuf, Draft), Failure> {
    let graph = context.graph()?;
    let slug = sound_slug(&revision.name, context)?;
    let folder = folder(revision, graph, context)?;
    let naming = naming(&folder, graph, context)?;
    let draft = Draft {
        id: id(revision, graph, context)?,
        slug,
        naming,
        head: Head {
            message: revision.message.clone(),
            revises: revision
                .parents
                .iter()
                .map(|&node| graph.id(node).clone())
                .collect(),
            depends_on: revision.depends_on.clone(),
            labels: revision.labels.clone(),
        },
        scripts: revision.scripts.clone(),
    };
    Ok((folder, draft))
}

fn id(revision: &NewRevision, graph: &Graph, context: &Context) -> Result<RevisionId, Failure> {
    let taken: Vec<RevisionId> = graph
        .revisions()
        .iter()
        .map(|known| known.id.clone())
        .collect();
    if let Some(chosen) = &revision.id {
        return Ok(clock::chosen_id(chosen, &taken)?);
    }
    next_id(&taken, context)
}

/// The id for now, or the next that nobody has. It comes after every file that follows the one
/// before it: between two of those it would be the new parent of the second. Diesel's folders stand in
/// the order of their texts, in which a longer one may well come before the clock's.
pub fn next_id(taken: &[RevisionId], context: &Context) -> Result<RevisionId, Failure> {
    let revisions = context.graph()?.revisions().iter();
    let placed_by_id = revisions.filter(|revision| {
        revision.revises == Revises::Previous && revision.layout != Layout::Diesel
    });
    let floor = placed_by_id.map(|revision| &revision.id).max();
    let zone = match context.config()?.file_timezone() {
        Some(name) => clock::zone(name)?,
        None => TimeZone::UTC,
    };
    let now = context.environment.clock.now();
    Ok(clock::next_id(now, &zone, taken, floor)?)
}

/// The folder that the user names, the only one, or the one that the first parent is in.
fn folder(revision: &NewRevision, graph: &Graph, context: &Context) -> Result<PathBuf, Failure> {
    let folders = context.revision_folders()?;
    if let Some(path) = &revision.folder {
        let given = absolute(path, context);
        let same = |folder: &&PathBuf| absolute(folder, context) == given;
        return folders.iter().find(same).cloned().ok_or_else(|| {
            let failure = Failure::user(format!(
                "`{}` is not a folder of revisions of this project",
                path.display()
            ));
            folders.iter().fold(failure, |failure, folder| {
                failure.hint(format!("`--path {}` is one", folder.display()))
            })
        });
    }
    if let [only] = folders.as_slice() {
        return Ok(only.clone());
    }
    let mut parents = revision.parents.iter();
    let home = parents.find_map(|&node| home(graph.revision(node), &folders));
    home.cloned().ok_or_else(|| {
        Failure::user("the project has several folders of revisions, and no parent says which")
            .hint("name one of them with `--path FOLDER`")
    })
}

/// The folder that a revision is in.
fn home<'a>(revision: &Revision, folders: &'a [PathBuf]) -> Option<&'a PathBuf> {
    let holds = |folder: &&PathBuf| revision.path().starts_with(folder);
    folders
        .iter()
        .filter(holds)
        .max_by_key(|folder| folder.components().count())
}

/// As the folder has it, else as the project wants it.
fn naming(folder: &Path, graph: &Graph, context: &Context) -> Result<Naming, Failure> {
    let folders = context.revision_folders()?;
    let here = |revision: &&Revision| home(revision, &folders).is_some_and(|home| home == folder);
    let configured = context.config()?.layout().map(Naming::from);
    let found = Naming::of(graph.revisions().iter().filter(here));
    Ok(found.or(configured).unwrap_or_default())
}

/// Loads the project with the new files, before they are there.
fn check(folder: &Path, files: &[NewFile], context: &Context) -> Result<(), Failure> {
    let mut all = folder::read(&context.revision_folders()?)?;
    all.extend(files.iter().map(|file| source::File {
        path: file.path.to_string_lossy().replace('\\', "/"),
        root: folder.to_owned(),
        bytes: Cow::Owned(file.text.clone().into_bytes()),
    }));
    let unwritten = |failure: Failure| failure.note("no file was written");
    let loaded = source::load(all).map_err(|errors| unwritten(errors.into()))?;
    let graph = Graph::new(loaded.revisions);
    graph.map(|_| ()).map_err(|errors| match errors.first() {
        Some(error) => unwritten(error.diagnose().into()),
        None => Failure::fault("the graph was refused without a reason"),
    })
}

fn absolute(path: &Path, context: &Context) -> PathBuf {
    let path = context.environment.folder.join(path);
    std::path::absolute(&path).unwrap_or(path)
}

/// Opens files in the user's editor and waits for it.
///
/// # Errors
/// When no editor is set, or it fails.
pub fn edit(files: &[PathBuf], context: &Context) -> Result<(), Failure> {
    let environment = &context.environment;
    let editor = editor(context)?;
    let files: Vec<PathBuf> = files.iter().map(|path| absolute(path, context)).collect();
    Ok(tool::run(editor, &files, &environment.folder)?)
}

/// The user's editor: asked for before a file is written that shall be edited.
///
/// # Errors
/// When none is set.
pub fn editor(context: &Context) -> Result<&str, Failure> {
    ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| context.environment.text(name))
        .ok_or_else(|| {
            Failure::user("there is no editor to open the files with")
                .hint("set the variable `VISUAL` or `EDITOR`")
        })
}

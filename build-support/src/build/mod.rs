//! The build-script half: checks the revisions, tracks their files, and lays out what
//! [`crate::migrations!`] embeds.
//!
//! It runs on the machine that builds, needs no database and no network, and writes nowhere but
//! into Cargo's output folder.

mod folder;
mod folders;
mod manifest;

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

pub use self::folders::Folders;
use crate::{
    built::Heads,
    diagnostic::{Diagnose, Diagnostic, Exit},
    graph::{
        Graph, SymbolError,
        symbol::{Candidate, Symbols, one_head_hints},
    },
    history::Names,
    place::Place,
    revision::{Digest, Revises, Revision, RevisionId},
    source::{self, File},
};

/// Checks the revisions of a folder of this package and prepares them for [`crate::migrations!`].
///
/// Call it in `build.rs`; the path is relative to the package. A new, renamed, edited or deleted
/// file rebuilds the crate. As with every build script that names what it watches, Cargo no longer
/// reruns it for any other change: a build script that relied on that names its own files too.
///
/// ```no_run
/// build_support::build::migrations("migrations");
/// ```
///
/// Several folders that hold one graph, as `dir = […]` in the metadata names them, go in one call:
/// `migrations(["migrations", "plugins/migrations"])`.
///
/// What is wrong with the revisions fails the build with `file:line: why`.
pub fn migrations(folders: impl Folders) {
    if let Err(errors) = once().and_then(|()| prepare(&folders.paths())) {
        for error in errors {
            report(&error);
        }
        // The errors are printed; a panic would only add a backtrace.
        std::process::exit(1);
    }
}

/// A binary has one set of revisions: a second one would take the place of the first.
fn once() -> Result<(), Vec<Diagnostic>> {
    static CALLED: AtomicBool = AtomicBool::new(false);
    if !CALLED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    let message = "build.rs prepares revisions twice, and the binary would hold the second alone";
    Err(vec![
        Diagnostic::new(Exit::User, message)
            .hint("name all folders of one graph in one call: `migrations([\"one\", \"two\"])`")
            .hint("where they are of several databases, let a package of its own embed each"),
    ])
}

fn prepare(named: &[PathBuf]) -> Result<(), Vec<Diagnostic>> {
    let package = build_helper::cargo::manifest::dir();
    let settings = manifest::read(&package).map_err(|error| vec![error])?;
    for path in &settings.read {
        build_helper::rerun_if_changed(path);
    }
    let folders = find_all(&package, named, &settings).map_err(|error| vec![error])?;
    let mut files = Vec::new();
    for (name, path) in &folders {
        build_helper::rerun_if_changed(path);
        let read = source::folder::read(&[path]).map_err(|errors| all(errors.iter()))?;
        files.extend(read.into_iter().map(|file| File {
            root: name.clone(),
            ..file
        }));
    }
    let loaded = source::load(files.clone()).map_err(|errors| all(errors.iter()))?;
    for warning in &loaded.warnings {
        build_helper::warning(warning.to_string());
    }
    let graph = Graph::new(loaded.revisions)
        .map_err(|errors| all(&errors))?
        .with_repeatable(loaded.repeatable);
    check_heads(&graph, settings.heads)?;
    let digest = graph.digest();
    let names: Vec<PathBuf> = folders.into_iter().map(|(name, _)| name).collect();
    lay_out(&files, &names, &digest, &settings)
        .map_err(|error| vec![Diagnostic::new(Exit::User, format!("can't write: {error}"))])
}

/// Each folder as it is named, and its real path; one that is named twice is taken once.
fn find_all(
    package: &Path,
    named: &[PathBuf],
    settings: &manifest::Settings,
) -> Result<Vec<(PathBuf, PathBuf)>, Diagnostic> {
    let mut folders: Vec<(PathBuf, PathBuf)> = Vec::new();
    for name in named {
        let path = folder::find(package, name, settings)?;
        if folders.iter().any(|(_, known)| *known == path) {
            let name = name.display();
            build_helper::warning(format!(
                "the folder `{name}` is named twice; it is read once"
            ));
        } else {
            folders.push((name.clone(), path));
        }
    }
    if folders.is_empty() {
        let message = "build.rs names no folder of revisions";
        return Err(Diagnostic::new(Exit::User, message));
    }
    Ok(folders)
}

fn all<'e, E: Diagnose + 'e>(errors: impl IntoIterator<Item = &'e E>) -> Vec<Diagnostic> {
    errors.into_iter().map(Diagnose::diagnose).collect()
}

fn check_heads(graph: &Graph, heads: Heads) -> Result<(), Vec<Diagnostic>> {
    match (heads, Symbols::offline(graph).targets("head")) {
        (Heads::One, Err(SymbolError::SeveralHeads { heads, movable, .. })) => {
            let last = graph.heads().last().map(|&head| graph.revision(head));
            Err(vec![several_heads(&heads, movable.as_ref(), last)])
        }
        _ => Ok(()),
    }
}

fn several_heads(
    heads: &[Candidate],
    movable: Option<&RevisionId>,
    last: Option<&Revision>,
) -> Diagnostic {
    let names: Vec<String> = heads
        .iter()
        .map(|head| format!("`{}` ({})", head.id, head.slug))
        .collect();
    let message = format!(
        "the revisions have {} heads: {}",
        heads.len(),
        names.join(", ")
    );
    let place = last.map(revises);
    let diagnostic = Diagnostic::new(Exit::User, message).place(place);
    let diagnostic = one_head_hints(movable)
        .into_iter()
        .fold(diagnostic, Diagnostic::hint);
    diagnostic.hint(
        "where several are meant, write `heads = \"many\"` under `[package.metadata.migrate]`",
    )
}

/// Where a revision says what it follows, else its first line.
fn revises(revision: &Revision) -> Place {
    match &revision.revises {
        Revises::Listed(parents) if !parents.is_empty() => parents[0].place.clone(),
        Revises::Listed(_) | Revises::Base | Revises::Previous => {
            let place = revision.up.text.place(revision.path(), 0);
            place.unwrap_or_else(|_| Place::file(revision.path()))
        }
    }
}

/// Lays out the files anew: what was deleted must not stay embedded. Several folders lie beside each
/// other under their numbers.
fn lay_out(
    files: &[File],
    folders: &[PathBuf],
    digest: &Digest,
    settings: &manifest::Settings,
) -> std::io::Result<()> {
    let out = build_helper::out_dir().join("cargo_migrate");
    let kept = out.join("files");
    if kept.exists() {
        fs::remove_dir_all(&kept)?;
    }
    fs::create_dir_all(&kept)?;
    for file in files
        .iter()
        .filter(|file| source::layout::is_read(&file.path))
    {
        let mut path = kept.clone();
        if folders.len() > 1 {
            let number = folders.iter().position(|folder| *folder == file.root);
            path.push(number.unwrap_or_default().to_string());
        }
        path.push(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.bytes)?;
    }
    let names: Vec<_> = folders
        .iter()
        .map(|folder| folder.to_string_lossy())
        .collect();
    let history = &settings.history;
    let history = (*history != Names::default()).then(|| (history.schema(), history.table()));
    let built = format!(
        "Built {{ digest: \"{digest}\", folders: &{names:?}, heads: Heads::{:?}, history: {history:?} }}\n",
        settings.heads
    );
    fs::write(out.join("built.rs"), built)
}

/// One `cargo::error` line per line: Cargo shows them without the build script's own noise.
#[expect(clippy::print_stdout, reason = "how a build script speaks to Cargo")]
fn report(error: &Diagnostic) {
    let mut text = String::new();
    if let Some(place) = &error.place {
        let _ = write!(text, "{place}: ");
    }
    text.push_str(&error.message);
    println!("cargo::error={text}");
    for note in &error.notes {
        println!("cargo::error=  note: {note}");
    }
    for hint in &error.hints {
        println!("cargo::error=  hint: {hint}");
    }
}

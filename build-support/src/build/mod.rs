//! The build-script half: checks the revisions, tracks their files, and lays out what
//! [`crate::migrations!`] embeds.
//!
//! It runs on the machine that builds, needs no database and no network, and writes nowhere but
//! into Cargo's output folder.

mod folder;
mod manifest;

use std::{fmt::Write as _, fs, path::Path};

use crate::{
    built::Heads,
    diagnostic::{Diagnose, Diagnostic, Exit},
    graph::{
        Graph, SymbolError,
        symbol::{Candidate, Symbols, one_head_hints},
    },
    place::Place,
    revision::{Digest, Revises, Revision},
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
/// What is wrong with the revisions fails the build with `file:line: why`.
pub fn migrations(folder: impl AsRef<Path>) {
    if let Err(errors) = prepare(folder.as_ref()) {
        for error in errors {
            report(&error);
        }
        // The errors are printed; a panic would only add a backtrace.
        std::process::exit(1);
    }
}

fn prepare(folder: &Path) -> Result<(), Vec<Diagnostic>> {
    let package = build_helper::cargo::manifest::dir();
    let settings = manifest::read(&package).map_err(|error| vec![error])?;
    for path in &settings.read {
        build_helper::rerun_if_changed(path);
    }
    let path = folder::find(&package, folder, &settings).map_err(|error| vec![error])?;
    build_helper::rerun_if_changed(&path);
    let files = source::folder::read(&[&path]).map_err(|errors| all(errors.iter()))?;
    let files: Vec<File> = files
        .into_iter()
        .map(|file| File {
            root: folder.to_owned(),
            ..file
        })
        .collect();
    let loaded = source::load(files.clone()).map_err(|errors| all(errors.iter()))?;
    for warning in &loaded.warnings {
        build_helper::warning(warning.to_string());
    }
    let graph = Graph::new(loaded.revisions)
        .map_err(|errors| all(&errors))?
        .with_repeatable(loaded.repeatable);
    check_heads(&graph, settings.heads)?;
    let digest = graph.digest();
    lay_out(&files, folder, &digest, settings.heads)
        .map_err(|error| vec![Diagnostic::new(Exit::User, format!("can't write: {error}"))])
}

fn all<'e, E: Diagnose + 'e>(errors: impl IntoIterator<Item = &'e E>) -> Vec<Diagnostic> {
    errors.into_iter().map(Diagnose::diagnose).collect()
}

fn check_heads(graph: &Graph, heads: Heads) -> Result<(), Vec<Diagnostic>> {
    match (heads, Symbols::offline(graph).targets("head")) {
        (Heads::One, Err(SymbolError::SeveralHeads { heads, .. })) => {
            let last = graph.heads().last().map(|&head| graph.revision(head));
            Err(vec![several_heads(&heads, last)])
        }
        _ => Ok(()),
    }
}

fn several_heads(heads: &[Candidate], last: Option<&Revision>) -> Diagnostic {
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
    let diagnostic = one_head_hints(heads)
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

/// Lays out the files anew: what was deleted must not stay embedded.
fn lay_out(files: &[File], folder: &Path, digest: &Digest, heads: Heads) -> std::io::Result<()> {
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
        let path = kept.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.bytes)?;
    }
    let folder = folder.to_string_lossy();
    let built =
        format!("Built {{ digest: \"{digest}\", folder: {folder:?}, heads: Heads::{heads:?} }}\n");
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

//! The revisions of the project's folders, read when they are first asked for.

use std::path::{Path, PathBuf};

use build_support::{
    Diagnose as _, Diagnostic,
    graph::Graph,
    revision::Repeatable,
    source::{Source, Warning, folder},
};

use super::Context;
use crate::failure::Failure;

/// The files as they were read, and the graph that they form.
#[derive(Debug)]
pub(super) struct Loaded {
    graph: Graph,
}

impl Context {
    /// The graph of the project's revisions.
    ///
    /// # Errors
    /// All that is wrong with the files, and with what they say of each other.
    pub fn graph(&self) -> Result<&Graph, Failure> {
        Ok(&self.loaded()?.graph)
    }

    /// The repeatable scripts beside the revisions.
    pub fn repeatable(&self) -> Result<&[Repeatable], Failure> {
        Ok(self.graph()?.repeatable())
    }

    /// Forgets the revisions that were read: a command has written files.
    pub fn reload(&mut self) {
        self.loaded = std::cell::OnceCell::new();
    }

    /// The folders of revisions, each once, as messages show them.
    pub fn revision_folders(&self) -> Result<Vec<PathBuf>, Failure> {
        Ok(self.folders()?.0)
    }

    /// The folders of revisions, and those that the settings name once more.
    fn folders(&self) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
        let (mut folders, mut again) = (Vec::new(), Vec::new());
        let mut seen = Vec::new();
        for dir in self.config()?.dirs() {
            let real = fs_err::canonicalize(&dir).unwrap_or_else(|_| dir.clone());
            let to = if seen.contains(&real) {
                &mut again
            } else {
                &mut folders
            };
            to.push(self.relative(&dir));
            seen.push(real);
        }
        Ok((folders, again))
    }

    fn loaded(&self) -> Result<&Loaded, Failure> {
        if let Some(loaded) = self.loaded.get() {
            return Ok(loaded);
        }
        let (folders, again) = self.folders()?;
        for folder in again {
            let folder = folder.display();
            self.term.warn(format_args!(
                "the folder `{folder}` is named twice; it is read once"
            ));
        }
        let Source {
            revisions,
            repeatable,
            warnings,
        } = folder::load(&folders)
            .map_err(|errors| self.without_folder(&folders, errors.into()))?;
        for warning in &warnings {
            self.term.warn_about(&diagnostic(warning));
        }
        let graph = Graph::new(revisions).map_err(|errors| together(&errors))?;
        let graph = graph.with_repeatable(repeatable);
        Ok(self.loaded.get_or_init(|| Loaded { graph }))
    }

    /// Where each of several databases has a folder of its own, there is none for a command that names
    /// no database.
    fn without_folder(&self, folders: &[PathBuf], failure: Failure) -> Failure {
        let databases = match self.config() {
            Ok(config) if config.database.is_none() => config.databases.as_slice(),
            Ok(_) | Err(_) => &[],
        };
        if folders.iter().all(|folder| folder.is_dir()) {
            return failure;
        }
        databases.iter().fold(failure, |failure, name| {
            failure.hint(format!(
                "choose a database of the project: `--database {name}`"
            ))
        })
    }

    /// A path from where the user works, if that is the process's own folder, so that it can be
    /// both read and shown.
    fn relative(&self, path: &Path) -> PathBuf {
        let shown = self.shown(path);
        match std::path::absolute(shown) {
            Ok(absolute) if absolute == path => shown.to_owned(),
            Err(_) if shown.as_os_str().is_empty() => PathBuf::from("."),
            Ok(_) | Err(_) => path.to_owned(),
        }
    }
}

fn diagnostic(warning: &Warning) -> Diagnostic {
    let message = warning.kind.to_string();
    Diagnostic::new(build_support::Exit::User, message).place(Some(warning.place.clone()))
}

/// The first error in full, the others as notes.
fn together(errors: &[build_support::graph::GraphError]) -> Failure {
    let Some((first, others)) = errors.split_first() else {
        return Failure::fault("the graph was refused without a reason");
    };
    let mut failure = Failure::from(first.diagnose());
    for other in others {
        failure
            .notes
            .push(format!("also {}: {other}", other.place()));
    }
    failure
}

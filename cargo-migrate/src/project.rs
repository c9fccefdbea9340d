//! Where the command works: a package of a Cargo workspace, the workspace itself, or a plain folder.
//!
//! Cargo is asked at most once, without resolving dependencies; with `--dir` not at all.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use build_support::{Diagnose, Diagnostic, Exit};
use cargo_metadata::{Metadata, MetadataCommand, Package};
use serde_json::Value;

use crate::environment::Environment;

/// The folder that relative paths start from, and the tables that `Cargo.toml` has for us.
#[derive(Debug, Clone)]
pub struct Project {
    /// The package's folder, the workspace's, or the working folder with `--dir`.
    pub folder: PathBuf,
    /// The package's name, where one was found.
    pub package: Option<String>,
    /// The workspace's folder.
    pub workspace: Option<PathBuf>,
    /// Cargo's target folder.
    pub target: Option<PathBuf>,
    /// `[package.metadata.migrate]` and `[workspace.metadata.migrate]`, in that order.
    pub tables: Vec<Table>,
}

/// One `migrate` table of a `Cargo.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The `Cargo.toml`.
    pub manifest: PathBuf,
    /// `package` or `workspace`.
    pub owner: Owner,
    /// What it holds.
    pub value: Value,
}

/// Whose metadata a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// `[package.metadata.migrate]`
    Package,
    /// `[workspace.metadata.migrate]`
    Workspace,
}

impl Owner {
    /// The first key of the table's path.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Workspace => "workspace",
        }
    }
}

/// What the command line says about where to work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// `--manifest-path`
    pub manifest_path: Option<PathBuf>,
    /// `--package`
    pub package: Option<String>,
    /// Whether `--dir` says it all.
    pub lookup: Lookup,
}

/// Whether Cargo is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lookup {
    /// Through `cargo metadata`.
    #[default]
    Cargo,
    /// Not at all: `--dir`.
    Folder,
}

/// No project, or more than one.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// `cargo metadata` failed.
    #[error("no Cargo project here: {reason}")]
    Cargo {
        /// Cargo's own words.
        reason: String,
    },
    /// `-p` names no package of the workspace.
    #[error("no package `{name}` in the workspace `{}`", workspace.display())]
    UnknownPackage {
        /// The name given.
        name: String,
        /// Where it was looked for.
        workspace: PathBuf,
        /// The names there are.
        packages: Vec<String>,
    },
    /// The workspace has several packages and no folder says which.
    #[error("the workspace `{}` has several packages, and none is chosen", workspace.display())]
    NoPackage {
        /// The workspace.
        workspace: PathBuf,
        /// The names there are.
        packages: Vec<String>,
    },
}

impl Diagnose for ProjectError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::Cargo { .. } => diagnostic
                .hint("run the command inside a Cargo package, or pass `--manifest-path FILE`")
                .hint("pass `--dir FOLDER` to work without a Cargo project"),
            Self::UnknownPackage { name, packages, .. } => {
                let near = crate::config::near(name, packages.iter().map(String::as_str));
                match near {
                    Some(near) => diagnostic.hint(format!("did you mean `--package {near}`?")),
                    None => diagnostic.hint(format!("the packages are: {}", packages.join(", "))),
                }
            }
            Self::NoPackage { packages, .. } => packages.iter().fold(diagnostic, |all, name| {
                all.hint(format!("pass `--package {name}`"))
            }),
        }
    }
}

impl Project {
    /// Finds the project.
    pub fn find(choice: &Choice, environment: &Environment) -> Result<Self, ProjectError> {
        match choice.lookup {
            Lookup::Folder => Ok(Self::of_folder(&environment.folder)),
            Lookup::Cargo => {
                let metadata = ask_cargo(choice, environment)?;
                let package = choose(&metadata, choice, &environment.folder)?;
                Ok(Self::of_cargo(&metadata, package))
            }
        }
    }

    /// A folder without Cargo.
    pub fn of_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            package: None,
            workspace: None,
            target: None,
            tables: Vec::new(),
        }
    }

    fn of_cargo(metadata: &Metadata, package: Option<&Package>) -> Self {
        let workspace = metadata.workspace_root.clone().into_std_path_buf();
        let folder = match package {
            Some(package) => folder_of(package),
            None => workspace.clone(),
        };
        let of_package = package.and_then(|package| {
            table(
                Owner::Package,
                package.manifest_path.as_std_path(),
                &package.metadata,
            )
        });
        let root = workspace.join("Cargo.toml");
        let of_workspace = table(Owner::Workspace, &root, &metadata.workspace_metadata);
        Self {
            folder,
            package: package.map(|package| package.name.to_string()),
            workspace: Some(workspace),
            target: Some(metadata.target_directory.clone().into_std_path_buf()),
            tables: of_package.into_iter().chain(of_workspace).collect(),
        }
    }

    /// The folders whose `.env` counts, the nearer first.
    pub fn dotenv_folders(&self) -> Vec<PathBuf> {
        // `--dir` takes its values from flags, the environment and defaults alone.
        let Some(workspace) = &self.workspace else {
            return Vec::new();
        };
        let mut folders = vec![self.folder.clone()];
        if *workspace != self.folder {
            folders.push(workspace.clone());
        }
        folders
    }
}

fn table(owner: Owner, manifest: &Path, metadata: &Value) -> Option<Table> {
    let value = metadata.get("migrate")?.clone();
    Some(Table {
        manifest: manifest.to_owned(),
        owner,
        value,
    })
}

fn folder_of(package: &Package) -> PathBuf {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap_or(manifest).to_owned()
}

fn ask_cargo(choice: &Choice, environment: &Environment) -> Result<Metadata, ProjectError> {
    let cargo = environment
        .variables
        .get::<std::ffi::OsStr>("CARGO".as_ref());
    let mut command = MetadataCommand::new();
    command
        .cargo_path(cargo.cloned().unwrap_or_else(|| OsString::from("cargo")))
        .current_dir(&environment.folder)
        .no_deps();
    if let Some(path) = &choice.manifest_path {
        command.manifest_path(environment.folder.join(path));
    }
    command.exec().map_err(|error| ProjectError::Cargo {
        reason: reason(&error),
    })
}

/// Cargo's own words, in one line.
fn reason(error: &cargo_metadata::Error) -> String {
    let text = match error {
        cargo_metadata::Error::CargoMetadata { stderr } => stderr.clone(),
        other => other.to_string(),
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let joined = lines.collect::<Vec<_>>().join(" ");
    joined.strip_prefix("error: ").unwrap_or(&joined).to_owned()
}

/// The package that `--package` names, else the one whose folder holds the working folder (or the
/// given manifest), else the only one that speaks of migrations; `None` is the workspace itself.
fn choose<'a>(
    metadata: &'a Metadata,
    choice: &Choice,
    folder: &Path,
) -> Result<Option<&'a Package>, ProjectError> {
    if let Some(name) = &choice.package {
        return named(metadata, name).map(Some);
    }
    let manifest = choice.manifest_path.as_ref().map(|path| folder.join(path));
    let start = manifest.as_deref().and_then(Path::parent).unwrap_or(folder);
    if let Some(package) = enclosing(metadata, start) {
        return Ok(Some(package));
    }
    only_candidate(metadata)
}

fn named<'a>(metadata: &'a Metadata, name: &str) -> Result<&'a Package, ProjectError> {
    let found = metadata
        .packages
        .iter()
        .find(|package| package.name == name);
    found.ok_or_else(|| ProjectError::UnknownPackage {
        name: name.to_owned(),
        workspace: metadata.workspace_root.clone().into_std_path_buf(),
        packages: names(metadata),
    })
}

/// The package in the nearest folder above `start`.
fn enclosing<'a>(metadata: &'a Metadata, start: &Path) -> Option<&'a Package> {
    let start = start.canonicalize().unwrap_or_else(|_| start.to_owned());
    let holds = |package: &&Package| {
        let folder = folder_of(package);
        start.starts_with(folder.canonicalize().unwrap_or(folder))
    };
    let packages = metadata.packages.iter().filter(holds);
    packages.max_by_key(|package| package.manifest_path.as_str().len())
}

fn only_candidate(metadata: &Metadata) -> Result<Option<&Package>, ProjectError> {
    let configured = |package: &&Package| package.metadata.get("migrate").is_some();
    let has_folder = |package: &&Package| folder_of(package).join("migrations").is_dir();
    if let Some(package) = only(metadata.packages.iter().filter(configured)) {
        return Ok(Some(package));
    }
    let root = metadata.workspace_root.join("migrations");
    if metadata.workspace_metadata.get("migrate").is_some() || root.is_dir() {
        return Ok(None);
    }
    if let Some(package) = only(metadata.packages.iter()) {
        return Ok(Some(package));
    }
    match only(metadata.packages.iter().filter(has_folder)) {
        Some(package) => Ok(Some(package)),
        None => Err(ProjectError::NoPackage {
            workspace: metadata.workspace_root.clone().into_std_path_buf(),
            packages: names(metadata),
        }),
    }
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

fn names(metadata: &Metadata) -> Vec<String> {
    let mut names: Vec<_> = metadata
        .packages
        .iter()
        .map(|p| p.name.to_string())
        .collect();
    names.sort();
    names
}

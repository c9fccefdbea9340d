//! `init`: a package gets its folder of revisions, and a build that carries them.

use std::path::{Path, PathBuf};

use build_support::Exit;
use cargo_migrate_templates::project;
use clap::Args;
use serde_json::json;

use crate::{
    context::Context,
    failure::{Failure, Outcome},
    git::Git,
    scaffold::init::{self, BuildKey, BuildScript, Change, Hook, Source},
    term::Format,
};

/// Prepare a package: the folder of revisions, `Cargo.toml`, and the build script
///
/// Adds only what is missing, so it can run again. With `--dir` it makes that folder and nothing
/// else.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate init\n  cargo migrate init --package-dir crates/store\n  \
                  cargo migrate init --path ../cargo-migrate/build-support\n  \
                  cargo migrate init --hooks"
)]
pub struct InitArgs {
    /// The folder of the package; else the one around the working folder
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = ".")]
    pub package_dir: Option<PathBuf>,
    /// Take the library `build-support` from this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "git")]
    pub path: Option<PathBuf>,
    /// Take the library `build-support` from this repository
    #[arg(long, value_name = "URL")]
    pub git: Option<String>,
    /// Also install the git hooks that run `rebase` after a merge
    ///
    /// They go where `core.hooksPath` says; what a hook holds already stays.
    #[arg(long)]
    pub hooks: bool,
}

/// What was done, in the order that it is told.
#[derive(Debug, Default)]
struct Report {
    created: Vec<PathBuf>,
    changed: Vec<PathBuf>,
    by_hand: Vec<String>,
    main: Option<&'static str>,
}

/// Prepares the package.
pub fn run(args: &InitArgs, context: &mut Context) -> Outcome {
    if let Some(folder) = &args.package_dir {
        let manifest = context.environment.folder.join(folder).join("Cargo.toml");
        context.options.manifest_path = Some(manifest);
    }
    let mut report = Report::default();
    make_folders(&mut report, context)?;
    if context.options.dir.is_empty() {
        prepare_package(args, &mut report, context)?;
    }
    if args.hooks {
        install_hooks(&mut report, context)?;
    }
    tell(&report, context);
    Ok(Exit::Done)
}

fn make_folders(report: &mut Report, context: &Context) -> Result<(), Failure> {
    for folder in context.config()?.dirs() {
        if folder.is_dir() {
            continue;
        }
        fs_err::create_dir_all(&folder).map_err(|error| failed(&error))?;
        let attributes = folder.join(".gitattributes");
        fs_err::write(&attributes, project::GITATTRIBUTES).map_err(|error| failed(&error))?;
        report.created.push(folder);
    }
    Ok(())
}

fn prepare_package(args: &InitArgs, report: &mut Report, context: &Context) -> Result<(), Failure> {
    let project = context.project()?;
    if project.package.is_none() {
        return Err(Failure::user("a workspace has no build script of its own")
            .hint("choose a package: `-p NAME` or `--package-dir FOLDER`"));
    }
    let folder = &project.folder;
    let dirs = dirs_of(folder, context)?;
    let manifest = folder.join("Cargo.toml");
    let text = fs_err::read_to_string(&manifest).map_err(|error| failed(&error))?;
    let workspace = workspace_text(folder, project.workspace.as_deref())?;
    let source = source(args, folder, context)?;
    let edited = init::edit(&text, workspace.as_deref(), &dirs, &source)?;
    if edited.text != text {
        fs_err::write(&manifest, &edited.text).map_err(|error| failed(&error))?;
        report.changed.push(manifest);
    }
    build_script(folder, &edited.build, &dirs, report)?;
    if edited.changes.contains(&Change::Dependency) {
        report.main = Some(init::main_lines(&edited.dependencies));
    }
    Ok(())
}

/// The folders of the revisions as the build script names them: relative to the package.
fn dirs_of(folder: &Path, context: &Context) -> Result<Vec<String>, Failure> {
    let relative = |dir: PathBuf| {
        let inside = dir.strip_prefix(folder).map(Path::to_owned);
        let way = inside.unwrap_or_else(|_| init::relative(folder, &dir));
        way.to_string_lossy().replace('\\', "/")
    };
    Ok(context.config()?.dirs().into_iter().map(relative).collect())
}

fn workspace_text(folder: &Path, workspace: Option<&Path>) -> Result<Option<String>, Failure> {
    match workspace.filter(|workspace| *workspace != folder) {
        Some(root) => fs_err::read_to_string(root.join("Cargo.toml"))
            .map(Some)
            .map_err(|error| failed(&error)),
        None => Ok(None),
    }
}

fn source(args: &InitArgs, folder: &Path, context: &Context) -> Result<Source, Failure> {
    if let Some(url) = &args.git {
        return Ok(Source::Git(url.clone()));
    }
    let Some(path) = &args.path else {
        return Ok(Source::of_this_version());
    };
    let given = context.environment.folder.join(path);
    let places = [given.join(init::LIBRARY), given];
    let is_library = |place: &&PathBuf| place.join("Cargo.toml").is_file();
    let Some(place) = places.iter().find(is_library) else {
        return Err(Failure::user(format!(
            "`{}` holds no `Cargo.toml`",
            path.display()
        )));
    };
    let place = fs_err::canonicalize(place).map_err(|error| failed(&error))?;
    let folder = fs_err::canonicalize(folder).map_err(|error| failed(&error))?;
    Ok(Source::Path(init::relative(&folder, &place)))
}

fn build_script(
    folder: &Path,
    key: &BuildKey,
    dirs: &[String],
    report: &mut Report,
) -> Result<(), Failure> {
    let name = match key {
        BuildKey::Usual => "build.rs",
        BuildKey::File(name) => name,
        BuildKey::Off => {
            let line = "`build = false` in `Cargo.toml` turns the build script off: remove it";
            report.by_hand.push(line.to_owned());
            return Ok(());
        }
    };
    let path = folder.join(name);
    let existing = path
        .is_file()
        .then(|| fs_err::read_to_string(&path).map_err(|error| failed(&error)))
        .transpose()?;
    match init::build_script(existing.as_deref(), dirs) {
        BuildScript::Unchanged => {}
        BuildScript::New(text) => {
            fs_err::write(&path, text).map_err(|error| failed(&error))?;
            report.created.push(path);
        }
        BuildScript::Patched(text) => {
            fs_err::write(&path, text).map_err(|error| failed(&error))?;
            report.changed.push(path);
        }
        BuildScript::ByHand { line, reason } => {
            report.by_hand.push(format!(
                "`{name}` stays as it is, because {reason}: add `{line}`"
            ));
        }
    }
    Ok(())
}

fn install_hooks(report: &mut Report, context: &Context) -> Result<(), Failure> {
    let given = &context.options.dir;
    let folder = match given.is_empty() {
        true => context.project()?.folder.clone(),
        false => context.environment.folder.clone(),
    };
    let git = Git::around(&folder)?;
    let folder = fs_err::canonicalize(&folder).map_err(|error| failed(&error))?;
    let inside = folder.strip_prefix(git.top()).unwrap_or(Path::new(""));
    let inside = inside.to_string_lossy().replace('\\', "/");
    let dirs: Vec<String> = given.iter().map(|dir| dir.display().to_string()).collect();
    let hooks = git.hooks()?;
    fs_err::create_dir_all(&hooks).map_err(|error| failed(&error))?;
    for name in init::HOOKS {
        let path = hooks.join(name);
        let existing = path
            .is_file()
            .then(|| fs_err::read_to_string(&path).map_err(|error| failed(&error)))
            .transpose()?;
        match init::hook(existing.as_deref(), &inside, &dirs) {
            Hook::Unchanged => {}
            Hook::New(text) => {
                write_program(&path, &text)?;
                report.created.push(path);
            }
            Hook::Patched(text) => {
                write_program(&path, &text)?;
                report.changed.push(path);
            }
            Hook::ByHand(line) => report.by_hand.push(format!(
                "the hook `{name}` is no shell script and stays as it is: let it run `{line}`"
            )),
        }
    }
    Ok(())
}

/// Git runs only hooks that may be executed.
fn write_program(path: &Path, text: &str) -> Result<(), Failure> {
    fs_err::write(path, text).map_err(|error| failed(&error))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = std::fs::Permissions::from_mode(0o755);
        fs_err::set_permissions(path, permissions).map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn failed(error: &std::io::Error) -> Failure {
    Failure::user(error.to_string())
}

fn tell(report: &Report, context: &Context) {
    let term = &context.term;
    let names = |paths: &[PathBuf]| -> Vec<String> {
        paths
            .iter()
            .map(|path| context.shown(path).display().to_string())
            .collect()
    };
    let (created, changed) = (names(&report.created), names(&report.changed));
    if term.format() == Format::Json {
        term.json(&json!({
            "created": created,
            "changed": changed,
            "by_hand": report.by_hand,
            "main": report.main,
        }));
        return;
    }
    created
        .iter()
        .for_each(|path| term.data(format_args!("created {path}")));
    changed
        .iter()
        .for_each(|path| term.data(format_args!("changed {path}")));
    if created.is_empty() && changed.is_empty() {
        term.say("everything is there already");
    }
    report.by_hand.iter().for_each(|line| term.warn(line));
    if let Some(lines) = report.main {
        term.say("add to `main.rs`:");
        for line in lines.lines() {
            term.data(format_args!("    {line}"));
        }
    }
    term.hint("`cargo migrate new create_users email:text:not-null` writes the first revision");
}

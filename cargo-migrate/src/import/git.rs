//! Renames and removals that git is told of, where it knows the file, so that its history goes on.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::failure::Failure;

/// Renames a file.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    if is_tracked(from) && git(from, &["mv"], &[from, to]) {
        return Ok(());
    }
    Ok(fs_err::rename(from, to)?)
}

/// Removes a file.
pub(super) fn remove(path: &Path) -> Result<(), Failure> {
    if is_tracked(path) && git(path, &["rm", "-q"], &[path]) {
        return Ok(());
    }
    Ok(fs_err::remove_file(path)?)
}

fn is_tracked(path: &Path) -> bool {
    git(path, &["ls-files", "--error-unmatch"], &[path])
}

/// Runs git in the folder of a file; `false` where it can't, or there is none.
fn git(beside: &Path, command: &[&str], paths: &[&Path]) -> bool {
    let Some(folder) = beside.parent() else {
        return false;
    };
    let absolute = paths.iter().map(std::path::absolute);
    let Ok(paths) = absolute.collect::<Result<Vec<_>, _>>() else {
        return false;
    };
    let status = Command::new("git")
        .arg("-C")
        .arg(std::path::absolute(folder).unwrap_or_default())
        .args(command)
        .arg("--")
        .args(paths)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

//! Where the folder of revisions is, and whether a published package would hold it.

use std::path::{Path, PathBuf};

use super::manifest::Settings;
use crate::diagnostic::{Diagnostic, Exit};

/// The folder's real path.
pub(super) fn find(
    package: &Path,
    folder: &Path,
    settings: &Settings,
) -> Result<PathBuf, Diagnostic> {
    let Ok(path) = package.join(folder).canonicalize() else {
        return Err(missing(package, folder));
    };
    if !path.is_dir() {
        let message = format!("`{}` is not a folder", folder.display());
        return Err(Diagnostic::new(Exit::User, message));
    }
    let root = package
        .canonicalize()
        .unwrap_or_else(|_| package.to_owned());
    if path.starts_with(&root) || !settings.is_published {
        return Ok(path);
    }
    let message = format!(
        "the folder `{}` lies outside the package, so a published crate would not hold it",
        folder.display()
    );
    Err(Diagnostic::new(Exit::User, message)
        .hint("move it into the package that embeds it, and let others depend on that package")
        .hint("or write `publish = false` in Cargo.toml"))
}

fn missing(package: &Path, folder: &Path) -> Diagnostic {
    Diagnostic::new(
        Exit::User,
        format!(
            "the folder `{}` does not exist in {}",
            folder.display(),
            package.display()
        ),
    )
    .hint("make it by `cargo migrate init`")
    .hint("the path in build.rs is relative to the folder of Cargo.toml")
}

//! What the build script needs from Cargo.toml: `heads` and `publish`.
//!
//! It reads the file itself: `cargo metadata` inside a build script waits for Cargo's own locks.

use std::{
    fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use crate::{
    built::Heads,
    diagnostic::{Diagnostic, Exit},
};

/// What the manifests say.
pub(super) struct Settings {
    pub(super) heads: Heads,
    pub(super) is_published: bool,
    /// The manifests that were read, to be watched.
    pub(super) read: Vec<PathBuf>,
}

pub(super) fn read(package: &Path) -> Result<Settings, Diagnostic> {
    let path = package.join("Cargo.toml");
    let manifest = parse(&path)?;
    let mut read = vec![path];
    let mut heads = value(&manifest, &["package", "metadata", "migrate", "heads"]).cloned();
    if heads.is_none() {
        if let Some((path, workspace)) = workspace_of(package, &manifest) {
            heads = value(&workspace, &["workspace", "metadata", "migrate", "heads"]).cloned();
            read.push(path);
        }
    }
    let publish = value(&manifest, &["package", "publish"]);
    let is_published = !matches!(publish, Some(Value::Boolean(false)));
    Ok(Settings {
        heads: parse_heads(heads.as_ref())?,
        is_published,
        read,
    })
}

fn parse_heads(value: Option<&Value>) -> Result<Heads, Diagnostic> {
    match value.map(Value::as_str) {
        None | Some(Some("one")) => Ok(Heads::One),
        Some(Some("many")) => Ok(Heads::Many),
        Some(_) => Err(Diagnostic::new(
            Exit::User,
            "`heads` under `[package.metadata.migrate]` must be \"one\" or \"many\"",
        )),
    }
}

/// The manifest of the workspace, which may be the package's own.
fn workspace_of(package: &Path, manifest: &Table) -> Option<(PathBuf, Table)> {
    if manifest.contains_key("workspace") {
        return Some((package.join("Cargo.toml"), manifest.clone()));
    }
    package.ancestors().skip(1).find_map(|folder| {
        let path = folder.join("Cargo.toml");
        let table = parse(&path).ok()?;
        table.contains_key("workspace").then_some((path, table))
    })
}

fn parse(path: &Path) -> Result<Table, Diagnostic> {
    let fault = |why: String| {
        Diagnostic::new(
            Exit::User,
            format!("{} can't be read: {why}", path.display()),
        )
    };
    let text = fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    text.parse::<Table>()
        .map_err(|error| fault(error.to_string()))
}

fn value<'t>(table: &'t Table, path: &[&str]) -> Option<&'t Value> {
    let (first, rest) = path.split_first()?;
    let found = table.get(*first)?;
    if rest.is_empty() {
        Some(found)
    } else {
        value(found.as_table()?, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(manifest: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("Cargo.toml"), manifest).expect("a manifest");
        folder
    }

    #[test]
    fn the_package_says_how_many_heads_there_may_be() {
        let many =
            package("[package]\nname='a'\n[package.metadata.migrate]\nheads='many'\n[workspace]");
        assert_eq!(read(many.path()).expect("settings").heads, Heads::Many);
        let none = package("[package]\nname='a'\npublish=false\n[workspace]");
        let settings = read(none.path()).expect("settings");
        assert_eq!((settings.heads, settings.is_published), (Heads::One, false));
    }

    #[test]
    fn the_workspace_says_it_for_its_members() {
        let root =
            package("[workspace]\nmembers=['a']\n[workspace.metadata.migrate]\nheads='many'");
        let member = root.path().join("a");
        fs::create_dir(&member).expect("a folder");
        fs::write(member.join("Cargo.toml"), "[package]\nname='a'").expect("a manifest");
        assert_eq!(read(&member).expect("settings").heads, Heads::Many);
    }

    #[test]
    fn another_number_of_heads_is_refused() {
        let wrong =
            package("[package]\nname='a'\n[package.metadata.migrate]\nheads=2\n[workspace]");
        assert!(read(wrong.path()).is_err());
    }
}

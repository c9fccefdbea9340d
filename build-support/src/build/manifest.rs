//! What the build script needs from Cargo.toml: `heads`, where the history is, and `publish`.
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
    history::Names,
};

/// What the manifests say.
pub(super) struct Settings {
    pub(super) heads: Heads,
    /// Where the subcommand keeps the history.
    pub(super) history: Names,
    pub(super) is_published: bool,
    /// The manifests that were read, to be watched.
    pub(super) read: Vec<PathBuf>,
}

pub(super) fn read(package: &Path) -> Result<Settings, Diagnostic> {
    let path = package.join("Cargo.toml");
    let manifest = parse(&path)?;
    let mut read = vec![path];
    let workspace = workspace_of(package, &manifest);
    if let Some((path, _)) = workspace.as_ref().filter(|(path, _)| !read.contains(path)) {
        read.push(path.clone());
    }
    let key = |name: &str| {
        let own = value(&manifest, &["package", "metadata", "migrate", name]);
        let shared = || {
            let (_, table) = workspace.as_ref()?;
            value(table, &["workspace", "metadata", "migrate", name])
        };
        own.or_else(shared)
    };
    Ok(Settings {
        heads: parse_heads(key("heads"))?,
        history: parse_history(key("history-schema"), key("history-table"))?,
        is_published: is_published(package, &manifest),
        read,
    })
}

/// Whether the package may be published: not with `publish = false`, an empty list of registries,
/// or one of the two inherited from the workspace.
fn is_published(package: &Path, manifest: &Table) -> bool {
    let own = value(manifest, &["package", "publish"]).cloned();
    let inherits = own
        .as_ref()
        .and_then(|value| value.get("workspace"))
        .is_some();
    let publish = if inherits {
        workspace_of(package, manifest)
            .and_then(|(_, table)| value(&table, &["workspace", "package", "publish"]).cloned())
    } else {
        own
    };
    match publish {
        Some(Value::Boolean(publish)) => publish,
        Some(Value::Array(registries)) => !registries.is_empty(),
        Some(_) | None => true,
    }
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

fn parse_history(schema: Option<&Value>, table: Option<&Value>) -> Result<Names, Diagnostic> {
    let default = Names::default();
    let text = |key: &str, value: Option<&Value>, default: &str| match value.map(Value::as_str) {
        None => Ok(default.to_owned()),
        Some(Some(text)) => Ok(text.to_owned()),
        Some(None) => Err(Diagnostic::new(
            Exit::User,
            format!("`{key}` under `[package.metadata.migrate]` must be a text"),
        )),
    };
    let schema = text("history-schema", schema, default.schema())?;
    let table = text("history-table", table, default.table())?;
    Names::new(&schema, &table).map_err(|error| Diagnostic::new(Exit::User, error.to_string()))
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
    fn an_empty_list_of_registries_publishes_nothing_and_may_be_the_workspaces() {
        let none = package("[package]\nname='a'\npublish=[]\n[workspace]");
        assert!(!read(none.path()).expect("settings").is_published);
        let one = package("[package]\nname='a'\npublish=['ours']\n[workspace]");
        assert!(read(one.path()).expect("settings").is_published);
        let root = package("[workspace]\nmembers=['a']\n[workspace.package]\npublish=false");
        let member = root.path().join("a");
        fs::create_dir(&member).expect("a folder");
        let manifest = "[package]\nname='a'\npublish.workspace=true";
        fs::write(member.join("Cargo.toml"), manifest).expect("a manifest");
        assert!(!read(&member).expect("settings").is_published);
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
    fn the_history_is_where_the_subcommand_keeps_it() {
        let root = package(
            "[workspace]\nmembers=['a']\n[workspace.metadata.migrate]\nhistory-schema='ops'\nhistory-table='w'",
        );
        let member = root.path().join("a");
        fs::create_dir(&member).expect("a folder");
        let manifest = "[package]\nname='a'\n[package.metadata.migrate]\nhistory-table='done'";
        fs::write(member.join("Cargo.toml"), manifest).expect("a manifest");
        let history = read(&member).expect("settings").history;
        assert_eq!((history.schema(), history.table()), ("ops", "done"));
        for wrong in ["3", "''"] {
            let manifest = format!(
                "[package]\nname='a'\n[package.metadata.migrate]\nhistory-table={wrong}\n[workspace]"
            );
            assert!(read(package(&manifest).path()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn another_number_of_heads_is_refused() {
        let wrong =
            package("[package]\nname='a'\n[package.metadata.migrate]\nheads=2\n[workspace]");
        assert!(read(wrong.path()).is_err());
    }
}

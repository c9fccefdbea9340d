//! The `Cargo.toml`: the metadata table and the two dependency lines; all else stays as it is.

use std::path::PathBuf;

use toml_edit::{Array, DocumentMut, Item, Table, TomlError, Value};

use super::{
    LIBRARY,
    dependency::{Driver, Inherited, Role, Source, line},
};

/// A package that can't be prepared.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// A `Cargo.toml` that is no TOML.
    #[error("`{}` can't be read: {source}", path.display())]
    Manifest {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<TomlError>,
    },
    /// A `Cargo.toml` in which something else stands where a table should.
    #[error("`{key}` in `Cargo.toml` is not a table")]
    NotATable {
        /// Where it is.
        key: &'static str,
    },
}

/// What was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// `[package.metadata.migrate]`
    Metadata,
    /// `[dependencies]`
    Dependency,
    /// `[build-dependencies]`
    BuildDependency,
}

/// The `Cargo.toml` with what `init` adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The text.
    pub text: String,
    /// What was missing.
    pub changes: Vec<Change>,
    /// The package's dependencies.
    pub dependencies: Vec<String>,
    /// `package.build`: the build script, where it has another name.
    pub build: BuildKey,
}

/// What `package.build` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildKey {
    /// Nothing: `build.rs`.
    Usual,
    /// Another file.
    File(String),
    /// There is to be none.
    Off,
}

/// Adds what is missing to a package's `Cargo.toml`.
///
/// `workspace` is the `Cargo.toml` of the workspace, where that is another file.
///
/// # Errors
/// When one of them can't be read.
pub fn edit(
    manifest: &str,
    workspace: Option<&str>,
    dirs: &[String],
    source: &Source,
) -> Result<Edited, InitError> {
    let mut document = parse(manifest, "Cargo.toml")?;
    let workspace = workspace
        .map(|text| parse(text, "the workspace's Cargo.toml"))
        .transpose()?;
    let root = workspace.as_ref().unwrap_or(&document);
    let root = root.get("workspace").and_then(Item::as_table);
    let inherited = Inherited::of(root);
    let has_metadata = root.is_some_and(|table| metadata(table).is_some());
    let mut changes = Vec::new();
    if !has_metadata && add_metadata(&mut document, dirs)? {
        changes.push(Change::Metadata);
    }
    let driver = Driver::among(&dependencies(&document)).unwrap_or(Driver::Postgres);
    for (role, change) in [
        (Role::Runtime, Change::Dependency),
        (Role::Build, Change::BuildDependency),
    ] {
        let value = line(role, driver, source, inherited);
        if add_dependency(&mut document, role, value)? {
            changes.push(change);
        }
    }
    Ok(Edited {
        dependencies: dependencies(&document),
        build: build_key(&document),
        text: document.to_string(),
        changes,
    })
}

fn parse(text: &str, path: &str) -> Result<DocumentMut, InitError> {
    text.parse().map_err(|source| InitError::Manifest {
        path: path.into(),
        source: Box::new(source),
    })
}

/// `metadata.migrate` of a package or a workspace.
fn metadata(owner: &Table) -> Option<&Item> {
    owner.get("metadata")?.get("migrate")
}

fn add_metadata(document: &mut DocumentMut, dirs: &[String]) -> Result<bool, InitError> {
    let package = table(document.as_table_mut(), "package", "package")?;
    if metadata(package).is_some() {
        return Ok(false);
    }
    let metadata = table(package, "metadata", "package.metadata")?;
    let mut migrate = Table::new();
    let dir = match dirs {
        [dir] => toml_edit::value(dir),
        dirs => toml_edit::value(dirs.iter().collect::<Array>()),
    };
    migrate.insert("dir", dir);
    metadata.insert("migrate", Item::Table(migrate));
    Ok(true)
}

fn add_dependency(document: &mut DocumentMut, role: Role, value: Value) -> Result<bool, InitError> {
    let section = table(document.as_table_mut(), role.section(), role.section())?;
    if section.contains_key(LIBRARY) {
        return Ok(false);
    }
    let sorted = section.iter().map(|(key, _)| key).is_sorted();
    section.set_implicit(false);
    section.insert(LIBRARY, Item::Value(value));
    if sorted {
        section.sort_values();
    }
    Ok(true)
}

/// The table of this name, made where it is missing.
fn table<'a>(
    parent: &'a mut Table,
    name: &str,
    key: &'static str,
) -> Result<&'a mut Table, InitError> {
    let item = parent.entry(name).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    item.as_table_mut().ok_or(InitError::NotATable { key })
}

fn dependencies(document: &DocumentMut) -> Vec<String> {
    let section = document.get("dependencies").and_then(Item::as_table);
    section.map_or_else(Vec::new, |table| {
        table.iter().map(|(key, _)| key.to_owned()).collect()
    })
}

fn build_key(document: &DocumentMut) -> BuildKey {
    let key = document
        .get("package")
        .and_then(|package| package.get("build"));
    match key {
        Some(key) if key.as_bool() == Some(false) => BuildKey::Off,
        Some(key) => key
            .as_str()
            .map_or(BuildKey::Usual, |file| BuildKey::File(file.to_owned())),
        None => BuildKey::Usual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKAGE: &str = "\
[package]
name = \"app\"   # mine
version = \"0.1.0\"

[dependencies]
# The driver.
postgres = \"0.19\"
anyhow = \"1\"
";

    fn dirs() -> Vec<String> {
        vec!["migrations".to_owned()]
    }

    fn version() -> Source {
        Source::Version("0.1".to_owned())
    }

    fn edited(manifest: &str, workspace: Option<&str>) -> String {
        edit(manifest, workspace, &dirs(), &version())
            .expect("edited")
            .text
    }

    #[test]
    fn a_package_gets_its_table_and_both_lines_and_keeps_its_form() {
        insta::assert_snapshot!(edited(PACKAGE, None), @r#"
        [package]
        name = "app"   # mine
        version = "0.1.0"

        [package.metadata.migrate]
        dir = "migrations"

        [dependencies]
        # The driver.
        postgres = "0.19"
        anyhow = "1"
        build-support = { version = "0.1", features = ["postgres"] }

        [build-dependencies]
        build-support = { version = "0.1", default-features = false, features = ["build"] }
        "#);
    }

    #[test]
    fn a_second_time_changes_nothing() {
        let once = edited(PACKAGE, None);
        let twice = edit(&once, None, &dirs(), &version()).expect("edited");
        assert_eq!(twice.text, once);
        assert_eq!(twice.changes, []);
    }

    #[test]
    fn the_feature_is_the_applications_own_driver() {
        for driver in ["tokio-postgres", "sqlx", "diesel"] {
            let text = format!("[package]\nname = \"a\"\n[dependencies]\n{driver} = \"*\"\n");
            let line =
                format!("build-support = {{ version = \"0.1\", features = [\"{driver}\"] }}\n");
            assert!(edited(&text, None).contains(&line), "{driver}");
        }
    }

    #[test]
    fn sorted_dependencies_stay_sorted() {
        let text = "[package]\nname = \"a\"\n\n[dependencies]\nanyhow = \"1\"\nserde = \"1\"\n";
        insta::assert_snapshot!(edited(text, None), @r#"
        [package]
        name = "a"

        [package.metadata.migrate]
        dir = "migrations"

        [dependencies]
        anyhow = "1"
        build-support = { version = "0.1", features = ["postgres"] }
        serde = "1"

        [build-dependencies]
        build-support = { version = "0.1", default-features = false, features = ["build"] }
        "#);
    }

    #[test]
    fn what_the_workspace_declares_is_inherited() {
        let member = "[package]\nname = \"a\"\n";
        let plain = "[workspace.dependencies]\nbuild-support = \"0.1\"\n";
        insta::assert_snapshot!(edited(member, Some(plain)), @r#"
        [package]
        name = "a"

        [package.metadata.migrate]
        dir = "migrations"

        [dependencies]
        build-support = { workspace = true, features = ["postgres"] }

        [build-dependencies]
        build-support = { workspace = true, features = ["build"] }
        "#);
        let bare = "[workspace.dependencies]\nbuild-support = { version = \"0.1\", default-features = false }\n\
                    [workspace.metadata.migrate]\ndir = \"migrations\"\n";
        insta::assert_snapshot!(edited(member, Some(bare)), @r#"
        [package]
        name = "a"

        [dependencies]
        build-support = { workspace = true, default-features = true, features = ["postgres"] }

        [build-dependencies]
        build-support = { workspace = true, features = ["build"] }
        "#);
    }

    #[test]
    fn the_library_may_come_from_a_folder_or_from_git() {
        let member = "[package]\nname = \"a\"\n[package.metadata.migrate]\n";
        let edited = |source| edit(member, None, &dirs(), &source).expect("edited").text;
        insta::assert_snapshot!(edited(Source::Path("../build-support".into())), @r#"
        [package]
        name = "a"
        [package.metadata.migrate]

        [dependencies]
        build-support = { path = "../build-support", features = ["postgres"] }

        [build-dependencies]
        build-support = { path = "../build-support", default-features = false, features = ["build"] }
        "#);
        insta::assert_snapshot!(edited(Source::Git("https://example.org/m.git".into())), @r#"
        [package]
        name = "a"
        [package.metadata.migrate]

        [dependencies]
        build-support = { git = "https://example.org/m.git", features = ["postgres"] }

        [build-dependencies]
        build-support = { git = "https://example.org/m.git", default-features = false, features = ["build"] }
        "#);
    }

    #[test]
    fn what_can_not_be_edited_is_refused() {
        let refused = |text| edit(text, None, &dirs(), &version()).expect_err("refused");
        assert!(
            refused("[package")
                .to_string()
                .starts_with("`Cargo.toml` can't be read")
        );
        assert_eq!(
            refused("package = 1").to_string(),
            "`package` in `Cargo.toml` is not a table"
        );
    }
}

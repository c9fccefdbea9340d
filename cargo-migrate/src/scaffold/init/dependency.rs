//! The two dependency lines.

use std::path::{Path, PathBuf};

use toml_edit::{Array, InlineTable, Item, Table, Value};

use super::LIBRARY;

/// Where the library comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The registry, by version.
    Version(String),
    /// A folder, relative to the package's.
    Path(PathBuf),
    /// A git repository.
    Git(String),
}

impl Source {
    /// The version that goes with this subcommand: its `major.minor`.
    pub fn of_this_version() -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let end = version
            .rmatch_indices('.')
            .next()
            .map_or(version.len(), |(at, _)| at);
        Self::Version(version[..end].to_owned())
    }

    fn pair(&self) -> (&'static str, String) {
        match self {
            Self::Version(version) => ("version", version.clone()),
            Self::Path(path) => ("path", path.to_string_lossy().replace('\\', "/")),
            Self::Git(url) => ("git", url.clone()),
        }
    }
}

/// The client that the application talks to PostgreSQL with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// `postgres`, also where there is none yet: the library then opens its own connection.
    Postgres,
    /// `tokio-postgres`
    TokioPostgres,
    /// `sqlx`
    Sqlx,
    /// `diesel`
    Diesel,
}

impl Driver {
    const ALL: [Self; 4] = [
        Self::Postgres,
        Self::TokioPostgres,
        Self::Sqlx,
        Self::Diesel,
    ];

    /// The one among these dependencies.
    pub fn among(dependencies: &[String]) -> Option<Self> {
        let is_there = |driver: &Self| dependencies.iter().any(|name| name == driver.name());
        Self::ALL.into_iter().find(is_there)
    }

    /// Its crate, and the feature of the library for it.
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::TokioPostgres => "tokio-postgres",
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
        }
    }
}

/// How the workspace declares the library, where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inherited {
    /// It does not.
    No,
    /// With its default features.
    WithDefaults,
    /// With `default-features = false`.
    WithoutDefaults,
}

impl Inherited {
    /// As `[workspace.dependencies]` says it.
    pub(super) fn of(workspace: Option<&Table>) -> Self {
        let dependencies = workspace.and_then(|table| table.get("dependencies"));
        let Some(entry) = dependencies.and_then(|item| item.get(LIBRARY)) else {
            return Self::No;
        };
        match entry.get("default-features").and_then(Item::as_bool) {
            Some(false) => Self::WithoutDefaults,
            Some(true) | None => Self::WithDefaults,
        }
    }
}

/// Which of the two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `[dependencies]`
    Runtime,
    /// `[build-dependencies]`
    Build,
}

impl Role {
    pub(super) fn section(self) -> &'static str {
        match self {
            Self::Runtime => "dependencies",
            Self::Build => "build-dependencies",
        }
    }

    fn feature(self, driver: Driver) -> &'static str {
        match self {
            Self::Runtime => driver.name(),
            Self::Build => "build",
        }
    }
}

/// The value of a dependency line.
pub(super) fn line(role: Role, driver: Driver, source: &Source, inherited: Inherited) -> Value {
    let mut table = InlineTable::new();
    match inherited {
        Inherited::No => {
            let (key, value) = source.pair();
            table.insert(key, value.into());
        }
        Inherited::WithDefaults | Inherited::WithoutDefaults => {
            table.insert("workspace", true.into());
        }
    }
    // A member can only add default features to what the workspace says.
    match (role, inherited) {
        (Role::Build, Inherited::No) => {
            table.insert("default-features", false.into());
        }
        (Role::Runtime, Inherited::WithoutDefaults) => {
            table.insert("default-features", true.into());
        }
        (Role::Build | Role::Runtime, _) => {}
    }
    let features: Array = [role.feature(driver)].into_iter().collect();
    table.insert("features", features.into());
    Value::InlineTable(table)
}

/// The way from one folder to another, both absolute.
pub(crate) fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    if shared == 0 {
        return to.to_owned();
    }
    let up = from.components().skip(shared).map(|_| "..");
    let down = to.components().skip(shared);
    up.map(PathBuf::from)
        .chain(down.map(|part| PathBuf::from(part.as_os_str())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_relative_to_the_package() {
        let way = |from, to| {
            relative(Path::new(from), Path::new(to))
                .display()
                .to_string()
        };
        assert_eq!(
            way("/a/app", "/a/lib/build-support"),
            "../lib/build-support"
        );
        assert_eq!(way("/a", "/a/b"), "b");
    }
}

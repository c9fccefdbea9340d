//! The variables that the server component may look at, as a value.
//!
//! Nothing in this module tree reads the process's own environment: the command line passes it in,
//! and a test passes one in which the binaries can't be found.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Environment variables, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// Takes the variables as `std::env::vars_os` gives them.
    pub fn new<K, V>(variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let variables = variables.into_iter();
        Self {
            variables: variables
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        }
    }

    /// Sets one variable.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(key.into(), value.into());
        self
    }

    /// Removes one variable.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.variables.remove(OsStr::new(key));
        self
    }

    /// Gives every variable, for a program that is started with this environment.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .map(|(key, value)| (key.as_os_str(), value.as_os_str()))
    }

    /// The value of a variable, even an empty one.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(key)).map(OsString::as_os_str)
    }

    /// The value of a variable that is set and not empty.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&OsStr> {
        self.raw(key).filter(|value| !value.is_empty())
    }

    /// The same as text; what is not UTF-8 counts as absent.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(OsStr::to_str)
    }

    /// The same as a path.
    #[must_use]
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        self.value(key).map(PathBuf::from)
    }

    /// The folders of `PATH`; empty entries, which mean "here", are left out.
    #[must_use]
    pub fn search_path(&self) -> Vec<PathBuf> {
        self.value("PATH")
            .map(|value| {
                std::env::split_paths(value)
                    .filter(|dir| !dir.as_os_str().is_empty())
                    .collect()
            })
            .unwrap_or_default()
    }

    /// The first file of this name on `PATH`.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        self.search_path()
            .into_iter()
            .map(|dir| dir.join(name))
            .find(|path| path.is_file())
    }

    /// The folder for what does not outlive a run.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.path("TMPDIR").unwrap_or_else(|| PathBuf::from("/tmp"))
    }

    /// The private cache: `MIGRATE_CACHE_DIR`, else the user's cache folder.
    #[must_use]
    pub fn cache(&self) -> Option<PathBuf> {
        if let Some(explicit) = self.path("MIGRATE_CACHE_DIR") {
            return Some(explicit);
        }
        let folder = match self.path("XDG_CACHE_HOME") {
            Some(folder) => folder,
            None => home_cache(&self.path("HOME")?),
        };
        Some(folder.join("cargo-migrate"))
    }
}

fn home_cache(home: &Path) -> PathBuf {
    if cfg!(target_os = "macos") {
        home.join("Library/Caches")
    } else {
        home.join(".cache")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_absent() {
        let environment = Environment::default().with("TMPDIR", "");
        assert_eq!(environment.value("TMPDIR"), None);
        assert_eq!(environment.temporary(), PathBuf::from("/tmp"));
    }

    #[test]
    fn the_explicit_cache_wins_over_the_users_own() {
        let environment = Environment::new([("HOME", "/home/ann"), ("XDG_CACHE_HOME", "/x")]);
        assert_eq!(environment.cache(), Some(PathBuf::from("/x/cargo-migrate")));
        let environment = environment.with("MIGRATE_CACHE_DIR", "/elsewhere");
        assert_eq!(environment.cache(), Some(PathBuf::from("/elsewhere")));
        assert_eq!(Environment::default().cache(), None);
    }

    #[test]
    fn the_current_folder_is_never_searched() {
        let environment = Environment::default().with("PATH", ":/usr/bin::");
        assert_eq!(environment.search_path(), [PathBuf::from("/usr/bin")]);
    }
}

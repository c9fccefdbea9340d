//! A project in a temporary folder, and the compiled subcommand run in it.
//!
//! Cargo tells an integration test about the binaries of its own package only. So this package has
//! a binary target with the subcommand's `main.rs`, which is therefore built before every run of
//! the suites, `cargo test -p migrate-tests` as well as `cargo test --workspace`, and lies beside
//! the folder of the test executable.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Database, environment};

/// What the subcommand needs of the environment of the test run: programs, caches, binaries.
const KEPT: &[&str] = &[
    "PATH",
    "TMPDIR",
    "MIGRATE_PG_BIN",
    "MIGRATE_PG_SEARCH",
    "MIGRATE_CACHE_DIR",
    "MIGRATE_SCRATCH_DIR",
    "RUSTUP_TOOLCHAIN",
    "LLVM_PROFILE_FILE",
];

/// A temporary folder with `migrations/`, removed with the value.
#[derive(Debug)]
pub struct Project {
    folder: TempDir,
    home: TempDir,
    variables: BTreeMap<String, OsString>,
}

impl Default for Project {
    fn default() -> Self {
        Self::new()
    }
}

impl Project {
    /// Makes a folder that holds an empty `migrations/` and nothing else.
    #[must_use]
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("project-").expect("a temporary folder can be made");
        let home = TempDir::with_prefix("home-").expect("a temporary folder can be made");
        fs_err::create_dir(folder.path().join("migrations")).expect("the folder is new");
        Self {
            folder,
            home,
            variables: BTreeMap::new(),
        }
    }

    /// Makes one whose commands find `database` in `DATABASE_URL`.
    #[must_use]
    pub fn on(database: &Database) -> Self {
        Self::new().with("DATABASE_URL", database.url())
    }

    /// Adds an environment variable to the commands.
    #[must_use]
    pub fn with(mut self, variable: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(variable.to_owned(), value.into());
        self
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, with the folders on the way to it.
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().expect("a file is in a folder")).expect("made");
        fs_err::write(path, text).expect("written");
        self
    }

    /// Reads a file.
    #[must_use]
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        fs_err::read_to_string(self.path().join(path)).expect("read")
    }

    /// The paths of all files below a folder, relative to the project's, sorted.
    #[must_use]
    pub fn files(&self, folder: impl AsRef<Path>) -> Vec<String> {
        let mut found = Vec::new();
        let mut waiting = vec![self.path().join(folder)];
        while let Some(folder) = waiting.pop() {
            for entry in fs_err::read_dir(folder).expect("listed") {
                let path = entry.expect("listed").path();
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    let inside = path.strip_prefix(self.path()).expect("below the project");
                    found.push(inside.to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// Runs the subcommand in the project's folder and waits for it.
    pub fn cargo_migrate(&self, arguments: &[&str]) -> Output {
        self.finish(&mut self.command(arguments))
    }

    /// The subcommand, ready to be changed and run: no terminal, no environment but the project's.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null());
        command.env_clear().env("HOME", self.home.path());
        for name in KEPT {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.envs(caches()).envs(&self.variables);
        command
    }

    /// Runs a command made by [`Self::command`] and reads what it wrote.
    pub fn finish(&self, command: &mut Command) -> Output {
        let output = command.output().expect("the subcommand starts");
        Output {
            status: output.status.code(),
            stdout: self.redact(&output.stdout),
            stderr: self.redact(&output.stderr),
        }
    }

    /// Replaces the project's folder, which differs from run to run.
    #[must_use]
    pub fn redact(&self, text: &[u8]) -> String {
        let text = String::from_utf8_lossy(text).into_owned();
        let real = fs_err::canonicalize(self.path()).expect("the folder exists");
        [
            (real.as_path(), "[project]"),
            (self.path(), "[project]"),
            (self.home.path(), "[home]"),
        ]
        .iter()
        .fold(text, |text, (path, name)| {
            text.replace(&*path.to_string_lossy(), name)
        })
    }
}

/// The user's caches, by their own variables, as `HOME` is a temporary folder.
fn caches() -> Vec<(&'static str, PathBuf)> {
    let home = std::env::var_os("HOME")
        .map(PathBuf::from)
        .unwrap_or_default();
    let place = |name, inside: &str| (name, environment().path(name).unwrap_or(home.join(inside)));
    vec![
        place("CARGO_HOME", ".cargo"),
        place("RUSTUP_HOME", ".rustup"),
        place("XDG_CACHE_HOME", ".cache"),
    ]
}

/// What a command wrote and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit code; none where a signal ended it.
    pub status: Option<i32>,
    /// What it answered.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl Output {
    /// Expects success and gives what was answered.
    #[track_caller]
    pub fn expect_success(&self) -> &str {
        assert_eq!(self.status, Some(0), "{self}");
        &self.stdout
    }

    /// Expects an exit code and gives what was said.
    #[track_caller]
    pub fn expect_failure(&self, status: i32) -> &str {
        assert_eq!(self.status, Some(status), "{self}");
        &self.stderr
    }

    /// Reads what was answered as one JSON value.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }

    /// Reads what was answered as one JSON value a line.
    #[track_caller]
    #[must_use]
    pub fn json_lines(&self) -> Vec<serde_json::Value> {
        let parse =
            |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}\n{self}"));
        self.stdout.lines().map(parse).collect()
    }
}

/// All three together, the shape of the inline snapshots.
impl fmt::Display for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => writeln!(formatter, "exit code: {status}")?,
            None => writeln!(formatter, "ended by a signal")?,
        }
        write!(formatter, "----- stdout -----\n{}", self.stdout)?;
        write!(formatter, "----- stderr -----\n{}", self.stderr)
    }
}

/// The compiled subcommand.
#[must_use]
pub fn binary() -> PathBuf {
    built("cargo-migrate-under-test")
}

/// A binary of this package, on a machine where it finds a PostgreSQL.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    let _ = environment();
    let test = std::env::current_exe().expect("the test executable has a path");
    let folder = test.parent().expect("it is in a folder");
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    // A benchmark lies beside them, a test executable one folder deeper.
    let profile = match folder.ends_with("deps") {
        true => folder.parent().expect("`deps` is in the profile's folder"),
        false => folder,
    };
    let path = profile.join(name);
    assert!(
        path.is_file(),
        "`{}` is missing: run the suites with `cargo test`, which builds it",
        path.display()
    );
    path
}

/// Sends a signal to a process.
pub fn signal(pid: u32, name: &str) {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "could not send {name} to {pid}"
    );
}

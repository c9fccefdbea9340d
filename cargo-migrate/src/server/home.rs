//! The folders of a development server: a home for what is kept, and one for its socket.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::account::Account;
use super::environment::Environment;
use super::place::check_socket;
use super::template::private_folder;
use super::{ServerError, names};

/// Remembers where the socket is: `TMPDIR` may differ from one command to the next.
const RECORD: &str = "socket-folder";

/// Gives the folder for data, log and locks: inside the target folder where the server's account
/// can reach it and own something there, else in the private cache.
pub(super) fn choose(
    environment: &Environment,
    account: Account,
    target: &Path,
) -> Result<PathBuf, ServerError> {
    let inside = target.join("cargo-migrate").join("server");
    if account.reaches(target) && provide(&inside, account).is_ok() {
        return Ok(inside);
    }
    in_cache(environment, account, target)
}

/// Gives the folder for data, log and locks in the private cache, one for each `owner` folder.
pub(super) fn in_cache(
    environment: &Environment,
    account: Account,
    owner: &Path,
) -> Result<PathBuf, ServerError> {
    let outside = cache(environment, account)?.join(format!("server-{}", key(owner, account)));
    provide(&outside, account).map_err(ServerError::io("could not make", &outside))?;
    Ok(outside)
}

/// As root, below a folder that the account can reach, which root's home is not.
fn cache(environment: &Environment, account: Account) -> Result<PathBuf, ServerError> {
    let own = environment.cache();
    match account {
        Account::Other { .. } if !own.as_ref().is_some_and(|folder| account.reaches(folder)) => {
            Ok(PathBuf::from("/var/cache/cargo-migrate"))
        }
        Account::Own { .. } | Account::Other { .. } => own.ok_or(ServerError::NoCache),
    }
}

/// Makes the folder where it is missing, and checks what came of it: some file systems know no
/// owners, and PostgreSQL refuses such a data folder.
fn provide(folder: &Path, account: Account) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        fs_err::create_dir_all(parent)?;
    }
    if fs_err::symlink_metadata(folder).is_err() {
        make_at_once(folder, account)?;
    }
    if is_private(folder, account) && account.reaches(folder) {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        "the server's account can't own it",
    ))
}

/// Makes the folder under a temporary name first: another command that starts at the same time
/// sees it with its owner or not at all, and so chooses the same one.
fn make_at_once(folder: &Path, account: Account) -> io::Result<()> {
    let partial = folder.with_extension(format!("partial-{}", names::random()));
    private_folder(&partial, account)?;
    match fs_err::rename(&partial, folder) {
        Err(_) if fs_err::symlink_metadata(folder).is_ok() => fs_err::remove_dir(&partial),
        result => result,
    }
}

fn is_private(folder: &Path, account: Account) -> bool {
    fs_err::symlink_metadata(folder).is_ok_and(|found| {
        found.is_dir() && found.uid() == account.uid() && found.mode() & 0o077 == 0
    })
}

/// One name for a target folder and an account, the same at every start, so that the URL is too.
fn key(target: &Path, account: Account) -> String {
    let target = fs_err::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    let hash = Sha256::digest(format!("{}\n{}", account.uid(), target.display()));
    names::hex(&hash[..6])
}

/// The folder of the socket of the server that runs, or ran last.
pub(super) fn recorded_run(home: &Path) -> Result<Option<PathBuf>, ServerError> {
    let record = home.join(RECORD);
    match fs_err::read_to_string(&record) {
        Ok(path) => Ok(Some(PathBuf::from(path))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ServerError::io("could not read", &record)(error)),
    }
}

/// Makes and records the folder of the socket. It is short, because the system's limit is, and
/// private, because it is the access control.
pub(super) fn make_run(
    environment: &Environment,
    account: Account,
    home: &Path,
) -> Result<PathBuf, ServerError> {
    let name = format!("cargo-migrate-{}", key(home, account));
    let preferred = environment.temporary().join(&name);
    let run = match check_socket(&preferred) {
        Ok(()) if account.reaches(&environment.temporary()) => preferred,
        Ok(()) | Err(_) => Path::new("/tmp").join(name),
    };
    if is_private(&run, account) {
        // What a killed supervisor left.
        fs_err::remove_dir_all(&run).map_err(ServerError::io("could not remove", &run))?;
    } else if fs_err::symlink_metadata(&run).is_ok() {
        return Err(ServerError::ForeignFolder(run));
    }
    private_folder(&run, account).map_err(ServerError::io("could not make", &run))?;
    let record = home.join(RECORD);
    fs_err::write(&record, run.to_string_lossy().as_bytes())
        .map_err(ServerError::io("could not write", &record))?;
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn environment(cache: &Path) -> Environment {
        Environment::default()
            .with("MIGRATE_CACHE_DIR", cache)
            .with("TMPDIR", cache)
    }

    fn open_folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs_err::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        folder
    }

    #[test]
    fn data_is_kept_in_the_target_folder() {
        let (target, cache) = (open_folder(), open_folder());
        let account = Account::of_server();
        let home = choose(&environment(cache.path()), account, target.path()).unwrap();
        assert_eq!(home, target.path().join("cargo-migrate/server"));
        assert!(is_private(&home, account));
    }

    #[test]
    fn data_goes_to_the_cache_where_the_target_folder_is_somebody_elses() {
        let (target, cache) = (open_folder(), open_folder());
        // A file in the way stands for all reasons why the folder can't be made.
        fs_err::write(target.path().join("cargo-migrate"), "").unwrap();
        let home = choose(
            &environment(cache.path()),
            Account::of_server(),
            target.path(),
        )
        .unwrap();
        assert_eq!(home.parent(), Some(cache.path()));
    }

    #[test]
    fn commands_that_start_at_once_choose_the_same_folder() {
        let cache = open_folder();
        let environment = environment(cache.path());
        for _ in 0..100 {
            let target = open_folder();
            let choose = || choose(&environment, Account::of_server(), target.path()).unwrap();
            let homes: Vec<_> = std::thread::scope(|scope| {
                let chosen: Vec<_> = (0..8).map(|_| scope.spawn(choose)).collect();
                chosen
                    .into_iter()
                    .map(|home| home.join().unwrap())
                    .collect()
            });
            let inside = target.path().join("cargo-migrate/server");
            assert!(homes.iter().all(|home| *home == inside), "{homes:?}");
            let left = fs_err::read_dir(inside.parent().unwrap()).unwrap().count();
            assert_eq!(left, 1);
        }
    }

    #[test]
    fn the_socket_has_the_same_folder_at_every_start() {
        let (home, temporary) = (open_folder(), open_folder());
        let make = || {
            make_run(
                &environment(temporary.path()),
                Account::of_server(),
                home.path(),
            )
        };
        let first = make().unwrap();
        fs_err::write(first.join("users"), "").unwrap();
        assert_eq!(make().unwrap(), first);
        assert!(!first.join("users").exists());
        assert_eq!(recorded_run(home.path()).unwrap(), Some(first));
    }

    #[test]
    fn a_socket_folder_that_others_can_enter_is_refused() {
        let (home, temporary) = (open_folder(), open_folder());
        let make = || {
            make_run(
                &environment(temporary.path()),
                Account::of_server(),
                home.path(),
            )
        };
        let run = make().unwrap();
        fs_err::set_permissions(&run, PermissionsExt::from_mode(0o777)).unwrap();
        assert!(matches!(make(), Err(ServerError::ForeignFolder(path)) if path == run));
    }
}

//! Folders for throw-away servers: short, private, on memory where there is room.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ServerError;
use super::account::Account;
use super::environment::Environment;
use super::names;
use super::template::private_folder;

/// Names the folder in which throw-away servers are put.
const EXPLICIT: &str = "MIGRATE_SCRATCH_DIR";
const MEMORY: &str = "/dev/shm";
/// Containers often get 64 MB there, which a server and a few databases fill.
const MEMORY_NEEDED: u64 = 512 << 20;
const PREFIX: &str = "cm-";
/// A folder younger than this may belong to a process that has not locked it yet.
const SETTLED: Duration = Duration::from_secs(10);
/// `sun_path` has 108 bytes with its end.
const SOCKET_LIMIT: usize = 107;

/// A new folder of our own and its lock, which its server holds as long as it lives.
pub(super) struct Place {
    pub(super) folder: PathBuf,
    pub(super) lock: File,
}

impl Place {
    /// Makes a folder, after removing those whose servers are gone.
    pub(super) fn make(environment: &Environment, account: Account) -> Result<Self, ServerError> {
        let root = root(environment);
        sweep(&root, account);
        loop {
            let name = format!("{PREFIX}{}-{}", std::process::id(), names::random());
            let folder = root.join(name);
            check_socket(&folder)?;
            private_folder(&folder, account).map_err(ServerError::io("could not make", &folder))?;
            let lock = lock_of(&folder).map_err(ServerError::io("could not lock", &folder))?;
            // Somebody's sweep may have taken it before it was locked.
            if folder.join("lock").exists() {
                return Ok(Self { folder, lock });
            }
        }
    }
}

/// Refuses a folder whose socket could not be bound.
pub(super) fn check_socket(folder: &Path) -> Result<(), ServerError> {
    let socket = folder.join(".s.PGSQL.5432");
    if socket.as_os_str().len() > SOCKET_LIMIT {
        return Err(ServerError::SocketTooLong(folder.to_owned()));
    }
    Ok(())
}

fn lock_of(folder: &Path) -> std::io::Result<File> {
    let file = File::create(folder.join("lock"))?;
    file.try_lock()?;
    Ok(file)
}

fn root(environment: &Environment) -> PathBuf {
    if let Some(explicit) = environment.path(EXPLICIT) {
        return explicit;
    }
    match rustix::fs::statvfs(MEMORY) {
        Ok(room) if room.f_bavail * room.f_frsize >= MEMORY_NEEDED => PathBuf::from(MEMORY),
        _ => environment.temporary(),
    }
}

/// Removes what servers of ours left whose supervisor was killed too.
fn sweep(root: &Path, account: Account) {
    let Ok(listing) = fs_err::read_dir(root) else {
        return;
    };
    for entry in listing.filter_map(Result::ok) {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(PREFIX) && is_abandoned(&entry.path(), account) {
            let _ = fs_err::remove_dir_all(entry.path());
        }
    }
}

/// Whether the folder is ours and nobody holds its lock any more.
fn is_abandoned(folder: &Path, account: Account) -> bool {
    if !account.owns(folder) {
        return false;
    }
    let path = folder.join("lock");
    let settled = fs_err::symlink_metadata(&path).is_ok_and(|lock| {
        lock.is_file()
            && lock
                .modified()
                .is_ok_and(|made| made.elapsed().is_ok_and(|age| age > SETTLED))
    });
    settled && File::open(&path).is_ok_and(|lock| lock.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn make_in(root: &Path) -> Place {
        let environment = Environment::default().with(EXPLICIT, root);
        Place::make(&environment, Account::of_server()).unwrap()
    }

    fn grow_old(place: &Place) {
        place
            .lock
            .set_modified(SystemTime::now() - Duration::from_secs(60))
            .unwrap();
    }

    #[test]
    fn a_folder_is_swept_once_its_lock_is_free() {
        let root = tempfile::tempdir().unwrap();
        let first = make_in(root.path());
        grow_old(&first);
        let second = make_in(root.path());
        assert!(first.folder.exists());
        let abandoned = first.folder.clone();
        drop(first);
        let third = make_in(root.path());
        assert!(!abandoned.exists());
        assert!(second.folder.exists() && third.folder.exists());
    }

    #[test]
    fn a_folder_that_was_just_made_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let young = make_in(root.path()).folder;
        make_in(root.path());
        assert!(young.exists());
    }

    #[test]
    fn a_path_too_long_for_a_socket_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a".repeat(100));
        fs_err::create_dir(&deep).unwrap();
        let environment = Environment::default().with(EXPLICIT, &deep);
        let refused = Place::make(&environment, Account::of_server());
        assert!(matches!(refused, Err(ServerError::SocketTooLong(_))));
    }
}

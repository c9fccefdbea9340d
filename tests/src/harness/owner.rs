//! Programs that must run as the user of a private server.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

/// A command that runs as the owner of a folder where we are root, else as ourselves.
///
/// PostgreSQL and pgbouncer refuse to run as root, and the folder of a private server is closed to
/// all but its user.
#[must_use]
pub fn as_owner_of(folder: &Path, program: impl AsRef<Path>) -> Command {
    let owner = fs_err::metadata(folder).expect("the folder exists");
    let ours = fs_err::metadata("/proc/self").map_or(owner.uid(), |process| process.uid());
    if ours != 0 {
        return Command::new(program.as_ref());
    }
    let mut command = Command::new("setpriv");
    command
        .arg(format!("--reuid={}", owner.uid()))
        .arg(format!("--regid={}", owner.gid()))
        .arg("--clear-groups")
        .arg(program.as_ref());
    command
}

/// Gives a folder to the owner of another, where we are root.
pub fn give_to_owner_of(folder: &Path, given: &Path) {
    let owner = fs_err::metadata(folder).expect("the folder exists");
    // Only root can, and only root has to.
    let _ = std::os::unix::fs::chown(given, Some(owner.uid()), Some(owner.gid()));
}

//! The account that the server runs as.
//!
//! PostgreSQL refuses to run as root. A plain user's server is the user's own; root's is given to
//! `postgres`, else to `nobody`, and what the server needs is handed to that account.

use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Whose processes and files the server's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// The account that runs this program.
    Own {
        /// Its user id.
        uid: u32,
        /// Its group id.
        gid: u32,
    },
    /// Another one, because this program runs as root.
    Other {
        /// Its user id.
        uid: u32,
        /// Its group id.
        gid: u32,
    },
}

/// What is taken where not even `nobody` has an entry.
const OVERFLOW_ID: u32 = 65534;

impl Account {
    /// Decides for this process.
    pub(super) fn of_server() -> Self {
        let (uid, gid) = own_ids();
        if uid != 0 {
            return Self::Own { uid, gid };
        }
        let passwd = fs_err::read_to_string("/etc/passwd").unwrap_or_default();
        let (uid, gid) = unprivileged(&passwd);
        Self::Other { uid, gid }
    }

    /// The user id of the server's processes.
    pub(super) fn uid(self) -> u32 {
        match self {
            Self::Own { uid, .. } | Self::Other { uid, .. } => uid,
        }
    }

    fn gid(self) -> u32 {
        match self {
            Self::Own { gid, .. } | Self::Other { gid, .. } => gid,
        }
    }

    /// Makes a program run under this account; supplementary groups of root go with it.
    pub(super) fn run(self, command: &mut Command) {
        match self {
            Self::Own { .. } => {}
            Self::Other { uid, gid } => {
                command.uid(uid).gid(gid);
            }
        }
    }

    /// Hands a file or a folder (not what is in it) to this account.
    pub(super) fn give(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own { .. } => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(uid), Some(gid)),
        }
    }

    /// Whether a file belongs to this account or to the one that runs this program.
    pub(super) fn owns(self, path: &Path) -> bool {
        let ours = [own_ids().0, self.uid()];
        fs_err::symlink_metadata(path).is_ok_and(|found| ours.contains(&found.uid()))
    }

    /// Whether this account may walk down to `folder`: each folder on the way lets it through.
    pub(super) fn reaches(self, folder: &Path) -> bool {
        folder
            .ancestors()
            .filter(|part| !part.as_os_str().is_empty())
            .all(|part| {
                match fs_err::metadata(part) {
                    Ok(found) if found.is_dir() => self.passes(&found),
                    Ok(_) => false,
                    // What does not exist yet will be made by us.
                    Err(error) => error.kind() == io::ErrorKind::NotFound,
                }
            })
    }

    fn passes(self, folder: &std::fs::Metadata) -> bool {
        let bit = if folder.uid() == self.uid() {
            0o100
        } else if folder.gid() == self.gid() {
            0o010
        } else {
            0o001
        };
        folder.mode() & bit != 0
    }
}

/// The user and group id of this process.
pub(super) fn own_ids() -> (u32, u32) {
    (
        rustix::process::geteuid().as_raw(),
        rustix::process::getegid().as_raw(),
    )
}

fn unprivileged(passwd: &str) -> (u32, u32) {
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| ids_of(passwd, name))
        .unwrap_or((OVERFLOW_ID, OVERFLOW_ID))
}

fn ids_of(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let line = passwd
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const ROOT: &str = "root:x:0:0:root:/root:/bin/bash\n";

    #[test]
    fn roots_server_runs_as_postgres_else_nobody_else_the_overflow_id() {
        let nobody = format!("{ROOT}nobody:x:65533:65532::/:/bin/false\n");
        let postgres = format!("{nobody}postgres:x:101:104::/:/bin/bash\n");
        assert_eq!(unprivileged(&postgres), (101, 104));
        assert_eq!(unprivileged(&nobody), (65533, 65532));
        assert_eq!(unprivileged(ROOT), (65534, 65534));
    }

    #[test]
    fn a_private_folder_on_the_way_can_not_be_passed() {
        let temporary = tempfile::tempdir().unwrap();
        fs_err::set_permissions(temporary.path(), PermissionsExt::from_mode(0o700)).unwrap();
        let stranger = Account::Other {
            uid: 54321,
            gid: 54321,
        };
        let inside = temporary.path().join("target");
        assert!(!stranger.reaches(&inside));
        let (uid, gid) = own_ids();
        assert!(Account::Own { uid, gid }.reaches(&inside));
        assert!(stranger.reaches(Path::new("/usr/bin")));
    }
}

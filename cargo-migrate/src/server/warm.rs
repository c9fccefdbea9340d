//! Data folders that hold a database which revisions have built already.
//!
//! The folder of a throw-away server is copied beside the template of `initdb`, under a name that
//! says what was built; the next server that is asked for the same begins with the copy. A copy of
//! a server that runs is what a crash right after a checkpoint would leave: it starts.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::ServerError;
use super::account::Account;
use super::binaries::Binaries;
use super::environment::Environment;
use super::template;

/// The database in such a folder.
pub(super) const DATABASE: &str = "cm_scratch_state";
/// How many are kept: some 40 MB each.
const KEPT: usize = 5;

/// Where the states of these binaries are kept.
#[derive(Debug)]
pub(super) struct States {
    prefix: PathBuf,
}

impl States {
    /// None where there is no cache.
    pub(super) fn of(binaries: &Binaries, environment: &Environment) -> Option<Self> {
        let template = template::cached_template(binaries, environment)?;
        let name = template.file_name()?.to_str()?;
        let name = format!("{}-", name.replacen("initdb", "state", 1));
        Some(Self {
            prefix: template.with_file_name(name),
        })
    }

    fn path(&self, key: &str) -> PathBuf {
        let name = self.prefix.file_name().unwrap_or_default();
        let mut name = name.to_os_string();
        name.push(key);
        self.prefix.with_file_name(name)
    }

    /// Makes the data folder from the first of the keys that is kept.
    pub(super) fn take(
        &self,
        keys: &[String],
        account: Account,
        data: &Path,
    ) -> Result<Option<String>, ServerError> {
        for key in keys {
            let kept = self.path(key);
            if !template::is_private(&kept) {
                continue;
            }
            template::copy_tree(&kept, data, account)
                .map_err(ServerError::io("could not copy the template to", data))?;
            // The oldest goes first; that it was used keeps it.
            let used = std::fs::File::open(&kept);
            let _ = used.and_then(|folder| folder.set_modified(SystemTime::now()));
            return Ok(Some(key.clone()));
        }
        Ok(None)
    }

    /// Keeps a copy of a data folder. Without it the next run is slower, and that is all.
    pub(super) fn keep(&self, key: &str, data: &Path) {
        let _ = template::keep_template(data, &self.path(key));
        self.forget_old();
    }

    /// Removes one that no server starts on, as after a power cut.
    pub(super) fn forget(&self, key: &str) {
        let _ = fs_err::remove_dir_all(self.path(key));
    }

    /// Removes all but the last used.
    fn forget_old(&self) {
        let (Some(folder), Some(prefix)) = (self.prefix.parent(), self.prefix.file_name()) else {
            return;
        };
        let prefix = prefix.to_string_lossy().into_owned();
        let Ok(listing) = fs_err::read_dir(folder) else {
            return;
        };
        let mut kept: Vec<(SystemTime, PathBuf)> = listing
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        kept.sort();
        for (_, path) in kept.iter().rev().skip(KEPT) {
            let _ = fs_err::remove_dir_all(path);
        }
    }
}

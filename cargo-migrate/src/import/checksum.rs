//! The checksums of other tools, computed anew from our files.

use std::path::Path;

use build_support::revision::Revision;
use sha2::{Digest as _, Sha384};

use super::{ImportError, Record, Tool};

/// Whether the file is the one that the tool ran; `None` where the tool has no checksum for it.
pub(super) fn compare(
    tool: Tool,
    revision: &Revision,
    record: &Record,
    base: &Path,
) -> Result<Option<bool>, ImportError> {
    let Some(recorded) = &record.checksum else {
        return Ok(None);
    };
    let path = base.join(revision.path());
    let bytes = std::fs::read(&path).map_err(|error| ImportError::Unreadable {
        path,
        why: error.to_string(),
    })?;
    Ok(match tool {
        Tool::Refinery => refinery(revision, &bytes).map(|sum| sum == *recorded),
        Tool::Sqlx => Some(sqlx(&bytes) == *recorded),
        Tool::Diesel | Tool::SeaOrm | Tool::GolangMigrate | Tool::Flyway | Tool::Alembic => None,
    })
}

/// refinery hashes name, version and text; its versions are numbers of 32 bits.
fn refinery(revision: &Revision, bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let name = format!("V{}__{}", revision.id, revision.slug);
    let migration = refinery_core::Migration::unapplied(&name, text).ok()?;
    Some(migration.checksum().to_string())
}

/// sqlx hashes the bytes of the file.
fn sqlx(bytes: &[u8]) -> String {
    Sha384::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

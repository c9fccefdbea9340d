//! The checksums of other tools, computed anew from our files.
//!
//! A checkout may have other line ends than the one that the tool ran: a file counts as the same
//! with either.

use std::{
    borrow::Cow,
    hash::{Hash, Hasher as _},
};

use build_support::revision::Revision;
use sha2::{Digest as _, Sha384};
use siphasher::sip::SipHasher13;

use super::{ImportError, Reader, Record, Tool, Width};

/// Whether the file is the one that the tool ran; `None` where the tool has no checksum for it.
pub(super) fn compare(
    tool: Tool,
    revision: &Revision,
    record: &Record,
    read: Reader<'_>,
) -> Result<Option<bool>, ImportError> {
    let Some(recorded) = &record.checksum else {
        return Ok(None);
    };
    let bytes = read(revision.path()).map_err(|error| ImportError::Unreadable {
        path: revision.path().to_owned(),
        why: error.to_string(),
    })?;
    let Some(sum) = sum_of(tool, revision, record) else {
        return Ok(None);
    };
    let same = spellings(&bytes)
        .iter()
        .any(|bytes| sum(bytes).as_ref() == Some(recorded));
    Ok(Some(same))
}

/// The text as it is, with LF, and with CRLF.
fn spellings(bytes: &[u8]) -> [Cow<'_, [u8]>; 3] {
    let unix: Vec<u8> = replaced(bytes, b"\r\n", b"\n");
    let dos = replaced(&unix, b"\n", b"\r\n");
    [Cow::Borrowed(bytes), Cow::Owned(unix), Cow::Owned(dos)]
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        if rest.starts_with(from) {
            out.extend_from_slice(to);
            rest = &rest[from.len()..];
        } else {
            out.push(rest[0]);
            rest = &rest[1..];
        }
    }
    out
}

type Sum<'a> = Box<dyn Fn(&[u8]) -> Option<String> + 'a>;

fn sum_of<'a>(tool: Tool, revision: &'a Revision, record: &'a Record) -> Option<Sum<'a>> {
    match tool {
        Tool::Refinery => Some(Box::new(move |bytes| {
            refinery(revision, record.width, bytes)
        })),
        Tool::Sqlx => Some(Box::new(|bytes| Some(sqlx(bytes)))),
        Tool::Flyway => Some(Box::new(flyway)),
        Tool::Diesel | Tool::SeaOrm | Tool::GolangMigrate | Tool::Alembic => None,
    }
}

/// refinery hashes name, version and text, and the version is as wide as its feature
/// `int8-versions` says: with the width that refinery-core has here, it answers itself.
fn refinery(revision: &Revision, width: Width, bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let here = match size_of::<refinery_core::SchemaVersion>() {
        8 => Width::Wide,
        _ => Width::Narrow,
    };
    let (name, id) = (&revision.slug, revision.id.as_str());
    let sum = match width {
        same if same == here => {
            let name = format!("V{id}__{name}");
            let migration = refinery_core::Migration::unapplied(&name, text).ok()?;
            migration.checksum()
        }
        Width::Narrow => hashed(name, id.parse::<i32>().ok()?, text),
        Width::Wide => hashed(name, id.parse::<i64>().ok()?, text),
    };
    Some(sum.to_string())
}

fn hashed(name: &str, version: impl Hash, text: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    name.hash(&mut hasher);
    version.hash(&mut hasher);
    text.hash(&mut hasher);
    hasher.finish()
}

/// sqlx hashes the bytes of the file.
fn sqlx(bytes: &[u8]) -> String {
    let hash = Sha384::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Flyway's is a CRC-32 over the lines without their ends and without a BOM, as a signed number.
fn flyway(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut sum = crc32fast::Hasher::new();
    // Java ends a line at LF, CR and CRLF; the empty pieces of CRLF add nothing.
    for line in text.split(['\n', '\r']) {
        sum.update(line.as_bytes());
    }
    Some(i32::from_ne_bytes(sum.finalize().to_ne_bytes()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refinerys_checksum_depends_on_the_width_of_its_version() {
        // Written by refinery-core itself, without and with `int8-versions`.
        assert_eq!(hashed("a", 1_i32, "select 1"), 6_676_708_771_313_304_502);
        assert_eq!(hashed("a", 1_i64, "select 1"), 1_723_330_195_093_108_361);
        let migration = refinery_core::Migration::unapplied("V1__a", "select 1").expect("a name");
        let narrow = migration.checksum() == 6_676_708_771_313_304_502;
        assert_eq!(narrow, size_of::<refinery_core::SchemaVersion>() == 4);
    }

    #[test]
    fn flyways_checksum_sees_neither_line_ends_nor_a_mark_of_the_encoding() {
        let sum = flyway(b"CREATE TABLE a (\n  x int\n);\n");
        assert_eq!(
            sum,
            flyway(b"\xef\xbb\xbfCREATE TABLE a (\r\n  x int\r\n);")
        );
        assert_ne!(sum, flyway(b"CREATE TABLE a (\n x int\n);\n"));
        // The check value of CRC-32.
        let check = i32::from_ne_bytes(0xcbf4_3926_u32.to_ne_bytes());
        assert_eq!(flyway(b"1234\n56789"), Some(check.to_string()));
    }

    #[test]
    fn a_text_is_the_same_with_other_line_ends() {
        let [_, unix, dos] = spellings(b"a\r\nb\nc");
        assert_eq!((&*unix, &*dos), (&b"a\nb\nc"[..], &b"a\r\nb\r\nc"[..]));
    }
}

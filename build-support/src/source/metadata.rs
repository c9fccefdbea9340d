//! Diesel's `metadata.toml`: whether the revision runs in a transaction.

use super::{Findings, Text, WarningKind};
use crate::revision::TransactionMode;

const KEY: &str = "run_in_transaction";

/// Reads the one key that there is; diesel's other lines mean nothing here.
pub(super) fn read(file: Text<'_>, findings: &mut Findings) -> Option<TransactionMode> {
    let mut offset = 0;
    for line in file.text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let bare = line.split('#').next().unwrap_or("").trim();
        if bare.starts_with('[') {
            break;
        }
        let Some((key, value)) = bare.split_once('=') else {
            continue;
        };
        if key.trim().trim_matches('"') != KEY {
            continue;
        }
        return match value.trim() {
            "true" => Some(TransactionMode::Own),
            "false" => Some(TransactionMode::None),
            other => {
                let value = other.to_owned();
                findings.warn(file.place(start), WarningKind::MetadataValue { value });
                None
            }
        };
    }
    let place = crate::Place::file(file.path);
    findings.warn(place, WarningKind::MetadataWithoutKey);
    None
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read_text(text: &str) -> (Option<TransactionMode>, Vec<String>) {
        let mut findings = Findings::default();
        let path = Path::new("m/1_a/metadata.toml");
        let mode = read(Text { path, text }, &mut findings);
        let warnings = findings.warnings.iter().map(ToString::to_string);
        (mode, warnings.collect())
    }

    #[test]
    fn the_key_is_read_and_anything_else_is_a_warning() {
        let (mode, warnings) = read_text("# diesel\nrun_in_transaction = false # why\n");
        assert_eq!((mode, warnings.len()), (Some(TransactionMode::None), 0));
        assert_eq!(
            read_text("run_in_transaction=true").0,
            Some(TransactionMode::Own)
        );
        let (mode, warnings) = read_text("\nrun_in_transaction = \"no\"");
        assert_eq!(mode, None);
        assert_eq!(
            warnings,
            [
                "m/1_a/metadata.toml:2:1: `run_in_transaction` is `\"no\"`, neither true nor false; it is ignored"
            ]
        );
        assert_eq!(read_text("[other]\nrun_in_transaction = false").0, None);
    }
}

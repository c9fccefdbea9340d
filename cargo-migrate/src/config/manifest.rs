//! Where a key stands in a `Cargo.toml`; read only when a place has to be shown.

use std::path::Path;

use build_support::Place;
use toml_edit::{Document, Item};

/// The place of the key with this path; of the file alone where it can't be told.
pub(super) fn place_of(manifest: &Path, path: &[&str]) -> Place {
    let found = fs_err::read_to_string(manifest).ok().and_then(|text| {
        let offset = offset_of(&text, path)?;
        Some(Place::at(manifest, &text, offset))
    });
    found.unwrap_or_else(|| Place::file(manifest))
}

fn offset_of(text: &str, path: &[&str]) -> Option<usize> {
    let document = Document::parse(text).ok()?;
    let (last, above) = path.split_last()?;
    let table = above
        .iter()
        .try_fold(document.as_item(), |item: &Item, key| item.get(key))?;
    let (key, item) = table.as_table_like()?.get_key_value(last)?;
    let span = key.span().or_else(|| item.span())?;
    Some(span.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_a_table_and_in_an_inline_table() {
        let text = "[package.metadata.migrate]\ndir = \"db\"\nlint = { a = \"off\" }\n";
        let path = ["package", "metadata", "migrate", "dir"];
        assert_eq!(offset_of(text, &path), Some(27));
        let path = ["package", "metadata", "migrate", "lint", "a"];
        assert_eq!(offset_of(text, &path), text.find("a = "));
        assert_eq!(offset_of(text, &["package", "name"]), None);
    }
}

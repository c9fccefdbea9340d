//! Revisions as an application carries them, without a build script.

use build_support::__private::include_dir::{Dir, DirEntry, File};
use build_support::{Built, Heads, Migrations, graph::Graph, source};

/// Embeds files: name and text. The memory is never given back, as that of a binary is not.
///
/// # Panics
/// When they can't be read as revisions.
pub fn embedded(files: &[(&'static str, &'static str)]) -> Migrations {
    let entries = files
        .iter()
        .map(|(path, text)| DirEntry::File(File::new(path, text.as_bytes())));
    let entries: Vec<DirEntry<'static>> = entries.collect();
    let folder: &'static Dir<'static> = Box::leak(Box::new(Dir::new(
        "",
        Box::leak(entries.into_boxed_slice()),
    )));
    let read = source::embedded::read(folder, &["migrations"]);
    let loaded = source::load(read).unwrap_or_else(|errors| panic!("{errors}"));
    let graph = Graph::new(loaded.revisions).unwrap_or_else(|errors| panic!("{errors:?}"));
    let digest = graph
        .with_repeatable(loaded.repeatable)
        .digest()
        .to_string();
    let built = Built {
        digest: Box::leak(digest.into_boxed_str()),
        folders: &["migrations"],
        heads: Heads::One,
        history: None,
    };
    Migrations::embedded(folder, built)
}

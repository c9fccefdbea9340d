//! Histories that nobody here wrote: they load as they are.
//!
//! `MIGRATE_CORPORA` names the folder that holds them; without it the suite says so and passes.

mod downs;
mod offline;
mod replay;
mod squash;
mod trace;

use std::path::PathBuf;

use build_support::{
    revision::Layout,
    source::{Source, folder},
};

/// What must come out of one history.
struct Corpus {
    name: &'static str,
    layout: Layout,
    revisions: usize,
    downs: usize,
    warnings: usize,
}

const CORPORA: [Corpus; 3] = [
    Corpus {
        name: "graph-node",
        layout: Layout::Diesel,
        revisions: 125,
        downs: 125,
        // A down script that never closes its dollar quote.
        warnings: 1,
    },
    Corpus {
        name: "zksync",
        layout: Layout::Pair,
        revisions: 269,
        downs: 267,
        // A down script whose up script has another id.
        warnings: 1,
    },
    Corpus {
        name: "firefly",
        layout: Layout::Pair,
        revisions: 115,
        downs: 115,
        // A down script that ends in `COMMIT:`.
        warnings: 1,
    },
];

/// The folder of the histories; without one, says that the test is skipped.
#[expect(clippy::print_stdout, reason = "a test that skips says so")]
pub(crate) fn corpora() -> Option<PathBuf> {
    let folder = std::env::var_os("MIGRATE_CORPORA").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: MIGRATE_CORPORA is not set");
    }
    folder
}

#[test]
fn real_histories_load_unchanged() {
    let Some(folder) = corpora() else { return };
    for corpus in CORPORA {
        let source = folder::load(&[folder.join(corpus.name)])
            .unwrap_or_else(|errors| panic!("{}:\n{errors}", corpus.name));
        assert_loaded(&corpus, &source);
    }
}

fn assert_loaded(corpus: &Corpus, source: &Source) {
    let name = corpus.name;
    let revisions = &source.revisions;
    assert_eq!(revisions.len(), corpus.revisions, "{name}");
    let downs = revisions.iter().filter(|revision| revision.down.is_some());
    assert_eq!(downs.count(), corpus.downs, "{name}");
    let same = |revision: &build_support::revision::Revision| revision.layout == corpus.layout;
    assert!(revisions.iter().all(same), "{name}");
    assert_eq!(
        source.warnings.len(),
        corpus.warnings,
        "{name}: {:?}",
        source.warnings
    );
}

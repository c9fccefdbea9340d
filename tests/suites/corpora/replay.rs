//! Real histories, applied and reverted beside psql: both must come to the same schema, and the way
//! down must go as far as psql itself can go with the same files.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use build_support::{
    graph::Graph,
    revision::{Revision, Script, TransactionMode},
    source::folder,
};
use migrate_tests::harness::{Database, dump};

use super::{CORPORA, corpora};
use crate::engine::{down, up};

#[test]
fn real_histories_apply_and_revert_as_psql_does() {
    let Some(root) = corpora() else { return };
    for corpus in CORPORA {
        replay(corpus.name, &root.join(corpus.name));
    }
}

fn replay(name: &str, folder: &Path) {
    let source = folder::load(&[folder]).unwrap_or_else(|errors| panic!("{name}: {errors}"));
    let graph = Graph::new(source.revisions).unwrap_or_else(|errors| panic!("{errors:?}"));
    let (ours, theirs) = (Database::fresh(), Database::fresh());
    let report = up(&ours, &graph).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(report.done.len(), graph.len(), "{name}");
    for revision in graph.revisions() {
        assert!(
            psql(&theirs, &revision.up),
            "{name}: psql runs {}",
            revision.id
        );
    }
    assert_eq!(dump(&ours.url()), dump(&theirs.url()), "{name}: after up");
    let reverted = revert(&ours, &theirs, &graph);
    assert_eq!(
        dump(&ours.url()),
        dump(&theirs.url()),
        "{name}: after {reverted} steps down"
    );
    assert!(reverted > 0, "{name}");
}

/// Goes down step by step on both sides while psql can; tells how far that was.
fn revert(ours: &Database, theirs: &Database, graph: &Graph) -> usize {
    let mut reverted = 0;
    for revision in graph.revisions().iter().rev() {
        let possible = down_by_psql(theirs, revision);
        let done = down(ours, graph, "-1");
        match possible {
            Some(true) => assert!(done.is_ok(), "{}: {:?}", revision.id, done.err()),
            Some(false) | None => {
                assert!(
                    done.is_err(),
                    "{} went down although psql can't",
                    revision.id
                );
                break;
            }
        }
        reverted += 1;
    }
    reverted
}

/// Whether psql can run the down file as a whole; `None` where there is none.
fn down_by_psql(database: &Database, revision: &Revision) -> Option<bool> {
    Some(psql(database, revision.down.as_ref()?))
}

/// Runs a file as its authors' tool does: the whole of it in one transaction where that is possible.
fn psql(database: &Database, script: &Script) -> bool {
    let text = std::fs::read_to_string(&script.path)
        .expect("a file")
        .to_ascii_lowercase();
    let is_whole = script.transaction == TransactionMode::Own && !text.contains("begin;");
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]);
    command.args(is_whole.then_some("-1"));
    let status = command
        .args(["-d", &database.url(), "-f"])
        .arg(&script.path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.expect("psql starts").success()
}

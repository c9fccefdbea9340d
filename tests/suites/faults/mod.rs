//! The runner under fire: cut connections, killed processes, crashed servers, poolers. After each
//! fault the next run must converge, and leave what a run without faults leaves.

mod cut;
mod disk;
mod failpoints;
mod indexes;
mod kill;
mod large;
mod network;
mod pooler;
mod queue;
mod replicas;
mod restart;
mod scripts;
mod signals;
mod start;
mod surroundings;

use build_support::graph::Graph;
use migrate_tests::harness::{Database, dump};

use crate::engine::{graph, value};

/// The files of a story with everything in it: work in transactions, work outside of them, and a
/// log without a key, in which a revision that ran twice is seen.
const STORY: &[(&str, &str)] = &[
    (
        "1_log.up.sql",
        "CREATE TABLE log (id int);\nINSERT INTO log VALUES (1);\n",
    ),
    (
        "2_rows.up.sql",
        "CREATE TABLE numbers AS SELECT n FROM generate_series(1, 500) AS n;\n\
         INSERT INTO log VALUES (2);\n",
    ),
    (
        "3_index.up.sql",
        "-- migrate: transaction=none\n\
         CREATE INDEX CONCURRENTLY numbers_n ON numbers (n);\n\
         CREATE UNIQUE INDEX CONCURRENTLY numbers_unique ON numbers (n);\n",
    ),
    (
        "4_last.up.sql",
        "ALTER TABLE numbers ADD COLUMN m int;\nINSERT INTO log VALUES (4);\n",
    ),
];

fn story() -> Graph {
    graph(STORY)
}

/// The schema after a run without faults.
fn expected_schema() -> String {
    let database = Database::fresh();
    crate::engine::up(&database, &story()).expect("nothing is in the way");
    dump(&database.url())
}

/// Expects that the story was told once, whole.
#[track_caller]
fn expect_told_once(database: &Database, schema: &str, what: &str) {
    let log = value(
        database,
        "SELECT string_agg(id::text, ' ' ORDER BY id) FROM log",
    );
    assert_eq!(log, "1 2 4", "{what}");
    assert_eq!(
        crate::engine::applied(database),
        ["1", "2", "3", "4"],
        "{what}"
    );
    assert_eq!(dump(&database.url()), schema, "{what}");
    let invalid = value(
        database,
        "SELECT count(*) FROM pg_index WHERE NOT indisvalid",
    );
    assert_eq!(invalid, "0", "{what}");
    expect_no_lock(database, what);
}

/// Expects that no session still holds the runner's lock.
#[track_caller]
fn expect_no_lock(database: &Database, what: &str) {
    let locks = value(
        database,
        "SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database \
         WHERE l.locktype = 'advisory' AND d.datname = current_database()",
    );
    assert_eq!(locks, "0", "{what}");
}

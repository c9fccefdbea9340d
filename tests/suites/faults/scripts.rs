//! Scripts that the server refuses because of what stands before in the same transaction, and ids that
//! say nothing of an order.

use build_support::engine::EngineError;
use migrate_tests::harness::Database;

use crate::engine::{applied, graph, up, value};

/// Applies a table, then a script that the server refuses in the midst.
#[track_caller]
fn refused(table: &str, script: &str) -> (String, Option<(usize, usize)>) {
    let database = Database::fresh();
    let files = [("1_table.up.sql", table), ("2_script.up.sql", script)];
    let error = up(&database, &graph(&files)).expect_err("the server refuses it");
    let EngineError::Failed(failure) = error else {
        panic!("{error:?}");
    };
    assert_eq!(applied(&database), ["1"]);
    assert_eq!(value(&database, "SELECT count(*) FROM child"), "0");
    (failure.error.sqlstate.expect("a code"), failure.statement)
}

#[test]
fn a_new_value_of_an_enum_that_is_used_too_early_is_rolled_back_and_placed() {
    let (code, statement) = refused(
        "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE child (m mood);",
        "ALTER TYPE mood ADD VALUE 'glad';\nINSERT INTO child VALUES ('sad');\n\
         INSERT INTO child VALUES ('glad');\n",
    );
    assert_eq!((code.as_str(), statement), ("55P04", Some((3, 3))));
}

#[test]
fn a_change_of_a_table_whose_deferred_checks_are_due_is_rolled_back_and_placed() {
    let (code, statement) = refused(
        "CREATE TABLE parent (id int PRIMARY KEY);\n\
         CREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);",
        "INSERT INTO parent VALUES (1);\nINSERT INTO child VALUES (1);\n\
         ALTER TABLE child ADD COLUMN note text;\n",
    );
    assert_eq!((code.as_str(), statement), ("55006", Some((3, 3))));
}

#[test]
fn an_id_from_a_clock_that_was_wrong_changes_no_order() {
    let database = Database::fresh();
    let files = [
        (
            "20990101000000_first.up.sql",
            "-- migrate: revises=base\nCREATE TABLE a (n int);",
        ),
        (
            "20260101000000_second.up.sql",
            "-- migrate: revises=20990101000000\nALTER TABLE a ADD COLUMN m int;",
        ),
    ];
    let report = up(&database, &graph(&files)).expect("in the order of the graph");
    assert_eq!(
        crate::engine::done(&report),
        ["20990101000000", "20260101000000"]
    );
    let now = "SELECT bool_and(applied_at BETWEEN now() - interval '1 minute' AND now())::text \
               FROM cargo_migrate_history";
    assert_eq!(value(&database, now), "true");
}

//! Up, down, stamp: what is recorded, what is refused.

use build_support::engine::{EngineError, Operation};
use build_support::revision::Digest;

use super::*;

const THREE: &[(&str, &str)] = &[
    ("1_a.up.sql", "-- Make a.\nCREATE TABLE a (x int);"),
    ("1_a.down.sql", "DROP TABLE a;"),
    ("2_b.up.sql", "CREATE TABLE b (x int);"),
    ("2_b.down.sql", "DROP TABLE b;"),
    ("3_c.up.sql", "CREATE TABLE c (x int);"),
    ("3_c.down.sql", "DROP TABLE c;"),
];

#[test]
fn up_applies_records_and_then_has_nothing_to_do() {
    let (database, graph) = (Database::fresh(), graph(THREE));
    assert_eq!(done(&up(&database, &graph).expect("up")), ["1", "2", "3"]);
    let state = state(&database).expect("a history");
    let first = state.applied.values().next().expect("a row");
    assert_eq!(
        (first.slug.as_str(), first.message.as_str()),
        ("a", "Make a.")
    );
    assert_eq!(first.applied_by, "postgres");
    assert!(first.has_down);
    assert_eq!(state.digest, state.computed_digest());
    assert!(up(&database, &graph).expect("up").is_up_to_date());
    let log = "SELECT string_agg(event || ' ' || id, ', ' ORDER BY at) FROM cargo_migrate_log";
    assert_eq!(value(&database, log), "apply 1, apply 2, apply 3");
}

#[test]
fn down_reverts_and_base_leaves_an_empty_set() {
    let (database, graph) = (Database::fresh(), graph(THREE));
    up(&database, &graph).expect("up");
    assert_eq!(done(&down(&database, &graph, "-1").expect("down")), ["3"]);
    assert_eq!(applied(&database), ["1", "2"]);
    assert_eq!(
        done(&down(&database, &graph, "base").expect("down")),
        ["2", "1"]
    );
    let state = state(&database).expect("a history");
    assert_eq!(state.digest, Digest::default());
    assert_eq!(value(&database, "SELECT to_regclass('a') IS NULL"), "t");
}

#[test]
fn down_of_an_unknown_revision_uses_its_recorded_script() {
    let (database, all) = (Database::fresh(), graph(THREE));
    up(&database, &all).expect("up");
    let fewer = graph(&THREE[..4]);
    let error = up(&database, &fewer).expect("an application may start");
    assert_eq!(error.unknown.len(), 1);
    assert_eq!(done(&down(&database, &fewer, "2").expect("down")), ["3"]);
    assert_eq!(value(&database, "SELECT to_regclass('c') IS NULL"), "t");
}

#[test]
fn down_refuses_an_unknown_revision_that_would_stay() {
    let database = Database::fresh();
    let all = [
        THREE,
        &[("9_x.sql", "-- migrate: revises=base\nCREATE TABLE x ();")],
    ]
    .concat();
    up(&database, &graph(&all)).expect("up");
    let error = down(&database, &graph(THREE), "3@-1").expect_err("9 would stay");
    assert!(
        matches!(&error, EngineError::Unknown { ids, .. } if ids[0].as_str() == "9"),
        "{error:?}"
    );
    assert_eq!(applied(&database).len(), 4);
}

#[test]
fn an_unknown_revision_that_is_not_compatible_stops_an_application() {
    let database = Database::fresh();
    let breaking = "-- migrate: compatible=no\nDROP TABLE a;";
    let newer = graph(&[THREE[0], ("2_drop.up.sql", breaking)]);
    up(&database, &newer).expect("up");
    let older = graph(&THREE[..2]);
    let error = up(&database, &older).expect_err("not compatible");
    assert!(
        matches!(&error, EngineError::Unknown { incompatible, .. } if incompatible.len() == 1),
        "{error:?}"
    );
}

#[test]
fn an_edited_applied_revision_is_refused_and_can_be_accepted() {
    let database = Database::fresh();
    up(&database, &graph(THREE)).expect("up");
    let mut edited = THREE.to_vec();
    edited[0].1 = "CREATE TABLE a (x bigint);";
    let edited = graph(&edited);
    let error = up(&database, &edited).expect_err("edited");
    assert!(matches!(error, EngineError::Divergent { .. }), "{error:?}");
    let id = "1".parse().expect("an id");
    report(&database, &edited, Operation::Repair(id)).expect("repair");
    assert!(up(&database, &edited).expect("up").is_up_to_date());
}

#[test]
fn a_late_revision_below_an_applied_one_is_out_of_order() {
    let database = Database::fresh();
    let without = [THREE[0], THREE[1], THREE[4], THREE[5]];
    up(&database, &graph(&without)).expect("up");
    let error = up(&database, &graph(THREE)).expect_err("out of order");
    assert!(matches!(error, EngineError::OutOfOrder { .. }), "{error:?}");
    assert_eq!(applied(&database), ["1", "3"]);
}

#[test]
fn stamp_records_without_running_and_takes_records_away() {
    let (database, graph) = (Database::fresh(), graph(THREE));
    let stamp = |target: &str| Operation::Stamp {
        targets: vec![target.to_owned()],
        purge: build_support::engine::Purge::Keep,
    };
    report(&database, &graph, stamp("2")).expect("stamp");
    assert_eq!(applied(&database), ["1", "2"]);
    assert_eq!(value(&database, "SELECT to_regclass('a') IS NULL"), "t");
    report(&database, &graph, stamp("1")).expect("stamp");
    assert_eq!(applied(&database), ["1"]);
    let again = report(&database, &graph, stamp("1")).expect("stamp");
    assert!(again.is_up_to_date());
    report(&database, &graph, stamp("base")).expect("stamp");
    assert!(applied(&database).is_empty());
}

#[test]
fn a_purging_stamp_forgets_what_is_unknown() {
    let (database, all) = (Database::fresh(), graph(THREE));
    up(&database, &all).expect("up");
    let fewer = graph(&THREE[..2]);
    let operation = |purge| Operation::Stamp {
        targets: vec!["1".to_owned()],
        purge,
    };
    let kept = report(
        &database,
        &fewer,
        operation(build_support::engine::Purge::Keep),
    );
    assert!(matches!(kept, Err(EngineError::Unknown { .. })), "{kept:?}");
    report(
        &database,
        &fewer,
        operation(build_support::engine::Purge::All),
    )
    .expect("purge");
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn a_revision_without_a_down_script_is_refused_before_anything_runs() {
    let database = Database::fresh();
    let graph = graph(&[
        THREE[0],
        ("2_b.sql", "CREATE TABLE b (x int);"),
        THREE[4],
        THREE[5],
    ]);
    up(&database, &graph).expect("up");
    let error = down(&database, &graph, "base").expect_err("irreversible");
    assert!(
        matches!(error, EngineError::Irreversible { .. }),
        "{error:?}"
    );
    assert_eq!(applied(&database), ["1", "2", "3"]);
}

#[test]
fn one_transaction_keeps_all_or_nothing() {
    let database = Database::fresh();
    let mut files = THREE.to_vec();
    files[4].1 = "CREATE TABLE c (x nonsense);";
    let options = Options {
        grouping: build_support::engine::Grouping::One,
        ..Options::default()
    };
    let operation = || Operation::Up(vec!["head".to_owned()]);
    let failed = run(
        &mut database.client(),
        &graph(&files),
        &options,
        operation(),
    )
    .0;
    assert!(matches!(failed, Err(EngineError::Failed(_))), "{failed:?}");
    assert!(applied(&database).is_empty());
    assert_eq!(value(&database, "SELECT to_regclass('a') IS NULL"), "t");
    run(&mut database.client(), &graph(THREE), &options, operation())
        .0
        .expect("up");
    assert_eq!(applied(&database), ["1", "2", "3"]);
}

#[test]
fn a_contract_revision_and_what_stands_on_it_wait_until_they_are_told() {
    let database = Database::fresh();
    let graph = graph(&[
        ("1_a.sql", "CREATE TABLE a (old int, new int);"),
        (
            "2_drop.sql",
            "-- migrate: phase=contract\n-- migrate: compatible=no\nALTER TABLE a DROP COLUMN old;",
        ),
        ("3_b.sql", "CREATE TABLE b ();"),
    ]);
    let report = up(&database, &graph).expect("up");
    let held: Vec<String> = report.held_back.iter().map(ToString::to_string).collect();
    assert_eq!(
        (done(&report), held),
        (vec!["1".to_owned()], vec!["2".to_owned(), "3".to_owned()])
    );
    let told = Options {
        contract: true,
        ..Options::default()
    };
    let operation = Operation::Up(vec!["head".to_owned()]);
    run(&mut database.client(), &graph, &told, operation)
        .0
        .expect("up");
    assert_eq!(applied(&database), ["1", "2", "3"]);
}

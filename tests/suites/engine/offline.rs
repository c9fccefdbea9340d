//! Scripts of what would be sent: run by psql they leave what the engine itself leaves.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use build_support::{
    engine::{assume, script},
    graph::{symbol::Symbols, walk::Along},
};
use migrate_tests::harness::dump;

use super::*;

const FILES: &[(&str, &str)] = &[
    (
        "1_a.up.sql",
        "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1), (2); -- the end",
    ),
    ("1_a.down.sql", "DROP TABLE a;"),
    ("2_i.up.sql", "CREATE INDEX CONCURRENTLY a_x ON a (x);"),
    ("2_i.down.sql", "DROP INDEX CONCURRENTLY a_x;"),
    (
        "3_b.up.sql",
        "SET search_path = pg_catalog;\nCREATE TABLE public.b (y text DEFAULT 'it''s; ok');",
    ),
    ("3_b.down.sql", "DROP TABLE b;"),
];

fn psql(database: &Database, text: &str) -> Output {
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", &database.url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql starts");
    psql.stdin
        .take()
        .expect("it is piped")
        .write_all(text.as_bytes())
        .expect("it reads");
    psql.wait_with_output().expect("it ends")
}

fn offline(graph: &Graph, operation: Operation, state: Option<State>) -> String {
    script(graph, &Options::default(), operation, state).expect("a script")
}

fn head() -> Operation {
    Operation::Up(vec!["head".to_owned()])
}

fn records(database: &Database) -> String {
    value(
        database,
        "SELECT string_agg(concat_ws(' ', id, slug, parents, checksum, down_checksum, compatible), E'\\n' ORDER BY id) \
         || (SELECT digest FROM cargo_migrate_state) FROM cargo_migrate_history",
    )
}

#[test]
fn a_script_from_the_base_leaves_what_up_leaves_and_stops_the_second_time() {
    let (by_psql, by_engine) = (Database::fresh(), Database::fresh());
    let graph = graph(FILES);
    let text = offline(&graph, head(), None);
    let first = psql(&by_psql, &text);
    assert!(
        first.status.success(),
        "{}\n{text}",
        String::from_utf8_lossy(&first.stderr)
    );
    up(&by_engine, &graph).expect("up");
    assert_eq!(dump(&by_psql.url()), dump(&by_engine.url()));
    assert_eq!(records(&by_psql), records(&by_engine));
    assert!(up(&by_psql, &graph).expect("up").is_up_to_date());
    let second = psql(&by_psql, &text);
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(
        !second.status.success() && said.contains("cargo_migrate:moved"),
        "{said}"
    );
    assert_eq!(records(&by_psql), records(&by_engine));
}

#[test]
fn a_script_for_another_state_changes_nothing() {
    let database = Database::fresh();
    let graph = graph(FILES);
    let one = Symbols::offline(&graph).revision("1").expect("a revision");
    let state = assume(&graph, &graph.ancestors([one], Along::Needs));
    let text = offline(&graph, head(), Some(state));
    report(&database, &graph, Operation::EnsureHistory).expect("a history");
    assert!(!psql(&database, &text).status.success());
    assert!(applied(&database).is_empty());
    report(&database, &graph, Operation::Up(vec!["1".to_owned()])).expect("up");
    assert!(psql(&database, &text).status.success());
    assert_eq!(applied(&database), ["1", "2", "3"]);
}

#[test]
fn a_script_goes_down_and_stamps_too() {
    let database = Database::fresh();
    let graph = graph(FILES);
    up(&database, &graph).expect("up");
    let now = state(&database);
    let text = offline(&graph, Operation::Down("base".to_owned()), now);
    let done = psql(&database, &text);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(applied(&database).is_empty());
    let stamp = Operation::Stamp {
        targets: vec!["2".to_owned()],
        purge: build_support::engine::Purge::Keep,
    };
    let text = offline(&graph, stamp, state(&database));
    assert!(psql(&database, &text).status.success());
    assert_eq!(applied(&database), ["1", "2"]);
}

/// Two lines with labels, one of which needs the other, joined by a merge.
const LINES: &[(&str, &str)] = &[
    (
        "1_a.up.sql",
        "-- migrate: revises=base\nCREATE TABLE a (x int);",
    ),
    ("1_a.down.sql", "DROP TABLE a;"),
    (
        "2_b.up.sql",
        "-- migrate: revises=1\n-- migrate: label=left\nCREATE INDEX CONCURRENTLY a_x ON a (x);",
    ),
    ("2_b.down.sql", "DROP INDEX CONCURRENTLY a_x;"),
    (
        "3_c.up.sql",
        "-- migrate: revises=1\n-- migrate: label=right\n-- migrate: depends-on=2\nCREATE TABLE c ();",
    ),
    ("3_c.down.sql", "DROP TABLE c;"),
    ("4_d.up.sql", "-- migrate: revises=2\nCREATE TABLE d ();"),
    ("4_d.down.sql", "DROP TABLE d;"),
];

#[test]
fn scripts_go_along_lines_and_labels_as_up_and_down_do() {
    let graph = graph(LINES);
    for (target, back) in [
        ("heads", "base"),
        ("right@head", "left@base"),
        ("left@head", "1"),
    ] {
        let (by_psql, by_engine) = (Database::fresh(), Database::fresh());
        let up_to = || Operation::Up(vec![target.to_owned()]);
        let done = psql(&by_psql, &offline(&graph, up_to(), None));
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        report(&by_engine, &graph, up_to()).expect("up");
        assert_eq!(dump(&by_psql.url()), dump(&by_engine.url()), "{target}");
        assert_eq!(records(&by_psql), records(&by_engine), "{target}");
        let script = offline(&graph, Operation::Down(back.to_owned()), state(&by_psql));
        let done = psql(&by_psql, &script);
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        down(&by_engine, &graph, back).expect("down");
        assert_eq!(dump(&by_psql.url()), dump(&by_engine.url()), "{back}");
        assert_eq!(applied(&by_psql), applied(&by_engine), "{back}");
    }
}

#[test]
fn a_script_holds_the_lock_and_stops_while_another_run_has_it() {
    let database = Database::fresh();
    let graph = graph(FILES);
    report(&database, &graph, Operation::EnsureHistory).expect("a history");
    let text = offline(&graph, head(), state(&database));
    let (class, key) = Options::default().names.lock_key();
    let mut other = database.client();
    other
        .batch_execute(&format!("SELECT pg_advisory_lock({class}, {key})"))
        .expect("the lock");
    let done = psql(&database, &text);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        !done.status.success() && said.contains("cargo_migrate:busy"),
        "{said}"
    );
    assert!(applied(&database).is_empty());
    drop(other);
    assert!(psql(&database, &text).status.success());
    assert_eq!(applied(&database), ["1", "2", "3"]);
}

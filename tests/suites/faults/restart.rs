//! The server crashes in the middle of a revision.

use std::thread;
use std::time::{Duration, Instant};

use build_support::Diagnose as _;
use build_support::connect::Settings;
use build_support::driver::up_through_restarts;
use build_support::engine::{EngineError, Event, Operation, Options, Report};
use build_support::graph::Graph;
use migrate_tests::harness::{Cluster, signal};
use postgres::{Client, NoTls};

use crate::engine::{done, graph, run};

/// Waits for a backend of the database that sleeps, and gives its pid.
pub(super) fn wait_for_sleeper(url: &str) -> u32 {
    let mut admin = Client::connect(url, NoTls).expect("connected");
    let sleeper = "SELECT pid FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event = 'PgSleep'";
    let started = Instant::now();
    loop {
        if let Some(row) = admin.query_opt(sleeper, &[]).expect("an answer") {
            return row.get::<_, i32>(0).unsigned_abs();
        }
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the revision never began"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// Kills the sleeping backend, at which the server ends all sessions and recovers. A table that
/// outlives it says so.
fn crash(url: &str) {
    let sleeper = wait_for_sleeper(url);
    let mut admin = Client::connect(url, NoTls).expect("connected");
    let marks = "SET synchronous_commit = on; CREATE TABLE public.crashed ()";
    admin.batch_execute(marks).expect("marked");
    signal(sleeper, "KILL");
}

#[test]
fn a_crash_in_mid_revision_leaves_nothing_of_it_and_the_next_run_applies_it() {
    let cluster = Cluster::start();
    let url = cluster.database();
    let files = [
        (
            "1_log.up.sql",
            "CREATE TABLE log (id int); INSERT INTO log VALUES (1);",
        ),
        (
            "2_slow.up.sql",
            "INSERT INTO log VALUES (2); SELECT pg_sleep(2);",
        ),
        ("3_last.up.sql", "INSERT INTO log VALUES (3);"),
    ];
    let graph = graph(&files);
    let settings = Settings::parse(&url).expect("a URL");
    let error = thread::scope(|scope| {
        scope.spawn(|| crash(&url));
        let mut client = settings.connect().expect("connected");
        let operation = Operation::Up(vec!["head".to_owned()]);
        run(&mut client, &graph, &Options::default(), operation)
            .0
            .expect_err("it crashed")
    });
    assert!(error.is_lost_connection(), "{error:?}");
    let report = up(&recovered(&settings), &graph).expect("applied");
    assert_eq!(done(&report), ["2", "3"]);
    assert_eq!(log(&url), "1 2 3");
}

#[test]
fn a_run_with_a_connection_of_its_own_survives_a_crash_without_help() {
    let cluster = Cluster::start();
    let url = cluster.database();
    let mut files = vec![(
        "1_log.up.sql",
        "CREATE TABLE log (id int); INSERT INTO log VALUES (1);",
    )];
    // It sleeps at its first try only.
    files.push((
        "2_slow.up.sql",
        "INSERT INTO log VALUES (2);\n\
         SELECT CASE WHEN to_regclass('public.crashed') IS NULL THEN pg_sleep(10) END;",
    ));
    files.push(("3_last.up.sql", "INSERT INTO log VALUES (3);"));
    let graph = graph(&files);
    let settings = Settings::parse(&url).expect("a URL");
    let report = thread::scope(|scope| {
        scope.spawn(|| crash(&url));
        up(&settings, &graph).expect("applied in spite of the crash")
    });
    assert_eq!(done(&report), ["1", "2", "3"]);
    assert_eq!(log(&url), "1 2 3");
}

#[test]
fn a_revision_that_ends_the_server_is_not_tried_for_ever() {
    let cluster = Cluster::start();
    let url = cluster.database();
    let graph = graph(&[
        (
            "1_log.up.sql",
            "CREATE TABLE log (id int); INSERT INTO log VALUES (1);",
        ),
        (
            "2_deadly.up.sql",
            "INSERT INTO log VALUES (2);\nCOPY (SELECT 1) TO PROGRAM 'kill -9 $PPID';",
        ),
    ]);
    let settings = Settings::parse(&url).expect("a URL");
    let mut losses = 0;
    let error = up_through_restarts(
        &mut connected(&settings),
        &settings,
        (&graph, &Options::default()),
        &["head".to_owned()],
        &mut |event| losses += usize::from(matches!(event, Event::Lost { .. })),
    )
    .expect_err("it ends the server each time");
    assert!(error.is_lost_connection(), "{error:?}");
    assert_eq!(losses, 2, "how often it connected again");
    let hints = error.diagnose().hints;
    assert!(hints[1].contains("the server's log"), "{hints:?}");
}

#[test]
fn a_lost_connection_that_does_not_come_back_is_the_error() {
    let cluster = Cluster::start();
    let url = cluster.database();
    let graph = graph(&[("1_slow.up.sql", "SELECT pg_sleep(30);")]);
    let settings = Settings::parse(&url).expect("a URL");
    let options = Options {
        lock_timeout: Duration::from_secs(1),
        ..Options::default()
    };
    let started = Instant::now();
    let error = thread::scope(|scope| {
        scope.spawn(|| {
            wait_for_sleeper(&url);
            cluster.kill("KILL");
        });
        up_with(&settings, &graph, &options).expect_err("the server is gone")
    });
    assert!(error.is_lost_connection(), "{error:?}");
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
}

/// Waits until the server takes connections again.
fn recovered(settings: &Settings) -> Settings {
    drop(connected(settings));
    settings.clone()
}

/// A connection, as soon as the server takes one: it may go down once more while it recovers.
fn connected(settings: &Settings) -> Client {
    let started = Instant::now();
    loop {
        match settings.connect() {
            Ok(client) => return client,
            Err(error) => {
                assert!(error.may_pass(), "{error}");
                assert!(started.elapsed() < Duration::from_secs(20), "{error}");
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
}

fn up(settings: &Settings, graph: &Graph) -> Result<Report, EngineError> {
    up_with(settings, graph, &Options::default())
}

fn up_with(settings: &Settings, graph: &Graph, options: &Options) -> Result<Report, EngineError> {
    let mut client = connected(settings);
    let targets = ["head".to_owned()];
    up_through_restarts(
        &mut client,
        settings,
        (graph, options),
        &targets,
        &mut |_| {},
    )
}

fn log(url: &str) -> String {
    let mut client = Client::connect(url, NoTls).expect("connected");
    let question = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM log";
    client.query_one(question, &[]).expect("an answer").get(0)
}

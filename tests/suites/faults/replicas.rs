//! Servers that follow another: failover in mid-revision, and a COMMIT that would wait for a standby.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use build_support::Diagnose as _;
use build_support::connect::Settings;
use build_support::driver::up_through_restarts;
use build_support::engine::{EngineError, Event, Operation, Options};
use migrate_tests::harness::{Cluster, Project, Standby, signal, socket_folder};
use postgres::{Client, NoTls};

use crate::engine::{done, graph, run};

#[test]
fn a_run_goes_on_at_the_standby_that_was_promoted_in_mid_revision() {
    let primary = Cluster::with(Standby::PRIMARY);
    let standby = Standby::of(&primary);
    let files = [
        (
            "1_log.up.sql",
            "CREATE TABLE log (id int); INSERT INTO log VALUES (1);",
        ),
        // It sleeps at its first try only, at the first primary.
        (
            "2_slow.up.sql",
            "INSERT INTO log VALUES (2);\n\
             SELECT CASE WHEN to_regclass('public.promoted') IS NULL THEN pg_sleep(60) END;",
        ),
        ("3_last.up.sql", "INSERT INTO log VALUES (3);"),
    ];
    let graph = graph(&files);
    let hosts = format!(
        "{},{}",
        socket_folder(&primary.database()).display(),
        standby.socket().display()
    );
    let text = format!("host={hosts} user=postgres dbname=postgres target_session_attrs=primary");
    let settings = Settings::parse(&text).expect("settings");
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            wait_for(&mut primary.client(), "PgSleep");
            standby.catch_up(&primary);
            // All of it at once, as a machine dies.
            primary.kill("QUIT");
            let url = standby.url("postgres");
            let mut client = Client::connect(&url, NoTls).expect("connected");
            client
                .batch_execute("SELECT pg_promote()")
                .expect("promoted");
            client
                .batch_execute("CREATE TABLE promoted ()")
                .expect("it takes writes");
        });
        let mut client = settings.connect().expect("connected");
        up_through_restarts(
            &mut client,
            &settings,
            (&graph, &Options::default()),
            &["head".to_owned()],
            &mut |_| {},
        )
    });
    assert_eq!(done(&report.expect("applied")), ["1", "2", "3"]);
    let mut client = Client::connect(&standby.url("postgres"), NoTls).expect("connected");
    let log = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM log";
    let row = client.query_one(log, &[]).expect("an answer");
    assert_eq!(row.get::<_, String>(0), "1 2 3");
}

/// Waits until a session of the server waits for that.
fn wait_for(client: &mut Client, event: &str) {
    let question = format!("SELECT FROM pg_stat_activity WHERE wait_event = '{event}'");
    let started = Instant::now();
    while client.query(&question, &[]).expect("an answer").is_empty() {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "no session waits for {event}"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// A server whose commits wait for a standby that is not there.
fn waiting_server() -> Cluster {
    let mut settings = Standby::PRIMARY.to_vec();
    settings.push(("synchronous_commit", "on"));
    let cluster = Cluster::with(&settings);
    cluster.set("synchronous_standby_names", Some("ghost"));
    // Sessions that begin now know of it.
    thread::sleep(Duration::from_millis(100));
    cluster
}

#[test]
fn without_its_synchronous_standby_a_run_waits_before_it_begins_and_stops_in_time() {
    let cluster = waiting_server();
    let graph = graph(&[
        ("1_a.sql", "CREATE TABLE a (x int);"),
        (
            "2_b.sql",
            "-- migrate: transaction=none\nCREATE TABLE b (x int);",
        ),
    ]);
    let head = || Operation::Up(vec!["head".to_owned()]);
    let short = Options {
        lock_timeout: Duration::from_millis(600),
        ..Options::default()
    };
    let (result, events) = run(&mut cluster.client(), &graph, &short, head());
    let error = result.expect_err("there is no standby");
    assert!(matches!(error, EngineError::Alone { .. }), "{error:?}");
    assert_eq!(
        (error.diagnose().exit.code(), error.diagnose().hints.len()),
        (1, 1)
    );
    assert!(events.contains(&Event::Alone), "{events:?}");
    let mut client = cluster.client();
    let nothing =
        "SELECT to_regclass('a') IS NULL AND to_regclass('cargo_migrate_history') IS NULL";
    assert!(
        client
            .query_one(nothing, &[])
            .expect("an answer")
            .get::<_, bool>(0)
    );

    thread::scope(|scope| {
        let waiting =
            scope.spawn(|| run(&mut cluster.client(), &graph, &Options::default(), head()));
        thread::sleep(Duration::from_millis(300));
        cluster.set("synchronous_standby_names", None);
        waiting.join().expect("no panic").0.expect("applied");
    });
}

#[test]
fn a_commit_that_waits_for_a_standby_ends_at_a_signal_and_is_kept() {
    let mut settings = Standby::PRIMARY.to_vec();
    settings.push(("synchronous_commit", "on"));
    let cluster = Cluster::with(&settings);
    let url = cluster.database();
    let project = Project::new().with("DATABASE_URL", &url);
    project.write(
        "migrations/1_a.up.sql",
        "CREATE TABLE a (x int);\nSELECT pg_sleep(1);\n",
    );
    project
        .cargo_migrate(&["ensure-history", "--dir", "migrations"])
        .expect_success();
    let mut command = project.command(&["up", "--dir", "migrations"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("it starts");
    let mut admin = cluster.client();
    wait_for(&mut admin, "PgSleep");
    // The standby goes after the transaction has begun.
    cluster.set("synchronous_standby_names", Some("ghost"));
    wait_for(&mut admin, "SyncRep");
    let signalled = Instant::now();
    signal(child.id(), "INT");
    let status = child.wait().expect("it ends");
    assert!(
        signalled.elapsed() < Duration::from_secs(5),
        "{:?}",
        signalled.elapsed()
    );
    // It was committed here, so that the run was at its end, and the next one sees that.
    assert_eq!(status.code(), Some(0));
    cluster.set("synchronous_standby_names", None);
    thread::sleep(Duration::from_millis(100));
    project
        .cargo_migrate(&["check", "--pending", "--dir", "migrations"])
        .expect_success();
}

//! Ctrl-C and SIGTERM in the middle of a revision.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use migrate_tests::harness::{Database, Project, signal};

use super::expect_no_lock;
use crate::engine::{applied, value};

const SLEEPING: &str = "SELECT count(*) FROM pg_stat_activity \
                        WHERE datname = current_database() AND wait_event = 'PgSleep'";

/// Interrupts a revision and gives the exit code; the server must be rid of it soon.
fn interrupted_by(name: &str, database: &Database, script: &str) -> Option<i32> {
    let project = Project::on(database);
    project.write("migrations/1_slow.up.sql", script);
    let mut command = project.command(&["up", "--dir", "migrations"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("the subcommand starts");
    let started = Instant::now();
    while value(database, SLEEPING) == "0" {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "the revision never began"
        );
        thread::sleep(Duration::from_millis(20));
    }
    let signalled = Instant::now();
    signal(child.id(), name);
    let status = child.wait().expect("it ends");
    assert!(
        signalled.elapsed() < Duration::from_secs(5),
        "{:?}",
        signalled.elapsed()
    );
    assert_eq!(value(database, SLEEPING), "0", "the statement runs on");
    expect_no_lock(database, name);
    status.code()
}

#[test]
fn an_interrupted_revision_is_cancelled_rolled_back_and_told_by_the_exit_code() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let database = Database::fresh();
        let script = "CREATE TABLE half (n int);\nSELECT pg_sleep(60);\n";
        assert_eq!(
            interrupted_by(name, &database, script),
            Some(code),
            "{name}"
        );
        assert!(applied(&database).is_empty());
        let half = value(
            &database,
            "SELECT count(*) FROM pg_class WHERE relname = 'half'",
        );
        assert_eq!(half, "0", "{name}");
    }
}

#[test]
fn a_revision_without_a_transaction_keeps_what_it_finished_and_goes_on_from_there() {
    let database = Database::fresh();
    let script = "-- migrate: transaction=none\nCREATE TABLE half (n int);\nSELECT pg_sleep(60);\n";
    assert_eq!(interrupted_by("INT", &database, script), Some(130));
    let project = Project::on(&database);
    let shorter = script.replace("60", "0");
    project.write("migrations/1_slow.up.sql", shorter);
    project
        .cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
    assert_eq!(applied(&database), ["1"]);
}

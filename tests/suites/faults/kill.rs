//! The process is killed with SIGKILL, which leaves the server running on.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use migrate_tests::harness::{Database, Project};

use super::{STORY, expect_no_lock, expect_told_once, expected_schema, restart::wait_for_sleeper};
use crate::engine::value;

fn project(database: &Database) -> Project {
    let project = Project::on(database);
    for (name, text) in STORY {
        project.write(format!("migrations/{name}"), text);
    }
    project
}

/// Starts `up` and kills it after a while.
fn kill_after(project: &Project, delay: Duration) {
    let mut command = project.command(&["up", "--dir", "migrations"]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the subcommand starts");
    thread::sleep(delay);
    child.kill().expect("killed, or gone already");
    child.wait().expect("waited for");
}

#[test]
fn killed_again_and_again_the_last_run_tells_the_story_to_its_end_once() {
    let schema = expected_schema();
    for spread in [7, 11] {
        let database = Database::fresh();
        let project = project(&database);
        for round in 0..12 {
            kill_after(&project, Duration::from_millis(10 + round * spread));
        }
        project
            .cargo_migrate(&["up", "--dir", "migrations"])
            .expect_success();
        expect_told_once(&database, &schema, &format!("spread {spread}"));
    }
}

#[test]
fn the_lock_of_a_killed_process_is_free_in_seconds_although_its_statement_would_run_on() {
    let database = Database::fresh();
    let project = Project::on(&database);
    project.write(
        "migrations/1_slow.up.sql",
        "CREATE TABLE a (n int);\nSELECT pg_sleep(60);\n",
    );
    let mut command = project.command(&["up", "--dir", "migrations"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("the subcommand starts");
    let sleeping = "SELECT count(*) FROM pg_stat_activity \
                    WHERE datname = current_database() AND wait_event = 'PgSleep'";
    wait_for_sleeper(&database.url());
    child.kill().expect("killed");
    child.wait().expect("waited for");
    project.write("migrations/1_slow.up.sql", "CREATE TABLE a (n int);\n");
    let started = Instant::now();
    project
        .cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(value(&database, sleeping), "0");
}

#[test]
fn a_batched_migration_killed_ten_times_touches_each_row_once() {
    let database = Database::fresh();
    let project = Project::on(&database);
    project.write(
        "migrations/1_t.sql",
        "CREATE TABLE t (id int PRIMARY KEY, touched int NOT NULL);\n\
         INSERT INTO t SELECT n, 0 FROM generate_series(1, 20000) AS n;\n",
    );
    project
        .cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
    project.write(
        "migrations/2_fill.sql",
        "-- migrate: batch rows=100 time=1ms pause=5ms\n\
         UPDATE t SET touched = touched + 1;\n",
    );
    for kills in 0..10 {
        let before = batch_rows(&database);
        let mut command = project.command(&["up", "--dir", "migrations"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut child = child.expect("the subcommand starts");
        let started = Instant::now();
        while batch_rows(&database) == before {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "no batch was done after {kills} kills"
            );
            thread::sleep(Duration::from_millis(5));
        }
        child.kill().expect("killed");
        child.wait().expect("waited for");
    }
    project
        .cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
    let touched = "SELECT concat_ws(' ', count(*), min(touched), max(touched)) FROM t";
    assert_eq!(value(&database, touched), "20000 1 1");
    expect_no_lock(&database, "killed ten times");
}

/// How far the batches came, as the journal has it.
fn batch_rows(database: &Database) -> String {
    value(
        database,
        "SELECT sum(batch_rows) FROM cargo_migrate_history",
    )
}

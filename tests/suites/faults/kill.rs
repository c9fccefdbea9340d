//! The process is killed with SIGKILL, which leaves the server running on.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use migrate_tests::harness::{Database, Project};

use super::{STORY, expect_told_once, expected_schema};
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
    let started = Instant::now();
    while value(&database, sleeping) == "0" {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the revision never began"
        );
        thread::sleep(Duration::from_millis(20));
    }
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

//! A revision of some megabytes, which is read again from its file while it is sent.

use std::process::Stdio;

use migrate_tests::harness::{Database, Project};

use super::restart::wait_for_sleeper;
use crate::engine::value;

/// Two megabytes of statements behind a first one.
fn large(first: &str, last: &str) -> String {
    let mut text = format!("-- Load.\nCREATE TABLE t (id int, name text);\n{first};\n");
    for id in 0..20_000 {
        text.push_str(&format!("INSERT INTO t VALUES ({id}, 'é; {id:080}');\n"));
    }
    text.push_str(last);
    text
}

fn project(database: &Database, text: &str) -> Project {
    let project = Project::on(database);
    project.write("migrations/1_load.up.sql", text);
    project
}

#[test]
fn a_large_revision_is_applied_whole_and_stays_as_it_was_checked() {
    let database = Database::fresh();
    let project = project(&database, &large("SELECT 1", "SELECT 2"));
    let up = ["up", "--dir", "migrations"];
    project.cargo_migrate(&up).expect_success();
    let sums = "SELECT concat_ws(' ', count(*), sum(id), count(DISTINCT name)) FROM t";
    assert_eq!(value(&database, sums), "20000 199990000 20000");
    // Another line end changes no checksum, and another word does, at the far end of the file too.
    project.write(
        "migrations/1_load.up.sql",
        large("SELECT 1", "SELECT 2\r\n"),
    );
    project.cargo_migrate(&up).expect_success();
    project.write("migrations/1_load.up.sql", large("SELECT 1", "SELECT 3"));
    let shown = project.cargo_migrate(&up);
    assert!(shown.expect_failure(1).contains("was edited"), "{shown:?}");
}

#[test]
fn an_error_at_the_end_of_a_large_revision_has_its_line() {
    let database = Database::fresh();
    for (last, place) in [("SELECT x;\n", "20004:8"), ("SELECT 1 / 0;\n", "20004:1")] {
        let project = project(&database, &large("SELECT 1", last));
        let output = project.cargo_migrate(&["up", "--dir", "migrations"]);
        let shown = output.expect_failure(4);
        assert!(shown.contains(&format!("1_load.up.sql:{place}")), "{shown}");
        assert!(shown.contains(last.trim_end()), "{shown}");
    }
}

#[test]
fn a_large_file_that_is_changed_while_it_runs_is_rolled_back() {
    let database = Database::fresh();
    let project = project(&database, &large("SELECT pg_sleep(3)", "SELECT 2"));
    let mut command = project.command(&["up", "--dir", "migrations"]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let child = child.expect("the subcommand starts");
    wait_for_sleeper(&database.url());
    project.write(
        "migrations/1_load.up.sql",
        large("SELECT pg_sleep(3)", "SELECT 3"),
    );
    let output = child.wait_with_output().expect("it ends");
    let shown = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(
        shown.contains("the file was changed while it was in use"),
        "{shown}"
    );
    assert!(shown.contains("the revision was rolled back"), "{shown}");
    assert_eq!(value(&database, "SELECT to_regclass('t') IS NULL"), "t");
}

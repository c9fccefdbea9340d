//! `up --sql`, `down --sql`, `stamp --sql`: scripts for psql.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use migrate_tests::harness::{Database, Project, dump};

fn project(database: &Database) -> Project {
    let project = Project::on(database);
    project
        .write(
            "migrations/1_a.up.sql",
            "-- migrate: revises=base\nCREATE TABLE a (x int);\n",
        )
        .write("migrations/1_a.down.sql", "DROP TABLE a;\n")
        .write(
            "migrations/2_b.up.sql",
            "-- migrate: revises=1\nCREATE TABLE b (x int);\n",
        )
        .write("migrations/2_b.down.sql", "DROP TABLE b;\n");
    project
}

fn psql(database: &Database, text: &str) {
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", &database.url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("psql starts");
    psql.stdin
        .take()
        .expect("it is piped")
        .write_all(text.as_bytes())
        .expect("it reads");
    assert!(psql.wait().expect("it ends").success(), "{text}");
}

#[test]
fn a_range_needs_no_database_and_its_script_leaves_what_up_leaves() {
    let (by_psql, by_up) = (Database::fresh(), Database::fresh());
    let project = project(&by_up);
    let offline = [
        "up",
        "base:head",
        "--sql",
        "--dir",
        "migrations",
        "--database-url",
        "postgres://nowhere.invalid/x",
    ];
    let script = project.cargo_migrate(&offline);
    psql(&by_psql, script.expect_success());
    project
        .cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
    assert_eq!(dump(&by_psql.url()), dump(&by_up.url()));
    let url = by_psql.url();
    let status = project.cargo_migrate(&["up", "--dir", "migrations", "--database-url", &url]);
    assert!(status.expect_success().is_empty());
}

#[test]
fn without_a_range_the_state_is_read_and_only_what_is_missing_is_printed() {
    let database = Database::fresh();
    let project = project(&database);
    project
        .cargo_migrate(&["up", "1", "--dir", "migrations"])
        .expect_success();
    let script = project.cargo_migrate(&["up", "--sql", "--dir", "migrations"]);
    let script = script.expect_success();
    assert!(
        script.contains("CREATE TABLE b") && !script.contains("CREATE TABLE a"),
        "{script}"
    );
    psql(&database, script);
    let again = project.cargo_migrate(&["up", "--sql", "--dir", "migrations"]);
    assert_eq!(again.expect_success(), "");
    let down = project.cargo_migrate(&["down", "2:base", "--sql", "--dir", "migrations"]);
    psql(&database, down.expect_success());
    let stamp = project.cargo_migrate(&["stamp", "1", "--sql", "--dir", "migrations"]);
    psql(&database, stamp.expect_success());
    let current = project.cargo_migrate(&["current", "--format", "json", "--dir", "migrations"]);
    assert_eq!(current.json()["heads"], serde_json::json!(["1"]));
}

#[test]
fn purging_by_script_is_refused() {
    let project = project(&Database::fresh());
    let output = project.cargo_migrate(&["stamp", "--purge", "1", "--sql", "--dir", "migrations"]);
    output.expect_failure(2);
}

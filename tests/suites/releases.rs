//! Releases side by side on one database: expand at any start, contract when told to.

use std::process::{Command, Output, Stdio};

use migrate_tests::harness::{Database, Project, built};

use crate::engine::applied;

fn release(database: &Database, number: usize, arguments: &[&str]) -> Command {
    let mut command = Command::new(built("release-user"));
    command
        .env_clear()
        .env("DATABASE_URL", database.url())
        .arg(number.to_string())
        .args(arguments)
        .stdin(Stdio::null());
    command
}

fn run(database: &Database, number: usize, arguments: &[&str]) -> (i32, String) {
    let output = release(database, number, arguments)
        .output()
        .expect("it starts");
    said(&output)
}

/// The exit code and what was printed; talk only where nothing was.
fn said(output: &Output) -> (i32, String) {
    let code = output.status.code().expect("no signal");
    let text = String::from_utf8_lossy(&output.stdout);
    (code, text.trim().replace('\n', ", "))
}

fn started(applied: &str, waits: &str, unknown: &str) -> (i32, String) {
    let said = format!("started: applied [{applied}], waits [{waits}], unknown [{unknown}]");
    (0, said)
}

#[test]
fn an_older_release_starts_until_a_contract_revision_is_applied_and_then_stops_with_a_typed_error()
{
    let database = Database::fresh();
    assert_eq!(run(&database, 1, &["ready"]), (0, "pending [1]".to_owned()));
    assert_eq!(run(&database, 1, &[]), started("1", "", ""));
    assert_eq!(run(&database, 2, &[]), started("2", "", ""));
    // The older one on the newer database, while both serve.
    assert_eq!(run(&database, 1, &[]), started("", "", "2"));
    assert_eq!(run(&database, 1, &["ready"]), (0, "ready".to_owned()));
    // What waits to be told keeps nobody from being ready.
    assert_eq!(run(&database, 3, &[]), started("", "3", ""));
    assert_eq!(run(&database, 3, &["ready"]), (0, "ready".to_owned()));
    assert_eq!(run(&database, 2, &[]), started("", "", ""));
    assert_eq!(applied(&database), ["1", "2"]);

    assert_eq!(run(&database, 3, &["migrate", "up", "--contract"]).0, 0);
    assert_eq!(applied(&database), ["1", "2", "3"]);
    for older in [1, 2] {
        let too_old = (1, "too old for [3]".to_owned());
        assert_eq!(run(&database, older, &[]), too_old);
        assert_eq!(run(&database, older, &["ready"]), too_old);
    }
    assert_eq!(run(&database, 3, &[]), started("", "", ""));
}

#[test]
fn releases_that_start_at_once_on_an_empty_database_apply_each_revision_once() {
    let database = Database::fresh();
    assert_eq!(run(&database, 1, &[]), started("1", "", ""));
    let running: Vec<_> = [1, 2, 3, 2, 1, 3, 1, 2]
        .into_iter()
        .map(|number| {
            let mut command = release(&database, number, &[]);
            command.stdout(Stdio::piped()).spawn().expect("it starts")
        })
        .collect();
    let mut times = 0;
    for child in running {
        let (code, text) = said(&child.wait_with_output().expect("it ends"));
        assert_eq!(code, 0, "{text}");
        times += text.matches("applied [2]").count();
    }
    assert_eq!(times, 1);
    assert_eq!(applied(&database), ["1", "2"]);
}

#[test]
fn an_older_release_with_a_contract_revision_of_its_own_that_waits_starts_too() {
    use migrate_tests::harness::embedded;
    let database = Database::fresh();
    let users = (
        "1_users.up.sql",
        "-- migrate: revises=base\nCREATE TABLE users (name text);",
    );
    let ended = (
        "2_end.up.sql",
        "-- migrate: revises=1 phase=contract compatible=no\nALTER TABLE users DROP COLUMN name;",
    );
    // The next release took the end back, and added something else.
    let other = (
        "3_age.up.sql",
        "-- migrate: revises=1\nALTER TABLE users ADD COLUMN age int;",
    );
    let mut client = database.client();
    embedded(&[users, ended]).run(&mut client).expect("up");
    embedded(&[users, other]).run(&mut client).expect("up");
    let report = embedded(&[users, ended])
        .run(&mut client)
        .expect("it starts");
    let unknown: Vec<String> = report.unknown.iter().map(ToString::to_string).collect();
    assert_eq!(unknown, ["3"]);
    assert_eq!(applied(&database), ["1", "3"]);
}

fn project(database: &Database) -> Project {
    let project = Project::on(database);
    project
        .write(
            "migrations/1_a.up.sql",
            "-- migrate: revises=base\nCREATE TABLE a (x int, y int);\n",
        )
        .write(
            "migrations/2_drop.up.sql",
            "-- migrate: revises=1 phase=contract compatible=no\nALTER TABLE a DROP COLUMN y;\n",
        )
        .write(
            "migrations/3_b.up.sql",
            "-- migrate: revises=2\nCREATE TABLE b ();\n",
        );
    project
}

#[test]
fn status_and_check_know_what_waits() {
    let database = Database::fresh();
    let project = project(&database);
    let run = |arguments: &[&str]| project.cargo_migrate(arguments);
    let before = run(&["check", "--pending", "--dir", "migrations"]);
    before.expect_failure(3);
    assert_eq!(
        before.stdout.matches("found").count(),
        1,
        "{}",
        before.stdout
    );
    run(&["up", "--dir", "migrations"]).expect_success();

    let check = run(&["check", "--pending", "--dir", "migrations"]);
    insta::assert_snapshot!(check, @r"
    exit code: 0
    ----- stdout -----
    ok       pending
    ----- stderr -----
    `2` waits for `cargo migrate up --contract`
    `3` waits for `cargo migrate up --contract`
    ");
    let asked = run(&["check", "--pending", "--contract", "--dir", "migrations"]);
    insta::assert_snapshot!(asked, @r"
    exit code: 3
    ----- stdout -----
    found    pending: revision `2` (drop) waits for the contract phase
    found    pending: revision `3` (b) waits for the contract phase
    ----- stderr -----
    hint: run `cargo migrate up --contract`
    ");
    let json = run(&[
        "check",
        "--pending",
        "--format",
        "json",
        "--dir",
        "migrations",
    ]);
    insta::assert_snapshot!(json, @r#"
    exit code: 0
    ----- stdout -----
    {"ok":true,"findings":[],"skipped":[],"waiting":["2","3"]}
    ----- stderr -----
    "#);
    let status = run(&["status", "--format", "json", "--dir", "migrations"]);
    let status = status.json();
    assert_eq!(
        (&status["pending"], &status["waiting"]),
        (&2.into(), &2.into())
    );
    let rows: Vec<String> = status["revisions"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            format!(
                "{} {} {}",
                row["id"], row["phase"], row["waits_for_contract"]
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "\"1\" \"expand\" false",
            "\"2\" \"contract\" true",
            "\"3\" \"expand\" true"
        ]
    );
    run(&["up", "--contract", "--dir", "migrations"]).expect_success();
    run(&["check", "--pending", "--contract", "--dir", "migrations"]).expect_success();
}

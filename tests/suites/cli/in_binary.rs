//! `APP migrate …`: a release binary works with its own revisions, where there is no cargo.

use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use migrate_tests::harness::{Database, Project, built, signal};
use serde_json::Value;

fn service(url: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(built("service-under-test"));
    command.env_clear().arg("migrate").args(arguments);
    command.envs(url.map(|url| ("DATABASE_URL", url)));
    command.output().expect("it starts")
}

fn text(output: &Output, code: i32) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn it_applies_shows_and_reverts() {
    let database = Database::fresh();
    let url = database.url();
    let status = text(&service(Some(&url), &["status", "--format", "json"]), 0);
    let status: Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(status["pending"], 4);
    text(&service(Some(&url), &["check"]), 3);
    let up = text(&service(Some(&url), &["up", "--format", "json"]), 0);
    assert_eq!(up.lines().count(), 5, "{up}");
    text(&service(Some(&url), &["check"]), 0);
    let current = text(&service(Some(&url), &["current"]), 0);
    assert!(current.contains(" (head), "), "{current}");
    text(&service(Some(&url), &["down", "-1"]), 0);
    text(&service(Some(&url), &["current", "--check-heads"]), 3);
    let history = text(&service(None, &["history"]), 0);
    assert_eq!(history.lines().count(), 4, "{history}");
}

#[test]
fn redo_reverts_the_last_and_applies_them_again() {
    let database = Database::fresh();
    let url = database.url();
    text(&service(Some(&url), &["redo"]), 1);
    text(&service(Some(&url), &["up"]), 0);
    let redo = text(&service(Some(&url), &["redo", "2", "--format", "json"]), 0);
    insta::assert_snapshot!(events(&redo), @r"
    reverted 20261104090000
    reverted 20261103090000
    applied 20261103090000
    applied 20261104090000
    done 4
    ");
    text(&service(Some(&url), &["redo", "0"]), 2);
}

/// The events of a run, without how long each took.
fn events(lines: &str) -> String {
    let event = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let what = line["id"].as_str().map(str::to_owned);
        let what = what.unwrap_or_else(|| line["count"].to_string());
        format!("{} {what}", line["event"].as_str().expect("an event"))
    };
    lines.lines().map(event).collect::<Vec<_>>().join("\n")
}

#[test]
fn heads_needs_no_database() {
    let heads = text(&service(None, &["heads"]), 0);
    assert_eq!(heads, "20261104090000 (head), Index the status of users.\n");
    let heads = text(&service(None, &["heads", "--format", "json"]), 0);
    let heads: Value = serde_json::from_str(&heads).expect("JSON");
    assert_eq!(heads["heads"][0]["id"], "20261104090000");
}

#[test]
fn a_dry_run_ends_with_a_line_that_counts_nothing() {
    let database = Database::fresh();
    let url = database.url();
    let plan = text(
        &service(
            Some(&url),
            &["up", "20261102090000", "--dry-run", "--format", "json"],
        ),
        0,
    );
    insta::assert_snapshot!(events(&plan), @r"
    planned 20261101090000
    planned 20261102090000
    done 0
    ");
}

#[test]
fn check_embedded_compares_the_binary_with_the_files() {
    let binary = built("service-under-test");
    let binary = binary.to_str().expect("text");
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/service/migrations"
    );
    let project = Project::new();
    project
        .cargo_migrate(&["check", "--embedded", binary, "--dir", example])
        .expect_success();
    let output = project.cargo_migrate(&["check", "--embedded", binary, "--dir", "migrations"]);
    assert_eq!(output.status, Some(3), "{output}");
}

#[test]
fn its_errors_have_our_exit_codes() {
    text(&service(None, &["status"]), 1);
    text(&service(None, &["nonsense"]), 2);
    text(&service(None, &["status", "--database-url", ""]), 2);
    let refused = service(None, &["nonsense", "--format", "json"]);
    text(&refused, 2);
    let refused: Value = serde_json::from_slice(&refused.stderr).expect("JSON");
    assert_eq!(refused["error"]["code"], 2);
    assert_eq!(
        refused["error"]["message"],
        "unrecognized subcommand 'nonsense'"
    );
    let database = Database::fresh();
    text(&service(Some(&database.url()), &["up", "nothing"]), 1);
}

#[test]
fn libpqs_variables_say_where_the_database_is_as_for_the_subcommand() {
    for (variable, value, expected) in [
        ("PGDATABASE", "nobody-has-it", "cannot connect"),
        ("PGHOST", "", "no database is given"),
    ] {
        let mut command = Command::new(built("service-under-test"));
        command.env_clear().args(["migrate", "current"]);
        let output = command.env(variable, value).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected), "{variable}: {said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_whole_is_an_error() {
    let full = || std::fs::File::create("/dev/full").expect("Linux has it");
    let mut command = Command::new(built("service-under-test"));
    command
        .env_clear()
        .args(["migrate", "up", "base:head", "--sql"]);
    let output = command.stdout(full()).output().expect("it starts");
    text(&output, 1);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the answer is not whole"), "{said}");
    let project = Project::new();
    project.write("migrations/1_a.sql", "SELECT 1;\n");
    let mut command = project.command(&["history", "--dir", "migrations", "--format", "json"]);
    let output = command.stdout(full()).output().expect("it starts");
    text(&output, 1);
    let error: Value = serde_json::from_slice(&output.stderr).expect("JSON");
    assert_eq!(error["error"]["code"], 1);
}

#[test]
fn it_prints_the_same_scripts_as_the_subcommand() {
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/service/migrations"
    );
    let project = Project::new();
    for arguments in [
        vec!["up", "base:head", "--sql"],
        vec!["up", ":20261102090000", "--sql", "--set", "tier=gold"],
        vec!["down", "head:base", "--sql"],
        vec!["stamp", "base:head", "--sql"],
    ] {
        let ours = text(&service(None, &arguments), 0);
        let theirs = project.cargo_migrate(&[&arguments[..], &["--dir", example]].concat());
        let theirs = theirs
            .expect_success()
            .replace("'cargo-migrate ", "'build-support ");
        assert_eq!(ours.trim_end(), theirs.trim_end(), "{arguments:?}");
        assert!(ours.contains("COMMIT"), "{arguments:?}");
    }
    let down = ["down", "head:base", "--sql", "--set", "tier=gold"];
    assert!(text(&service(None, &down), 0).contains("migrate.tier"));
    let json = text(
        &service(None, &["up", "base:head", "--sql", "--format", "json"]),
        0,
    );
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert!(json["sql"].as_str().expect("a text").contains("COMMIT"));
    text(&service(None, &["up", "head:base", "--sql"]), 1);
    text(&service(None, &["up", "base:head"]), 2);
    text(&service(None, &["up", "base:head", "head", "--sql"]), 2);
}

#[test]
fn the_script_of_a_database_begins_where_it_stands_and_changes_nothing() {
    let database = Database::fresh();
    let url = database.url();
    let whole = text(&service(Some(&url), &["up", "--sql"]), 0);
    assert_eq!(
        whole,
        text(&service(None, &["up", "base:head", "--sql"]), 0)
    );
    text(&service(Some(&url), &["current", "--check-heads"]), 3);
    text(&service(Some(&url), &["up"]), 0);
    assert_eq!(text(&service(Some(&url), &["up", "--sql"]), 0), "");
    let down = text(&service(Some(&url), &["down", "-1", "--sql"]), 0);
    assert!(down.contains("-- Revert 20261104090000"), "{down}");
}

#[test]
fn its_hints_name_its_own_commands() {
    let database = Database::fresh();
    let output = service(Some(&database.url()), &["down", "-1"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("cargo migrate up"), "{said}");
}

#[test]
fn a_signal_cancels_rolls_back_and_is_told_by_the_exit_code() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let database = Database::fresh();
        database.execute(
            "CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN
               IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.users') THEN
                 PERFORM pg_sleep(60); END IF; END$$;
             CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION slow();",
        );
        let mut command = Command::new(built("service-under-test"));
        command
            .env_clear()
            .args(["migrate", "up"])
            .env("DATABASE_URL", database.url());
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("it starts");
        let sleeping = "SELECT count(*) FROM pg_stat_activity \
                        WHERE datname = current_database() AND wait_event = 'PgSleep'";
        let started = Instant::now();
        while crate::engine::value(&database, sleeping) == "0" {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "it never began"
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
        assert_eq!(status.code(), Some(code), "{name}");
        assert_eq!(
            crate::engine::value(&database, sleeping),
            "0",
            "the statement runs on"
        );
        let tables = "SELECT count(*) FROM pg_class WHERE relname = 'users'";
        assert_eq!(crate::engine::value(&database, tables), "0");
    }
}

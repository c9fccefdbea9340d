//! Repeatable scripts at the command line.

use std::{
    process::{Command, Stdio},
    sync::Barrier,
    thread,
};

use migrate_tests::harness::dump;
use serde_json::json;

use super::*;

/// The events of an `up` as `event id`.
fn events(project: &Project, arguments: &[&str]) -> Vec<String> {
    let arguments = [arguments, &["--format", "json"]].concat();
    let output = project.cargo_migrate(&arguments);
    output.expect_success();
    let lines = output.json_lines();
    let line = |line: &serde_json::Value| {
        let id = line["id"].as_str().unwrap_or_default();
        format!("{} {id}", line["event"].as_str().expect("an event"))
    };
    lines.iter().map(line).collect()
}

#[test]
fn a_script_runs_after_the_revisions_and_again_only_when_its_text_changes() {
    let database = Database::fresh();
    let project = project(&database);
    assert_eq!(
        events(&project, &["up"]),
        ["applied 1", "applied R__adults", "done "]
    );
    assert_eq!(events(&project, &["up"]), ["done "]);
    project.write("migrations/R__adults.sql", VIEW.replace("18", "21"));
    assert_eq!(events(&project, &["up"]), ["applied R__adults", "done "]);
    let definition = value(&database, "SELECT pg_get_viewdef('adults'::regclass)");
    assert!(definition.contains("21"), "{definition}");
    assert_eq!(
        value(&database, "SELECT count(*) FROM cargo_migrate_history"),
        "2"
    );
    assert_eq!(
        value(
            &database,
            "SELECT string_agg(event || ' ' || id, ', ' ORDER BY at) FROM cargo_migrate_log"
        ),
        "apply 1, apply R__adults, apply R__adults"
    );
}

#[test]
fn status_shows_each_script_and_says_what_to_run() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up"]).expect_success();
    project
        .write("migrations/R__adults.sql", VIEW.replace("18", "21"))
        .write(
            "migrations/R__grants.sql",
            "GRANT SELECT ON users TO PUBLIC;\n",
        );
    let output = project.cargo_migrate(&["status"]);
    let lines: Vec<&str> = output.expect_success().lines().collect();
    assert!(lines[1].starts_with("applied  1"), "{output}");
    assert!(
        lines[2].starts_with("changed  R__adults  Grown-up users."),
        "{output}"
    );
    assert!(
        lines[3].starts_with("pending  R__grants  grants"),
        "{output}"
    );
    assert_eq!(
        output.stderr,
        "next: `cargo migrate up` (2 repeatable scripts to run)\n"
    );
    let answer = project
        .cargo_migrate(&["status", "--format", "json"])
        .json();
    assert_eq!(answer["pending"], 0);
    assert_eq!(answer["revisions"].as_array().map(Vec::len), Some(1));
    let row = &answer["repeatable"][1];
    assert_eq!(
        (&row["id"], &row["name"], &row["state"], &row["applied_at"]),
        (
            &json!("R__grants"),
            &json!("grants"),
            &json!("pending"),
            &json!(null)
        )
    );
    let check = project.cargo_migrate(&["check", "--pending"]);
    check.expect_failure(3);
    assert!(
        check
            .stdout
            .contains("repeatable script `R__adults` was edited since it ran"),
        "{check}"
    );
    assert_eq!(
        project
            .cargo_migrate(&["current", "--format", "json"])
            .json(),
        json!({"heads": ["1"], "applied": 1, "at_heads": true, "unknown": []})
    );
}

#[test]
fn scripts_run_in_the_order_of_their_names_beside_every_layout() {
    let database = Database::fresh();
    let project = package(&database);
    project
        .write("migrations/V1__users.sql", "CREATE TABLE users (id int);")
        .write(
            "migrations/2_more_users/up.sql",
            "CREATE TABLE more (id int);",
        )
        .write(
            "migrations/R__a_view.sql",
            "CREATE OR REPLACE VIEW a AS SELECT id FROM users;",
        )
        .write(
            "migrations/R__B of a.sql",
            "CREATE OR REPLACE VIEW b AS SELECT id FROM a;",
        );
    assert_eq!(
        events(&project, &["up"]),
        [
            "applied 1",
            "applied 2",
            "applied R__a_view",
            "applied R__B of a",
            "done "
        ]
    );
}

#[test]
fn a_script_waits_until_all_revisions_are_applied() {
    let database = Database::fresh();
    let project = project(&database);
    project.write(
        "migrations/2_names.up.sql",
        "-- migrate: revises=1\nALTER TABLE users ADD COLUMN name text;\n",
    );
    project.write(
        "migrations/R__names.sql",
        "CREATE OR REPLACE VIEW names AS SELECT name FROM users;\n",
    );
    assert_eq!(events(&project, &["up", "1"]), ["applied 1", "done "]);
    let plan = project.cargo_migrate(&["up", "--dry-run"]);
    assert_eq!(
        plan.expect_success(),
        "apply 2 names\napply R__adults adults\napply R__names names\n"
    );
    let output = project.cargo_migrate(&["up"]);
    output.expect_success();
    assert!(
        output
            .stderr
            .ends_with("1 revision and 2 repeatable scripts done: the database is at `2`\n"),
        "{output}"
    );
}

#[test]
fn a_script_that_fails_is_named_with_its_line_and_leaves_nothing() {
    let database = Database::fresh();
    let project = project(&database);
    project.write(
        "migrations/R__bad.sql",
        "-- Bad.\nCREATE TABLE left_over (x int);\nCREATE OR REPLACE VIEW bad AS\n  SELECT nothing FROM users;\n",
    );
    let output = project.cargo_migrate(&["up"]);
    output.expect_failure(4);
    insta::assert_snapshot!(output.stderr.lines().skip(2).collect::<Vec<_>>().join("\n"), @r#"
    error: repeatable script `R__bad` failed at statement 2 of 2
      --> migrations/R__bad.sql:4:10
       |
     4 |   SELECT nothing FROM users;
       |          ^^^^^^^ column "nothing" does not exist [42703]
    note: the script was rolled back; 2 earlier revisions were applied, the database is at `1`
    hint: fix the file and run `cargo migrate up` again
    "#);
    let json = project.cargo_migrate(&["up", "--format", "json"]);
    let error: serde_json::Value = serde_json::from_str(&json.stderr).expect("one error");
    assert_eq!(error["error"]["revision"], "R__bad");
    assert_eq!(
        (&error["error"]["line"], &error["error"]["column"]),
        (&json!(4), &json!(10))
    );
    assert_eq!(
        value(
            &database,
            "SELECT count(*) FROM pg_class WHERE relname = 'left_over'"
        ),
        "0"
    );
}

#[test]
fn whatever_takes_a_revision_out_of_the_record_makes_every_script_run_again() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up"]).expect_success();
    assert_eq!(events(&project, &["down", "base"]), ["reverted 1", "done "]);
    assert_eq!(
        events(&project, &["up"]),
        ["applied 1", "applied R__adults", "done "]
    );
    assert_eq!(value(&database, "SELECT count(*) FROM adults"), "0");
    database.execute("DROP TABLE users CASCADE");
    events(&project, &["stamp", "base"]);
    assert_eq!(
        events(&project, &["up"]),
        ["applied 1", "applied R__adults", "done "]
    );
}

#[test]
fn a_script_without_a_file_leaves_the_record_and_its_objects_stay() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up"]).expect_success();
    fs_err::remove_file(project.path().join("migrations/R__adults.sql")).expect("removed");
    let answer = project
        .cargo_migrate(&["status", "--format", "json"])
        .json();
    assert_eq!(answer["repeatable"][0]["state"], "unknown");
    assert_eq!(events(&project, &["up"]), ["stamped R__adults", "done "]);
    assert_eq!(events(&project, &["up"]), ["done "]);
    assert_eq!(value(&database, "SELECT count(*) FROM adults"), "0");
}

#[test]
fn a_script_without_a_transaction_resumes_and_an_edited_one_begins_anew() {
    let database = Database::fresh();
    let project = project(&database);
    let text = "-- migrate: transaction=none\nINSERT INTO users VALUES (1, 1);\nVACUUM users;\nSELECT 1 / (SELECT count(*) FROM users WHERE age = 2);\n";
    project.write("migrations/R__vacuum.sql", text);
    project.cargo_migrate(&["up"]).expect_failure(4);
    let answer = project
        .cargo_migrate(&["status", "--format", "json"])
        .json();
    assert_eq!(answer["repeatable"][1]["state"], "partial");
    database.execute("INSERT INTO users VALUES (2, 2)");
    assert_eq!(events(&project, &["up"]), ["applied R__vacuum", "done "]);
    assert_eq!(
        value(&database, "SELECT count(*) FROM users WHERE age = 1"),
        "1"
    );
    project.write("migrations/R__vacuum.sql", format!("{text}SELECT 1 / 0;\n"));
    project.cargo_migrate(&["up"]).expect_failure(4);
    project.write("migrations/R__vacuum.sql", text.replace("(1, 1)", "(1, 3)"));
    assert_eq!(events(&project, &["up"]), ["applied R__vacuum", "done "]);
    assert_eq!(
        value(&database, "SELECT count(*) FROM users WHERE age = 3"),
        "1"
    );
}

#[test]
fn one_transaction_holds_revisions_and_scripts() {
    let database = Database::fresh();
    let project = project(&database);
    project.write("migrations/R__bad.sql", "SELECT 1 / 0;\n");
    project
        .cargo_migrate(&["up", "--one-transaction"])
        .expect_failure(4);
    assert_eq!(
        value(
            &database,
            "SELECT count(*) FROM pg_class WHERE relname = 'users'"
        ),
        "0"
    );
    project.write("migrations/R__bad.sql", "SELECT 1;\n");
    assert_eq!(
        events(&project, &["up", "--one-transaction"]),
        ["applied 1", "applied R__adults", "applied R__bad", "done "]
    );
}

#[test]
fn the_offline_script_runs_them_and_leaves_what_up_leaves() {
    let (by_psql, by_up) = (Database::fresh(), Database::fresh());
    let project = project(&by_up);
    project.write(
        "migrations/2_names.up.sql",
        "-- migrate: revises=1\nALTER TABLE users ADD COLUMN name text;\n",
    );
    for range in ["base:1", "1:head"] {
        let script = project.cargo_migrate(&["up", range, "--sql"]);
        psql(&by_psql, script.expect_success());
    }
    project.cargo_migrate(&["up"]).expect_success();
    assert_eq!(dump(&by_psql.url()), dump(&by_up.url()));
    let records = "SELECT string_agg(concat_ws(' ', id, slug, checksum), ', ' ORDER BY id) || \
                   (SELECT digest || revisions FROM cargo_migrate_state) FROM cargo_migrate_history";
    assert_eq!(value(&by_psql, records), value(&by_up, records));
    let rest = project.cargo_migrate(&["up", "--sql"]);
    assert_eq!(rest.expect_success(), "");
    project.write("migrations/R__adults.sql", VIEW.replace("18", "21"));
    let rest = project.cargo_migrate(&["up", "--sql"]);
    psql(&by_up, rest.expect_success());
    assert_eq!(events(&project, &["up"]), ["done "]);
}

fn psql(database: &Database, script: &str) {
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", &database.url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("psql starts");
    let mut input = psql.stdin.take().expect("it is piped");
    std::io::Write::write_all(&mut input, script.as_bytes()).expect("it reads");
    drop(input);
    assert!(psql.wait().expect("it ends").success(), "{script}");
}

#[test]
fn eight_runs_at_once_run_a_changed_script_once() {
    let database = Database::fresh();
    let project = project(&database);
    project.write(
        "migrations/R__count.sql",
        "INSERT INTO users VALUES (1, 1);\n",
    );
    project.cargo_migrate(&["up"]).expect_success();
    project.write(
        "migrations/R__count.sql",
        "INSERT INTO users VALUES (2, 2);\n",
    );
    let barrier = Barrier::new(8);
    let ran: usize = thread::scope(|scope| {
        let runs: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    events(&project, &["up"]).len() - 1
                })
            })
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("no panic"))
            .sum()
    });
    assert_eq!(ran, 1);
    assert_eq!(value(&database, "SELECT count(*) FROM users"), "2");
}

#[test]
fn new_writes_one_by_flag_or_by_name_and_never_a_second() {
    let database = Database::fresh();
    let project = package(&database);
    let output = project.cargo_migrate(&["new", "--repeatable", "all views"]);
    insta::assert_snapshot!(output, @r"
    exit code: 0
    ----- stdout -----
    migrations/R__all_views.sql
    ----- stderr -----
    created repeatable script R__all_views
    ");
    assert!(
        project
            .read("migrations/R__all_views.sql")
            .starts_with("-- all views\n\n-- It runs after the revisions")
    );
    let again = project.cargo_migrate(&["new", "R__all_views"]);
    assert!(
        again
            .expect_failure(1)
            .contains("are both the repeatable script `all_views`"),
        "{again}"
    );
    let json = project.cargo_migrate(&["new", "R__grants", "--format", "json"]);
    assert_eq!(
        json.json(),
        json!({"id": "R__grants", "files": ["migrations/R__grants.sql"], "changes": [], "hazards": []})
    );
    project
        .cargo_migrate(&["new", "R__views", "--head", "1"])
        .expect_failure(2);
}

#[test]
fn verify_runs_each_script_twice() {
    let database = Database::fresh();
    let project = project(&database);
    project
        .write("migrations/1_users.down.sql", "DROP TABLE users;\n")
        .write("migrations/R__once.sql", "CREATE TABLE once (x int);\n");
    let output = project.cargo_migrate(&["verify"]);
    output.expect_failure(3);
    insta::assert_snapshot!(output, @r#"
    exit code: 3
    ----- stdout -----
    1 users: ok
    R__adults: running it again changes nothing
    R__once: it runs once and not again: migrations/R__once.sql:1:1: relation "once" already exists
    ----- stderr -----
    1 revision: 1 restored
    1 of 2 repeatable scripts can run again
    "#);
}

#[test]
fn lint_looks_at_the_scripts_that_would_run() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up"]).expect_success();
    project.cargo_migrate(&["lint"]).expect_success();
    project.write("migrations/R__fill.sql", "UPDATE users SET age = 1;\n");
    let output = project.cargo_migrate(&["lint"]);
    output.expect_failure(3);
    assert!(
        output.stdout.contains("--> migrations/R__fill.sql:1:1"),
        "{output}"
    );
}

#[test]
fn check_drift_counts_what_the_scripts_built() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up"]).expect_success();
    project
        .cargo_migrate(&["check", "--drift"])
        .expect_success();
    database.execute("DROP VIEW adults");
    let output = project.cargo_migrate(&["check", "--drift"]);
    output.expect_failure(3);
    assert!(output.stdout.contains("adults"), "{output}");
    project.write("migrations/R__adults.sql", VIEW.replace("18", "21"));
    let output = project.cargo_migrate(&["check", "--drift"]);
    output.expect_failure(3);
    assert!(
        output
            .stdout
            .contains("`R__adults` was edited since it ran"),
        "{output}"
    );
}

//! `fleet`: one command on many databases or schemas at once.

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::{Child, Stdio},
};

use migrate_tests::harness::{Database, Output, Project, signal};
use serde_json::{Value, json};

/// A project with two revisions that name no schema.
fn project(database: &Database) -> Project {
    let project = Project::on(database);
    project.write("migrations/1_a.up.sql", "CREATE TABLE a (x int);\n");
    project.write(
        "migrations/2_b.up.sql",
        "-- migrate: revises=1\nCREATE TABLE b (x int);\n",
    );
    project
}

fn with_schemas(names: &[&str]) -> Database {
    let database = Database::fresh();
    let make = |name: &&str| format!("CREATE SCHEMA \"{name}\"; ");
    database.execute(&names.iter().map(make).collect::<String>());
    database
}

fn fleet(project: &Project, arguments: &[&str]) -> Output {
    let all = ["fleet"]
        .iter()
        .chain(arguments)
        .chain(&["--dir", "migrations"]);
    project.cargo_migrate(&all.copied().collect::<Vec<_>>())
}

/// The rows by name, without how long they took, and the last line.
fn rows(output: &Output) -> (BTreeMap<String, Value>, Value) {
    let mut lines = output.json_lines();
    let last = lines.pop().expect("a last line");
    let named = lines.into_iter().map(|mut row| {
        row.as_object_mut()
            .expect("an object")
            .remove("duration_ms");
        (row["name"].as_str().unwrap_or_default().to_owned(), row)
    });
    (named.collect(), last)
}

fn states(output: &Output) -> Vec<(String, String)> {
    let state = |row: &Value| row["state"].as_str().unwrap_or_default().to_owned();
    rows(output)
        .0
        .iter()
        .map(|(name, row)| (name.clone(), state(row)))
        .collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter()
        .map(|(name, state)| ((*name).to_owned(), (*state).to_owned()))
        .collect()
}

fn tables(database: &Database, name: &str) -> String {
    let sql = "SELECT COALESCE(string_agg(schemaname, ' ' ORDER BY schemaname), '') FROM pg_tables WHERE tablename = $1";
    database
        .client()
        .query_one(sql, &[&name])
        .expect("a text")
        .get(0)
}

#[test]
fn schemas_get_their_own_tables_and_history_and_the_second_run_does_nothing() {
    let database = with_schemas(&["acme", "Globex"]);
    let project = project(&database);
    let arguments = ["up", "--schemas", "acme,Globex", "--format", "json"];
    let (named, last) = rows(&fleet(&project, &arguments));
    assert_eq!(
        named["acme"],
        json!({"event": "member", "kind": "schema", "name": "acme", "state": "applied",
            "applied": ["1", "2"], "heads": ["2"], "pending": 0, "findings": [], "error": null})
    );
    assert_eq!(
        last,
        json!({"event": "done", "members": 2, "applied": 2, "planned": 0, "current": 0,
            "pending": 0, "divergent": 0, "found": 0, "failed": 0, "not_begun": 0, "count": 4, "code": 0})
    );
    assert_eq!(tables(&database, "b"), "Globex acme");
    assert_eq!(tables(&database, "cargo_migrate_history"), "Globex acme");
    let again = fleet(&project, &arguments);
    assert_eq!(
        states(&again),
        pairs(&[("Globex", "current"), ("acme", "current")])
    );
}

#[test]
fn a_failure_is_told_once_with_its_members_and_stops_no_other() {
    let database = with_schemas(&["t1", "t2", "t3", "t4"]);
    database.execute("CREATE TABLE t2.a (); CREATE TABLE t4.a ()");
    let project = project(&database);
    let output = fleet(&project, &["up", "--schemas", "t1,t2,t3,t4", "--jobs", "1"]);
    output.expect_failure(4);
    let plain = |text: &str| -> String {
        let line = |line: &str| match line.rsplit_once(" (") {
            Some((before, took)) if took.ends_with("s)") => before.trim_end().to_owned(),
            _ => line.to_owned(),
        };
        text.lines().map(|text| line(text) + "\n").collect()
    };
    insta::assert_snapshot!(plain(&output.to_string()), @r#"
    exit code: 4
    ----- stdout -----
    applied    t1  2 revisions, at 2
    failed     t2  revision `1` (a) failed at statement 1 of 1: relation "a" already exists
    applied    t3  2 revisions, at 2
    failed     t4  revision `1` (a) failed at statement 1 of 1: relation "a" already exists
    ----- stderr -----
    error: revision `1` (a) failed at statement 1 of 1
      --> migrations/1_a.up.sql:1:1
       |
     1 | CREATE TABLE a (x int);
       | ^^^^^^^^^^^^^^^^^^^^^^ relation "a" already exists [42P07]
    note: in `t2`, `t4`
    note: the revision was rolled back; the database has no revision
    hint: the history is empty but the object exists: if it was lost, record what the database has with `cargo migrate stamp REV`
    hint: if another tool migrated this database, run `cargo migrate import`
    4 members: 2 applied, 2 failed
    "#);
    database.execute("DROP TABLE t2.a, t4.a");
    let again = fleet(
        &project,
        &["up", "--schemas", "t1,t2,t3,t4", "--format", "json"],
    );
    again.expect_success();
    let expected = [
        ("t1", "current"),
        ("t2", "applied"),
        ("t3", "current"),
        ("t4", "applied"),
    ];
    assert_eq!(states(&again), pairs(&expected));
}

#[test]
fn members_come_from_a_query_a_file_and_standard_input_each_once() {
    let database = with_schemas(&["t1", "t2", "t3", "t4"]);
    database.execute("CREATE TABLE tenants (name text); INSERT INTO tenants VALUES ('t1'), ('t2')");
    let project = project(&database);
    project.write("list", "# the third\nt3\n\n t2 \n");
    let mut command = project.command(&[
        "fleet",
        "status",
        "--dir",
        "migrations",
        "--format",
        "json",
        "--list",
        "list",
        "--list",
        "-",
        "--query",
        "SELECT name, 1 FROM tenants ORDER BY name",
    ]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    child
        .stdin
        .take()
        .expect("it is piped")
        .write_all(b"t4\nt1\n")
        .expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let lines: Vec<Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let mut names: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["name"].as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["t1", "t2", "t3", "t4"]);
    assert_eq!(lines[4]["pending"], 4);
}

#[test]
fn databases_are_named_or_addressed_and_a_missing_one_is_a_row() {
    let (first, second) = (Database::fresh(), Database::fresh());
    let project = project(&first);
    let both = format!("{},{},gone_{}", first.name(), second.url(), first.name());
    let output = fleet(&project, &["up", "--databases", &both, "--format", "json"]);
    output.expect_failure(1);
    let (named, last) = rows(&output);
    assert_eq!(named[first.name()]["kind"], "database");
    assert_eq!(named[&second.url()]["state"], "applied");
    let gone = &named[&format!("gone_{}", first.name())];
    assert_eq!(
        (&gone["state"], &gone["error"]["code"]),
        (&json!("failed"), &json!(1))
    );
    assert_eq!((&last["failed"], &last["count"]), (&json!(1), &json!(4)));
    assert_eq!(tables(&second, "b"), "public");
    let query = format!(
        "SELECT datname FROM pg_database WHERE datname IN ('{}', '{}')",
        first.name(),
        second.name()
    );
    let status = fleet(
        &project,
        &[
            "status",
            "--query",
            &query,
            "--of",
            "databases",
            "--format",
            "json",
        ],
    );
    let mut expected = pairs(&[(first.name(), "current"), (second.name(), "current")]);
    expected.sort();
    assert_eq!(states(&status), expected);
}

#[test]
fn a_password_in_an_address_is_never_shown() {
    let database = Database::fresh();
    let project = project(&database);
    let url = "postgres://me:canary@127.0.0.1:1/x";
    for format in ["human", "json"] {
        let output = fleet(
            &project,
            &["status", "--databases", url, "--format", format],
        );
        assert_eq!(output.status, Some(1), "{output}");
        assert!(!output.to_string().contains("canary"), "{output}");
    }
    let keywords = "host=127.0.0.1 port=1 password=canary dbname=x";
    project.write("list", keywords);
    let output = fleet(&project, &["status", "--list", "list"]);
    assert!(!output.to_string().contains("canary"), "{output}");
}

#[test]
fn status_tells_how_each_stands_and_check_finds_it() {
    let database = with_schemas(&["new", "done", "edited", "half"]);
    let project = project(&database);
    fleet(&project, &["up", "--schemas", "done,edited"]).expect_success();
    fleet(&project, &["up", "1", "--schemas", "half"]).expect_success();
    database.execute(
        "UPDATE edited.cargo_migrate_history SET checksum = repeat('0', 64) WHERE id = '1'",
    );
    let all = ["--schemas", "new,done,edited,half,gone", "--format", "json"];
    let status = fleet(&project, &[["status"].as_slice(), &all].concat());
    let expected = [
        ("done", "current"),
        ("edited", "divergent"),
        ("gone", "failed"),
        ("half", "pending"),
        ("new", "pending"),
    ];
    assert_eq!(states(&status), pairs(&expected));
    assert_eq!(status.status, Some(1), "{status}");
    let check = fleet(
        &project,
        &["check", "--schemas", "done,edited,half", "--format", "json"],
    );
    assert_eq!(check.status, Some(3), "{check}");
    let (named, last) = rows(&check);
    assert_eq!(named["half"]["findings"][0]["revision"], "2");
    assert_eq!(named["edited"]["findings"][0]["check"], "checksums");
    assert_eq!((&last["found"], &last["code"]), (&json!(2), &json!(3)));
    fleet(&project, &["check", "--schemas", "done"]).expect_success();
}

#[test]
fn check_finds_two_heads_once() {
    let database = with_schemas(&["t1", "t2"]);
    let project = project(&database);
    project.write(
        "migrations/3_c.up.sql",
        "-- migrate: revises=1\nCREATE TABLE c (x int);\n",
    );
    let output = fleet(&project, &["check", "--schemas", "t1,t2"]);
    assert_eq!(output.status, Some(3), "{output}");
    assert_eq!(
        output.stdout.matches("there are 2 heads").count(),
        1,
        "{output}"
    );
}

#[test]
fn a_dry_run_changes_nothing() {
    let database = with_schemas(&["t1"]);
    let project = project(&database);
    let output = fleet(
        &project,
        &["up", "--schemas", "t1", "--dry-run", "--format", "json"],
    );
    assert_eq!(rows(&output).0["t1"]["applied"], json!(["1", "2"]));
    assert_eq!(tables(&database, "cargo_migrate_history"), "");
}

#[test]
fn missing_schemas_are_made_when_that_is_asked_for_and_shared_ones_are_found() {
    let database = Database::fresh();
    database.execute("CREATE DOMAIN public.mail AS text");
    let project = project(&database);
    project.write(
        "migrations/3_c.up.sql",
        "-- migrate: revises=2\nCREATE TABLE c (x mail);\n",
    );
    let said = fleet(&project, &["up", "--schemas", "t1"]);
    assert!(said.expect_failure(1).contains("no schema `t1`"), "{said}");
    let said = fleet(&project, &["up", "--schemas", "t1", "--create"]);
    assert!(
        said.expect_failure(4)
            .contains("type \"mail\" does not exist"),
        "{said}"
    );
    fleet(&project, &["up", "--schemas", "t1", "--shared", "public"]).expect_success();
    assert_eq!(tables(&database, "c"), "t1");
}

#[test]
fn a_fleet_without_members_is_refused_and_an_empty_one_is_not() {
    let database = Database::fresh();
    let project = project(&database);
    let said = fleet(&project, &["up"]);
    insta::assert_snapshot!(said.expect_failure(2), @r"
    error: nobody is named: a fleet has members
    hint: name them with `--schemas`, `--databases`, `--list` or `--query`
    ");
    let none = fleet(&project, &["up", "--query", "SELECT 'x' WHERE false"]);
    assert!(none.stderr.starts_with("0 members:"), "{none}");
    none.expect_success();
    let bad = fleet(&project, &["up", "--query", "SELECT nothing"]);
    assert!(
        bad.expect_failure(1)
            .contains("the query of the fleet failed"),
        "{bad}"
    );
}

#[test]
fn several_processes_at_once_apply_each_revision_once() {
    let names: Vec<String> = (0..12).map(|number| format!("t{number:02}")).collect();
    let database = with_schemas(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let project = project(&database);
    let all = names.join(",");
    let start = |_| -> Child {
        let arguments = [
            "fleet",
            "up",
            "--schemas",
            &all,
            "--jobs",
            "4",
            "--dir",
            "migrations",
            "--format",
            "json",
        ];
        let mut command = project.command(&arguments);
        command.stdout(Stdio::piped()).spawn().expect("it starts")
    };
    let processes: Vec<Child> = (0..4).map(start).collect();
    let mut count = 0;
    for process in processes {
        let output = process.wait_with_output().expect("it ends");
        assert!(output.status.success());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let last: Value =
            serde_json::from_str(text.lines().last().expect("a last line")).expect("JSON");
        count += last["count"].as_u64().expect("a number");
    }
    assert_eq!(count, 24);
}

#[test]
fn a_signal_stops_the_work_and_what_is_left_is_done_by_the_next_run() {
    let database = with_schemas(&["t1", "t2", "t3", "t4", "t5", "t6"]);
    let project = project(&database);
    project.write(
        "migrations/3_c.up.sql",
        "-- migrate: revises=2\nSELECT pg_sleep(30);\n",
    );
    let arguments = [
        "fleet",
        "up",
        "--schemas",
        "t1,t2,t3,t4,t5,t6",
        "--jobs",
        "2",
        "--dir",
        "migrations",
        "--format",
        "json",
    ];
    let mut command = project.command(&arguments);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    let mut client = database.client();
    while client
        .query_one(sleeping, &[])
        .expect("a count")
        .get::<_, i64>(0)
        < 2
    {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    signal(child.id(), "INT");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last: Value =
        serde_json::from_str(text.lines().last().expect("a last line")).expect("JSON");
    assert_eq!(
        (&last["failed"], &last["not_begun"]),
        (&json!(2), &json!(4)),
        "{text}"
    );
    project.write(
        "migrations/3_c.up.sql",
        "-- migrate: revises=2\nSELECT 1;\n",
    );
    let again = fleet(
        &project,
        &["up", "--schemas", "t1,t2,t3,t4,t5,t6", "--format", "json"],
    );
    assert_eq!(rows(&again).1["applied"], 6);
}

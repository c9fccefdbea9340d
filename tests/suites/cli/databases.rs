//! Several databases of one project: `--database` and `--all-databases`.

use migrate_tests::harness::{Database, Project};
use serde_json::{Value, json};

use super::{line, package};

/// `audit`, which comes first and has a folder of its own, and `main`.
fn two(main: &Database, audit: &str) -> Project {
    let project = line(main).with("AUDIT_URL", audit);
    let manifest = project.read("Cargo.toml");
    let tables = "[package.metadata.migrate.databases.main]\n\
                  [package.metadata.migrate.databases.audit]\ndir = \"audit\"\ndatabase-url-env = \"AUDIT_URL\"\n";
    project.write("Cargo.toml", format!("{manifest}{tables}"));
    project.write("audit/9_events.up.sql", "CREATE TABLE events ();");
    project.write("audit/9_events.down.sql", "DROP TABLE events;");
    project
}

fn fields(lines: &[Value], name: &str) -> Vec<Value> {
    lines.iter().map(|line| line[name].clone()).collect()
}

#[test]
fn every_command_that_works_on_a_database_goes_through_all_and_json_names_each() {
    let (main, audit) = (Database::fresh(), Database::fresh());
    let project = two(&main, &audit.url());
    let all = |command: &[&str]| {
        let options: &[&str] = &["--all-databases", "--format", "json"];
        project.cargo_migrate(&[command, options].concat())
    };
    let up = all(&["up"]).json_lines();
    assert_eq!(
        fields(&up, "database"),
        ["audit", "audit", "main", "main", "main", "main"]
    );
    assert_eq!(
        up[1],
        json!({"database": "audit", "event": "done", "heads": ["9"], "count": 1})
    );
    assert_eq!(
        fields(&all(&["current"]).json_lines(), "heads"),
        [json!(["9"]), json!(["3"])]
    );
    assert_eq!(
        fields(&all(&["status"]).json_lines(), "pending"),
        [json!(0), json!(0)]
    );
    assert_eq!(
        fields(&all(&["check", "--pending"]).json_lines(), "ok"),
        [json!(true), json!(true)]
    );
    assert_eq!(
        fields(&all(&["ensure-history"]).json_lines(), "database"),
        ["audit", "main"]
    );
    for command in ["heads", "history", "branches"] {
        let lines = all(&[command]).json_lines();
        assert_eq!(fields(&lines, "database"), ["audit", "main"], "{command}");
    }
    let down = all(&["down", "base"]).json_lines();
    assert_eq!(
        fields(&down, "event"),
        [
            "reverted", "done", "reverted", "reverted", "reverted", "done"
        ]
    );
    all(&["stamp", "head"]).expect_success();
    all(&["down", "base", "--dry-run"]).expect_success();
}

#[test]
fn a_database_that_fails_does_not_hide_the_others_and_the_exit_code_is_the_worst() {
    let main = Database::fresh();
    let project = two(&main, "postgres://nobody@127.0.0.1:1/nothing");
    let output = project.cargo_migrate(&["up", "--all-databases", "--format", "json"]);
    assert_eq!(output.status, Some(1), "{output}");
    let error: Value = output
        .stderr
        .lines()
        .find_map(|line| serde_json::from_str(line).ok())
        .expect("an error as JSON");
    assert_eq!(
        (&error["database"], &error["error"]["code"]),
        (&json!("audit"), &json!(1))
    );
    assert_eq!(fields(&output.json_lines(), "database"), ["main"; 4]);
    main.execute("SELECT FROM items");
    project.write(
        "migrations/4_bad.up.sql",
        "-- migrate: revises=3\nSELECT nothing;\n",
    );
    let worst = project.cargo_migrate(&["up", "--all-databases"]);
    assert_eq!(worst.status, Some(4), "{worst}");
    let found = project.cargo_migrate(&["check", "--heads", "--pending", "--all-databases"]);
    assert_eq!(
        found.status,
        Some(1),
        "an error is worse than a finding: {found}"
    );
}

#[test]
fn a_command_that_writes_files_or_needs_no_database_is_refused() {
    let main = Database::fresh();
    let project = two(&main, &main.url());
    for command in [
        &["new", "x"][..],
        &["merge"],
        &["init"],
        &["completions", "bash"],
    ] {
        let output = project.cargo_migrate(&[command, &["--all-databases"]].concat());
        let said = output.expect_failure(2);
        assert!(
            said.contains("hint: choose one with `--database NAME`"),
            "{output}"
        );
    }
    let output = project.cargo_migrate(&["up", "--all-databases", "--database-url", &main.url()]);
    assert!(
        output.expect_failure(2).contains("names one database"),
        "{output}"
    );
}

#[test]
fn a_command_that_names_no_database_and_finds_no_folder_is_told_the_databases() {
    let project = package(Project::new());
    let manifest = project.read("Cargo.toml");
    let table = "[package.metadata.migrate.databases.audit]\ndir = \"audit\"\n";
    project.write("Cargo.toml", format!("{manifest}{table}"));
    project.write("audit/9_events.up.sql", "SELECT 1;");
    fs_err::remove_dir_all(project.path().join("migrations")).expect("removed");
    let output = project.cargo_migrate(&["heads"]);
    assert!(
        output.expect_failure(1).contains("`--database audit`"),
        "{output}"
    );
    project
        .cargo_migrate(&["heads", "--database", "audit"])
        .expect_success();
}

#[test]
fn all_of_none_is_an_error() {
    let main = Database::fresh();
    let project = package(Project::on(&main));
    let output = project.cargo_migrate(&["up", "--all-databases"]);
    insta::assert_snapshot!(output.expect_failure(1), @r"
    error: the project configures no databases by name
    hint: add `[package.metadata.migrate.databases.NAME]` to `Cargo.toml` for each
    ");
}

#[test]
fn the_workspace_may_name_databases_and_a_package_says_more_of_them() {
    let (main, audit) = (Database::fresh(), Database::fresh());
    let project = package(Project::on(&main)).with("AUDIT_URL", audit.url());
    let manifest = project.read("Cargo.toml");
    let tables = "[workspace.metadata.migrate.databases.audit]\ndatabase-url-env = \"AUDIT_URL\"\nhistory-table = \"w\"\n\
                  [package.metadata.migrate.databases.audit]\nhistory-table = \"p\"\ndir = \"audit\"\n";
    project.write("Cargo.toml", format!("{manifest}{tables}"));
    project.write("audit/9_events.up.sql", "CREATE TABLE events ();");
    project
        .cargo_migrate(&["up", "--all-databases"])
        .expect_success();
    audit.execute("SELECT FROM events; SELECT FROM p");
}

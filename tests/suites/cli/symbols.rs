//! What a user may type for a revision, in every command that takes one.

use migrate_tests::harness::{Database, Project};
use serde_json::Value;

use super::{line, package, revision};

/// A line of three, of which the first two are applied.
fn half_way(database: &Database) -> Project {
    let project = line(database);
    project.cargo_migrate(&["up", "2"]).expect_success();
    project
}

/// The ids of what `show` prints, one object a line.
fn shown(project: &Project, symbol: &str) -> Vec<String> {
    let output = project.cargo_migrate(&["show", symbol, "--format", "json"]);
    output.expect_success();
    let ids = output.json_lines();
    ids.iter()
        .map(|revision| revision["id"].as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn every_symbol_of_one_revision_is_understood() {
    let database = Database::fresh();
    let project = half_way(&database);
    for (symbol, id) in [
        ("2", "2"),
        ("orders", "2"),
        ("ord", "2"),
        ("head", "3"),
        ("current", "2"),
        ("+1", "3"),
        ("-1", "1"),
        ("head-2", "1"),
        ("base+3", "3"),
        ("current-1", "1"),
        ("3@head", "3"),
        ("1@users", "1"),
        ("orders@+1", "3"),
    ] {
        assert_eq!(shown(&project, symbol), [id], "{symbol}");
    }
    for symbol in ["base", "-2"] {
        let output = project.cargo_migrate(&["show", symbol]);
        let said = format!("`{symbol}` is not a revision");
        assert!(output.expect_failure(1).contains(&said), "{output}");
    }
}

#[test]
fn show_prints_all_that_heads_and_current_name() {
    let database = Database::fresh();
    let project = half_way(&database);
    revision(&project, "4_other", "2", "SELECT 1;", "");
    assert_eq!(shown(&project, "heads"), ["3", "4"]);
    project.cargo_migrate(&["up", "heads"]).expect_success();
    assert_eq!(shown(&project, "current"), ["3", "4"]);
    let output = project.cargo_migrate(&["show", "heads"]);
    let headlines = output.expect_success().lines();
    let headlines: Vec<_> = headlines
        .filter(|line| line.starts_with("revision "))
        .collect();
    assert_eq!(headlines, ["revision 3 (head)", "revision 4 (head)"]);
}

#[test]
fn new_merge_and_rebase_count_from_what_is_applied() {
    let database = Database::fresh();
    let project = half_way(&database);
    let new = |arguments: &[&str]| {
        let output = project.cargo_migrate(&[&["new"], arguments].concat());
        output.expect_success();
        let up = output.stdout.lines().next().expect("a file").to_owned();
        project.read(up)
    };
    let beside = ["beside", "--rev-id", "10", "--head", "current", "--splice"];
    let text = new(&[&beside[..], &["--depends-on", "+1"]].concat());
    assert!(text.contains("-- migrate: revises=2\n"), "{text}");
    assert!(text.contains("-- migrate: depends-on=3\n"), "{text}");
    let below = new(&["below", "--rev-id", "11", "--head", "-1", "--splice"]);
    assert!(below.contains("-- migrate: revises=1\n"), "{below}");
    let rebase = ["rebase", "below", "--onto", "current", "--format", "json"];
    let moved = project.cargo_migrate(&rebase).json()["moved"][0]["to"].clone();
    let moved = moved.as_str().expect("text").to_owned();
    assert_eq!(shown(&project, &format!("{moved}-1")), ["2"]);
    let merge = project.cargo_migrate(&["merge", "3", "beside", "current", "--splice"]);
    let file = merge.expect_success().lines().next().expect("a file");
    let text = project.read(file);
    assert!(text.contains("-- migrate: revises=3,10,2\n"), "{text}");
}

#[test]
fn verify_diff_generate_down_and_edit_take_them_too() {
    let database = Database::fresh();
    let project = half_way(&database).with("EDITOR", "true");
    let verify = project.cargo_migrate(&["verify", "+1:head", "--format", "json"]);
    verify.expect_success();
    let walked = verify.json_lines().pop().expect("an object");
    assert_eq!(walked["revisions"].as_array().map(Vec::len), Some(1));
    let diff = project.cargo_migrate(&["diff", "migrations@current", "migrations@+1"]);
    assert!(diff.expect_success().contains("items"), "{diff}");
    let down = project.cargo_migrate(&["generate-down", "+1", "--print"]);
    assert!(down.expect_success().contains("items"), "{down}");
    let edit = project.cargo_migrate(&["edit", "+1", "--format", "json"]);
    assert_eq!(edit.json()["id"], "3");
    let lint = project.cargo_migrate(&["lint", "+1", "--format", "json"]);
    assert_eq!(lint.status, Some(0), "{lint}");
}

#[test]
fn stamp_takes_steps() {
    let database = Database::fresh();
    let project = half_way(&database);
    let heads = |symbol: &str| {
        let output = project.cargo_migrate(&["stamp", symbol, "--format", "json"]);
        output.expect_success();
        output.json_lines().pop().expect("a last line")["heads"].clone()
    };
    assert_eq!(heads("+1"), Value::from(["3"].as_slice()));
    assert_eq!(heads("-2"), Value::from(["1"].as_slice()));
    assert_eq!(heads("-1"), Value::Array(Vec::new()));
}

#[test]
fn where_a_step_has_two_ways_each_is_a_command_to_paste() {
    let database = Database::fresh();
    let project = package(Project::on(&database));
    revision(&project, "1_a", "base", "SELECT 1;", "");
    revision(&project, "2_b", "1", "SELECT 1;", "SELECT 1;");
    project.write(
        "migrations/3_c.up.sql",
        "-- migrate: revises=1\n-- migrate: label=side\nSELECT 1;\n",
    );
    project.cargo_migrate(&["up", "heads"]).expect_success();
    let output = project.cargo_migrate(&["down", "-1"]);
    insta::assert_snapshot!(output, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `-1` could mean several lines: `2` (b), `3` (c)
    hint: use `2@-1` for that line
    hint: use `side@-1` for that line
    "#);
    let output = project.cargo_migrate(&["show", "base+2"]);
    insta::assert_snapshot!(output, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `base+2` could mean several lines: `2` (b), `3` (c)
    hint: use `2@base+2` for that line
    hint: use `side@base+2` for that line
    "#);
    let output = project.cargo_migrate(&["down", "heads"]);
    insta::assert_snapshot!(output, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `heads` is ambiguous: `2` (b), `3` (c)
    hint: name one of them, such as by its id
    "#);
    project.cargo_migrate(&["down", "2@-1"]).expect_success();
}

#[test]
fn a_misspelt_label_is_answered_with_the_near_one() {
    let project = package(Project::new());
    project.write(
        "migrations/1_a.up.sql",
        "-- migrate: label=accounts\nSELECT 1;\n",
    );
    for (typed, meant) in [
        ("acounts@head", "did you mean `accounts`?"),
        ("account", "did you mean `accounts`?"),
        ("@head", "no revision matches `@head`"),
        ("accounts@", "no revision matches `accounts@`"),
    ] {
        let output = project.cargo_migrate(&["show", typed]);
        assert!(output.expect_failure(1).contains(meant), "{output}");
    }
}

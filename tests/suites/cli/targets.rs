//! The commands that look at the graph alone.

use migrate_tests::harness::{Database, Project};

use super::{line, package, revision};

/// Two lines that are merged, and a third beside them.
fn branched() -> Project {
    let project = package(Project::new());
    let one = "SELECT 1;";
    revision(&project, "1_a", "base", one, "");
    revision(&project, "2_b", "1", one, "");
    revision(&project, "3_c", "1", one, "");
    revision(&project, "4_m", "2,3", one, "");
    project.write(
        "migrations/5_d.up.sql",
        "-- Add d.\n-- migrate: revises=1\n-- migrate: label=side\nSELECT 1;\n",
    );
    project
}

#[test]
fn history_draws_the_lines() {
    let output = branched().cargo_migrate(&["history", "--graph"]);
    insta::assert_snapshot!(output.expect_success(), @r"
    * 5 (side) (head) Add d.
    | * 4 (head) (mergepoint) Add m.
    | |\
    | | * 3 Add c.
    |_|/
    | * 2 Add b.
    |/
    * 1 (branchpoint) Add a.
    ");
}

#[test]
fn heads_and_branches_name_the_lines() {
    let project = branched();
    let heads = project.cargo_migrate(&["heads"]);
    assert_eq!(
        heads.expect_success(),
        "4 (head), Add m.\n5 (side) (head), Add d.\n"
    );
    let json = project.cargo_migrate(&["heads", "--format", "json"]).json();
    assert_eq!(json["heads"][1]["id"], "5");
    assert_eq!(json["heads"][1]["labels"][0], "side");
    let branches = project.cargo_migrate(&["branches"]);
    insta::assert_snapshot!(branches.expect_success(), @r"
    1, Add a. (branchpoint)
      -> 2, Add b.
      -> 3, Add c.
      -> 5 (side), Add d.
    ");
}

#[test]
fn a_head_on_two_lines_names_both_before_its_mark() {
    let project = branched();
    project.write(
        "migrations/6_e.up.sql",
        "-- Add e, too.\n-- migrate: revises=5\n-- migrate: label=late\nSELECT 1;\n",
    );
    assert_eq!(
        project.cargo_migrate(&["heads"]).expect_success(),
        "4 (head), Add m.\n6 (late, side) (head), Add e, too.\n"
    );
}

#[test]
fn show_keeps_a_space_after_the_longest_of_its_words() {
    let project = branched();
    project.write(
        "migrations/6_e.up.sql",
        "-- migrate: revises=5 depends-on=4 irreversible=\"drops events\"\nSELECT 1;\n",
    );
    let shown = project.cargo_migrate(&["show", "6"]);
    let shown = shown.expect_success();
    assert!(shown.contains("\ndepends on: 4\n"), "{shown}");
    assert!(shown.contains("\nirreversible: drops events\n"), "{shown}");
}

#[test]
fn a_range_may_begin_with_a_minus() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up", "2"]).expect_success();
    for range in [["-r", "-1:current"], ["--rev-range", "-1:current"]] {
        let output = project.cargo_migrate(&["history", range[0], range[1], "--format", "json"]);
        let ids: Vec<_> = output.json()["revisions"]
            .as_array()
            .expect("an array")
            .iter()
            .map(|entry| entry["id"].clone())
            .collect();
        assert_eq!(ids, ["2"], "{output}");
    }
    let marked = project
        .cargo_migrate(&["history", "-i", "--format", "json"])
        .json();
    assert_eq!(marked["revisions"][1]["current"], true);
    assert_eq!(marked["revisions"][0]["current"], false);
}

#[test]
fn show_takes_any_name_and_prints_the_scripts() {
    let project = branched();
    let output = project.cargo_migrate(&["show", "side"]);
    insta::assert_snapshot!(output.expect_success(), @r"
    revision 5 (head)
    message:   Add d.
    slug:      d
    revises:   1
    labels:    side
    up:        migrations/5_d.up.sql

    -- migrations/5_d.up.sql
    -- Add d.
    -- migrate: revises=1
    -- migrate: label=side
    SELECT 1;
    ");
    let json = project
        .cargo_migrate(&["show", "4", "--format", "json"])
        .json();
    assert_eq!(
        (&json["id"], &json["parents"][1]),
        (&"4".into(), &"3".into())
    );
    assert_eq!(json["up"]["file"], "migrations/4_m.up.sql");
}

#[test]
fn names_that_match_nothing_or_too_much_list_the_candidates() {
    let project = branched();
    let output = project.cargo_migrate(&["show", "head"]);
    assert!(
        output.expect_failure(1).contains("`4` (m), `5` (d)"),
        "{output}"
    );
    let output = project.cargo_migrate(&["show", "nothing"]);
    assert!(
        output
            .expect_failure(1)
            .contains("no revision matches `nothing`"),
        "{output}"
    );
}

#[test]
fn check_heads_needs_no_database() {
    let project = branched();
    let output = project.cargo_migrate(&["check", "--heads", "--format", "json"]);
    assert_eq!(output.status, Some(3), "{output}");
    assert_eq!(output.json()["findings"][0]["check"], "heads");
    let many = branched().with("MIGRATE_HEADS", "many");
    many.cargo_migrate(&["check", "--heads"]).expect_success();
    let bare = many
        .with("CI", "true")
        .cargo_migrate(&["check", "--format", "json"]);
    bare.expect_success();
    let skipped = bare.json()["skipped"].clone();
    assert!(
        skipped
            .as_array()
            .is_some_and(|parts| parts.contains(&"pending".into())),
        "{bare}"
    );
}

#[test]
fn the_graph_is_drawn_in_three_languages() {
    let project = branched();
    let svg = project.cargo_migrate(&["graph"]);
    assert!(svg.expect_success().starts_with("<svg "), "{svg}");
    let dot = project.cargo_migrate(&["graph", "dot"]);
    assert!(dot.expect_success().contains("\"4\" -> \"3\";"), "{dot}");
    let file = project.path().join("graph.mmd");
    let path = file.to_str().expect("text");
    project
        .cargo_migrate(&["graph", "--output", path])
        .expect_success();
    assert!(project.read("graph.mmd").contains("r4 --> r3"));
}

#[test]
fn merge_joins_all_heads_and_up_runs_it() {
    let database = Database::fresh();
    let project = line(&database);
    revision(&project, "4_other", "2", "SELECT 1;", "");
    let output = project.cargo_migrate(&["merge", "--format", "json"]);
    output.expect_success();
    let id = output.json()["id"].as_str().expect("an id").to_owned();
    let heads = project.cargo_migrate(&["heads", "--format", "json"]).json();
    assert_eq!(heads["heads"][0]["id"], id.as_str());
    project.cargo_migrate(&["up"]).expect_success();
    project.cargo_migrate(&["down", "base"]).expect_success();
    let output = project.cargo_migrate(&["merge"]);
    assert!(
        output.expect_failure(1).contains("nothing to merge"),
        "{output}"
    );
}

#[test]
fn rebase_moves_a_line_after_the_other_head() {
    let database = Database::fresh();
    let project = line(&database);
    revision(
        &project,
        "4_other",
        "2",
        "CREATE TABLE other ();",
        "DROP TABLE other;",
    );
    revision(
        &project,
        "5_more",
        "4",
        "CREATE TABLE more ();",
        "DROP TABLE more;",
    );
    let output = project.cargo_migrate(&["rebase", "4", "--format", "json"]);
    output.expect_success();
    assert_eq!(output.json()["moved"][1]["from"], "5");
    project.cargo_migrate(&["up"]).expect_success();
    let status = project
        .cargo_migrate(&["status", "--format", "json"])
        .json();
    let slugs: Vec<_> = status["revisions"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|row| row["slug"].as_str().expect("text"))
        .collect();
    assert_eq!(slugs, ["users", "orders", "items", "other", "more"]);
    let output = project.cargo_migrate(&["rebase", "items"]);
    assert!(output.expect_failure(1).contains("is applied"), "{output}");
}

#[test]
fn rebase_is_the_way_out_of_out_of_order() {
    let database = Database::fresh();
    let project = package(Project::on(&database));
    project.write("migrations/1_a.up.sql", "SELECT 1;");
    project.write("migrations/3_c.up.sql", "SELECT 3;");
    project.cargo_migrate(&["up"]).expect_success();
    project.write("migrations/2_b.up.sql", "SELECT 2;");
    project.cargo_migrate(&["up"]).expect_failure(1);
    project.cargo_migrate(&["rebase", "2"]).expect_success();
    project.cargo_migrate(&["up"]).expect_success();
    assert_eq!(project.files("migrations").len(), 3);
}

#[test]
fn up_has_no_script_for_a_range_that_goes_down() {
    let project = line(&Database::fresh());
    for range in ["3:1", "1:base"] {
        let output = project.cargo_migrate(&["up", "--sql", range]);
        let said = output.expect_failure(1);
        assert!(
            said.contains(&format!("the range `{range}` is reversed")),
            "{said}"
        );
    }
    project
        .cargo_migrate(&["up", "--sql", "1:1"])
        .expect_success();
}

#[test]
fn a_script_is_one_object_in_json() {
    let project = line(&Database::fresh());
    for arguments in [
        ["up", "base:head"],
        ["down", "head:base"],
        ["stamp", "base:head"],
    ] {
        let arguments = [&arguments[..], &["--sql"]].concat();
        let plain = project.cargo_migrate(&arguments);
        let json = project.cargo_migrate(&[&arguments[..], &["--format", "json"]].concat());
        assert_eq!(json.json()["sql"], plain.expect_success(), "{json}");
    }
}

#[test]
fn redo_of_one_of_several_lines_names_the_commands_that_do_it() {
    let database = Database::fresh();
    let project = line(&database);
    revision(&project, "4_side", "1", "SELECT 1;", "SELECT 1;");
    project.cargo_migrate(&["up", "heads"]).expect_success();
    insta::assert_snapshot!(project.cargo_migrate(&["redo"]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `redo` could mean several lines: the database is at `3`, `4`
    hint: run `cargo migrate down 3@-1`, then `cargo migrate up 3`
    hint: run `cargo migrate down 4@-1`, then `cargo migrate up 4`
    ");
    project.cargo_migrate(&["down", "4@-1"]).expect_success();
    project.cargo_migrate(&["up", "4"]).expect_success();
}

#[test]
fn a_range_is_for_scripts_alone() {
    let database = Database::fresh();
    let project = line(&database);
    for arguments in [["up", "1:2"], ["down", "2:1"], ["stamp", "base:1"]] {
        let output = project.cargo_migrate(&arguments);
        let hint = format!("cargo migrate {} --sql", arguments.join(" "));
        assert!(output.expect_failure(2).contains(&hint), "{output}");
        let current = project.cargo_migrate(&["current", "--format", "json"]);
        assert_eq!(current.json()["applied"], 0);
    }
}

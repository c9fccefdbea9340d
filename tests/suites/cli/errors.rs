//! What goes wrong and how it is said: exit code, place, state of the database, hints.

use migrate_tests::harness::{Database, Project};
use serde_json::Value;

use super::{line, package, revision};

fn error(said: &str) -> Value {
    let object: Value = serde_json::from_str(said).expect("one JSON object on stderr");
    object["error"].clone()
}

#[test]
fn a_failure_as_json_has_every_field() {
    let database = Database::fresh();
    let project = line(&database);
    revision(&project, "4_wrong", "3", "SELECT nothing;", "");
    let output = project.cargo_migrate(&["up", "--format", "json"]);
    let error = error(output.expect_failure(4));
    assert_eq!(error["code"], 4);
    assert_eq!(error["revision"], "4");
    assert_eq!(error["file"], "migrations/4_wrong.up.sql");
    assert_eq!(
        (&error["line"], &error["column"]),
        (&Value::from(3), &Value::from(8))
    );
    assert_eq!(error["sqlstate"], "42703");
    assert!(
        error["message"].is_string() && error["hints"].is_array(),
        "{error}"
    );
    assert_eq!(
        output.json_lines().len(),
        3,
        "what was applied before is told: {output}"
    );
}

#[test]
fn a_pending_revision_below_an_applied_one_is_out_of_order() {
    let database = Database::fresh();
    let project = package(Project::on(&database));
    project.write("migrations/1_a.up.sql", "SELECT 1;");
    project.write("migrations/3_c.up.sql", "SELECT 3;");
    project.cargo_migrate(&["up"]).expect_success();
    project.write("migrations/2_b.up.sql", "SELECT 2;");
    let output = project.cargo_migrate(&["up"]);
    let said = output.expect_failure(1);
    assert!(
        said.contains("out of order") && said.contains("cargo migrate rebase 2"),
        "{said}"
    );
    let check = project.cargo_migrate(&["check", "--pending", "--format", "json"]);
    let finding = check.json()["findings"][0].clone();
    let message = finding["message"].as_str().expect("a text");
    assert!(message.contains("`2` (b) is out of order"), "{message}");
    let hint = finding["hints"][0].as_str().expect("a text");
    assert!(hint.contains("cargo migrate rebase 2"), "{hint}");
}

#[test]
fn a_role_that_can_not_be_taken_is_no_fault_of_a_revision() {
    let database = Database::fresh();
    let project = line(&database);
    for step in ["history", "own", "none"] {
        let output = project
            .command(&["up", "--format", "json"])
            .env("MIGRATE_ROLE", "nobody is called this")
            .output()
            .expect("it starts");
        let said: serde_json::Value = serde_json::from_slice(&output.stderr).expect("JSON");
        let error = &said["error"];
        assert_eq!(error["code"], 1, "{step}: {said}");
        let message = error["message"].as_str().expect("a text");
        let expected = "the role `nobody is called this` can't be taken";
        assert!(message.starts_with(expected), "{step}: {said}");
        if step == "history" {
            project.cargo_migrate(&["up", "2"]).expect_success();
        } else {
            project.cargo_migrate(&["up"]).expect_success();
            project.write(
                "migrations/4_d.up.sql",
                "-- migrate: transaction=none\nSELECT 1;\n",
            );
        }
    }
}

#[test]
fn an_irreversible_revision_stops_the_way_down_before_it_begins() {
    let database = Database::fresh();
    let project = line(&database);
    project.write(
        "migrations/4_gone.up.sql",
        "-- migrate: revises=3\n-- migrate: irreversible=\"drops the raw events\"\nSELECT 1;\n",
    );
    revision(&project, "5_more", "4", "SELECT 5;", "SELECT 5;");
    project.cargo_migrate(&["up"]).expect_success();
    let output = project.cargo_migrate(&["down", "base"]);
    assert!(
        output.expect_failure(1).contains("drops the raw events"),
        "{output}"
    );
    let current = project
        .cargo_migrate(&["current", "--format", "json"])
        .json();
    assert_eq!(current["heads"][0], "5");
}

#[test]
fn where_only_the_down_script_is_missing_the_command_that_writes_it_is_named() {
    let database = Database::fresh();
    let project = line(&database);
    project.write("migrations/4_up.up.sql", "SELECT 1;\n");
    project.cargo_migrate(&["up"]).expect_success();
    let said = project.cargo_migrate(&["down", "-1"]);
    let said = said.expect_failure(1);
    assert!(said.contains("`cargo migrate generate-down 4`"), "{said}");
    // Without its file nothing can write one.
    fs_err::remove_file(project.path().join("migrations/4_up.up.sql")).expect("removed");
    let said = project.cargo_migrate(&["down", "-1"]);
    let said = said.expect_failure(1);
    assert!(!said.contains("generate-down"), "{said}");
}

#[test]
fn what_the_server_says_has_its_code_in_json() {
    let database = Database::fresh();
    let url = database.url().replace(database.name(), "nowhere");
    let project = line(&database).with("DATABASE_URL", url);
    let output = project.cargo_migrate(&["current", "--format", "json"]);
    let error = error(output.expect_failure(1));
    assert_eq!(error["sqlstate"], "3D000");
}

#[test]
fn a_missing_folder_names_the_command_that_makes_it() {
    let project = package(Project::new());
    fs_err::remove_dir(project.path().join("migrations")).expect("it is empty");
    let output = project.cargo_migrate(&["heads"]);
    assert!(
        output
            .expect_failure(1)
            .contains("hint: run `cargo migrate init`"),
        "{output}"
    );
}

//! What goes wrong and how it is said: exit code, place, state of the database, hints.

use migrate_tests::harness::{Database, Project};
use serde_json::Value;

use super::{line, package, revision};

fn error(said: &str) -> Value {
    let object: Value = serde_json::from_str(said).expect("one JSON object on stderr");
    object["error"].clone()
}

#[test]
fn a_revision_that_fails_leaves_nothing_of_itself_and_is_shown_in_place() {
    let database = Database::fresh();
    let project = line(&database);
    let up =
        "CREATE TABLE a (id int);\nALTER TABLE a ADD COLUMN placed timestampz NOT NULL;\nSELECT 1;";
    revision(&project, "4_wrong", "3", up, "");
    let output = project.cargo_migrate(&["up"]);
    let said = output.expect_failure(4);
    let from = said.find("error:").expect("an error");
    insta::assert_snapshot!(&said[from..], @r#"
    error: revision `4` (Add wrong.) failed at statement 2 of 3
      --> migrations/4_wrong.up.sql:4:33
       |
     4 | ALTER TABLE a ADD COLUMN placed timestampz NOT NULL;
       |                                 ^^^^^^^^^^ type "timestampz" does not exist [42704]
    note: the revision was rolled back; 3 earlier revisions were applied, the database is at `3`
    hint: fix the file and run `cargo migrate up` again
    "#);
    assert!(database.client().simple_query("SELECT FROM a").is_err());
    database.execute("SELECT FROM items");
}

#[test]
fn the_same_failure_as_json_has_every_field() {
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
fn no_server_is_an_error_of_the_environment() {
    let project = package(Project::new()).with("DATABASE_URL", "postgres://u:canary@127.0.0.1:1/d");
    revision(&project, "1_users", "base", "SELECT 1;", "");
    let output = project.cargo_migrate(&["up", "--verbose"]);
    let said = output.expect_failure(1);
    assert!(said.contains("127.0.0.1"), "{said}");
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn two_heads_are_named_with_the_ways_out_and_nothing_runs() {
    let database = Database::fresh();
    let project = line(&database);
    revision(&project, "4_other", "2", "SELECT 1;", "");
    let output = project.cargo_migrate(&["up"]);
    let said = output.expect_failure(1);
    assert!(
        said.contains("`3` (items)") && said.contains("`4` (other)"),
        "{said}"
    );
    assert!(said.contains("cargo migrate merge"), "{said}");
    assert!(database.client().simple_query("SELECT FROM users").is_err());
    project.cargo_migrate(&["up", "heads"]).expect_success();
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
fn files_that_can_not_be_read_as_revisions_are_refused_in_place() {
    let cases = [
        ("4_x.up.sql", "-- migrate: revizes=3\nSELECT 1;\n", ":1:13"),
        (
            "4_x.up.sql",
            "-- migrate: revises=3\n\\copy users FROM 'x'\n",
            ":2:1",
        ),
        (
            "4_x.up.sql",
            "-- migrate: revises=3\nCOPY users FROM stdin;\n",
            ":2:1",
        ),
        (
            "4_x.up.sql",
            "-- migrate: revises=3\nSELECT 1;\nCOMMIT;\n",
            ":3:1",
        ),
        ("4_x.up.sql", "-- migrate: revises=7\nSELECT 1;\n", ":1:21"),
    ];
    for (name, text, place) in cases {
        let project = line(&Database::fresh());
        project.write(format!("migrations/{name}"), text);
        let output = project.cargo_migrate(&["up"]);
        let said = output.expect_failure(1);
        assert!(
            said.contains(&format!("migrations/{name}{place}")),
            "{text}\n{said}"
        );
        assert!(said.contains("hint: "), "{text}\n{said}");
    }
}

#[test]
fn two_spellings_of_one_id_a_cycle_and_bytes_that_are_no_text_are_refused() {
    let cases: [(&str, &[u8]); 3] = [
        ("03_again.up.sql", b"SELECT 1;"),
        ("1_users.up.sql", b"-- migrate: revises=3\nSELECT 1;"),
        ("4_bytes.up.sql", b"SELECT '\xff';"),
    ];
    for (name, bytes) in cases {
        let project = line(&Database::fresh());
        project.write(format!("migrations/{name}"), bytes);
        let output = project.cargo_migrate(&["heads"]);
        assert!(output.expect_failure(1).contains("migrations/"), "{output}");
    }
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

//! `lint`: what is looked at, how it is answered, and the exit code.

mod trace;

use migrate_tests::harness::{Database, Project};
use serde_json::json;

const INDEX: &str = "CREATE INDEX users_email ON users (email);\n";

/// A project whose first revision makes `users`.
fn project(database: &Database) -> Project {
    let project = Project::on(database);
    project.write(
        "migrations/1_users.sql",
        "CREATE TABLE users (email text);\n",
    );
    project
}

#[test]
fn the_pending_revisions_are_looked_at_and_a_new_table_is_nobodys() {
    let database = Database::fresh();
    let project = project(&database);
    project.write("migrations/2_email.sql", INDEX);
    let lint = ["lint", "--dir", "migrations"];
    project.cargo_migrate(&lint).expect_success();

    let up = ["up", "1", "--dir", "migrations"];
    project.cargo_migrate(&up).expect_success();
    let output = project.cargo_migrate(&lint);
    output.expect_failure(3);
    assert!(
        output
            .stdout
            .contains("[require-concurrent-index-creation]\n  --> migrations/2_email.sql:1:1\n"),
        "{output}"
    );
    assert!(
        output
            .stderr
            .contains("1 revision: 1 error, 0 warnings, 0 accepted"),
        "{output}"
    );
}

#[test]
fn a_revision_by_name_needs_no_database() {
    let project = Project::new();
    project.write(
        "migrations/1_users.sql",
        "CREATE TABLE users (email text);\n",
    );
    project.write("migrations/2_email.sql", INDEX);
    let output =
        project.cargo_migrate(&["lint", "email", "--dir", "migrations", "--format", "json"]);
    output.expect_failure(3);
    let finding = &output.json()["findings"][0];
    assert_eq!(finding["rule"], "require-concurrent-index-creation");
    assert_eq!(finding["revision"], "2");
    assert_eq!(finding["file"], "migrations/2_email.sql");
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(finding["hazard"], "lock");
}

#[test]
fn what_the_author_accepts_is_no_finding() {
    let project = Project::new();
    project.write(
        "migrations/1_email.sql",
        format!("-- migrate: allow=lock\n{INDEX}"),
    );
    let output =
        project.cargo_migrate(&["lint", "--all", "--dir", "migrations", "--format", "json"]);
    output.expect_success();
    assert_eq!(output.json()["accepted"], 1);
}

#[test]
fn sarif_names_the_rule_and_the_place() {
    let project = Project::new();
    project.write("migrations/1_email.sql", INDEX);
    let output = project.cargo_migrate(&["lint", "--all", "--dir", "migrations", "--sarif"]);
    output.expect_failure(3);
    let run = &output.json()["runs"][0];
    assert_eq!(
        run["results"][0]["ruleId"],
        "require-concurrent-index-creation"
    );
    let place = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "migrations/1_email.sql");
    assert_eq!(place["region"]["startLine"], 1);
    assert!(
        run["tool"]["driver"]["rules"]
            .as_array()
            .expect("a list")
            .len()
            > 60
    );
}

#[test]
fn a_rule_that_does_not_exist_is_an_error_with_the_near_one() {
    let project = Project::new();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         [package.metadata.migrate.lint]\nrows-without-were = \"off\"\n",
    );
    project.write("src/lib.rs", "");
    let output = project.cargo_migrate(&["lint", "--all"]);
    let said = output.expect_failure(1);
    assert!(
        said.contains("there is no lint rule `rows-without-were`"),
        "{output}"
    );
    assert!(
        said.contains("did you mean `rows-without-where`?"),
        "{output}"
    );
}

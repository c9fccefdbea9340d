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

/// A package whose metadata has these lines under `lint`, and one revision.
fn package(lint: &str, script: &str) -> Project {
    let project = Project::new();
    project.write(
        "Cargo.toml",
        format!(
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [package.metadata.migrate.lint]\n{lint}\n"
        ),
    );
    project.write("src/lib.rs", "");
    project.write("migrations/1_a.sql", script);
    project
}

/// The rules that find something with their levels, and the exit code.
fn levels(lint: &str, script: &str) -> (Vec<String>, Option<i32>) {
    let output = package(lint, script).cargo_migrate(&["lint", "--all", "--format", "json"]);
    let answer = output.json();
    let findings = answer["findings"].as_array().expect("a list");
    let told = |finding: &serde_json::Value| format!("{} {}", finding["rule"], finding["level"]);
    let told = findings.iter().map(told).map(|text| text.replace('"', ""));
    (told.collect(), output.status)
}

#[test]
fn the_metadata_says_how_a_rule_is_taken() {
    let update = "UPDATE a SET b = 1;\n";
    let found = |level: &str| vec![format!("rows-without-where {level}")];
    assert_eq!(levels("", update), (found("error"), Some(3)));
    let set = |level: &str| levels(&format!("rows-without-where = \"{level}\""), update);
    assert_eq!(set("warning"), (found("warning"), Some(0)));
    assert_eq!(set("off"), (Vec::new(), Some(0)));

    let squawks = "CREATE TABLE a (b text, c int);\n";
    assert_eq!(levels("", squawks), (Vec::new(), Some(0)));
    let (found, status) = levels("prefer-bigint-over-int = \"error\"", squawks);
    assert_eq!(
        (found, status),
        (vec!["prefer-bigint-over-int error".to_owned()], Some(3))
    );
}

#[test]
fn the_strict_preset_warns_of_what_is_off() {
    let script = "ALTER TABLE a ADD b text;\nSELECT count(*) FROM c;\n";
    assert_eq!(levels("", script), (Vec::new(), Some(0)));
    let (found, status) = levels("preset = \"strict\"", script);
    assert!(
        found.contains(&"statement-behind-lock warning".to_owned()),
        "{found:?}"
    );
    assert_eq!(status, Some(0), "warnings are no findings that fail");
    let both = "preset = \"strict\"\nstatement-behind-lock = \"off\"";
    let (found, _) = levels(both, script);
    assert!(
        !found.contains(&"statement-behind-lock warning".to_owned()),
        "{found:?}"
    );
}

#[test]
fn the_rules_are_listed_with_the_levels_of_the_project() {
    let project = package("rows-without-where = \"off\"", "SELECT 1;\n");
    let output = project.cargo_migrate(&["lint", "--rules", "--format", "json"]);
    output.expect_success();
    let answer = output.json();
    let rules = answer["rules"].as_array().expect("a list");
    let of = |name: &str| {
        rules
            .iter()
            .find(|rule| rule["rule"] == name)
            .expect("listed")
    };
    assert_eq!(of("rows-without-where")["level"], "off");
    assert_eq!(of("table-rewrite")["level"], "error");
}

#[test]
fn what_is_accepted_is_counted_wherever_it_is_accepted() {
    for (head, accepted) in [
        ("-- migrate: allow=lock, data-loss", 2),
        ("-- migrate: allow=rows-without-where, ban-drop-column", 2),
        ("-- migrate: allow=lock", 1),
        ("-- squawk-ignore-file", 2),
    ] {
        let script = format!("{head}\nALTER TABLE a DROP COLUMN c;\nUPDATE b SET c = 1;\n");
        // Beside the two there is one that both of them make.
        let project = package("rows-beside-schema = \"off\"", &script);
        let output = project.cargo_migrate(&["lint", "--all"]);
        let counted = format!(", {accepted} accepted");
        assert!(output.stderr.contains(&counted), "{head}: {output}");
        let json = project.cargo_migrate(&["lint", "--all", "--format", "json"]);
        assert_eq!(json.json()["accepted"], accepted, "{head}");
        let sarif = project.cargo_migrate(&["lint", "--all", "--sarif"]);
        let run = &sarif.json()["runs"][0];
        assert_eq!(run["properties"]["accepted"], accepted, "{head}");
        let told = json.json()["findings"].as_array().map(Vec::len);
        assert_eq!(told, Some(2 - accepted), "{head}");
    }
}

#[test]
fn a_word_that_accepts_nothing_is_told_with_its_place() {
    let script =
        "-- Fill b.\n-- migrate: allow=rows-without-were\nUPDATE a SET b = 1 WHERE c = 2;\n";
    let output = package("", script).cargo_migrate(&["lint", "--all"]);
    insta::assert_snapshot!(output.expect_success(), @r"
    warning: there is no lint rule and no hazard `rows-without-were`, so it accepts nothing [unknown-rule]
      --> migrations/1_a.sql:2:19
       |
     2 | -- migrate: allow=rows-without-were
       |                   ^^^^^^^^^^^^^^^^^
    hint: did you mean `rows-without-where`?
    ");
}

//! `docs/json.md` names every field that the answers have.

use std::collections::BTreeSet;

use migrate_tests::harness::Database;
use serde_json::Value;

use super::{line, revision};

/// Adds the names of all fields.
fn fields(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                into.insert(name.clone());
                fields(value, into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| fields(value, into)),
        _ => {}
    }
}

#[test]
fn every_field_is_documented() {
    let database = Database::fresh();
    let project = line(&database).with("EDITOR", "true");
    project.write("migrations/9_by_hand.py", "pass");
    let mut found = BTreeSet::new();
    for arguments in [
        &["up", "2", "--dry-run"][..],
        &["up", "2"],
        &["status"],
        &["current"],
        &["heads"],
        &["history", "-i"],
        &["show", "head"],
        &["edit", "head"],
        &["check", "--pending"],
        &["verify", "head-1:head"],
        &["diff", "migrations@1", "migrations@2"],
        &["redo"],
        &["stamp", "1"],
        &["list-templates"],
        &["ensure-history"],
        &["db", "url"],
        &["new", "x", "--rev-id", "20"],
        &["new", "y", "--rev-id", "21", "--head", "3", "--splice"],
        &["branches"],
        &["graph"],
        &["init"],
        &["generate-down", "2", "--print"],
        &["squash", "1:2", "--rev-id", "22"],
        &["squash", "--finish", "--yes"],
        &["rebase", "21"],
        &["repair", "1"],
        &["up", "nowhere"],
        &["status", "--verbose"],
    ] {
        let output = project.cargo_migrate(&[arguments, &["--format", "json"]].concat());
        for text in output.stdout.lines().chain(output.stderr.lines()) {
            let value: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("{output}"));
            fields(&value, &mut found);
        }
    }
    revision(&project, "1_users", "base", "SELECT 1;", "");
    let output = project.cargo_migrate(&["up", "--format", "json"]);
    for text in output.stderr.lines() {
        fields(&serde_json::from_str(text).expect("JSON"), &mut found);
    }
    assert_documented(&found);
}

#[test]
fn the_event_of_a_batch_is_documented() {
    let database = Database::fresh();
    let project = line(&database);
    project.write(
        "migrations/4_fill.up.sql",
        "-- migrate: transaction=none\nCREATE TABLE filled AS SELECT 1 AS id;\n\
         ALTER TABLE filled ADD PRIMARY KEY (id);\n-- migrate: batch\nDELETE FROM filled;\n",
    );
    let output = project.cargo_migrate(&["up", "--format", "json"]);
    let mut found = BTreeSet::new();
    for text in output.expect_success().lines() {
        fields(&serde_json::from_str(text).expect("JSON"), &mut found);
    }
    assert!(found.contains("rows_per_second"), "{output}");
    assert_documented(&found);
}

fn assert_documented(found: &BTreeSet<String>) {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/json.md");
    let page = fs_err::read_to_string(page).expect("a page");
    let missing: Vec<_> = found
        .iter()
        .filter(|name| !page.contains(&format!("\"{name}\"")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

//! Applying, reverting, recording, and what the database then answers.

use migrate_tests::harness::{Database, server};
use serde_json::{Value, json};

use super::{line, revision};

fn field(lines: &[Value], name: &str) -> Vec<Value> {
    lines.iter().map(|line| line[name].clone()).collect()
}

#[test]
fn up_applies_everything_and_the_second_time_nothing() {
    let database = Database::fresh();
    let project = line(&database);
    let first = project.cargo_migrate(&["up", "--format", "json"]);
    first.expect_success();
    let lines = first.json_lines();
    assert_eq!(
        field(&lines, "event"),
        ["applied", "applied", "applied", "done"]
    );
    assert_eq!(field(&lines, "slug")[..3], ["users", "orders", "items"]);
    assert!(lines[0]["duration_ms"].is_u64());
    assert_eq!(
        lines[3],
        json!({"event": "done", "heads": ["3"], "count": 3})
    );
    let second = project.cargo_migrate(&["up", "--format", "json"]);
    assert_eq!(
        second.json_lines(),
        [json!({"event": "done", "heads": ["3"], "count": 0})]
    );
}

#[test]
fn up_for_a_person_talks_on_stderr_alone() {
    let database = Database::fresh();
    let output = line(&database).cargo_migrate(&["up"]);
    assert_eq!(output.expect_success(), "");
    let said: Vec<&str> = output.stderr.lines().collect();
    assert!(said[0].starts_with("applied 1 users ("), "{output}");
    assert_eq!(said[3], "3 revisions done: the database is at `3`");
}

#[test]
fn a_dry_run_prints_the_plan_and_changes_nothing() {
    let database = Database::fresh();
    let project = line(&database);
    let output = project.cargo_migrate(&["up", "+2", "--dry-run"]);
    assert_eq!(output.expect_success(), "apply 1 users\napply 2 orders\n");
    let current = project
        .cargo_migrate(&["current", "--format", "json"])
        .json();
    assert_eq!(current["applied"], 0);
}

#[test]
fn relative_targets_need_no_dashes_before_them() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up", "+2"]).expect_success();
    project.cargo_migrate(&["down", "-1"]).expect_success();
    let current = project
        .cargo_migrate(&["current", "--format", "json"])
        .json();
    assert_eq!(
        (&current["heads"], &current["applied"]),
        (&json!(["1"]), &json!(1))
    );
}

#[test]
fn down_goes_to_a_revision_and_to_the_base() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up"]).expect_success();
    let down = project.cargo_migrate(&["down", "1", "--format", "json"]);
    assert_eq!(
        field(&down.json_lines(), "event"),
        ["reverted", "reverted", "done"]
    );
    assert_eq!(field(&down.json_lines(), "id")[..2], ["3", "2"]);
    let base = project.cargo_migrate(&["downgrade", "base", "--format", "json"]);
    assert_eq!(
        base.json_lines()[1],
        json!({"event": "done", "heads": [], "count": 1})
    );
}

#[test]
fn down_uses_the_recorded_script_when_the_file_is_gone() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up"]).expect_success();
    fs_err::remove_file(project.path().join("migrations/3_items.up.sql")).expect("removed");
    fs_err::remove_file(project.path().join("migrations/3_items.down.sql")).expect("removed");
    project.cargo_migrate(&["down", "2"]).expect_success();
    database.execute("SELECT FROM orders");
    let gone = database.client().simple_query("SELECT FROM items");
    assert!(gone.is_err());
}

#[test]
fn redo_reverts_and_applies_again() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up"]).expect_success();
    let redo = project.cargo_migrate(&["redo", "2", "--format", "json"]);
    let lines = redo.json_lines();
    assert_eq!(
        field(&lines, "event"),
        ["reverted", "reverted", "applied", "applied", "done"]
    );
    assert_eq!(field(&lines, "id")[..4], ["3", "2", "2", "3"]);
    assert_eq!(lines[4]["count"], 4);
}

#[test]
fn status_shows_every_revision_and_the_next_command() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up", "2"]).expect_success();
    let output = project.cargo_migrate(&["status"]);
    let rows: Vec<&str> = output.expect_success().lines().collect();
    assert!(rows[0].starts_with("state    id  message"), "{output}");
    assert!(rows[1].starts_with("applied  1   Add users."), "{output}");
    assert_eq!(rows[3], "pending  3   Add items.");
    assert_eq!(output.stderr, "next: `cargo migrate up` (1 pending)\n");
    let status = project
        .cargo_migrate(&["status", "--format", "json"])
        .json();
    assert_eq!(
        (&status["heads"], &status["pending"]),
        (&json!(["2"]), &json!(1))
    );
    let first = &status["revisions"][0];
    assert_eq!(first["state"], "applied");
    assert!(
        first["applied_at"].is_string() && first["applied_by"].is_string(),
        "{first}"
    );
    assert!(first["duration_ms"].is_u64(), "{first}");
    let last = &status["revisions"][2];
    assert_eq!(
        (&last["state"], &last["parents"]),
        (&json!("pending"), &json!(["2"]))
    );
    assert!(last["applied_at"].is_null(), "{last}");
}

#[test]
fn unknown_revisions_are_shown_refused_by_up_and_purged_by_stamp() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up"]).expect_success();
    fs_err::remove_file(project.path().join("migrations/3_items.up.sql")).expect("removed");
    fs_err::remove_file(project.path().join("migrations/3_items.down.sql")).expect("removed");
    let status = project
        .cargo_migrate(&["status", "--format", "json"])
        .json();
    assert_eq!(status["revisions"][2]["state"], "unknown");
    assert_eq!(status["next"]["command"], "cargo migrate stamp --purge 2");
    let current = project.cargo_migrate(&["current"]);
    assert_eq!(current.expect_success(), "3 (unknown), Add items.\n");
    let said = project.cargo_migrate(&["up"]).expect_failure(1).to_owned();
    assert!(said.contains("`3`"), "{said}");
    project
        .cargo_migrate(&["stamp", "--purge", "2"])
        .expect_success();
    project.cargo_migrate(&["up"]).expect_success();
}

#[test]
fn an_edited_revision_is_divergent_until_it_is_repaired() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up"]).expect_success();
    revision(
        &project,
        "2_orders",
        "1",
        "CREATE TABLE orders (id bigint);",
        "DROP TABLE orders;",
    );
    let up = project.cargo_migrate(&["up", "--format", "json"]);
    let error = serde_json::from_str::<Value>(up.expect_failure(1)).expect("JSON");
    assert_eq!(error["error"]["revision"], "2");
    assert_eq!(error["error"]["file"], "migrations/2_orders.up.sql");
    let check = project.cargo_migrate(&["check", "--checksums", "--format", "json"]);
    assert_eq!(check.status, Some(3), "{check}");
    assert_eq!(check.json()["findings"][0]["check"], "checksums");
    let status = project
        .cargo_migrate(&["status", "--format", "json"])
        .json();
    assert_eq!(status["next"]["command"], "cargo migrate repair 2");
    project
        .cargo_migrate(&["repair", "orders", "--yes"])
        .expect_success();
    project
        .cargo_migrate(&["check", "--checksums"])
        .expect_success();
}

#[test]
fn stamp_records_without_running() {
    let database = Database::fresh();
    let project = line(&database);
    let stamp = project.cargo_migrate(&["stamp", "2", "--format", "json"]);
    assert_eq!(
        field(&stamp.json_lines(), "event"),
        ["stamped", "stamped", "done"]
    );
    assert!(database.client().simple_query("SELECT FROM users").is_err());
    let base = project.cargo_migrate(&["stamp", "base", "--format", "json"]);
    assert_eq!(base.json_lines()[2]["heads"], json!([]));
}

#[test]
fn check_finds_what_is_pending_and_passes_when_nothing_is() {
    let database = Database::fresh();
    let project = line(&database);
    let before = project.cargo_migrate(&["check", "--pending", "--format", "json"]);
    assert_eq!(before.status, Some(3));
    assert_eq!(before.json()["ok"], false);
    assert_eq!(before.json()["findings"][2]["revision"], "3");
    project.cargo_migrate(&["up"]).expect_success();
    let after = project.cargo_migrate(&["check", "--pending", "--format", "json"]);
    assert_eq!(after.json()["ok"], true);
    after.expect_success();
}

#[test]
fn current_check_heads_tells_by_its_exit_code() {
    let database = Database::fresh();
    let project = line(&database);
    assert_eq!(
        project.cargo_migrate(&["current", "--check-heads"]).status,
        Some(3)
    );
    project.cargo_migrate(&["up"]).expect_success();
    let output = project.cargo_migrate(&["current", "--check-heads"]);
    assert_eq!(output.expect_success(), "3 (head), Add items.\n");
}

#[test]
fn a_value_given_by_set_is_readable_in_the_script() {
    let database = Database::fresh();
    let project = line(&database);
    let up = "CREATE TABLE regions AS SELECT current_setting('migrate.region') AS name;";
    revision(&project, "4_regions", "3", up, "DROP TABLE regions;");
    project
        .cargo_migrate(&["up", "--set", "region=eu"])
        .expect_success();
    let row = database
        .client()
        .query_one("SELECT name FROM regions", &[])
        .expect("a row");
    assert_eq!(row.get::<_, String>(0), "eu");
}

#[test]
fn a_value_given_by_set_is_readable_on_the_way_down_and_in_scratch_databases() {
    let scratch = server().url("postgres");
    let database = Database::fresh();
    let project = line(&database).with("MIGRATE_SCRATCH_URL", &scratch);
    let up = "CREATE TABLE regions AS SELECT current_setting('migrate.region') AS name;";
    let down =
        r"SELECT 1 / (current_setting('migrate.region') = '\ it''s')::int; DROP TABLE regions;";
    revision(&project, "4_regions", "3", up, down);
    let set = ["--set", r"region=\ it's"];
    let run = |arguments: &[&str]| project.cargo_migrate(&[arguments, &set].concat());
    for arguments in [
        &["up"][..],
        &["redo"],
        &["check", "--drift"],
        &["verify"],
        &["diff", "migrations", "database", "--exit-code"],
        &["down", "-1"],
    ] {
        run(arguments).expect_success();
    }
    project.cargo_migrate(&["verify"]).expect_failure(4);
}

#[test]
fn a_misspelt_hazard_is_accepted_nowhere() {
    let project = line(&Database::fresh());
    let output = project.cargo_migrate(&["up", "--allow", "dataloss"]);
    assert!(
        output
            .expect_failure(2)
            .contains("did you mean `data-loss`?")
    );
}

#[test]
fn an_empty_url_is_no_database() {
    let project = line(&Database::fresh());
    let output = project.cargo_migrate(&["up", "--database-url", ""]);
    assert!(output.expect_failure(2).contains("a value is required"));
}

#[test]
fn one_transaction_leaves_nothing_when_the_last_fails() {
    let database = Database::fresh();
    let project = line(&database);
    revision(&project, "4_wrong", "3", "SELECT nothing;", "");
    project
        .cargo_migrate(&["up", "--one-transaction"])
        .expect_failure(4);
    assert!(database.client().simple_query("SELECT FROM users").is_err());
}

#[test]
fn the_history_is_where_the_settings_say() {
    let database = Database::fresh();
    database.execute("CREATE SCHEMA ops");
    let project = line(&database)
        .with("MIGRATE_HISTORY_SCHEMA", "ops")
        .with("MIGRATE_HISTORY_TABLE", "done");
    project.cargo_migrate(&["ensure-history"]).expect_success();
    project.cargo_migrate(&["up"]).expect_success();
    database.execute("SELECT FROM ops.done");
}

#[test]
fn check_says_once_what_helps_and_names_what_it_can_not_look_at() {
    let database = Database::fresh();
    let project = line(&database);
    let output = project.cargo_migrate(&["check"]);
    insta::assert_snapshot!(output, @r#"
    exit code: 3
    ----- stdout -----
    ok       heads
    ok       checksums
    found    pending: revision `1` (users) is pending
    found    pending: revision `2` (orders) is pending
    found    pending: revision `3` (items) is pending
    ok       drift
    skipped  models: no models or schema files are configured
    ----- stderr -----
    hint: run `cargo migrate up`
    "#);
    let output = project.cargo_migrate(&["check", "--format", "json"]);
    assert_eq!(output.json()["skipped"][0], "models");
    let output = project.cargo_migrate(&["check", "--models"]);
    let said = output.expect_failure(1);
    assert!(
        said.contains("the project says nowhere what its schema is"),
        "{said}"
    );
    let project = line(&database).with("DATABASE_URL", "").with("CI", "true");
    let output = project.cargo_migrate(&["check"]);
    insta::assert_snapshot!(output, @r#"
    exit code: 0
    ----- stdout -----
    ok       heads
    skipped  checksums: it needs a database URL
    skipped  pending: it needs a database URL
    skipped  models: no models or schema files are configured
    skipped  drift: it needs a database URL
    ----- stderr -----
    "#);
}

#[test]
fn a_program_that_answers_with_no_digest_is_no_binary_of_ours() {
    let database = Database::fresh();
    let project = line(&database);
    let output = project.cargo_migrate(&["check", "--embedded", "true"]);
    assert!(output.expect_failure(1).contains("no digest"), "{output}");
}

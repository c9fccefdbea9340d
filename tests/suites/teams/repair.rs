//! An edited file of an applied revision: what changed is shown, asked for, recorded and logged.

use migrate_tests::harness::{Database, Output};

use super::Repository;

const REPAIR: [&str; 3] = ["repair", "2", "--yes"];

/// Two revisions that are applied; then the second one's file is edited.
fn edited() -> (Repository, Database) {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.commit("2_orders", "1");
    repository.migrate(&database, &["up"]).expect_success();
    edit(&repository, "2_orders");
    (repository, database)
}

fn edit(repository: &Repository, name: &str) {
    let text = "-- Add orders.\n-- migrate: revises=1\nCREATE TABLE orders (id bigint);\n";
    repository
        .project
        .write(format!("migrations/{name}.up.sql"), text);
}

/// What the log has of the events of one kind: by whom, whether with what, and the note.
fn log(database: &Database, event: &str) -> Vec<String> {
    let query = format!(
        "SELECT id || ' ' || (by_role = session_user) || ' ' || coalesce(note, '-') \
         FROM cargo_migrate_log WHERE event = '{event}' ORDER BY at, id"
    );
    let rows = database.client().query(&query, &[]).expect("the log");
    rows.iter().map(|row| row.get(0)).collect()
}

fn expect_accepted(repository: &Repository, database: &Database) {
    let check = repository.migrate(database, &["check", "--checksums"]);
    check.expect_success();
}

fn expect_divergent(repository: &Repository, database: &Database) {
    let check = repository.migrate(database, &["check", "--checksums"]);
    assert_eq!(check.status, Some(3), "{check}");
}

#[track_caller]
fn expect_difference(output: &Output) {
    output.expect_success();
    let difference = "-CREATE TABLE orders ();\n+CREATE TABLE orders (id bigint);\n";
    assert!(output.stderr.contains(difference), "{output}");
}

#[test]
fn the_text_that_was_applied_is_found_in_git_and_compared() {
    let (repository, database) = edited();
    insta::assert_snapshot!(repository.migrate(&database, &REPAIR), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    --- up, as applied
    +++ up, now
    @@ -1,3 +1,3 @@
     -- Add orders.
     -- migrate: revises=1
    -CREATE TABLE orders ();
    +CREATE TABLE orders (id bigint);
    `2`: checksum 60a831934228 is now 10d2b795155e
    ");
    expect_accepted(&repository, &database);
}

#[test]
fn an_edit_that_was_committed_and_edited_again_is_compared_with_what_was_applied() {
    let (repository, database) = edited();
    repository
        .project
        .write("migrations/2_orders.up.sql", "SELECT 1;\n");
    repository.commit_all("an edit");
    edit(&repository, "2_orders");
    repository.commit_all("another edit");
    expect_difference(&repository.migrate(&database, &REPAIR));
}

#[test]
fn the_text_that_was_applied_is_found_under_an_earlier_name() {
    let (repository, database) = edited();
    repository.git(&["checkout", "-q", "migrations"]);
    for end in ["up", "down"] {
        let (old, new) = (
            format!("migrations/2_orders.{end}.sql"),
            format!("migrations/2_purchases.{end}.sql"),
        );
        repository.git(&["mv", &old, &new]);
    }
    repository.commit_all("rename");
    edit(&repository, "2_purchases");
    expect_difference(&repository.migrate(&database, &REPAIR));
}

#[test]
fn the_text_that_was_applied_is_found_on_another_branch() {
    let (repository, database) = (Repository::new(), Database::fresh());
    repository.git(&["checkout", "-q", "-b", "orders"]);
    repository.commit("2_orders", "1");
    repository.migrate(&database, &["up"]).expect_success();
    repository.git(&["checkout", "-q", "main"]);
    edit(&repository, "2_orders");
    repository.commit_all("orders, otherwise");
    expect_difference(&repository.migrate(&database, &REPAIR));
}

#[test]
fn a_text_that_git_never_had_is_told_with_both_checksums() {
    let (repository, database) = (Repository::new(), Database::fresh());
    let file = "migrations/2_orders.up.sql";
    repository
        .project
        .write(file, "-- migrate: revises=1\nSELECT 1;\n");
    repository.migrate(&database, &["up"]).expect_success();
    edit(&repository, "2_orders");
    insta::assert_snapshot!(repository.migrate(&database, &REPAIR), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    the text of `migrations/2_orders.up.sql` that was applied is not recorded, and git does not have it:
      checksum, as applied  70a1961cd640b17021c15bcf062040579cf9fd7f32237b16c1036200f2771247
      checksum, now         10d2b795155e9fd92eb7fe37a3e91a90cc0d0fda95dd3c2e661e396bcd0abb83
    `2`: checksum 70a1961cd640 is now 10d2b795155e
    ");
    expect_accepted(&repository, &database);
}

#[test]
fn outside_of_a_repository_both_checksums_are_told() {
    let (repository, database) = edited();
    std::fs::remove_dir_all(repository.project.path().join(".git")).expect("removed");
    let output = repository.migrate(&database, &REPAIR);
    output.expect_success();
    assert!(output.stderr.contains("git does not have it"), "{output}");
}

#[test]
fn a_down_script_that_changed_is_compared_with_the_recorded_one() {
    let (repository, database) = edited();
    repository.git(&["checkout", "-q", "migrations"]);
    repository.project.write(
        "migrations/2_orders.down.sql",
        "DROP TABLE orders CASCADE;\n",
    );
    insta::assert_snapshot!(repository.migrate(&database, &REPAIR), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    --- down, recorded
    +++ down, now
    @@ -1 +1 @@
    -DROP TABLE orders;
    +DROP TABLE orders CASCADE;
    `2`: the down script is recorded anew
    ");
    let file = repository
        .project
        .path()
        .join("migrations/2_orders.down.sql");
    std::fs::remove_file(file).expect("removed");
    insta::assert_snapshot!(repository.migrate(&database, &REPAIR), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    --- down, recorded
    +++ down, now
    @@ -1 +0,0 @@
    -DROP TABLE orders CASCADE;
    `2`: the down script is recorded anew
    ");
}

#[test]
fn without_a_terminal_a_repair_shows_the_difference_and_does_not_ask() {
    let (repository, database) = edited();
    insta::assert_snapshot!(repository.migrate(&database, &["repair", "2"]), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    --- up, as applied
    +++ up, now
    @@ -1,3 +1,3 @@
     -- Add orders.
     -- migrate: revises=1
    -CREATE TABLE orders ();
    +CREATE TABLE orders (id bigint);
    `2`: checksum 60a831934228 is now 10d2b795155e
    ");
    assert_eq!(log(&database, "repair").len(), 1);
}

#[test]
fn a_file_that_did_not_change_needs_no_yes_and_leaves_the_log_alone() {
    let (repository, database) = edited();
    let output = repository.migrate(&database, &["repair", "1", "--reason", "none"]);
    output.expect_success();
    assert_eq!(output.stderr, "`1` is as it was recorded\n");
    assert!(log(&database, "repair").is_empty());
}

#[test]
fn a_person_at_the_terminal_is_asked_and_may_refuse() {
    let (repository, database) = edited();
    let url = database.url();
    let repair = ["repair", "2", "--database-url", &url];
    let refused = repository.project.attended(&repair, "n\n");
    assert_eq!(refused.status, Some(1), "{refused}");
    assert!(
        refused.stderr.contains("error: nothing was recorded"),
        "{refused}"
    );
    expect_divergent(&repository, &database);
    let accepted = repository.project.attended(&repair, "y\n");
    accepted.expect_success();
    let question = "record the file of `2` as it is now? [y/N]";
    assert!(accepted.stderr.contains(question), "{accepted}");
    expect_accepted(&repository, &database);
}

#[test]
fn the_reason_of_a_repair_is_logged_beside_the_checksum() {
    let (repository, database) = edited();
    let reason = ["--reason", "it's only a comment", "--format", "json"];
    let output = repository.migrate(&database, &[&REPAIR[..], &reason].concat());
    output.expect_success();
    let from = output.json()["from"].as_str().expect("text").to_owned();
    assert_eq!(output.json()["repaired"], true);
    let note = format!("2 true checksum was {from}; reason: it's only a comment");
    assert_eq!(log(&database, "repair"), [note]);
}

#[test]
fn the_reason_of_a_stamp_is_logged_for_each_record_that_comes_or_goes() {
    let (repository, database) = edited();
    repository
        .migrate(&database, &["stamp", "1", "--reason", "dropped by hand"])
        .expect_success();
    repository
        .migrate(&database, &["stamp", "2", "--reason", "made by hand"])
        .expect_success();
    repository
        .migrate(&database, &["stamp", "base"])
        .expect_success();
    assert_eq!(
        log(&database, "stamp"),
        [
            "2 true taken away; reason: dropped by hand",
            "2 true reason: made by hand",
            "1 true taken away",
            "2 true taken away",
        ]
    );
}

#[test]
fn the_reason_of_a_stamp_is_in_its_script() {
    let (repository, _) = edited();
    let stamp = ["stamp", "base:head", "--sql", "--reason", "it's there"];
    let script = repository.project.cargo_migrate(&stamp);
    let script = script.expect_success();
    assert!(script.contains("'reason: it''s there'"), "{script}");
}

#[test]
fn an_empty_reason_is_refused() {
    let (repository, database) = edited();
    for command in ["repair", "stamp"] {
        let output = repository.migrate(&database, &[command, "2", "--reason", ""]);
        assert_eq!(output.status, Some(2), "{output}");
    }
}

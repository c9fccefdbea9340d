//! How a graph of revisions must behave, as Alembic's users know it: the cases that show only from
//! outside. Those of pure thought are in `build-support/src/plan/tests.rs`, those of files that are
//! written in `new.rs`.

use migrate_tests::harness::{Database, Project};
use serde_json::{Value, json};

use super::{line, package, revision};

/// The text of an answer that must be a success.
fn answer(project: &Project, arguments: &[&str]) -> String {
    project.cargo_migrate(arguments).expect_success().to_owned()
}

/// The heads that the database stands at.
fn current(project: &Project) -> Value {
    let output = project.cargo_migrate(&["current", "--format", "json"]);
    output.expect_success();
    output.json()["heads"].clone()
}

/// Whether the database has the history's table.
fn has_history(database: &Database) -> bool {
    let query = "SELECT FROM cargo_migrate_history";
    database.client().simple_query(query).is_ok()
}

/// `b` with two branches of two revisions each, the first of each labelled.
fn fork(database: &Database) -> Project {
    let project = package(Project::on(database));
    let make = |name: &str, revises: &str, label: &str| {
        let (id, slug) = name.split_once('_').expect("an id and a slug");
        let label = match label {
            "" => String::new(),
            label => format!("-- migrate: label={label}\n"),
        };
        project.write(
            format!("migrations/{name}.up.sql"),
            format!("-- migrate: revises={revises}\n{label}CREATE TABLE {slug} ();\n"),
        );
        let down = format!("DROP TABLE {slug};\n");
        project.write(format!("migrations/{id}_{slug}.down.sql"), down);
    };
    make("1_a", "base", "");
    make("2_b", "1", "");
    make("3_c1", "2", "c1branch");
    make("4_d1", "3", "");
    make("5_c2", "2", "c2branch");
    make("6_d2", "5", "");
    project
}

#[test]
fn layouts_mix_and_the_order_stays_that_of_numbers() {
    let project = package(Project::new());
    for file in [
        "1_a.up.sql",
        "V2__b.sql",
        "3_c/up.sql",
        "10_d.sql",
        "20240101000000_e.sql",
    ] {
        project.write(format!("migrations/{file}"), "SELECT 1;\n");
    }
    let history = project.cargo_migrate(&["history", "--format", "json"]);
    let history = history.json();
    let entries = history["revisions"].as_array().expect("an array");
    let slugs: Vec<_> = entries.iter().map(|entry| entry["slug"].clone()).collect();
    assert_eq!(slugs, ["e", "d", "c", "b", "a"]);
}

#[test]
fn an_empty_folder_is_no_error() {
    let database = Database::fresh();
    let project = package(Project::on(&database));
    for arguments in [&["up", "head"][..], &["history"], &["heads"], &["current"]] {
        assert_eq!(answer(&project, arguments), "", "{arguments:?}");
    }
    assert_eq!(current(&project), json!([]));
}

#[test]
fn several_heads_are_refused_by_up_down_and_new_and_named() {
    let database = Database::fresh();
    let project = fork(&database);
    for arguments in [&["up"][..], &["up", "head"], &["new", "x"]] {
        let output = project.cargo_migrate(arguments);
        let said = output.expect_failure(1);
        assert!(said.contains("`4` (d1), `6` (d2)"), "{output}");
    }
    answer(&project, &["up", "heads"]);
    assert_eq!(current(&project), json!(["4", "6"]));
    let output = project.cargo_migrate(&["down", "-1"]);
    assert!(output.expect_failure(1).contains("`4` (d1), `6` (d2)"));
    answer(&project, &["down", "c2branch@-1"]);
    assert_eq!(current(&project), json!(["4", "5"]));
    let output = project.cargo_migrate(&["down", "c1branch@base", "--dry-run"]);
    assert_eq!(output.stdout, "revert 4 d1\nrevert 3 c1\n");
}

#[test]
fn the_rebase_that_an_error_names_makes_one_line_of_two() {
    let database = Database::fresh();
    let project = fork(&database);
    let output = project.cargo_migrate(&["up"]);
    let hint = "run `cargo migrate rebase 5` to move that line after the other";
    assert!(output.expect_failure(1).contains(hint), "{output}");
    answer(&project, &["rebase", "5"]);
    answer(&project, &["up"]);
    answer(&project, &["check", "--heads"]);
}

#[test]
fn a_head_that_another_revision_needs_is_an_effective_head() {
    let database = Database::fresh();
    let project = package(Project::on(&database));
    revision(&project, "1_t", "base", "SELECT 1;", "SELECT 1;");
    project.write(
        "migrations/2_q.up.sql",
        "-- migrate: revises=base\n-- migrate: depends-on=1\nSELECT 2;\n",
    );
    assert_eq!(
        answer(&project, &["heads"]),
        "1 (effective head), Add t.\n2 (head), q\n"
    );
    answer(&project, &["up", "heads"]);
    assert_eq!(current(&project), json!(["2"]), "it has no row of its own");
    answer(&project, &["current", "--check-heads"]);
    revision(&project, "3_u", "1", "SELECT 3;", "SELECT 3;");
    answer(&project, &["up", "heads"]);
    assert_eq!(current(&project), json!(["2", "3"]));
}

#[test]
fn a_label_that_is_taken_is_refused_before_a_file_is_written() {
    let database = Database::fresh();
    let project = fork(&database);
    let before = project.files("migrations");
    let output = project.cargo_migrate(&["new", "x", "--head", "4", "--label", "c2branch"]);
    let said = output.expect_failure(1);
    assert!(said.contains("label `c2branch`"), "{output}");
    assert_eq!(project.files("migrations"), before);
}

#[test]
fn a_step_that_goes_too_far_applies_nothing() {
    let database = Database::fresh();
    let project = line(&database);
    answer(&project, &["up", "1"]);
    let output = project.cargo_migrate(&["up", "+5"]);
    assert!(
        output
            .expect_failure(1)
            .contains("only 2 steps are possible"),
        "{output}"
    );
    assert_eq!(current(&project), json!(["1"]));
}

#[test]
fn stamp_makes_the_history_and_the_same_stamp_again_writes_nothing() {
    let database = Database::fresh();
    let project = fork(&database);
    let entries = || {
        let query = "SELECT count(*) FROM cargo_migrate_log";
        let row = database.client().query_one(query, &[]).expect("a count");
        row.get::<_, i64>(0)
    };
    answer(&project, &["stamp", "d1", "c2"]);
    assert_eq!(current(&project), json!(["4", "5"]));
    let before = entries();
    answer(&project, &["stamp", "d1", "c2"]);
    assert_eq!(entries(), before);
    answer(&project, &["stamp", "b"]);
    assert_eq!(current(&project), json!(["2"]));
    for table in ["a", "b", "c1"] {
        let query = format!("SELECT FROM {table}");
        assert!(database.client().simple_query(&query).is_err(), "{table}");
    }
}

#[test]
fn an_unknown_id_stops_up_and_stamp_and_purge_is_the_way_out() {
    let database = Database::fresh();
    let project = line(&database);
    answer(&project, &["up"]);
    for file in ["3_items.up.sql", "3_items.down.sql"] {
        fs_err::remove_file(project.path().join("migrations").join(file)).expect("removed");
    }
    for arguments in [&["up"][..], &["stamp", "1"]] {
        let output = project.cargo_migrate(arguments);
        assert!(output.expect_failure(1).contains("`3`"), "{output}");
    }
    assert_eq!(current(&project), json!(["3"]), "nothing was written");
    let output = project.cargo_migrate(&["stamp", "--purge", "--sql", "2"]);
    output.expect_failure(2);
    answer(&project, &["stamp", "--purge", "2"]);
    assert_eq!(current(&project), json!(["2"]));
}

#[test]
fn current_answers_nothing_on_an_empty_database_and_makes_no_table() {
    let database = Database::fresh();
    let project = line(&database);
    assert_eq!(answer(&project, &["current"]), "");
    answer(&project, &["status"]);
    answer(&project, &["check", "--checksums"]);
    answer(&project, &["up", "--dry-run"]);
    answer(&project, &["up", "--sql"]);
    assert!(!has_history(&database));
}

#[test]
fn one_revision_is_not_chosen_among_several_that_are_current() {
    let database = Database::fresh();
    let project = fork(&database);
    answer(&project, &["up", "heads"]);
    for arguments in [["edit", "current"], ["down", "current"]] {
        let output = project.cargo_migrate(&arguments);
        let said = output.expect_failure(1);
        assert!(said.contains("`4` (d1), `6` (d2)"), "{output}");
    }
}

#[test]
fn the_history_takes_no_revision_twice() {
    let database = Database::fresh();
    let project = line(&database);
    answer(&project, &["up"]);
    let twice = "INSERT INTO cargo_migrate_history SELECT * FROM cargo_migrate_history";
    let error = database.client().batch_execute(twice);
    let code = error.expect_err("a key").code().cloned();
    assert_eq!(code, Some(postgres::error::SqlState::UNIQUE_VIOLATION));
}

#[test]
fn when_the_third_of_three_fails_the_first_two_stay_or_with_one_transaction_nothing_does() {
    let database = Database::fresh();
    let project = line(&database);
    revision(&project, "3_items", "2", "SELECT nothing;", "");
    let together = project.cargo_migrate(&["up", "--one-transaction"]);
    let said = together.expect_failure(4);
    assert!(
        !said.contains("applied 1"),
        "nothing is told that is undone: {together}"
    );
    assert!(!has_history(&database), "not even the table is left");
    project.cargo_migrate(&["up"]).expect_failure(4);
    assert_eq!(current(&project), json!(["2"]));
    revision(&project, "3_items", "2", "SELECT 3;", "");
    answer(&project, &["down", "base"]);
    database.execute("DROP TABLE cargo_migrate_history, cargo_migrate_state, cargo_migrate_log");
    answer(&project, &["up", "--one-transaction"]);
    assert_eq!(current(&project), json!(["3"]));
}

#[test]
fn what_ran_outside_of_a_transaction_stays_recorded_when_a_later_revision_fails() {
    let database = Database::fresh();
    let project = line(&database);
    project.write(
        "migrations/4_mood.up.sql",
        "-- migrate: revises=3\n-- migrate: transaction=none\nCREATE TYPE mood AS ENUM ('sad');\n\
         ALTER TYPE mood ADD VALUE 'ok';\nCREATE INDEX CONCURRENTLY i ON items (id);\n\
         CREATE TABLE moods (mood mood DEFAULT 'ok');\n",
    );
    revision(&project, "5_wrong", "4", "SELECT nothing;", "");
    project.cargo_migrate(&["up"]).expect_failure(4);
    assert_eq!(current(&project), json!(["4"]));
    let status = project.cargo_migrate(&["status", "--format", "json"]);
    assert_eq!(status.json()["revisions"][3]["state"], "applied");
}

#[test]
fn a_folder_that_is_named_twice_is_read_once() {
    let database = Database::fresh();
    let project = line(&database);
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        format!("{manifest}[package.metadata.migrate]\ndir = [\"migrations\", \"./migrations\"]\n"),
    );
    let output = project.cargo_migrate(&["heads"]);
    assert_eq!(output.expect_success(), "3 (head), Add items.\n");
    assert!(output.stderr.contains("warning: "), "{output}");
    assert!(output.stderr.contains("twice"), "{output}");
}

#[test]
fn a_child_lands_in_the_folder_of_its_parent() {
    let project = package(Project::new());
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        format!("{manifest}[package.metadata.migrate]\ndir = [\"migrations\", \"more\"]\n"),
    );
    project.write("more/2_b.up.sql", "-- migrate: revises=1\nSELECT 2;\n");
    revision(&project, "1_a", "base", "SELECT 1;", "");
    let child = answer(&project, &["new", "c", "--rev-id", "3"]);
    assert_eq!(child, "more/3_c.up.sql\nmore/3_c.down.sql\n");
    let root = ["new", "d", "--rev-id", "4", "--head", "base"];
    let output = project.cargo_migrate(&root);
    assert!(output.expect_failure(1).contains("--path"), "{output}");
    let elsewhere = [&root[..], &["--path", "elsewhere"]].concat();
    let output = project.cargo_migrate(&elsewhere);
    assert!(output.expect_failure(1).contains("`elsewhere`"), "{output}");
    assert!(!project.path().join("elsewhere").exists());
    let chosen = answer(&project, &[&root[..], &["--path", "migrations"]].concat());
    assert_eq!(chosen, "migrations/4_d.up.sql\nmigrations/4_d.down.sql\n");
}

#[test]
fn a_long_name_is_cut_after_a_word_and_punctuation_goes() {
    let project = package(Project::new());
    for (name, slug) in [
        ("this is a message", "this_is_a_message"),
        (
            "this is a really long message that exceeds the limit",
            "this_is_a_really_long_message_that_",
        ),
        ("Größe: wählen!?", "größe_wählen"),
    ] {
        let output = project.cargo_migrate(&["new", name]);
        let file = output.expect_success().lines().next().expect("a file");
        assert!(file.ends_with(&format!("_{slug}.up.sql")), "{file}");
    }
    let project = project.with("MIGRATE_FILE_TIMEZONE", "Nowhere/Land");
    let output = project.cargo_migrate(&["new", "x"]);
    assert!(
        output.expect_failure(1).contains("Nowhere/Land"),
        "{output}"
    );
}

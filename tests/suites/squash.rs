//! Squash: one revision of many, and every database of the old line still comes to the head.

use std::{
    process::{Command, Stdio},
    sync::Barrier,
    thread,
};

use migrate_tests::harness::{Database, Output, Project, dump, embedded};
use serde_json::{Value, json};

use super::engine::value;

const FILES: [(&str, &str, &str); 4] = [
    (
        "1_users",
        "-- migrate: revises=base\nCREATE TABLE users (id int PRIMARY KEY, name text);\n",
        "DROP TABLE users;\n",
    ),
    (
        "2_seed",
        "-- migrate: revises=1\nINSERT INTO users VALUES (1, 'ann'), (2, 'bob');\n",
        "DELETE FROM users;\n",
    ),
    (
        "3_orders",
        "-- migrate: revises=2\nCREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY, user_id int REFERENCES users);\n",
        "DROP TABLE orders;\n",
    ),
    (
        "4_items",
        "-- migrate: revises=3\nCREATE TABLE items (id int);\n",
        "DROP TABLE items;\n",
    ),
];

/// A package with four revisions in a line.
fn project(database: &Database) -> Project {
    let project = Project::on(database);
    let manifest = "[package]\nname = \"shop\"\nedition = \"2024\"\n[workspace]\n";
    project
        .write("Cargo.toml", manifest)
        .write("src/lib.rs", "");
    for (name, up, down) in FILES {
        project.write(format!("migrations/{name}.up.sql"), up);
        project.write(format!("migrations/{name}.down.sql"), down);
    }
    project
}

fn squash(project: &Project, arguments: &[&str]) -> Output {
    let arguments = [&["squash", "--rev-id", "9"], arguments].concat();
    project.cargo_migrate(&arguments)
}

/// The events of a command as `event id`.
fn events(project: &Project, arguments: &[&str]) -> Vec<String> {
    let output = project.cargo_migrate(&[arguments, &["--format", "json"]].concat());
    output.expect_success();
    let line = |line: &Value| {
        let id = line["id"].as_str().unwrap_or_default();
        format!("{} {id}", line["event"].as_str().expect("an event"))
    };
    output.json_lines().iter().map(line).collect()
}

fn recorded(database: &Database) -> String {
    value(
        database,
        "SELECT string_agg(id, ',' ORDER BY id) FROM cargo_migrate_history",
    )
}

/// The schema and the rows after all four files, without a squash.
fn whole() -> (String, String) {
    let database = Database::fresh();
    project(&database).cargo_migrate(&["up"]).expect_success();
    (dump(&database.url()), rows(&database))
}

fn rows(database: &Database) -> String {
    value(
        database,
        "SELECT string_agg(users::text, ',' ORDER BY id) FROM users",
    )
}

#[test]
fn squash_writes_one_revision_and_says_what_it_carries() {
    let database = Database::fresh();
    let project = project(&database);
    let output = squash(&project, &["1:3"]);
    insta::assert_snapshot!(output, @r"
    exit code: 0
    ----- stdout -----
    migrations/9_squashed_up_to_orders.up.sql
    migrations/9_squashed_up_to_orders.down.sql
    ----- stderr -----
    carried over (verbatim): migrations/2_seed.up.sql:2:1: INSERT INTO users VALUES (1, 'ann'), (2, 'bob')
    created revision 9, which replaces 3 revisions
    hint: keep the old files until every database is past them: `cargo migrate squash --finish`
    ");
    let text = project.read("migrations/9_squashed_up_to_orders.up.sql");
    assert!(
        text.starts_with("-- Squash of 3 revisions, up to orders.\n-- migrate: revises=base\n"),
        "{text}"
    );
    assert!(
        text.contains("-- migrate: replaces=1:3\n-- migrate: replaces=1,2,3\n"),
        "{text}"
    );
    let history = project.cargo_migrate(&["history"]);
    assert_eq!(
        history.expect_success(),
        "9 -> 4 (head), items\n<base> -> 9, Squash of 3 revisions, up to orders.\n"
    );
}

#[test]
fn an_empty_database_runs_the_squashed_revision_alone() {
    let database = Database::fresh();
    let project = project(&database);
    squash(&project, &["1:3"]).expect_success();
    assert_eq!(
        events(&project, &["up"]),
        ["applied 9", "applied 4", "done "]
    );
    assert_eq!((dump(&database.url()), rows(&database)), whole());
    assert_eq!(events(&project, &["up"]), ["done "]);
    project.cargo_migrate(&["verify"]).expect_success();
    assert_eq!(
        events(&project, &["down", "base"]),
        ["reverted 4", "reverted 9", "done "]
    );
    assert_eq!(dump(&database.url()), dump(&Database::fresh().url()));
}

#[test]
fn a_database_that_has_all_counts_as_having_it_and_the_next_run_records_it_so() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up"]).expect_success();
    squash(&project, &["1:3"]).expect_success();
    let status = project
        .cargo_migrate(&["status", "--format", "json"])
        .json();
    assert_eq!(
        (&status["pending"], &status["heads"]),
        (&json!(0), &json!(["4"]))
    );
    assert_eq!(status["revisions"][0]["id"], "9");
    assert_eq!(status["revisions"][0]["state"], "applied");
    assert_eq!(status["revisions"][0]["replaces"], json!(["1", "2", "3"]));
    let check = project.cargo_migrate(&["check", "--pending", "--checksums", "--drift"]);
    check.expect_success();
    assert_eq!(recorded(&database), "1,2,3,4");
    assert_eq!(events(&project, &["up"]), ["stamped 9", "done "]);
    assert_eq!(recorded(&database), "4,9");
    assert_eq!(
        value(
            &database,
            "SELECT note FROM cargo_migrate_log WHERE event = 'stamp'"
        ),
        "replaces 1, 2, 3"
    );
    assert_eq!(events(&project, &["up"]), ["done "]);
    assert_eq!((dump(&database.url()), rows(&database)), whole());
}

#[test]
fn a_database_in_the_middle_goes_on_along_the_old_files_and_then_counts() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up", "2"]).expect_success();
    squash(&project, &["1:3"]).expect_success();
    project.write(
        "migrations/10_notes.up.sql",
        "-- migrate: revises=4\nCREATE TABLE notes (id int);\n",
    );
    let status = project
        .cargo_migrate(&["status", "--format", "json"])
        .json();
    assert_eq!(
        (&status["pending"], &status["heads"]),
        (&json!(3), &json!(["2"]))
    );
    let current = project
        .cargo_migrate(&["current", "--format", "json"])
        .json();
    assert_eq!(current["heads"], json!(["2"]));
    assert_eq!(
        events(&project, &["up", "+1"]),
        ["applied 3", "stamped 9", "done "]
    );
    assert_eq!(
        events(&project, &["up"]),
        ["applied 4", "applied 10", "done "]
    );
    assert_eq!(recorded(&database), "10,4,9");
}

#[test]
fn in_the_middle_down_reverts_the_old_revisions() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up", "2"]).expect_success();
    squash(&project, &[]).expect_success();
    assert_eq!(events(&project, &["down", "-1"]), ["reverted 2", "done "]);
    assert_eq!(
        events(&project, &["up"]),
        ["applied 2", "applied 3", "applied 4", "stamped 9", "done "]
    );
    assert_eq!((dump(&database.url()), rows(&database)), whole());
}

#[test]
fn a_database_below_the_line_goes_along_the_old_files_while_they_are_there() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up", "1"]).expect_success();
    squash(&project, &["3:4"]).expect_success();
    assert_eq!(
        events(&project, &["up"]),
        ["applied 2", "applied 3", "applied 4", "stamped 9", "done "]
    );
    assert_eq!(recorded(&database), "1,2,9");
}

#[test]
fn stamp_records_the_squashed_revision() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up"]).expect_success();
    squash(&project, &["1:3"]).expect_success();
    events(&project, &["stamp", "9"]);
    assert_eq!(recorded(&database), "9");
    let output = project.cargo_migrate(&["stamp", "2"]);
    assert!(
        output
            .expect_failure(1)
            .contains("revision `2` was replaced by `9`"),
        "{output}"
    );
}

#[test]
fn the_script_of_up_works_from_the_middle() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up", "2"]).expect_success();
    squash(&project, &["1:3"]).expect_success();
    let script = project.cargo_migrate(&["up", "--sql"]);
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", &database.url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("psql starts");
    let mut input = psql.stdin.take().expect("it is piped");
    std::io::Write::write_all(&mut input, script.expect_success().as_bytes()).expect("it reads");
    drop(input);
    assert!(psql.wait().expect("it ends").success(), "{script}");
    assert_eq!(recorded(&database), "4,9");
    assert_eq!((dump(&database.url()), rows(&database)), whole());
    assert_eq!(events(&project, &["up"]), ["done "]);
}

#[test]
fn eight_runs_at_once_record_it_once() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up"]).expect_success();
    squash(&project, &["1:3"]).expect_success();
    let barrier = Barrier::new(8);
    let stamped: usize = thread::scope(|scope| {
        let runs: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    events(&project, &["up"]).len() - 1
                })
            })
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("no panic"))
            .sum()
    });
    assert_eq!((stamped, recorded(&database).as_str()), (1, "4,9"));
}

#[test]
fn rows_come_along_as_rows_where_their_statements_no_longer_fit() {
    let database = Database::fresh();
    let project = project(&database);
    project
        .write(
            "migrations/2_seed.up.sql",
            "-- migrate: revises=1\nINSERT INTO users (id, name) VALUES (1, 'ann'), (2, 'it''s');\n",
        )
        .write(
            "migrations/5_full.up.sql",
            "-- migrate: revises=4\nALTER TABLE users RENAME COLUMN name TO full_name;\n",
        );
    project.cargo_migrate(&["up"]).expect_success();
    let expected = (dump(&database.url()), rows(&database));
    let output = squash(&project, &["--format", "json"]);
    let answer = output.json();
    assert_eq!(answer["replaces"], json!(["1", "2", "3", "4", "5"]));
    assert_eq!(answer["data"][0]["carried"], "rows");
    assert_eq!(answer["data"][0]["revision"], "2");
    let empty = Database::fresh();
    let up = ["up", "--database-url", &empty.url()];
    assert_eq!(events(&project, &up), ["applied 9", "done "]);
    assert_eq!((dump(&empty.url()), rows(&empty)), expected);
}

#[test]
fn what_can_not_be_carried_over_is_named_and_replay_does_it() {
    let database = Database::fresh();
    let project = project(&database);
    project
        .write(
            "migrations/5_full.up.sql",
            "-- migrate: revises=4\nSET search_path = public;\nUPDATE users SET name = upper(name);\nALTER TABLE users RENAME COLUMN name TO full_name;\n",
        )
        .write(
            "migrations/6_last.up.sql",
            "-- migrate: revises=5\nBEGIN;\nCREATE TABLE last (x int);\nCOMMIT;",
        );
    let refused = squash(&project, &["3:6"]);
    let said = refused.expect_failure(1);
    assert!(
        said.contains("the data of the replaced revisions can't be carried over")
            && said.contains("migrations/5_full.up.sql:3:1: UPDATE users SET name = upper(name)")
            && said.contains("cargo migrate squash --replay"),
        "{said}"
    );
    assert!(
        !project
            .files("migrations")
            .iter()
            .any(|file| file.contains("/9_"))
    );
    squash(&project, &["3:6", "--replay"]).expect_success();
    assert_eq!(
        events(&project, &["up"]),
        ["applied 1", "applied 2", "applied 9", "done "]
    );
    assert_eq!(rows(&database), "(1,ANN),(2,BOB)");
}

#[test]
fn lines_that_can_not_be_one_revision_are_refused() {
    let database = Database::fresh();
    let project = project(&database);
    let one = squash(&project, &["2:2"]);
    assert!(
        one.expect_failure(1).contains("it takes two revisions"),
        "{one}"
    );
    project.write("migrations/5_side.sql", "-- migrate: revises=2\nSELECT 1;");
    let heads = squash(&project, &[]);
    assert!(
        heads.expect_failure(1).contains("several heads: `4`, `5`"),
        "{heads}"
    );
    let middle = squash(&project, &["1:3"]);
    assert!(
        middle
            .expect_failure(1)
            .contains("revision `5` follows `2`, which is in the middle"),
        "{middle}"
    );
    squash(&project, &["3:4"]).expect_success();
}

#[test]
fn finish_removes_the_old_files_once_the_database_is_past_them() {
    let database = Database::fresh();
    let project = project(&database);
    project.cargo_migrate(&["up", "2"]).expect_success();
    squash(&project, &["1:3"]).expect_success();
    let early = project.cargo_migrate(&["squash", "--finish"]);
    assert!(
        early
            .expect_failure(1)
            .contains("the database is not past what `9` replaces"),
        "{early}"
    );
    project.cargo_migrate(&["up"]).expect_success();
    let output = project.cargo_migrate(&["squash", "--finish", "--format", "json"]);
    assert_eq!(output.json()["removed"].as_array().map(Vec::len), Some(6));
    assert_eq!(
        project.files("migrations"),
        [
            "migrations/4_items.down.sql",
            "migrations/4_items.up.sql",
            "migrations/9_squashed_up_to_orders.down.sql",
            "migrations/9_squashed_up_to_orders.up.sql"
        ]
    );
    assert_eq!(events(&project, &["up"]), ["done "]);
    let empty = Database::fresh();
    let up = ["up", "--database-url", &empty.url()];
    assert_eq!(events(&project, &up), ["applied 9", "applied 4", "done "]);
    assert_eq!((dump(&empty.url()), rows(&empty)), whole());
    let none = project.cargo_migrate(&["squash", "--finish"]);
    assert!(none.stderr.contains("nothing to remove"), "{none}");
}

#[test]
fn a_database_left_in_the_middle_without_files_is_told_what_to_do() {
    let (middle, all) = (Database::fresh(), Database::fresh());
    let project = project(&middle);
    project.cargo_migrate(&["up", "2"]).expect_success();
    let at_all = ["--database-url", &all.url()];
    project
        .cargo_migrate(&[&["up"][..], &at_all].concat())
        .expect_success();
    squash(&project, &["1:3"]).expect_success();
    let finish = [&["squash", "--finish"][..], &at_all].concat();
    project.cargo_migrate(&finish).expect_success();
    let output = project.cargo_migrate(&["up"]);
    insta::assert_snapshot!(output.expect_failure(1), @r"
    error: the database is at `2`, in the middle of what `9` replaces, and `3` has no file
    note: nothing was changed
    hint: restore the replaced files, for example with git, and run `cargo migrate up` once
    hint: or run a release that still has them
    ");
    assert_eq!(recorded(&middle), "1,2");
    assert_eq!(
        events(&project, &[&["up"][..], &at_all].concat()),
        ["stamped 9", "done "]
    );
}

#[test]
fn an_application_records_the_squash_when_it_starts_and_an_older_release_still_starts() {
    let database = Database::fresh();
    let old = [
        ("1_a.sql", "CREATE TABLE a (x int);"),
        ("2_b.sql", "CREATE TABLE b (x int);"),
        ("3_c.sql", "CREATE TABLE c (x int);"),
    ];
    let squashed = (
        "9_s.sql",
        "-- migrate: revises=base replaces=1:2\n-- migrate: replaces=1,2\nCREATE TABLE a (x int); CREATE TABLE b (x int);",
    );
    let mut client = database.client();
    embedded(&old).run(&mut client).expect("up");
    let with_files = [old[0], old[1], old[2], squashed];
    let without_files = [old[2], squashed];
    let report = embedded(&with_files).run(&mut client).expect("it starts");
    assert_eq!(report.done.len(), 1);
    assert_eq!(recorded(&database), "3,9");
    for release in [&with_files[..], &without_files] {
        let report = embedded(release).run(&mut client).expect("it starts");
        assert!(
            report.is_up_to_date() && report.heads.is_empty(),
            "one question was enough"
        );
    }
    let older = embedded(&old).run(&mut client).expect("it starts");
    assert!(older.is_up_to_date());
    assert_eq!(older.unknown.len(), 1);
    assert_eq!(recorded(&database), "3,9");
}

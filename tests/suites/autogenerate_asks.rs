//! What `new --autogenerate` asks a person at the terminal, and what it makes of the answers.

use crate::autogenerate::{package_of_sql, with_first};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";
const NEW: [&str; 5] = ["new", "change", "--autogenerate", "--rev-id", "2"];

#[test]
fn a_drop_with_several_candidates_is_asked_for_with_what_would_be_lost() {
    let project =
        package_of_sql("CREATE TABLE users (id bigint PRIMARY KEY, full_name text, nick text);\n");
    with_first(&project, USERS);
    let output = project.attended(&NEW, "7\n2\n");
    output.expect_success();
    insta::assert_snapshot!(output.stderr, @"
    7
    2
      1. renamed to `users.full_name`
      2. renamed to `users.nick`
      3. dropped: all of its values are lost
    what became of column `users.name`? [1-3] one of the numbers, please
    what became of column `users.name`? [1-3] detected: rename-column `users.name`
    detected: add-column `users.full_name`
    note: the columns of `users` stand in another order afterwards: PostgreSQL appends new ones
    created revision 2
    note: up and down were tried in a scratch database; read them before you apply them
    ");
    let up = project.read("migrations/2_change.up.sql");
    assert!(up.contains("RENAME COLUMN name TO nick"), "{up}");
}

#[test]
fn a_real_drop_is_one_of_the_answers() {
    let project =
        package_of_sql("CREATE TABLE users (id bigint PRIMARY KEY, full_name text, nick text);\n");
    with_first(&project, USERS);
    project.attended(&NEW, "3\n").expect_success();
    let up = project.read("migrations/2_change.up.sql");
    assert!(up.contains("DROP COLUMN name"), "{up}");
    assert!(up.contains("hazard=data-loss"), "{up}");
}

#[test]
fn the_value_for_existing_rows_is_asked_for() {
    let project = package_of_sql(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text, status text NOT NULL, age int NOT NULL);\n",
    );
    with_first(&project, USERS);
    let output = project.attended(&NEW, "\n'active'\n");
    output.expect_success();
    insta::assert_snapshot!(output.stderr, @r#"
    'active'
    `users.age` refuses null: which value do existing rows get? (SQL such as 'active' or now(); empty: the table has no rows) `users.status` refuses null: which value do existing rows get? (SQL such as 'active' or now(); empty: the table has no rows) detected: add-column `users.status`
    detected: add-column `users.age`
      hazard: may-fail: `users` has rows
    detected: backfill-column `users.status`
    detected: alter-column `users.status`
      hazard: lock: ACCESS EXCLUSIVE on `users`
    note: `users.age` refuses null: without a value for existing rows the statement fails on a table with rows
    hint: pass `--backfill "users.age=…"` with an SQL expression
    created revision 2
    note: up and down were tried in a scratch database; read them before you apply them
    "#);
    insta::assert_snapshot!(project.read("migrations/2_change.up.sql"), @"
    -- Change.
    -- migrate: revises=1

    ALTER TABLE users ADD COLUMN status text;

    -- may-fail: `users` has rows
    ALTER TABLE users ADD COLUMN age integer NOT NULL;

    UPDATE users SET status = 'active' WHERE status IS NULL;

    ALTER TABLE users ALTER COLUMN status SET NOT NULL;
    ");
}

#[test]
fn without_a_terminal_nothing_is_guessed() {
    let project = package_of_sql(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text, status text NOT NULL);\n",
    );
    with_first(&project, USERS);
    let output = project.cargo_migrate(&NEW);
    output.expect_success();
    insta::assert_snapshot!(output.stderr, @r#"
    detected: add-column `users.status`
      hazard: may-fail: `users` has rows
    note: `users.status` refuses null: without a value for existing rows the statement fails on a table with rows
    hint: pass `--backfill "users.status=…"` with an SQL expression
    created revision 2
    note: up and down were tried in a scratch database; read them before you apply them
    "#);
    insta::assert_snapshot!(project.read("migrations/2_change.up.sql"), @"
    -- Change.
    -- migrate: revises=1

    -- may-fail: `users` has rows
    ALTER TABLE users ADD COLUMN status text NOT NULL;
    ");
}

#[test]
fn the_answer_is_proved_before_a_file_is_written() {
    let project = package_of_sql(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text, age int NOT NULL);\n",
    );
    with_first(&project, USERS);
    let output = project.attended(&NEW, "'young'\n");
    insta::assert_snapshot!(output.stderr, @r#"
    'young'
    `users.age` refuses null: which value do existing rows get? (SQL such as 'active' or now(); empty: the table has no rows) error: `users.age` can't be filled for existing rows
    note: PostgreSQL says: invalid input syntax for type integer: "young"
    note: no file was written
    hint: correct the value: an SQL expression over the columns of `users`
    "#);
    assert_eq!(output.status, Some(1));
    assert_eq!(project.files("migrations"), ["migrations/1_first.up.sql"]);
}

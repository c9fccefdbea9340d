//! `verify` and `generate-down`, through the compiled subcommand.

use migrate_tests::harness::{Database, Project, server};

/// A folder of revisions, without any Cargo project.
fn project(revisions: &[(&str, &str)]) -> Project {
    let project = Project::new().with("MIGRATE_SCRATCH_URL", server().url("postgres"));
    for (file, text) in revisions {
        project.write(format!("migrations/{file}"), text);
    }
    project
}

const USERS: (&str, &str) = (
    "1_users.up.sql",
    "-- Users.\nCREATE TABLE users (id bigint PRIMARY KEY, name text);\n",
);
const NO_USERS: (&str, &str) = ("1_users.down.sql", "DROP TABLE users;\n");

fn run(project: &Project, arguments: &[&str]) -> migrate_tests::harness::Output {
    let mut all = arguments.to_vec();
    all.extend(["--dir", "migrations"]);
    project.cargo_migrate(&all)
}

#[test]
fn verify_says_what_each_down_script_leaves() {
    let project = project(&[
        USERS,
        NO_USERS,
        (
            "2_index.up.sql",
            "CREATE INDEX users_name ON users (name);\n",
        ),
        ("2_index.down.sql", "SELECT 1;\n"),
        (
            "3_drop.up.sql",
            "ALTER TABLE users DROP COLUMN name, ADD COLUMN age int;\n",
        ),
        (
            "3_drop.down.sql",
            "ALTER TABLE users DROP COLUMN age, ADD COLUMN name text;\nCREATE INDEX users_name ON users (name);\n",
        ),
        (
            "4_swap.up.sql",
            "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;\n",
        ),
        (
            "4_swap.down.sql",
            "ALTER TABLE users DROP COLUMN a;\nALTER TABLE users DROP COLUMN c;\n",
        ),
        ("5_order.up.sql", "ALTER TABLE users DROP COLUMN a;\n"),
        ("5_order.down.sql", "ALTER TABLE users ADD COLUMN a int;\n"),
        ("6_rows.up.sql", "INSERT INTO users VALUES (1);\n"),
        ("6_rows.down.sql", "SELECT 1;\n"),
        (
            "7_loss.up.sql",
            "-- migrate: irreversible=\"the events are gone\"\nDROP TABLE users;\n",
        ),
        ("8_none.up.sql", "CREATE TABLE posts (id int);\n"),
    ]);
    insta::assert_snapshot!(run(&project, &["verify"]), @r#"
    exit code: 3
    ----- stdout -----
    1 users: ok
    2 index: down does not give the schema back; it would still take:
        DROP INDEX users_name;
    3 drop: ok
    4 swap: down fails: migrations/4_swap.down.sql:2:1: column "c" of relation "users" does not exist
    5 order: down restores all but the order of columns in users
    6 rows: up fails after down: migrations/6_rows.up.sql:1:1: duplicate key value violates unique constraint "users_pkey"
    7 loss: irreversible: the events are gone
    8 none: there is no down script
    ----- stderr -----
    8 revisions: 2 restored, 1 column-order, 1 differs, 1 down-fails, 1 irreversible, 1 no-down, 1 up-again-fails
    "#);
    let json = run(&project, &["verify", "5:6", "--format", "json"]);
    json.expect_failure(3);
    insta::assert_snapshot!(json.json().to_string(), @r#"{"ok":false,"revisions":[{"id":"5","ok":true,"difference":"down restores all but the order of columns in users","result":"column-order"},{"id":"6","ok":false,"difference":"up fails after down: migrations/6_rows.up.sql:1:1: duplicate key value violates unique constraint \"users_pkey\"","result":"up-again-fails"}]}"#);
    run(&project, &["verify", ":1"]).expect_success();
}

#[test]
fn verify_finds_privileges_that_down_leaves() {
    let project = project(&[
        USERS,
        NO_USERS,
        ("2_grant.up.sql", "GRANT SELECT ON users TO PUBLIC;\n"),
        ("2_grant.down.sql", "SELECT 1;\n"),
    ]);
    let output = run(&project, &["verify"]);
    output.expect_failure(3);
    assert!(
        output.stdout.contains("REVOKE SELECT ON users FROM PUBLIC"),
        "{output}"
    );
}

#[test]
fn verify_names_the_up_script_that_does_not_run() {
    let project = project(&[
        USERS,
        NO_USERS,
        ("2_bad.up.sql", "CREATE TABLE t (a intt);\n"),
    ]);
    insta::assert_snapshot!(run(&project, &["verify"]), @r#"
    exit code: 4
    ----- stdout -----
    1 users: ok
    ----- stderr -----
    error: revision `2` does not run in a scratch database
      --> migrations/2_bad.up.sql:1:19
       |
     1 | CREATE TABLE t (a intt);
       |                   ^^^^ type "intt" does not exist [42704]
    "#);
}

#[test]
fn generate_down_writes_what_gives_the_schema_back() {
    let project = project(&[
        USERS,
        (
            "2_more.up.sql",
            "CREATE TYPE mood AS ENUM ('sad');\n\
             ALTER TABLE users RENAME name TO full_name;\n\
             ALTER TABLE users ADD COLUMN mood mood;\n\
             GRANT SELECT ON users TO PUBLIC;\n",
        ),
        ("3_label.up.sql", "ALTER TYPE mood ADD VALUE 'glad';\n"),
    ]);
    insta::assert_snapshot!(run(&project, &["generate-down", "2"]), @"
    exit code: 0
    ----- stdout -----
    migrations/2_more.down.sql
    ----- stderr -----
    detected: rename-column `users.full_name`
    detected: revoke-table `users`
    detected: drop-column `users.mood`
      hazard: data-loss: all values of `users.mood`
    detected: drop-enum `mood`
    wrote migrations/2_more.down.sql
    ");
    insta::assert_snapshot!(project.read("migrations/2_more.down.sql"), @"
    -- Revert: more

    ALTER TABLE users RENAME COLUMN full_name TO name;

    REVOKE SELECT ON users FROM PUBLIC;

    -- data-loss: all values of `users.mood`
    ALTER TABLE users DROP COLUMN mood;

    DROP TYPE mood;
    ");
    run(&project, &["generate-down", "base:head"]).expect_success();
    run(&project, &["verify"]).expect_success();
    let database = Database::fresh();
    let project = project.with("DATABASE_URL", database.url());
    run(&project, &["up"]).expect_success();
    run(&project, &["down", "base"]).expect_success();
    run(&project, &["up"]).expect_success();
}

#[test]
fn generate_down_replaces_a_script_only_by_force() {
    let project = project(&[
        USERS,
        ("1_users.down.sql", "-- By hand.\nDROP TABLE users;\n"),
    ]);
    insta::assert_snapshot!(run(&project, &["generate-down", "1"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `migrations/1_users.down.sql` is there already
    hint: pass `--force` to replace it, or `--print` to see the script
    ");
    insta::assert_snapshot!(run(&project, &["generate-down", "1", "--print", "-q"]).stdout, @"
    -- Revert: Users.

    -- data-loss: all rows of `users`
    DROP TABLE users;
    ");
    let json = run(
        &project,
        &["generate-down", "1", "--print", "--format", "json"],
    )
    .json();
    assert_eq!(json["id"], "1");
    assert_eq!(json["files"], serde_json::json!([]));
    assert!(
        json["script"]
            .as_str()
            .unwrap()
            .contains("DROP TABLE users;")
    );
    run(&project, &["generate-down", ":"]).expect_success();
    assert!(
        project
            .read("migrations/1_users.down.sql")
            .contains("By hand")
    );
    run(&project, &["generate-down", "1", "--force"]).expect_success();
    assert!(
        !project
            .read("migrations/1_users.down.sql")
            .contains("By hand")
    );
}

#[test]
fn generate_down_says_that_rows_stay() {
    let project = project(&[
        USERS,
        NO_USERS,
        (
            "2_rows.up.sql",
            "INSERT INTO users VALUES (1);\nCREATE TABLE posts (id int);\n",
        ),
    ]);
    let output = run(&project, &["generate-down", "2"]);
    insta::assert_snapshot!(output.stderr, @r#"
    detected: drop-table `posts`
      hazard: data-loss: all rows of `posts`
    warning: up fails after down: migrations/2_rows.up.sql:1:1: duplicate key value violates unique constraint "users_pkey": the script gives back the schema, not the rows
    wrote migrations/2_rows.down.sql
    "#);
}

//! Bad input, one test each: what is said, word for word, with place and way out, and the exit code.
//! A wrong password is in `connect/command.rs`.

use migrate_tests::harness::{Database, Output, Project};

use super::{line, package, revision};

/// The three revisions of the line, and one more file beside them.
fn with_file(name: &str, bytes: impl AsRef<[u8]>) -> Project {
    let project = package(Project::new());
    for (name, revises) in [("1_users", "base"), ("2_orders", "1"), ("3_items", "2")] {
        revision(&project, name, revises, "SELECT 1;", "");
    }
    project.write(format!("migrations/{name}"), bytes);
    project
}

/// A command that needs no database.
fn heads(project: &Project) -> Output {
    project.cargo_migrate(&["heads"])
}

#[test]
fn an_unknown_directive() {
    let project = with_file("4_x.up.sql", "-- migrate: revizes=3\nSELECT 1;\n");
    insta::assert_snapshot!(heads(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: unknown directive `revizes`
      --> migrations/4_x.up.sql:1:13
       |
     1 | -- migrate: revizes=3
       |             ^
    hint: did you mean `revises`?
    "#);
}

#[test]
fn two_revisions_with_one_id() {
    let project = with_file("3_again.up.sql", "SELECT 1;\n");
    insta::assert_snapshot!(heads(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `migrations/3_again.up.sql` and `migrations/3_items.up.sql` are both the up script of revision `3`
      --> migrations/3_items.up.sql
    hint: delete one of them, or rename it, its down script too, to an id that is free
    "#);
}

#[test]
fn two_spellings_of_one_id() {
    let project = with_file("03_again.up.sql", "SELECT 1;\n");
    insta::assert_snapshot!(heads(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the ids `03` of `migrations/03_again.up.sql` and `3` of `migrations/3_items.down.sql` are the same number
      --> migrations/3_items.down.sql
    note: also migrations/3_items.up.sql: the ids `03` of `migrations/03_again.up.sql` and `3` of `migrations/3_items.up.sql` are the same number
    hint: delete one of them, or rename it, its down script too, to an id that is free
    "#);
}

#[test]
fn two_heads() {
    let database = Database::fresh();
    let project = line(&database);
    revision(&project, "4_other", "2", "SELECT 1;", "");
    insta::assert_snapshot!(project.cargo_migrate(&["up"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `head` is ambiguous, there are 2 heads: `3` (items), `4` (other)
    hint: use `3@head` for that line
    hint: use `4@head` for that line
    hint: use `heads` for all of them
    hint: run `cargo migrate merge` to join them by a merge revision
    hint: run `cargo migrate rebase 4` to move that line after the other
    "#);
    assert!(database.client().simple_query("SELECT FROM users").is_err());
}

#[test]
fn a_cycle() {
    let project = with_file("1_users.up.sql", "-- migrate: revises=3\nSELECT 1;\n");
    insta::assert_snapshot!(heads(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the revisions `1`, `2`, `3` form a cycle: each follows another of them
      --> migrations/1_users.up.sql:1:21
       |
     1 | -- migrate: revises=3
       |                     ^
    hint: change one `revises` so that the line has a beginning
    "#);
}

#[test]
fn a_cycle_through_a_dependency() {
    let project = with_file(
        "1_users.up.sql",
        "-- migrate: revises=base\n-- migrate: depends-on=3\nSELECT 1;\n",
    );
    insta::assert_snapshot!(heads(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the revisions `1`, `2`, `3` form a cycle through their dependencies
      --> migrations/1_users.up.sql:2:24
       |
     2 | -- migrate: depends-on=3
       |                        ^
    hint: take one `depends-on` of them away
    "#);
}

#[test]
fn a_missing_parent() {
    let project = with_file("4_x.up.sql", "-- migrate: revises=7\nSELECT 1;\n");
    insta::assert_snapshot!(heads(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: revision `4` revises `7`, which does not exist
      --> migrations/4_x.up.sql:1:21
       |
     1 | -- migrate: revises=7
       |                     ^
    hint: restore the missing file, or name the revision that it shall follow
    "#);
}

#[test]
fn an_edited_applied_file() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up"]).expect_success();
    let edited = "CREATE TABLE orders (id bigint);";
    revision(&project, "2_orders", "1", edited, "DROP TABLE orders;");
    let up = project.cargo_migrate(&["up"]);
    insta::assert_snapshot!(up, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: revision `2` was edited since it was applied
      --> migrations/2_orders.up.sql
    note: nothing was changed
    hint: restore the file, or run `cargo migrate repair 2` to accept the edit
    hint: to change the schema, write a new revision
    "#);
    assert_eq!(project.cargo_migrate(&["down", "-1"]), up);
    assert_eq!(project.cargo_migrate(&["redo"]), up);
    database.execute("SELECT FROM items");
}

/// Without the file of what is applied.
fn without_items(database: &Database) -> Project {
    let project = line(database);
    project.cargo_migrate(&["up"]).expect_success();
    for file in ["3_items.up.sql", "3_items.down.sql"] {
        fs_err::remove_file(project.path().join("migrations").join(file)).expect("removed");
    }
    project
}

#[test]
fn a_deleted_applied_file() {
    let database = Database::fresh();
    let project = without_items(&database);
    insta::assert_snapshot!(project.cargo_migrate(&["up"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the database has revision `3`, which is unknown here
    note: nothing was changed
    hint: deploy the release that has it, or restore its file
    hint: run `cargo migrate down 2` to revert it by its recorded script
    hint: run `cargo migrate stamp --purge 2` to forget it
    "#);
}

#[test]
fn an_unknown_revision_in_the_database() {
    let database = Database::fresh();
    let project = without_items(&database);
    let stamp = project.cargo_migrate(&["stamp", "1"]);
    insta::assert_snapshot!(stamp, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the database has revision `3`, which is unknown here
    note: nothing was changed
    hint: deploy the release that has it, or restore its file
    hint: run `cargo migrate down 2` to revert it by its recorded script
    hint: run `cargo migrate stamp --purge 2` to forget it
    "#);
    let current = project.cargo_migrate(&["current"]);
    insta::assert_snapshot!(current, @r#"
    exit code: 0
    ----- stdout -----
    3 (unknown), Add items.
    ----- stderr -----
    "#);
}

#[test]
fn a_command_of_psql() {
    let text = "-- migrate: revises=3\n\\copy users FROM 'users.csv'\n";
    insta::assert_snapshot!(heads(&with_file("4_x.up.sql", text)), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `\copy` is a command of psql, not SQL
      --> migrations/4_x.up.sql:2:1
       |
     2 | \copy users FROM 'users.csv'
       | ^
    hint: write the rows as `INSERT INTO … VALUES …`
    "#);
}

#[test]
fn copy_from_standard_input() {
    let text = "-- migrate: revises=3\nCOPY users FROM stdin;\n";
    insta::assert_snapshot!(heads(&with_file("4_x.up.sql", text)), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `COPY … FROM stdin` needs rows from the client, and a revision has only its file
      --> migrations/4_x.up.sql:2:1
       |
     2 | COPY users FROM stdin;
       | ^
    hint: write the rows as `INSERT INTO … VALUES …`
    hint: for a file on the server: `COPY … FROM '/path'`
    "#);
}

#[test]
fn a_commit_inside_a_transactional_revision() {
    let text = "-- migrate: revises=3\nSELECT 1;\nCOMMIT;\nSELECT 2;\n";
    insta::assert_snapshot!(heads(&with_file("4_x.up.sql", text)), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: this COMMIT has no BEGIN: it would end the transaction of the revision, whose record would be written apart from it
      --> migrations/4_x.up.sql:3:1
       |
     3 | COMMIT;
       | ^
    hint: delete it: a revision runs in a transaction of its own
    hint: split the file at this place where two transactions are meant
    "#);
}

#[test]
fn bytes_that_are_not_utf_8() {
    let text = b"-- migrate: revises=3\nSELECT '\xff';\n";
    insta::assert_snapshot!(heads(&with_file("4_x.up.sql", text)), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: byte 30 is not UTF-8
      --> migrations/4_x.up.sql:2:9
       |
     2 | SELECT '
       |         ^
    hint: save the file as UTF-8
    "#);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder() {
    let project = with_file("4_x.down.sql", "SELECT 1;\n");
    project.write("elsewhere.sql", "SELECT 1;\n");
    let link = project.path().join("migrations/4_x.up.sql");
    std::os::unix::fs::symlink("../elsewhere.sql", link).expect("a link");
    insta::assert_snapshot!(heads(&project), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: it is a link to `[project]/elsewhere.sql`, outside of the folder of revisions
      --> migrations/4_x.up.sql
    hint: copy the file into the folder
    "#);
}

#[test]
fn a_revision_that_fails_at_statement_2_of_3() {
    let database = Database::fresh();
    let project = line(&database);
    project.cargo_migrate(&["up"]).expect_success();
    let up = "CREATE TABLE a (id int);\nALTER TABLE orders ADD COLUMN placed timestampz NOT NULL;\nSELECT 1;";
    revision(&project, "4_wrong", "3", up, "");
    insta::assert_snapshot!(project.cargo_migrate(&["up"]), @r#"
    exit code: 4
    ----- stdout -----
    ----- stderr -----
    error: revision `4` (Add wrong.) failed at statement 2 of 3
      --> migrations/4_wrong.up.sql:4:38
       |
     4 | ALTER TABLE orders ADD COLUMN placed timestampz NOT NULL;
       |                                      ^^^^^^^^^^ type "timestampz" does not exist [42704]
    note: the revision was rolled back; the database is at `3`
    hint: fix the file and run `cargo migrate up` again
    "#);
    assert!(database.client().simple_query("SELECT FROM a").is_err());
    database.execute("SELECT FROM items");
}

#[test]
fn no_server() {
    let url = "postgres://someone:canary@127.0.0.1:1/shop";
    let project = with_file("4_x.up.sql", "SELECT 1;\n").with("DATABASE_URL", url);
    insta::assert_snapshot!(project.cargo_migrate(&["up"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: cannot connect to database `shop` as `someone` at 127.0.0.1:1: connection refused
    hint: check that the server runs, and its host and port
    "#);
}

#[test]
fn missing_rights() {
    let database = Database::fresh();
    let role = format!("nobody_{}", database.name());
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    ));
    let url = database.url().replacen("postgres@", &format!("{role}@"), 1);
    let project = line(&database).with("DATABASE_URL", url);
    let output = project.cargo_migrate(&["up"]);
    insta::assert_snapshot!(output.to_string().replace(&role, "[role]"), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the role may not write the history: permission denied for schema public [42501]
    hint: let the owner run `cargo migrate ensure-history`, and grant SELECT, INSERT, UPDATE, DELETE on its tables
    "#);
}

#[test]
fn a_name_that_matches_nothing() {
    let project = with_file("4_more_users.up.sql", "SELECT 1;\n");
    insta::assert_snapshot!(project.cargo_migrate(&["show", "nothing"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no revision matches `nothing`
    hint: `cargo migrate history` lists the revisions
    "#);
    insta::assert_snapshot!(project.cargo_migrate(&["show", "ordres"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no revision matches `ordres`
    hint: did you mean `2` (orders)?
    "#);
    insta::assert_snapshot!(project.cargo_migrate(&["show", "ser"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no revision matches `ser`
    hint: did you mean `1` (users)?
    hint: did you mean `4` (more_users)?
    "#);
}

#[test]
fn a_name_that_matches_too_much() {
    let project = with_file("30_ordinary.up.sql", "SELECT 1;\n");
    insta::assert_snapshot!(project.cargo_migrate(&["show", "ord"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `ord` is ambiguous: `2` (orders), `30` (ordinary)
    hint: give more of the name, or the full id
    "#);
}

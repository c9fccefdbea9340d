//! `diff`, through the compiled subcommand.

use std::process::Command;

use migrate_tests::harness::{Database, Output, Project, dump, server};

use crate::autogenerate::{package, users, with_first};

const OLD: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";
const NEW: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, email text UNIQUE);\n\
                   CREATE VIEW names AS SELECT count(*) FROM users;\n";

/// A folder that is no project.
fn bare() -> Project {
    let project = Project::new().with("MIGRATE_SCRATCH_URL", server().url("postgres"));
    fs_err::remove_dir(project.path().join("migrations")).unwrap();
    project
}

#[test]
fn two_databases_are_compared_without_a_project_and_psql_takes_the_script() {
    let (from, to) = (Database::fresh(), Database::fresh());
    from.execute(OLD);
    to.execute(NEW);
    let project = bare();
    let output = project.cargo_migrate(&["diff", &from.url(), &to.url()]);
    insta::assert_snapshot!(output, @"
    exit code: 0
    ----- stdout -----
    ALTER TABLE users ADD COLUMN email text;

    ALTER TABLE users ALTER COLUMN name SET NOT NULL;

    ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);

    CREATE VIEW names AS
    SELECT count(*) AS count
       FROM users;
    ----- stderr -----
    detected: add-column `users.email`
    detected: alter-column `users.name`
      hazard: lock: ACCESS EXCLUSIVE on `users`
      hazard: may-fail: `users.name` holds null
    detected: add-constraint `users.users_email_key`
      hazard: lock: ACCESS EXCLUSIVE on `users`
      hazard: may-fail: rows of `users` break `users_email_key`
    detected: create-view `names`
    ");
    project.write("change.sql", &output.stdout);
    let psql = Command::new("psql")
        .args([
            "-X",
            "-q",
            "-1",
            "-v",
            "ON_ERROR_STOP=1",
            "-f",
            "change.sql",
        ])
        .args(["-d", &from.url()])
        .current_dir(project.path())
        .status()
        .expect("psql starts");
    assert!(psql.success());
    assert_eq!(dump(&from.url()), dump(&to.url()));
    let same = project.cargo_migrate(&["diff", &from.url(), &to.url(), "--exit-code"]);
    insta::assert_snapshot!(same, @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    no difference
    ");
}

#[test]
fn differences_exit_with_3_only_when_asked() {
    let project = bare();
    project.write("old.sql", OLD).write("new.sql", NEW);
    let run = |more: &[&str]| -> Output {
        let mut arguments = vec!["diff", "old.sql", "new.sql"];
        arguments.extend(more);
        project.cargo_migrate(&arguments)
    };
    run(&[]).expect_success();
    run(&["--exit-code"]).expect_failure(3);
    let json = run(&["--format", "json", "--exit-code"]);
    assert_eq!(json.status, Some(3));
    let changes = json.json()["changes"].clone();
    insta::assert_snapshot!(serde_json::to_string_pretty(&changes[0]).unwrap(), @r#"
    {
      "kind": "add-column",
      "object": "users.email",
      "sql": "ALTER TABLE users ADD COLUMN email text",
      "hazards": [],
      "details": []
    }
    "#);
    let back = project.cargo_migrate(&["diff", "new.sql", "old.sql", "-q"]);
    insta::assert_snapshot!(back, @"
    exit code: 0
    ----- stdout -----
    DROP VIEW names;

    ALTER TABLE users ALTER COLUMN name DROP NOT NULL;

    ALTER TABLE users DROP COLUMN email;
    ----- stderr -----
    ");
}

#[test]
fn revisions_models_and_the_database_are_states() {
    let database = Database::fresh();
    let project = package(&users(
        "name: Option<String>,\n#[column(backfill = \"'x'\")]\nnick: String,\n",
    ))
    .with("DATABASE_URL", database.url());
    with_first(
        &project,
        &format!("{OLD}CREATE VIEW names AS SELECT count(*) FROM users;\n"),
    );
    project.write(
        "migrations/2_second.up.sql",
        "-- Second.\n-- migrate: revises=1\nALTER TABLE users ADD COLUMN age int;\n",
    );
    let script = |from: &str, to: &str| -> String {
        project
            .cargo_migrate(&["diff", from, to])
            .expect_success()
            .to_owned()
    };
    project.cargo_migrate(&["up", "1"]).expect_success();
    assert_eq!(script("database", "migrations@1"), "");
    assert_eq!(script("migrations@head-1", "database"), "");
    insta::assert_snapshot!(script("database", "migrations"), @"ALTER TABLE users ADD COLUMN age integer;");
    insta::assert_snapshot!(script("migrations@1", "models"), @"
    ALTER TABLE users ADD COLUMN nick text;

    UPDATE users SET nick = 'x' WHERE nick IS NULL;

    ALTER TABLE users ALTER COLUMN nick SET NOT NULL;
    ");
    insta::assert_snapshot!(script("models", "migrations@1"), @"ALTER TABLE users DROP COLUMN nick;");
    assert!(script("migrations@1", "migrations@base").contains("DROP TABLE users"));
}

#[test]
fn a_rename_that_models_still_tell_is_no_error() {
    let project = package(&users("#[column(was = \"nick\")]\nname: Option<String>,\n"));
    with_first(&project, OLD);
    let output = project.cargo_migrate(&["diff", "migrations", "models", "--exit-code"]);
    insta::assert_snapshot!(output, @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    no difference
    ");
}

#[test]
fn what_is_no_state_is_told_with_those_that_are() {
    let project = bare();
    insta::assert_snapshot!(project.cargo_migrate(&["diff", "migrtions", "models"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `migrtions` is no state of a schema
    hint: did you mean `migrations`?
    hint: name a database URL, a schema file, `models`, `migrations`, `migrations@REV` or `database`
    ");
    insta::assert_snapshot!(project.cargo_migrate(&["diff", "old.sql", "new.sql"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: can't read `[project]/old.sql`: failed to open file `[project]/old.sql`: No such file or directory (os error 2)
      --> old.sql
    ");
    project
        .write("old.sql", OLD)
        .write("new.sql", "-- Nothing.\n");
    insta::assert_snapshot!(project.cargo_migrate(&["diff", "old.sql", "new.sql"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the desired schema is empty: that would drop everything, table `users`
    hint: check that the models and schema files are found: `cargo migrate config`
    ");
    insta::assert_snapshot!(project.cargo_migrate(&["diff", "old.sql", "old.sql", "--rename", "users"]), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--rename users` has no `=`
    hint: write it as `--rename OLD=NEW`
    ");
    insta::assert_snapshot!(project.cargo_migrate(&["diff", "old.sql", "old.sql", "--rename", "users.nme=x"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no object is called `users.nme`, which a rename names
    hint: name both sides as they are now and then: `--rename users.name=full_name`
    ");
}

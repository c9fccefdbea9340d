//! Privileges: kept as they are unless `--grants` or `grants = "compared"` asks to compare them.

use migrate_tests::harness::{Database, Project, dump};

use crate::autogenerate::{generated, package, package_of_sql, users, with_first};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";
const FUNCTION: &str = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n";

/// The revisions let everybody write names, the schema file lets everybody read all.
fn project() -> Project {
    let project = package_of_sql(&format!(
        "{USERS}{FUNCTION}GRANT SELECT ON users TO PUBLIC;\n\
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;\n"
    ));
    with_first(
        &project,
        &format!(
            "{USERS}{FUNCTION}GRANT UPDATE (name) ON users TO PUBLIC;\n\
             REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;\n"
        ),
    );
    project
}

#[test]
fn privileges_are_left_alone_by_default() {
    let project = project();
    let output = project.cargo_migrate(&["new", "change", "--autogenerate"]);
    insta::assert_snapshot!(output, @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    no difference: the revisions build what the models say, no file was written
    ");
    insta::assert_snapshot!(project.cargo_migrate(&["diff", "migrations", "models"]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    no difference
    ");
    let stray = project.cargo_migrate(&["new", "change", "--grants"]);
    insta::assert_snapshot!(stray, @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--grants` needs `--autogenerate`
    ");
}

#[test]
fn privileges_are_compared_where_that_is_asked_for() {
    let database = Database::fresh();
    let project = project().with("DATABASE_URL", database.url());
    insta::assert_snapshot!(generated(&project, &["--grants"]), @"
    REVOKE UPDATE (name) ON users FROM PUBLIC;

    GRANT EXECUTE ON FUNCTION f() TO PUBLIC;

    GRANT SELECT ON users TO PUBLIC;

    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
    --- down
    REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;

    REVOKE SELECT ON users FROM PUBLIC;

    GRANT UPDATE (name) ON users TO PUBLIC;

    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM PUBLIC;
    ");
    project.cargo_migrate(&["up", "1"]).expect_success();
    let before = dump(&database.url());
    project.cargo_migrate(&["up"]).expect_success();
    project.cargo_migrate(&["down", "1"]).expect_success();
    assert_eq!(dump(&database.url()), before);
}

#[test]
fn the_metadata_may_ask_for_it() {
    let database = Database::fresh();
    let project = project().with("DATABASE_URL", database.url());
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        manifest.replace("schema =", "grants = \"compared\"\nschema ="),
    );
    insta::assert_snapshot!(project.cargo_migrate(&["check", "--models"]), @r#"
    exit code: 3
    ----- stdout -----
    found    models: no revision does what the models say: revoke-column `users.name`
    found    models: no revision does what the models say: grant-function `f()`
    found    models: no revision does what the models say: grant-table `users`
    found    models: no revision does what the models say: create-default-privileges `"GRANT public TABLES PUBLIC f"`
    ----- stderr -----
    hint: run `cargo migrate new NAME --autogenerate` to write the revision
    "#);
    generated(&project, &[]);
    project.cargo_migrate(&["up"]).expect_success();
    project
        .cargo_migrate(&["check", "--models", "--drift"])
        .expect_success();
    database.execute("GRANT DELETE ON users TO PUBLIC");
    insta::assert_snapshot!(project.cargo_migrate(&["check", "--drift"]), @"
    exit code: 3
    ----- stdout -----
    found    drift: the database is not what its applied revisions build: grant-table `users`
    ----- stderr -----
    hint: run `cargo migrate diff migrations database` to see the statements
    ");
}

#[test]
fn models_do_not_speak_of_privileges_so_they_stay() {
    let project = package(&users("full_name: Option<String>,\n"));
    with_first(
        &project,
        &format!(
            "{USERS}{FUNCTION}GRANT SELECT ON users TO PUBLIC;\nGRANT UPDATE (name) ON users TO PUBLIC;\n\
             REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;\n\
             CREATE VIEW v AS SELECT 1 AS one;\nGRANT SELECT (one) ON v TO PUBLIC;\n\
             ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;\n"
        ),
    );
    let options = ["--grants", "--rename", "users.name=full_name"];
    insta::assert_snapshot!(generated(&project, &options), @"
    ALTER TABLE users RENAME COLUMN name TO full_name;
    --- down
    ALTER TABLE users RENAME COLUMN full_name TO name;
    ");
}

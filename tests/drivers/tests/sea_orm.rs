//! Projects of SeaORM, migrated by SeaORM itself, then taken over with the SQL that it runs.
//!
//! The project's crate `migration` is a main that becomes a binary of this package: building SeaORM
//! once more in every test would take minutes.

use std::process::Command;

use migrate_tests::harness::{Database, Output, Project, built, dump};
use serde_json::json;

/// A project whose `migration` crate is one of the binary's.
fn project(database: &Database, migrations: &str) -> Project {
    let project = Project::on(database).with("MIGRATIONS", migrations);
    project.write(
        "migration/Cargo.toml",
        "[package]\nname = \"migration\"\nedition = \"2024\"\n\n[workspace]\n",
    );
    project.write("migration/src/lib.rs", "");
    let main = format!(
        "use std::os::unix::process::CommandExt as _;\n\n\
         fn main() {{\n    let arguments = std::env::args_os().skip(1);\n    \
         let error = std::process::Command::new({:?}).args(arguments).exec();\n    panic!(\"{{error}}\");\n}}\n",
        built("sea-orm-migrations")
    );
    project.write("migration/src/main.rs", main);
    project
}

/// SeaORM's tool on a database.
fn tool(database: &Database, migrations: &str, arguments: &[&str]) {
    let output = Command::new(built("sea-orm-migrations"))
        .args(arguments)
        .env("DATABASE_URL", database.url())
        .env("MIGRATIONS", migrations)
        .output()
        .expect("it starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
}

fn run(project: &Project, database: &Database, arguments: &[&str]) -> Output {
    let url = database.url();
    let options: &[&str] = &[
        "--dir",
        "migrations",
        "--format",
        "json",
        "--database-url",
        &url,
    ];
    project.cargo_migrate(&[arguments, options].concat())
}

/// All rows of `users`.
fn users(database: &Database) -> Vec<String> {
    let rows = database
        .client()
        .query("SELECT u::text FROM users u ORDER BY id", &[])
        .expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn the_migrations_of_sea_orm_become_files_of_sql_and_its_record_ours() {
    let (database, theirs) = (Database::fresh(), Database::fresh());
    let project = project(&database, "shop");
    tool(&database, "shop", &["up", "-n", "2"]);
    tool(&theirs, "shop", &["up"]);

    let imported = run(
        &project,
        &database,
        &["import", "--from", "sea-orm", "--convert"],
    );
    assert_eq!(imported.json()["notes"], json!([]), "{imported}");
    assert_eq!(
        project.files("migrations"),
        [
            "migrations/20260101000001_create_users.down.sql",
            "migrations/20260101000001_create_users.up.sql",
            "migrations/20260102000001_add_phone.down.sql",
            "migrations/20260102000001_add_phone.up.sql",
            "migrations/20260103000001_fill_users.down.sql",
            "migrations/20260103000001_fill_users.up.sql",
        ]
    );
    let text = |name: &str| project.read(format!("migrations/{name}.sql"));
    assert_eq!(
        text("20260102000001_add_phone.up"),
        "-- Add phone.\n-- sea-orm: m20260102_000001_add_phone\n\n\
         ALTER TABLE \"users\" ADD COLUMN \"phone\" varchar(20) NULL;\n\n\
         CREATE INDEX \"users_phone_idx\" ON \"users\" (\"phone\");\n"
    );
    assert_eq!(
        text("20260103000001_fill_users.up"),
        "-- Fill users.\n-- sea-orm: m20260103_000001_fill_users\n\n\
         INSERT INTO \"users\" (\"name\", \"age\", \"phone\") VALUES ('it''s; $1', '41', NULL), ( E'a\\\\b\n\tc', NULL, '5');\n\n\
         UPDATE \"users\" SET \"active\" = 'f' WHERE \"age\" > '40';\n\n\
         -- Nobody is without one.\nUPDATE users SET phone = '0' WHERE phone IS NULL;\n\n\
         SELECT setval('users_id_seq', 100);\n"
    );
    assert_eq!(
        text("20260102000001_add_phone.down"),
        "DROP INDEX \"users_phone_idx\";\n\nALTER TABLE \"users\" DROP COLUMN \"phone\";\n"
    );

    let status = run(&project, &database, &["status"]).json();
    let states: Vec<&str> = status["revisions"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["state"].as_str())
        .collect();
    assert_eq!(states, ["applied", "applied", "pending"]);

    // The third goes on where SeaORM stopped, and an empty database comes to the same.
    let fresh = Database::fresh();
    for (database, count) in [(&database, 1), (&fresh, 3)] {
        let lines = run(&project, database, &["up"]).json_lines();
        assert_eq!(lines.last().expect("a line")["count"], count);
    }
    for database in [&database, &theirs] {
        database.execute("DROP TABLE seaql_migrations");
    }
    for ours in [&database, &fresh] {
        assert_eq!(dump(&ours.url()), dump(&theirs.url()));
        assert_eq!(users(ours), users(&theirs));
    }
    run(&project, &fresh, &["down", "base"]).expect_success();
    assert_eq!(dump(&fresh.url()), dump(&Database::fresh().url()));
}

#[test]
fn what_could_not_be_carried_is_said() {
    let (database, theirs) = (Database::fresh(), Database::fresh());
    let project = project(&database, "odd");
    tool(&database, "odd", &["up"]);
    tool(&theirs, "odd", &["up"]);
    let imported = run(&project, &database, &["import", "--convert"]).json();
    assert_eq!(
        imported["notes"],
        json!([
            "`m20260101_000002_raise` reads rows: its file has what it did on empty tables, and its questions as comments",
            "`m20260101_000002_raise` has no down script: Migration Error: what was raised stays raised",
            "`m20260102_000001_forget` reverts nothing, so it has no down script",
        ])
    );
    assert_eq!(
        project.files("migrations"),
        [
            "migrations/20260101000001_levels.down.sql",
            "migrations/20260101000001_levels.up.sql",
            "migrations/20260101000002_raise.up.sql",
            "migrations/20260101000003_steps.down.sql",
            "migrations/20260101000003_steps.up.sql",
            "migrations/20260102000001_forget.up.sql",
            "migrations/20260103000001_index.down.sql",
            "migrations/20260103000001_index.up.sql",
        ]
    );
    assert_eq!(
        project.read("migrations/20260101000002_raise.up.sql"),
        "-- Raise.\n-- sea-orm: m20260101_000002_raise\n\n-- It read:\n--   SELECT \"id\" FROM \"levels\"\n\n\
         ALTER TABLE levels ADD COLUMN height int;\n"
    );
    assert_eq!(
        project.read("migrations/20260103000001_index.up.sql"),
        "-- Index.\n-- sea-orm: m20260103_000001_index\n-- migrate: transaction=none\n\n\
         CREATE INDEX CONCURRENTLY steps_width_idx ON steps (width);\n"
    );
    assert_eq!(run(&project, &database, &["status"]).json()["pending"], 0);

    // Another database of the project is taken over by the marks, and one that is empty built anew.
    let imported = run(&project, &theirs, &["import"]).json();
    assert_eq!(imported["heads"], json!(["20260103000001"]));
    let fresh = Database::fresh();
    run(&project, &fresh, &["up"]).expect_success();
    theirs.execute("DROP TABLE seaql_migrations");
    assert_eq!(dump(&fresh.url()), dump(&theirs.url()));
}

#[test]
fn a_migration_that_fails_on_an_empty_database_is_named_and_nothing_is_written() {
    let database = Database::fresh();
    let project = project(&database, "broken");
    tool(&database, "broken", &["up", "-n", "1"]);
    let said = project.cargo_migrate(&["import", "--convert", "--dir", "migrations"]);
    assert_eq!(
        said.expect_failure(1),
        "building SeaORM's migrations\n\
         running them on a scratch server\n\
         error: SeaORM's migration `m20260102_000001_broken` fails on an empty database\n\
         note: relation \"orders\" does not exist\n"
    );
    assert!(project.files("migrations").is_empty());

    project.write("migration/src/main.rs", "fn main() { nothing() }\n");
    let said = project.cargo_migrate(&["import", "--convert", "--dir", "migrations"]);
    let said = said.expect_failure(1);
    assert!(
        said.contains("`[project]/migration/Cargo.toml` does not build"),
        "{said}"
    );
    assert!(said.contains("cannot find function `nothing`"), "{said}");
    assert!(project.files("migrations").is_empty());
}

#[test]
fn a_main_that_goes_to_another_database_is_refused_before_it_migrates_that() {
    let (database, other) = (Database::fresh(), Database::fresh());
    let project = project(&database, "shop");
    tool(&database, "shop", &["up"]);
    let main = project.read("migration/src/main.rs");
    let aside = format!(".env(\"DATABASE_URL\", {:?}).exec()", other.url());
    project.write("migration/src/main.rs", main.replace(".exec()", &aside));
    let said = project.cargo_migrate(&["import", "--convert", "--dir", "migrations"]);
    let said = said.expect_failure(1);
    assert!(
        said.contains("SeaORM's tool did not come to the scratch database"),
        "{said}"
    );
    assert!(project.files("migrations").is_empty());
    let users = "SELECT pg_catalog.to_regclass('users') IS NULL";
    let row = other.client().query_one(users, &[]).expect("a row");
    assert!(row.get::<_, bool>(0), "it was not migrated");
}

#[test]
fn without_conversion_the_way_to_it_is_told() {
    let database = Database::fresh();
    let project = project(&database, "shop");
    tool(&database, "shop", &["up"]);
    let said = project.cargo_migrate(&["import", "--dir", "migrations"]);
    let said = said.expect_failure(1);
    assert!(said.contains("cargo migrate import --convert"), "{said}");
}

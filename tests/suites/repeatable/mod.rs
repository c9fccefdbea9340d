//! Repeatable scripts: `R__name.sql`, run again when their text changes, after the revisions.

mod commands;
mod start;

use migrate_tests::harness::{Database, Project};

const VIEW: &str =
    "-- Grown-up users.\nCREATE OR REPLACE VIEW adults AS SELECT id FROM users WHERE age >= 18;\n";

/// A package without revisions.
fn package(database: &Database) -> Project {
    let project = Project::on(database);
    let manifest = "[package]\nname = \"shop\"\nedition = \"2024\"\n[workspace]\n";
    project
        .write("Cargo.toml", manifest)
        .write("src/lib.rs", "");
    project
}

/// A table, and a view of it that can be replaced.
fn project(database: &Database) -> Project {
    let project = package(database);
    project
        .write(
            "migrations/1_users.up.sql",
            "-- migrate: revises=base\nCREATE TABLE users (id int, age int);\n",
        )
        .write("migrations/1_users.down.sql", "DROP TABLE users CASCADE;\n")
        .write("migrations/R__adults.sql", VIEW);
    project
}

/// The first column of the first row.
fn value(database: &Database, sql: &str) -> String {
    super::engine::value(database, sql)
}

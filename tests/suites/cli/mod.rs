//! The subcommand from outside: what each command line answers, says and ends with.

mod bad_input;
mod cases;
mod configuration;
mod databases;
mod errors;
mod in_binary;
mod json;
mod shape;
mod symbols;
mod targets;
mod work;

use migrate_tests::harness::{Database, Project};

/// A package with three revisions in a line, each of which makes a table.
fn line(database: &Database) -> Project {
    let project = package(Project::on(database));
    revision(
        &project,
        "1_users",
        "base",
        "CREATE TABLE users (id int);",
        "DROP TABLE users;",
    );
    revision(
        &project,
        "2_orders",
        "1",
        "CREATE TABLE orders (id int);",
        "DROP TABLE orders;",
    );
    revision(
        &project,
        "3_items",
        "2",
        "CREATE TABLE items (id int);",
        "DROP TABLE items;",
    );
    project
}

/// Makes a folder a Cargo package.
fn package(project: Project) -> Project {
    project.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nedition = \"2024\"\n[workspace]\n",
    );
    project.write("src/lib.rs", "");
    project
}

/// Writes the two files of a revision.
fn revision(project: &Project, name: &str, revises: &str, up: &str, down: &str) {
    let slug = name.split_once('_').map_or(name, |(_, slug)| slug);
    let head = format!("-- Add {slug}.\n-- migrate: revises={revises}\n");
    project.write(format!("migrations/{name}.up.sql"), format!("{head}{up}\n"));
    project.write(format!("migrations/{name}.down.sql"), format!("{down}\n"));
}

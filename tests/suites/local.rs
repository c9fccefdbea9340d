//! The commands `dev` and `db`, and commands that are given no database.

use migrate_tests::harness::{Database, Output, Project, server};
use postgres::{Client, NoTls};

#[test]
fn dev_start_leaves_a_server_running_until_dev_stop() {
    let package = Package::new();
    let started = package.run(&["dev", "start"]);
    let url = started.expect_success().trim();
    assert!(
        started.stderr.contains("until `cargo migrate dev stop`"),
        "{started}"
    );
    Client::connect(url, NoTls)
        .unwrap()
        .batch_execute("CREATE TABLE kept (id int)")
        .unwrap();

    let status = package.run(&["dev", "status", "--format", "json"]).json();
    assert_eq!(status["state"], "kept");
    assert_eq!(status["url"], url);
    assert_eq!(package.run(&["dev", "start"]).expect_success().trim(), url);

    assert!(package.run(&["dev", "stop"]).stderr.contains("has stopped"));
    let status = package.run(&["dev", "status"]);
    assert!(
        status
            .expect_success()
            .starts_with("local development server: stopped"),
        "{status}"
    );
    assert!(
        status
            .stdout
            .contains("data: target/cargo-migrate/server/data"),
        "{status}"
    );
    let stopped = package.run(&["dev", "stop"]);
    assert_eq!(
        stopped.stderr,
        "the local development server was not running\n"
    );
}

#[test]
fn without_a_database_the_local_server_is_used_and_named() {
    let package = Package::new();
    let shell = package.run(&["db", "shell", "--", "-Atc", "SELECT current_database()"]);
    assert_eq!(shell.expect_success(), "web_shop\n");
    let said = "database `web_shop` on the local development server";
    assert!(shell.stderr.contains(said), "{shell}");
}

#[test]
fn the_local_server_keeps_its_data_from_one_command_to_the_next() {
    let package = Package::new();
    let sql = |sql| package.run(&["-q", "db", "shell", "--", "-Atqc", sql]);
    sql("CREATE TABLE kept AS SELECT 42 AS answer").expect_success();
    assert_eq!(sql("SELECT answer FROM kept").expect_success(), "42\n");
}

#[test]
fn in_a_deploy_a_missing_database_is_an_error() {
    let package = Package::new();
    for arguments in [
        &["db", "url", "--release"][..],
        &["db", "url", "--dir", "migrations"],
    ] {
        let refused = package.run(arguments);
        assert!(
            refused.expect_failure(1).contains("DATABASE_URL"),
            "{refused}"
        );
    }
    let in_ci = |arguments: &[&str]| {
        package
            .project
            .finish(package.project.command(arguments).env("CI", "true"))
    };
    assert!(
        in_ci(&["db", "url"])
            .expect_failure(1)
            .contains("DATABASE_URL")
    );
    assert!(
        in_ci(&["db", "url", "--dev"])
            .expect_success()
            .contains("web_shop")
    );
}

#[test]
fn without_server_binaries_the_error_names_the_line_to_type() {
    let project = Project::new()
        .with("MIGRATE_PG_BIN", "")
        .with("MIGRATE_PG_SEARCH", "")
        .with("MIGRATE_CACHE_DIR", "/dev/null");
    let refused = project.cargo_migrate(&["db", "url", "--dir", "migrations", "--dev"]);
    assert!(refused.expect_failure(1).contains("hint: "), "{refused}");
}

#[test]
fn db_create_and_drop_make_and_remove_the_target() {
    let target = Target::new();
    let created = target.run(&["db", "create"]);
    assert_eq!(
        created.stderr,
        format!("created the database `{}`\n", target.name)
    );
    let again = target.run(&["db", "create"]);
    assert_eq!(
        again.stderr,
        format!("the database `{}` exists already\n", target.name)
    );
    again.expect_success();

    let refused = target.run(&["db", "drop"]);
    assert!(
        refused.expect_failure(1).contains("pass `--yes`"),
        "{refused}"
    );
    let dropped = target.run(&["db", "drop", "--yes"]);
    assert_eq!(
        dropped.stderr,
        format!("dropped the database `{}`\n", target.name)
    );
    let again = target.run(&["db", "drop", "--yes", "--format", "json"]);
    assert_eq!(again.json()["dropped"], false);
}

#[test]
fn db_reset_makes_the_database_anew_and_applies_the_revisions() {
    let target = Target::new();
    let up = "CREATE TABLE fruit (id int);";
    target
        .project
        .write("migrations/20260101000000_fruit.up.sql", up);
    target.run(&["db", "create"]).expect_success();
    let fruit = |sql| server().connect(&target.name).unwrap().execute(sql, &[]);
    fruit("CREATE TABLE fruit AS SELECT 1 AS id").unwrap();
    target
        .run(&["db", "reset", "--yes", "--force"])
        .expect_success();
    assert_eq!(fruit("SELECT FROM fruit").unwrap(), 0);
}

#[test]
fn db_reset_drops_nothing_where_the_revisions_can_not_be_read() {
    let target = Target::new();
    target.project.write(
        "migrations/20260101000000_bad.up.sql",
        "-- migrate: revises=7\nSELECT 1;",
    );
    target.run(&["db", "create"]).expect_success();
    target.run(&["db", "reset", "--yes"]).expect_failure(1);
    server().connect(&target.name).unwrap();
}

#[test]
fn a_database_in_use_is_dropped_by_force_only() {
    let target = Target::new();
    target.run(&["db", "create"]).expect_success();
    let _session = server().connect(&target.name).unwrap();
    let refused = target.run(&["db", "drop", "--yes"]);
    assert!(
        refused.expect_failure(1).contains("pass `--force`"),
        "{refused}"
    );
    target
        .run(&["db", "drop", "--yes", "--force"])
        .expect_success();
}

#[test]
fn a_database_on_another_machine_is_dropped_with_yes_only() {
    let url = "postgres://ann:canary@db.example.invalid/shop";
    let project = Project::new().with("DATABASE_URL", url);
    let refused = project.cargo_migrate(&["db", "drop", "--dir", "migrations"]);
    insta::assert_snapshot!(refused, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `postgres://ann@db.example.invalid/shop` is not on this machine
    hint: pass `--yes` to drop the database all the same
    ");
}

#[test]
fn db_url_never_shows_the_password() {
    let project = Project::new().with("DATABASE_URL", "postgres://ann:canary@localhost/shop");
    let shown = project.cargo_migrate(&["db", "url", "--dir", "migrations"]);
    assert_eq!(shown.expect_success(), "postgres://ann@localhost/shop\n");
}

/// A Cargo package whose development server is stopped at the end.
struct Package {
    project: Project,
}

impl Package {
    fn new() -> Self {
        let project = Project::new();
        let manifest = "[package]\nname = \"web-shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
        project
            .write("Cargo.toml", manifest)
            .write("src/lib.rs", "");
        Self { project }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.project.cargo_migrate(arguments)
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        self.run(&["dev", "stop"]);
    }
}

/// A database that does not exist yet, on the server of the tests.
struct Target {
    name: String,
    project: Project,
}

impl Target {
    fn new() -> Self {
        let taken = Database::fresh();
        let name = format!("{}_target", taken.name());
        let project = Project::new().with("DATABASE_URL", server().url(&name));
        Self { name, project }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let arguments: Vec<_> = arguments
            .iter()
            .copied()
            .chain(["--dir", "migrations"])
            .collect();
        self.project.cargo_migrate(&arguments)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.run(&["db", "drop", "--yes", "--force"]);
    }
}

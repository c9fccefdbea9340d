//! The subcommand never prints a password, whatever it is asked and however it fails.

use migrate_tests::harness::{Output, Project};

use super::secured::{CANARY, ENCODED_CANARY, NAME, shared};

/// Every command that reads the connection, and some that only might.
const COMMANDS: &[&str] = &[
    "up",
    "up --dry-run",
    "down base",
    "redo",
    "status",
    "current",
    "current --check-heads",
    "check",
    "check --pending",
    "check --drift",
    "stamp head",
    "repair 1",
    "ensure-history",
    "diff database migrations",
    "config",
    "db url",
    "db create",
    "db reset --yes",
    "heads",
    "lint",
];

const LEVELS: &[&str] = &[" -vvv", " --format json"];

fn project() -> Project {
    let project = Project::new();
    project.write("migrations/1_a.up.sql", "CREATE TABLE a (id int);\n");
    project.write("migrations/1_a.down.sql", "DROP TABLE a;\n");
    project
}

#[track_caller]
fn expect_no_canary(output: &Output, what: &str) {
    let shown = output.to_string();
    for form in [CANARY, ENCODED_CANARY, "c@nary", "nary%2F", "nary/7"] {
        assert!(
            !shown.contains(form),
            "`{what}` prints the password:\n{shown}"
        );
    }
}

#[test]
fn a_wrong_password_is_printed_by_no_command_at_no_level() {
    let (_, server) = shared();
    let address = &server.address;
    let url = format!("postgres://forgetful:{ENCODED_CANARY}@{address}/postgres");
    let project = project().with("DATABASE_URL", url);
    for command in COMMANDS {
        for level in LEVELS {
            let line = format!("{command}{level} --dir migrations");
            let words: Vec<_> = line.split(' ').collect();
            expect_no_canary(&project.cargo_migrate(&words), &line);
        }
    }
}

#[test]
fn a_url_that_cannot_be_read_is_not_repeated() {
    for url in [
        format!("postgres://app:{CANARY}@{NAME}/postgres"),
        format!("postgres://app:{ENCODED_CANARY}@{NAME}/postgres?sslmod=require"),
        format!("postgres://app:{ENCODED_CANARY}@{NAME}:port/postgres"),
        format!("host={NAME} password={CANARY} oops"),
        format!("host={NAME} password='{CANARY}"),
    ] {
        let project = project().with("DATABASE_URL", &url);
        for command in ["status", "up -vv", "config", "db url", "db shell"] {
            let line = format!("{command} --dir migrations");
            let words: Vec<_> = line.split(' ').collect();
            let output = project.cargo_migrate(&words);
            expect_no_canary(&output, &format!("{line} with {url}"));
        }
    }
}

#[test]
fn libpqs_variables_are_the_connection_where_no_url_is_given() {
    let (_, server) = shared();
    let database = "postgres";
    let project = project()
        .with("PGHOST", &server.address)
        .with("PGUSER", "app")
        .with("PGDATABASE", database)
        .with("PGPASSWORD", CANARY)
        .with("PGSSLMODE", "require");
    let output = project.cargo_migrate(&["current", "--dir", "migrations", "-vv"]);
    output.expect_success();
    expect_no_canary(&output, "current");
}

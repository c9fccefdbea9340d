//! A whole deployment starts at once.

use std::process::{Child, Output, Stdio};

use migrate_tests::harness::{Database, Project};

use super::{STORY, expect_told_once, expected_schema};
use crate::engine::value;

/// Counts what is really executed, by a trigger that no run can bypass.
pub(super) const COUNTER: &str = "
    CREATE SCHEMA counter;
    CREATE TABLE counter.ddl (command text);
    CREATE FUNCTION counter.count() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO counter.ddl
        SELECT command_tag || ' ' || object_identity FROM pg_event_trigger_ddl_commands()
        WHERE schema_name = 'public' AND object_identity NOT LIKE '%cargo_migrate%'
        -- PostgreSQL tells it since 17. To do it again after a kill changes nothing.
        AND command_tag <> 'REINDEX';
    END $$;
    CREATE EVENT TRIGGER counter ON ddl_command_end EXECUTE FUNCTION counter.count();";

#[test]
fn sixty_four_processes_at_once_on_an_empty_database_all_succeed_and_each_ddl_runs_once() {
    let schema = expected_schema();
    let database = Database::fresh();
    database.execute(COUNTER);
    let project = Project::on(&database);
    for (name, text) in STORY {
        project.write(format!("migrations/{name}"), text);
    }
    start_together(&project, 64);
    expect_counted_once(&database);
    database.execute("DROP EVENT TRIGGER counter; DROP SCHEMA counter CASCADE");
    expect_told_once(&database, &schema, "sixty-four processes");
}

/// Starts that many processes at once; each must end with success.
pub(super) fn start_together(project: &Project, count: usize) {
    for output in run_together(project, count) {
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
    }
}

/// Starts that many processes at once and waits for all of them.
pub(super) fn run_together(project: &Project, count: usize) -> Vec<Output> {
    let start = || {
        let mut command = project.command(&["up", "--dir", "migrations"]);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts")
    };
    let processes: Vec<_> = (0..count).map(|_| start()).collect();
    let outputs = processes.into_iter().map(Child::wait_with_output);
    outputs.map(|output| output.expect("it ends")).collect()
}

/// Expects that no DDL was executed twice, and some once.
#[track_caller]
pub(super) fn expect_counted_once(database: &Database) {
    let twice = "SELECT count(*) FROM (SELECT command FROM counter.ddl \
                 GROUP BY command HAVING count(*) > 1) AS repeated";
    assert_eq!(value(database, twice), "0");
    assert_ne!(value(database, "SELECT count(*) FROM counter.ddl"), "0");
}

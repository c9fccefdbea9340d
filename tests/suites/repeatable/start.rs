//! Repeatable scripts that a binary carries.

use migrate_tests::harness::embedded;

use super::*;
use crate::startup::Counted;

const USERS: (&str, &str) = ("1_users.sql", "CREATE TABLE users (id int, age int);");
const OLD: (&str, &str) = ("R__adults.sql", VIEW);
const NEW: (&str, &str) = (
    "R__adults.sql",
    "CREATE OR REPLACE VIEW adults AS SELECT id FROM users WHERE age > 20;",
);

#[test]
fn a_start_notices_a_changed_script_and_is_one_round_trip_otherwise() {
    let database = Database::fresh();
    let mut client = database.client();
    let report = embedded(&[USERS, OLD]).run(&mut client).expect("up");
    assert_eq!(report.done.len(), 2);
    let mut counted = Counted(&mut client, 0);
    let report = embedded(&[USERS, OLD]).run(&mut counted).expect("nothing");
    assert!(report.is_up_to_date());
    assert_eq!(counted.1, 1);
    let report = embedded(&[USERS, NEW]).run(&mut client).expect("up");
    let ids: Vec<String> = report.done.iter().map(|done| done.id.to_string()).collect();
    assert_eq!(ids, ["R__adults"]);
    let definition = value(&database, "SELECT pg_get_viewdef('adults'::regclass)");
    assert!(definition.contains("20"), "{definition}");
}

#[test]
fn an_older_release_leaves_the_scripts_of_a_newer_one_alone() {
    let database = Database::fresh();
    let mut client = database.client();
    let newer = ("2_names.sql", "ALTER TABLE users ADD COLUMN name text;");
    embedded(&[USERS, newer, NEW]).run(&mut client).expect("up");
    let report = embedded(&[USERS, OLD]).run(&mut client).expect("it starts");
    assert!(report.is_up_to_date());
    assert_eq!(report.unknown.len(), 1);
    let definition = value(&database, "SELECT pg_get_viewdef('adults'::regclass)");
    assert!(definition.contains("20"), "{definition}");
}

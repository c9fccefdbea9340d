//! The tests of an application, in a process of their own: makes a database with all revisions
//! applied, says its name, and keeps it until standard input ends or the process is killed.

use std::io::{Read as _, Write as _};

use build_support::testing::Database;
use migrate_tests::harness::embedded;

const FILES: &[(&str, &str)] = &[
    ("1_users.up.sql", "CREATE TABLE users (name text);"),
    (
        "2_ada.up.sql",
        "INSERT INTO users VALUES ('ada'); SELECT pg_sleep(0.3);",
    ),
];

fn main() {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    let database = Database::fresh(embedded(FILES), &url).unwrap_or_else(|error| panic!("{error}"));
    let mut output = std::io::stdout();
    writeln!(output, "{}", database.name())
        .and_then(|()| output.flush())
        .expect("somebody reads");
    let _ = std::io::stdin().read(&mut [0]);
}

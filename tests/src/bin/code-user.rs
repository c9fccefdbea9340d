//! An application whose second revision is code that is not safe to run twice: the many processes of
//! the suite `code`.

use build_support::Diagnose as _;
use migrate_tests::harness::{arm_failpoint, embedded};

const FILES: &[(&str, &str)] = &[
    ("1_users.up.sql", "CREATE TABLE users (name text);"),
    (
        "2_fill.up.sql",
        "-- migrate: code\nCREATE TABLE filled (by text);",
    ),
    ("3_last.up.sql", "ALTER TABLE users ADD COLUMN age int;"),
];

fn main() {
    arm_failpoint();
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    let migrations = || {
        embedded(FILES).code("2", |tx| {
            for name in ["ada", "grace"] {
                tx.batch_execute(&format!("INSERT INTO users VALUES ('{name}')"))?;
            }
            Ok(())
        })
    };
    migrations()
        .command(std::env::args_os())
        .expect("its own revisions");
    let run = migrations()
        .connect(&url)
        .and_then(build_support::Connected::run);
    if let Err(error) = run {
        panic!("{}", error.diagnose());
    }
}

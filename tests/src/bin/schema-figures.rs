//! How long the schema of a large database takes to read, beside `pg_dump --schema-only` of the same,
//! and how long the plan from one such schema to a slightly different one takes.
//!
//! `cargo run --release -p migrate-tests --bin schema-figures [TABLES]`

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use cargo_migrate::{
    schema::{Options, Plan, Snapshot, plan},
    server::Binaries,
};
use migrate_tests::{
    figures::{median, millis},
    harness::{Database, environment},
};

const TABLES: usize = 1_000;
const ROUNDS: usize = 7;
const OF_PG_DUMP: f64 = 0.5;
const PLAN: Duration = Duration::from_millis(50);

/// Touches a few of the tables: the rest has to be compared and found to be the same.
const CHANGE: &str = "
    ALTER TABLE t10 ADD COLUMN note text;
    ALTER TABLE t20 ALTER COLUMN state SET DEFAULT 'open';
    ALTER TABLE t30 DROP CONSTRAINT t30_total_check;
    DROP INDEX t40_name;
    CREATE INDEX t50_total ON t50 (total);
    CREATE TABLE added (id bigint PRIMARY KEY, parent bigint NOT NULL REFERENCES t60 (id));
    CREATE OR REPLACE VIEW named AS SELECT id, name FROM t0 WHERE name <> '';
";

fn main() {
    let tables = std::env::args()
        .nth(1)
        .map_or(TABLES, |text| text.parse().expect("a number of tables"));
    assert!(tables > 60, "the change touches the first 61 tables");
    let before = Database::fresh();
    build(&before, tables);
    let after = before.copy();
    after.execute(CHANGE);

    let pg_dump = Binaries::find(&environment(), None)
        .expect("the server's programs")
        .folder()
        .join("pg_dump");
    // By turns, so that a busy machine is as busy for the one as for the other.
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let dump = time(|| dump(&pg_dump, &before)).1;
        rounds.push((dump, time(|| read(&before)).1));
    }
    let dumped = median(rounds.iter().map(|round| round.0));
    let taken = median(rounds.iter().map(|round| round.1));
    let ratio = taken.as_secs_f64() / dumped.as_secs_f64();
    say(&format!(
        "{tables} tables, median of {ROUNDS}:\n  \
         pg_dump --schema-only {:.0} ms, snapshot {:.0} ms: {ratio:.2} of it (goal {OF_PG_DUMP})",
        millis(dumped),
        millis(taken),
    ));

    let (start, target) = (read(&before), read(&after));
    let plans: Vec<(Plan, Duration)> = (0..ROUNDS)
        .map(|_| time(|| compare(&start, &target)))
        .collect();
    let planned = median(plans.iter().map(|one| one.1));
    say(&format!(
        "  plan of {} statements between two snapshots {:.1} ms: {:.2} of the goal ({} ms)",
        plans[0].0.statements.len(),
        millis(planned),
        planned.as_secs_f64() / PLAN.as_secs_f64(),
        PLAN.as_millis(),
    ));
}

/// Tables with a key, a foreign key, a check, a sequence and two indexes each; three views and an enum.
fn build(database: &Database, tables: usize) {
    let mut client = database.client();
    let mut sql = String::from("CREATE TYPE state AS ENUM ('open', 'paid', 'gone');\n");
    for table in 0..tables {
        let parent = table.saturating_sub(1);
        sql += &format!(
            "CREATE TABLE t{table} (\n\
             id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n\
             parent bigint REFERENCES t{parent} (id) ON DELETE CASCADE,\n\
             name text NOT NULL UNIQUE,\n\
             state state NOT NULL DEFAULT 'paid',\n\
             total numeric(12, 2) CHECK (total >= 0),\n\
             created_at timestamptz NOT NULL DEFAULT now());\n\
             CREATE INDEX t{table}_name ON t{table} (lower(name));\n\
             CREATE INDEX t{table}_open ON t{table} (created_at) WHERE state = 'open';\n\
             COMMENT ON TABLE t{table} IS 'Table number {table}';\n"
        );
        // A table's locks are given back now and then: all of them don't fit into one transaction.
        if table % 100 == 99 {
            client.batch_execute(&sql).expect("tables");
            sql.clear();
        }
    }
    sql += "CREATE VIEW named AS SELECT id, name FROM t0;\n\
            CREATE VIEW open AS SELECT n.id, t1.total FROM named n JOIN t1 USING (id) WHERE t1.state = 'open';\n\
            CREATE MATERIALIZED VIEW totals AS SELECT parent, sum(total) AS total FROM t2 GROUP BY parent;\n\
            ANALYZE;\n";
    // `ANALYZE` of a whole database is no part of a transaction that did something else.
    for statement in sql.split_inclusive(";\n") {
        client.batch_execute(statement).expect("views");
    }
}

/// The program from its start to its end, which writes into nothing.
fn dump(program: &std::path::Path, database: &Database) {
    let status = Command::new(program)
        .args(["--schema-only", "--dbname", &database.url()])
        .stdout(Stdio::null())
        .status()
        .expect("`pg_dump` starts");
    assert!(status.success(), "pg_dump failed");
}

/// A connection of its own, as the program has.
fn read(database: &Database) -> Snapshot {
    Snapshot::read(&mut database.client()).expect("a snapshot")
}

fn compare(start: &Snapshot, target: &Snapshot) -> Plan {
    plan(start, target, &Options::default()).expect("a plan")
}

fn time<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let made = run();
    (made, begin.elapsed())
}

#[expect(clippy::print_stdout, reason = "its answer")]
fn say(text: &str) {
    println!("{text}");
}

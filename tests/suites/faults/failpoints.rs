//! A process dies before each statement that it sends, one death after the other; whatever it left
//! behind, the same command then leaves what it would have left in the first place.
//!
//! The process is the subcommand, or an application, built with the feature `failpoints`. A message
//! is taken apart for it, so it also dies in the midst of a transaction that goes as one text.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use migrate_tests::harness::{Database, FAILPOINT, Project, built, dump};
use postgres::SimpleQueryMessage;

use super::expect_no_lock;
use super::start::COUNTER;

/// How many processes die beside each other.
const WORKERS: usize = 3;

/// Rows to work on, and a key to go along.
const NUMBERS: (&str, &str) = (
    "1_numbers.up.sql",
    "CREATE TABLE numbers (n int PRIMARY KEY, touched int NOT NULL);\n\
     INSERT INTO numbers SELECT n, 0 FROM generate_series(1, 40) AS n;\n",
);

/// Statements that can't share a transaction among some that can, each of which is counted.
const NO_TRANSACTION: &str = "-- migrate: transaction=none\n\
    INSERT INTO counter.ddl VALUES ('first');\n\
    CREATE INDEX CONCURRENTLY numbers_touched ON numbers (touched);\n\
    CREATE UNIQUE INDEX CONCURRENTLY numbers_both ON numbers (n, touched);\n\
    ALTER TABLE numbers ADD COLUMN note text;\n\
    DROP INDEX CONCURRENTLY numbers_touched;\n\
    REINDEX INDEX CONCURRENTLY numbers_both;\n\
    VACUUM numbers;\n\
    DO $$ BEGIN INSERT INTO counter.ddl VALUES ('block'); END $$;\n\
    INSERT INTO counter.ddl VALUES ('last');\n";

/// Everything that a command leaves behind, but times.
const LEFT: &str = "SELECT pg_catalog.jsonb_pretty(pg_catalog.jsonb_build_object(\
    'history', (SELECT jsonb_agg(to_jsonb(h) - '{applied_at,duration_ms}'::text[] ORDER BY id) \
                FROM cargo_migrate_history AS h), \
    'state', (SELECT jsonb_agg(to_jsonb(s)) FROM cargo_migrate_state AS s), \
    'log', (SELECT jsonb_agg(to_jsonb(l) - '{at,duration_ms}'::text[] ORDER BY at) \
            FROM cargo_migrate_log AS l), \
    'done', (SELECT jsonb_agg(command ORDER BY command) FROM counter.ddl), \
    'invalid', (SELECT count(*) FROM pg_index WHERE NOT indisvalid)))";

/// A project and the database that each try begins with.
struct Scene {
    project: Project,
    base: Database,
}

impl Scene {
    fn of(files: &[(&str, &str)]) -> Self {
        let project = Project::new();
        let base = Database::fresh();
        base.execute(COUNTER);
        let scene = Self { project, base };
        scene.write(files);
        scene
    }

    fn write(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            self.project.write(format!("migrations/{name}"), text);
        }
    }

    /// Runs a command on the database that the tries begin with.
    fn prepare(&self, arguments: &[&str]) {
        let mut command = self.subcommand(arguments);
        command.env("DATABASE_URL", self.base.url());
        self.project.finish(&mut command).expect_success();
    }

    fn subcommand(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.command(arguments);
        command.args(["--dir", "migrations"]);
        command
    }

    /// Kills the subcommand at every point.
    #[track_caller]
    fn kill_everywhere(&self, arguments: &[&str]) -> Deaths {
        self.kill(&|| self.subcommand(arguments))
    }

    /// Kills a process at every point, until one lives; each time the next one must put it right.
    #[track_caller]
    fn kill(&self, command: &(dyn Fn() -> Command + Sync)) -> Deaths {
        let undisturbed = self.base.copy();
        self.finish(command(), &undisturbed);
        let expected = Outcome::of(&undisturbed);
        let (next, deaths) = (AtomicUsize::new(0), Mutex::default());
        let die_and_recover = || {
            loop {
                let at = next.fetch_add(1, Ordering::SeqCst);
                let database = self.base.copy();
                if !dies(command(), &database, at) {
                    break assert_eq!(Outcome::of(&database), expected, "alive at {at}");
                }
                let left = left(&database);
                self.finish(command(), &database);
                assert_eq!(
                    Outcome::of(&database),
                    expected,
                    "killed at {at}, which left {left}"
                );
                expect_no_lock(&database, &format!("killed at {at}"));
                let mut deaths: std::sync::MutexGuard<'_, Deaths> =
                    deaths.lock().expect("no panic");
                deaths.points += 1;
                deaths.left.insert(left);
            }
        };
        thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(die_and_recover);
            }
        });
        deaths.into_inner().expect("no panic")
    }

    /// Runs a command to its end.
    #[track_caller]
    fn finish(&self, mut command: Command, database: &Database) {
        command.env("DATABASE_URL", database.url());
        self.project.finish(&mut command).expect_success();
    }
}

/// What many deaths came to.
#[derive(Default)]
struct Deaths {
    points: usize,
    /// The states of the database that they left behind.
    left: BTreeSet<String>,
}

impl Deaths {
    /// Expects that many different states, so that no death was missed or came too late.
    #[track_caller]
    fn expect(&self, states: usize) {
        let Self { points, left } = self;
        assert_eq!(left.len(), states, "{points} deaths left {left:#?}");
        assert!(*points > 2 * states, "{points} deaths, {states} states");
    }
}

/// Runs a command that is to die at a point; tells whether it did.
fn dies(mut command: Command, database: &Database, at: usize) -> bool {
    let armed = command
        .env("DATABASE_URL", database.url())
        .env(FAILPOINT, at.to_string());
    let status = armed.stdout(Stdio::null()).stderr(Stdio::null()).status();
    match status.expect("it starts").code() {
        None => true,
        Some(0) => false,
        Some(code) => panic!("it ended with {code} at point {at}"),
    }
}

/// What a command has left in a database.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    schema: String,
    left: String,
}

impl Outcome {
    fn of(database: &Database) -> Self {
        Self {
            schema: dump(&database.url()),
            left: left(database),
        }
    }
}

/// What is recorded; the error where that can't be read, as there is no history yet.
fn left(database: &Database) -> String {
    match database.client().simple_query(LEFT) {
        Ok(rows) => rows
            .iter()
            .find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .expect("one row"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn killed_at_every_statement_of_revisions_in_transactions() {
    let scene = Scene::of(&[
        NUMBERS,
        (
            "2_more.up.sql",
            "ALTER TABLE numbers ADD COLUMN note text;\nINSERT INTO counter.ddl VALUES ('2');\n\
             CREATE VIEW noted AS SELECT n FROM numbers WHERE note IS NOT NULL;\n",
        ),
    ]);
    // Nothing, the tables of the history, the first revision, both.
    scene.kill_everywhere(&["up"]).expect(4);
}

#[test]
fn killed_at_every_statement_of_one_transaction_for_all() {
    let scene = Scene::of(&[
        NUMBERS,
        (
            "2_more.up.sql",
            "CREATE TABLE more (n int);\nINSERT INTO counter.ddl VALUES ('2');\n",
        ),
    ]);
    scene
        .kill_everywhere(&["up", "--one-transaction"])
        .expect(2);
}

#[test]
fn killed_at_every_statement_of_a_revision_without_a_transaction() {
    let scene = Scene::of(&[NUMBERS]);
    scene.prepare(&["up"]);
    scene.write(&[("2_steps.up.sql", NO_TRANSACTION)]);
    // Before it, its entry, and each of its statements; those that can't share a transaction are done
    // before they are recorded, which shows for the two indexes that the trigger counts. At last
    // the whole.
    scene.kill_everywhere(&["up"]).expect(1 + 1 + 9 + 2 + 1);
}

#[test]
fn killed_at_every_statement_of_batches() {
    let scene = Scene::of(&[NUMBERS]);
    scene.prepare(&["up"]);
    let batch = "-- migrate: batch rows=10 time=10s\nUPDATE numbers SET touched = touched + 1;\n";
    scene.write(&[("2_fill.up.sql", batch)]);
    let deaths = scene.kill_everywhere(&["up"]);
    // Before it, its entry, batches of 10, 20 and 10 rows, the statement, the whole.
    deaths.expect(1 + 1 + 3 + 1 + 1);
}

#[test]
fn killed_at_every_statement_on_the_way_down() {
    let scene = Scene::of(&[
        NUMBERS,
        (
            "1_numbers.down.sql",
            "DROP TABLE numbers;\nINSERT INTO counter.ddl VALUES ('down 1');\n",
        ),
        (
            "2_index.up.sql",
            "CREATE INDEX CONCURRENTLY numbers_touched ON numbers (touched);\n",
        ),
        (
            "2_index.down.sql",
            "-- migrate: transaction=none\nINSERT INTO counter.ddl VALUES ('down 2');\n\
             DROP INDEX CONCURRENTLY numbers_touched;\n",
        ),
    ]);
    scene.prepare(&["up"]);
    // Both, the entry, its first statement, its second, without the second, without both.
    scene.kill_everywhere(&["down", "base"]).expect(6);
}

#[test]
fn killed_at_every_statement_of_a_stamp_and_of_a_repair() {
    let scene = Scene::of(&[NUMBERS, ("2_more.up.sql", "CREATE TABLE more (n int);\n")]);
    // Nothing, the tables of the history, both records.
    scene.kill_everywhere(&["stamp", "2"]).expect(3);
    scene.prepare(&["up"]);
    scene.write(&[("2_more.up.sql", "CREATE TABLE more (n bigint);\n")]);
    scene.kill_everywhere(&["repair", "2", "--yes"]).expect(2);
}

#[test]
fn killed_at_every_statement_of_an_application_and_its_code() {
    let scene = Scene::of(&[]);
    let application = || Command::new(built("code-user"));
    let deaths = scene.kill(&application);
    // Nothing, the tables of the history, and each of three revisions; the second one is code that is
    // not safe to run twice.
    deaths.expect(5);
}

#[test]
fn killed_at_every_statement_of_an_application_over_an_asynchronous_connection() {
    let scene = Scene::of(&[]);
    let application = || Command::new(built("async-user"));
    let deaths = scene.kill(&application);
    // Nothing, the tables of the history, a script, code; the entry of what runs without a
    // transaction, its index before and behind its entry, the other statement, the whole; the entry
    // of what runs in batches, batches of 10 and 12 rows, the statement, the whole.
    deaths.expect(4 + 5 + 5);
}

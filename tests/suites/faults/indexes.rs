//! Indexes that are built while everybody else goes on: what waits, fails or stops half way never
//! counts as done, and leaves nothing INVALID behind.

use std::thread;
use std::time::{Duration, Instant};

use build_support::connect::Settings;
use build_support::driver::{drive, up_through_restarts};
use build_support::engine::{Engine, EngineError, Event, Operation, Options, Outcome};
use build_support::graph::Graph;
use migrate_tests::harness::{Cluster, Database, signal};
use postgres::{Client, NoTls};

use crate::engine::{applied, graph, run, up, value};

const TABLE: (&str, &str) = (
    "1_t.up.sql",
    "CREATE TABLE t (x int);\nINSERT INTO t SELECT n / 2 FROM generate_series(1, 1000) AS n;\n",
);

const VALID: &str = "SELECT string_agg(c.relname || ' ' || i.indisvalid::text, ', ' ORDER BY 1) \
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = 't'::regclass";

/// How long one statement waits here.
fn impatient() -> Options {
    Options {
        statement_lock_timeout: Duration::from_millis(150),
        lock_timeout: Duration::from_secs(20),
        ..Options::default()
    }
}

/// A report whose snapshot every concurrent build has to wait for.
fn report(database: &Database) -> Client {
    let mut client = database.client();
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t")
        .expect("a report");
    client
}

/// Runs `up` beside a report that ends after the second try.
fn up_beside_a_report(database: &Database, graph: &Graph) -> Result<Outcome, EngineError> {
    let (mut report, mut tries, options) = (report(database), 0, impatient());
    let engine = Engine::new(graph, &options, Operation::Up(vec!["head".to_owned()]));
    let result = drive(&mut database.client(), engine, &mut |event| {
        tries += usize::from(matches!(event, Event::Retrying { .. }));
        if tries == 2 {
            // A second time it does nothing.
            report.batch_execute("COMMIT").expect("the end");
        }
    });
    assert!(tries > 1, "{tries}");
    result
}

#[test]
fn an_index_that_waits_for_a_report_gives_way_and_is_built_when_that_is_over() {
    let database = Database::fresh();
    up(&database, &graph(&[TABLE])).expect("a table");
    let with_index = graph(&[
        TABLE,
        ("2_i.up.sql", "CREATE INDEX CONCURRENTLY t_x ON t (x);\n"),
    ]);
    // Each try leaves an INVALID index, and to drop it takes a lock that the report is in the way of.
    up_beside_a_report(&database, &with_index).expect("built at last");
    assert_eq!(value(&database, VALID), "t_x true");
    assert_eq!(applied(&database), ["1", "2"]);
}

#[test]
fn an_index_whose_time_is_over_is_told_with_the_report_and_built_by_the_next_run() {
    let database = Database::fresh();
    up(&database, &graph(&[TABLE])).expect("a table");
    let with_index = graph(&[
        TABLE,
        ("2_i.up.sql", "CREATE INDEX CONCURRENTLY t_x ON t (x);\n"),
    ]);
    let mut report = report(&database);
    report
        .batch_execute("SET application_name = 'a report'")
        .expect("set");
    let options = Options {
        lock_timeout: Duration::from_millis(500),
        ..impatient()
    };
    let operation = Operation::Up(vec!["head".to_owned()]);
    let error = run(&mut database.client(), &with_index, &options, operation)
        .0
        .expect_err("the report goes on");
    let EngineError::StatementLocked { blockers, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(blockers[0].application, "a report");
    drop(report);
    up(&database, &with_index).expect("built");
    assert_eq!(value(&database, VALID), "t_x true");
}

#[test]
fn an_index_that_is_dropped_beside_a_report_is_gone_at_last() {
    let database = Database::fresh();
    let index = ("2_i.up.sql", "CREATE INDEX t_x ON t (x);\n");
    up(&database, &graph(&[TABLE, index])).expect("an index");
    let without = graph(&[
        TABLE,
        index,
        ("3_drop.up.sql", "DROP INDEX CONCURRENTLY t_x;\n"),
    ]);
    up_beside_a_report(&database, &without).expect("dropped at last");
    assert_eq!(value(&database, VALID), "");
}

#[test]
fn if_not_exists_does_not_take_an_invalid_index_for_the_one_that_is_wanted() {
    let database = Database::fresh();
    up(&database, &graph(&[TABLE])).expect("a table");
    database
        .client()
        .batch_execute("CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)")
        .expect_err("the rows are not unique");
    assert_eq!(value(&database, VALID), "t_x false");
    database.execute("DELETE FROM t AS a USING t AS b WHERE a.x = b.x AND a.ctid > b.ctid");
    let text = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_x ON t (x);\n";
    up(&database, &graph(&[TABLE, ("2_i.up.sql", text)])).expect("built");
    assert_eq!(value(&database, VALID), "t_x true");
}

#[test]
fn a_crash_while_an_index_is_built_is_survived_and_the_index_is_built_anew() {
    let cluster = Cluster::start();
    let url = cluster.database();
    let settings = Settings::parse(&url).expect("a URL");
    let options = Options::default();
    let files = [
        TABLE,
        ("2_i.up.sql", "CREATE INDEX CONCURRENTLY t_x ON t (x);\n"),
    ];
    let apply = |files: &[(&str, &str)]| {
        let graph = graph(files);
        let mut client = settings.connect().expect("connected");
        let (what, targets) = ((&graph, &options), ["head".to_owned()]);
        up_through_restarts(&mut client, &settings, what, &targets, &mut |_| {})
    };
    apply(&files[..1]).expect("a table");
    let mut report = Client::connect(&url, NoTls).expect("connected");
    let flush = "SET synchronous_commit = on; CREATE TABLE flushed ()";
    report.batch_execute(flush).expect("the table outlives it");
    report
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t")
        .expect("a report");
    let backend: i32 = report
        .query_one("SELECT pg_backend_pid()", &[])
        .expect("an answer")
        .get(0);
    let done = thread::scope(|scope| {
        let run = scope.spawn(|| apply(&files));
        wait_for_build(&url);
        // The server ends every session, the report among them, and recovers.
        signal(backend.unsigned_abs(), "KILL");
        run.join()
            .expect("no panic")
            .expect("in spite of the crash")
    });
    assert_eq!(crate::engine::done(&done), ["2"]);
    let mut client = settings.connect().expect("connected");
    let index: String = client.query_one(VALID, &[]).expect("an answer").get(0);
    assert_eq!(index, "t_x true");
}

/// Waits until an index is being built that is INVALID so far.
fn wait_for_build(url: &str) {
    let mut client = Client::connect(url, NoTls).expect("connected");
    let building = "SELECT count(*) FROM pg_stat_progress_create_index \
                    WHERE datname = current_database() AND phase = 'waiting for old snapshots'";
    let started = Instant::now();
    while client
        .query_one(building, &[])
        .expect("an answer")
        .get::<_, i64>(0)
        == 0
    {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "nothing is being built"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

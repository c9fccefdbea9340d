//! Statements in batches: each row once, each batch with its entry in the journal.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use build_support::{
    Diagnose,
    engine::{Batches, EngineError, Left},
};
use migrate_tests::harness::{Cluster, Project, Standby};

use super::*;

const TABLE: (&str, &str) = (
    "1_t.sql",
    "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, touched int NOT NULL DEFAULT 0);\n\
     INSERT INTO t (touched) SELECT 0 FROM generate_series(1, 5000);\n\
     ANALYZE t;",
);

/// The switch that a batch waits for; it is open at the latest when a test is over, so that a test
/// that fails ends.
struct Gate<'d>(&'d Database);

impl<'d> Gate<'d> {
    fn closed(database: &'d Database) -> Self {
        database.execute("CREATE TABLE gate (is_open bool); INSERT INTO gate VALUES (false)");
        Self(database)
    }
}

impl Drop for Gate<'_> {
    fn drop(&mut self) {
        self.0.execute("UPDATE gate SET is_open = true");
    }
}

fn batches_of(events: &[Event]) -> Vec<(u64, u64)> {
    let batch = |event: &Event| match event {
        Event::Batch { rows, done, .. } => Some((*rows, *done)),
        _ => None,
    };
    events.iter().filter_map(batch).collect()
}

fn run_up(
    database: &Database,
    graph: &Graph,
    options: &Options,
) -> (Result<Report, EngineError>, Vec<Event>) {
    let operation = Operation::Up(vec!["heads".to_owned()]);
    let (result, events) = run(&mut database.client(), graph, options, operation);
    let result = result.map(|outcome| match outcome {
        Outcome::Report(report) => report,
        Outcome::State(state) => panic!("a report was expected, not {state:?}"),
    });
    (result, events)
}

#[test]
fn an_update_in_batches_touches_each_row_once_and_commits_batch_by_batch() {
    let database = Database::fresh();
    let text = "-- migrate: batch rows=300 time=10ms\nUPDATE t SET touched = touched + 1 WHERE id % 5 > 0;";
    let graph = graph(&[TABLE, ("2_fill.sql", text)]);
    let (result, events) = run_up(&database, &graph, &Options::default());
    result.expect("up");
    let touched = "SELECT string_agg(concat_ws(' ', touched, n), ', ' ORDER BY touched) FROM \
                   (SELECT touched, count(*) AS n FROM t GROUP BY 1) AS x";
    assert_eq!(value(&database, touched), "0 1000, 1 4000");
    let transactions = "SELECT count(DISTINCT xmin::text) FROM t WHERE touched = 1";
    let batches = batches_of(&events);
    assert!(batches.len() > 2, "{batches:?}");
    assert_eq!(batches[0], (300, 300));
    assert_eq!(batches.last().expect("a batch").1, 5000);
    let transactions: usize = value(&database, transactions).parse().expect("a number");
    // On a busy machine batches become so small that one has nothing to touch.
    assert!(
        (3..=batches.len()).contains(&transactions),
        "{transactions}"
    );
    let estimate = events.iter().find_map(|event| match event {
        Event::Batch { estimate, .. } => Some(*estimate),
        _ => None,
    });
    assert_eq!(estimate, Some(5000));
    assert_eq!(applied(&database), ["1", "2"]);
    let left = "SELECT count(*) FROM cargo_migrate_history WHERE batch_cursor IS NOT NULL OR batch_rows IS NOT NULL";
    assert_eq!(value(&database, left), "0");
}

#[test]
fn a_batch_that_fails_is_placed_and_the_next_run_goes_on_behind_the_last_that_was_kept() {
    let database = Database::fresh();
    let text = "-- migrate: batch rows=1000 time=1ms\nUPDATE t SET touched = touched + 1 / (id - 3000)::int\nWHERE true;";
    let (result, events) = run_up(
        &database,
        &graph(&[TABLE, ("2_fill.sql", text)]),
        &Options::default(),
    );
    let error = result.expect_err("a division by zero");
    let done = batches_of(&events).last().map_or(0, |batch| batch.1);
    let EngineError::Failed(failure) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(failure.left, Left::Batches { rows: done });
    assert_eq!((failure.place.line, failure.place.column), (2, 1));
    let note = format!(
        "its batches of {done} rows stay; the next run goes on behind them; 1 earlier revision was applied, the database is at `1`"
    );
    assert_eq!(error.diagnose().notes, [note]);
    // The rows that are done stay as they are; the statement may be mended.
    let mended = "-- migrate: batch rows=1000\nUPDATE t SET touched = touched + 1;";
    let (result, events) = run_up(
        &database,
        &graph(&[TABLE, ("2_fill.sql", mended)]),
        &Options::default(),
    );
    result.expect("up");
    let rows: u64 = batches_of(&events).iter().map(|batch| batch.0).sum();
    assert_eq!(rows, 5000 - done);
    assert_eq!(
        value(&database, "SELECT count(*) FROM t WHERE touched = 1"),
        (5000 - done).to_string()
    );
    assert_eq!(
        value(&database, "SELECT count(*) FROM t WHERE touched > 1"),
        "0"
    );
}

#[test]
fn a_mistake_in_the_statement_is_placed_where_it_stands() {
    let database = Database::fresh();
    let text = "-- migrate: batch\nUPDATE t SET touched = 1\nWHERE nothing = 1 RETURNING id;";
    let (result, _) = run_up(
        &database,
        &graph(&[TABLE, ("2_fill.sql", text)]),
        &Options::default(),
    );
    let Err(EngineError::Failed(failure)) = result else {
        panic!("there is no such column");
    };
    assert_eq!((failure.place.line, failure.place.column), (3, 7));
    assert_eq!(failure.left, Left::Batches { rows: 0 });
}

#[test]
fn a_half_done_statement_does_not_go_on_along_another_table() {
    let database = Database::fresh();
    database.execute("CREATE TABLE other (id bigint PRIMARY KEY, touched int)");
    let text = "-- migrate: batch rows=100 time=1ms\nUPDATE t SET touched = 1 / (id - 3000)::int;";
    up(&database, &graph(&[TABLE, ("2_fill.sql", text)])).expect_err("a division by zero");
    let text = "-- migrate: batch\nUPDATE other SET touched = 1;";
    let error = up(&database, &graph(&[TABLE, ("2_fill.sql", text)])).expect_err("edited");
    assert!(
        matches!(error, EngineError::EditedHalfWay { .. }),
        "{error:?}"
    );
}

#[test]
fn keys_of_several_columns_deletes_and_copies_go_in_batches_too() {
    let database = Database::fresh();
    let files = [
        (
            "1_t.sql",
            "CREATE SCHEMA \"A b\";\n\
             CREATE TABLE \"A b\".source (region text COLLATE \"C\", \"No\" timestamptz, n int, PRIMARY KEY (region, \"No\"));\n\
             INSERT INTO \"A b\".source SELECT chr(65 + i % 26) || '''', timestamptz '2026-01-01' + i * interval '1.5 hours', i FROM generate_series(1, 2000) AS i;\n\
             CREATE TABLE copy (region text, at timestamptz, n int, UNIQUE (region, at));\n\
             CREATE TABLE split (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, n int) PARTITION BY HASH (id);\n\
             CREATE TABLE split_0 PARTITION OF split FOR VALUES WITH (MODULUS 2, REMAINDER 0);\n\
             CREATE TABLE split_1 PARTITION OF split FOR VALUES WITH (MODULUS 2, REMAINDER 1);\n\
             INSERT INTO split (n) SELECT 0 FROM generate_series(1, 1000);",
        ),
        (
            "2_copy.sql",
            "-- migrate: batch rows=70 time=1ms\n\
             INSERT INTO copy (region, at, n)\n\
             SELECT s.region, s.\"No\", coalesce(s.n, 0) FROM \"A b\".source AS s LEFT JOIN split ON false\n\
             WHERE s.n > 10 -- the rest is old\n\
             ON CONFLICT (region, at) DO NOTHING",
        ),
        (
            "3_delete.sql",
            "-- migrate: transaction=none\n\
             -- migrate: batch rows=70 time=1ms\n\
             DELETE FROM \"A b\".source AS s WHERE s.n % 2 = 0 OR s.n < 100;\n\
             -- migrate: batch rows=90 time=1ms\n\
             UPDATE split SET n = n + 1;",
        ),
    ];
    let (result, events) = run_up(&database, &graph(&files), &Options::default());
    result.expect("up");
    let batches = batches_of(&events);
    assert!(batches.len() > 20, "{batches:?}");
    assert_eq!(
        value(
            &database,
            "SELECT concat_ws(' ', count(*), sum(n)) FROM copy"
        ),
        "1990 2000945"
    );
    assert_eq!(
        value(
            &database,
            "SELECT concat_ws(' ', count(*), min(n)) FROM \"A b\".source"
        ),
        "950 101"
    );
    assert_eq!(
        value(
            &database,
            "SELECT concat_ws(' ', count(*), min(n), max(n)) FROM split"
        ),
        "1000 1 1"
    );
}

#[test]
fn what_the_table_does_not_allow_is_refused_before_a_row_changes() {
    let database = Database::fresh();
    let tables = (
        "1_t.sql",
        "CREATE TABLE bare (a int, b int); INSERT INTO bare VALUES (1, 1);\n\
         CREATE INDEX bare_a ON bare (a);\n\
         CREATE TABLE keyed (a int PRIMARY KEY, b int); INSERT INTO keyed VALUES (1, 1);",
    );
    for (statement, reason) in [
        (
            "-- migrate: batch\nUPDATE bare SET b = 2;",
            "the table \"bare\" has no primary key",
        ),
        (
            "-- migrate: batch key=a\nUPDATE bare SET b = 2;",
            "no index of \"bare\" begins with a, all of them NOT NULL",
        ),
        (
            "-- migrate: batch\nUPDATE keyed SET b = 2, a = a + 1;",
            "it sets `a`, which the batches go along",
        ),
        (
            "-- migrate: batch\nINSERT INTO bare SELECT coalesce(sum(a), 0) FROM keyed;",
            "`sum` needs all rows at once, and a batch has some of them",
        ),
    ] {
        let error = up(&database, &graph(&[tables, ("2_b.sql", statement)])).expect_err(statement);
        let words = format!("revision `2` can't be done in batches: {reason}");
        assert_eq!(error.to_string(), words);
        let diagnostic = error.diagnose();
        assert_eq!(diagnostic.place.map(|place| place.line), Some(2));
        assert_eq!((diagnostic.exit.code(), diagnostic.hints.len()), (1, 1));
    }
    assert_eq!(
        value(
            &database,
            "SELECT concat_ws(' ', count(*), sum(b)) FROM bare"
        ),
        "1 1"
    );
}

#[test]
fn another_key_than_the_primary_one_can_be_named_and_may_have_equal_values() {
    let database = Database::fresh();
    let table = (
        "1_t.sql",
        "CREATE TABLE t (day date NOT NULL, n int);\n\
         INSERT INTO t SELECT date '2026-01-01' + i / 100, 0 FROM generate_series(1, 3000) AS i;\n\
         CREATE INDEX t_day ON t (day, n);",
    );
    let text = "-- migrate: batch key=day rows=250 time=1ms\nUPDATE t SET n = n + 1;";
    let (result, events) = run_up(
        &database,
        &graph(&[table, ("2_f.sql", text)]),
        &Options::default(),
    );
    result.expect("up");
    assert!(batches_of(&events).len() > 5);
    assert_eq!(
        value(
            &database,
            "SELECT concat_ws(' ', count(*), min(n), max(n)) FROM t"
        ),
        "3000 1 1"
    );
}

#[test]
fn a_batch_waits_for_the_users_condition() {
    let database = Database::fresh();
    let text = "-- migrate: batch when=\"(SELECT is_open FROM gate) -- the switch\"\nUPDATE t SET touched = 1;";
    let graph = graph(&[TABLE, ("2_f.sql", text)]);
    thread::scope(|scope| {
        let gate = Gate::closed(&database);
        let worker = scope.spawn(|| run_up(&database, &graph, &Options::default()));
        thread::sleep(Duration::from_millis(700));
        assert_eq!(
            value(&database, "SELECT count(*) FROM t WHERE touched = 1"),
            "0"
        );
        drop(gate);
        let (result, events) = worker.join().expect("no panic");
        result.expect("up");
        let reason = events.iter().find_map(|event| match event {
            Event::Paused { reason, .. } => Some(reason.as_str()),
            _ => None,
        });
        let expected = "`(SELECT is_open FROM gate) -- the switch` does not hold";
        assert_eq!(reason, Some(expected));
    });
}

#[test]
fn a_session_that_may_not_idle_outlasts_the_pause_between_batches() {
    let database = Database::fresh();
    let name = database.name();
    database.execute(&format!(
        "ALTER DATABASE {name} SET idle_session_timeout = '50ms'"
    ));
    let text = "-- migrate: batch rows=500 pause=200ms\nUPDATE t SET touched = 1;";
    let (result, _) = run_up(
        &database,
        &graph(&[TABLE, ("2_f.sql", text)]),
        &Options::default(),
    );
    result.expect("up");
}

#[test]
fn a_batch_waits_for_a_replica_that_is_behind() {
    let primary = Cluster::with(Standby::PRIMARY);
    let mut admin = primary.client();
    // How often a replica that has nothing to write says how far it is.
    admin
        .batch_execute("ALTER SYSTEM SET wal_receiver_status_interval = '1s'")
        .expect("set");
    let first = graph(&[TABLE]);
    let head = || Operation::Up(vec!["head".to_owned()]);
    let options = Options::default();
    run(&mut primary.client(), &first, &options, head())
        .0
        .expect("up");
    let standby = Standby::of(&primary);
    admin
        .batch_execute("CREATE TABLE seen ()")
        .expect("written");
    standby.catch_up(&primary);
    let mut replica =
        Client::connect(&standby.url("postgres"), postgres::NoTls).expect("connected");
    replica
        .batch_execute("SELECT pg_wal_replay_pause()")
        .expect("paused");
    let text = "-- migrate: batch rows=100 time=1ms pause=50ms max-lag=300ms\n\
                UPDATE t SET touched = 1;";
    let graph = graph(&[TABLE, ("2_f.sql", text)]);
    let operation = Operation::Up(vec!["head".to_owned()]);
    let mut paused_at = Vec::new();
    let mut touched = 0;
    let mut client = primary.client();
    let engine = Engine::new(&graph, &options, operation);
    let result = drive(&mut client, engine, &mut |event| match event {
        Event::Batch { done, .. } => touched = *done,
        Event::Paused { reason, .. } => {
            paused_at.push((touched, reason.clone()));
            // At the first time: to resume twice is no error.
            replica
                .batch_execute("SELECT pg_wal_replay_resume()")
                .expect("resumed");
        }
        _ => {}
    });
    result.expect("up");
    let (rows, reason) = paused_at.first().expect("it paused");
    assert!(
        *rows < 5000 && reason.starts_with("a replica is "),
        "{reason}"
    );
}

#[test]
fn a_locked_row_makes_the_batches_smaller_and_not_fail() {
    let database = Database::fresh();
    up(&database, &graph(&[TABLE])).expect("up");
    let mut client = database.client();
    client
        .batch_execute("BEGIN; UPDATE t SET touched = 0 WHERE id = 4000")
        .expect("locked");
    let text = "-- migrate: lock-timeout=100ms\n-- migrate: batch rows=5000\nUPDATE t SET touched = touched + 1;";
    let graph = graph(&[TABLE, ("2_f.sql", text)]);
    thread::scope(|scope| {
        let worker = scope.spawn(|| run_up(&database, &graph, &Options::default()));
        thread::sleep(Duration::from_millis(900));
        client.batch_execute("COMMIT").expect("the end");
        let (result, events) = worker.join().expect("no panic");
        result.expect("up");
        let batches = batches_of(&events);
        assert!(batches.len() > 1, "{batches:?}");
    });
    assert_eq!(
        value(&database, "SELECT count(*) FROM t WHERE touched = 1"),
        "5000"
    );
}

/// A revision whose batches wait until `gate` is open.
const GATED: &str = "-- migrate: batch rows=1000 time=1ms when=\"(SELECT is_open FROM gate) OR NOT EXISTS (SELECT 1 FROM t WHERE touched = 1)\"\nUPDATE t SET touched = touched + 1;";

#[test]
fn one_process_works_on_the_batches_and_the_others_start() {
    let database = Database::fresh();
    let graph = graph(&[TABLE, ("2_f.sql", GATED)]);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let gate = Gate::closed(&database);
        let worker = scope.spawn(|| run_up(&database, &graph, &Options::default()).0);
        let started = Instant::now();
        while state(&database).is_none_or(|state| {
            !state.applied.values().any(|row| {
                row.partial
                    .as_ref()
                    .is_some_and(|partial| partial.batch.is_some())
            })
        }) {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "no batch was done"
            );
            thread::sleep(Duration::from_millis(20));
        }
        // An application that starts meanwhile serves.
        for _ in 0..4 {
            let report = run_up(&database, &graph, &Options::default())
                .0
                .expect("it may start");
            let ids: Vec<String> = report.in_progress.iter().map(ToString::to_string).collect();
            assert_eq!((ids, done(&report)), (vec!["2".to_owned()], Vec::new()));
        }
        // A job that shall finish it waits, for longer than it would for a lock where nothing moves.
        let patient = Options {
            batches: Batches::Finish,
            ..Options::default()
        };
        let (graph, database, over) = (&graph, &database, &over);
        let waiter = scope.spawn(move || {
            let result = run_up(database, graph, &patient).0;
            assert!(over.load(Ordering::SeqCst), "it did not wait");
            result
        });
        thread::sleep(Duration::from_millis(300));
        over.store(true, Ordering::SeqCst);
        drop(gate);
        assert_eq!(
            done(&worker.join().expect("no panic").expect("up")),
            ["1", "2"]
        );
        waiter.join().expect("no panic").expect("it was waited for");
    });
    assert_eq!(
        value(&database, "SELECT count(*) FROM t WHERE touched = 1"),
        "5000"
    );
}

#[test]
fn whoever_waits_has_more_time_as_long_as_the_batches_go_on() {
    let database = Database::fresh();
    let text =
        "-- migrate: batch rows=100 time=1ms pause=50ms\nUPDATE t SET touched = touched + 1;";
    let graph = graph(&[TABLE, ("2_f.sql", text)]);
    let short = Options {
        batches: Batches::Finish,
        lock_timeout: Duration::from_millis(500),
        ..Options::default()
    };
    up(&database, &graph_of_first()).expect("up");
    thread::scope(|scope| {
        let runs: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| run_up(&database, &graph, &short).0))
            .collect();
        let reports = runs
            .into_iter()
            .map(|run| run.join().expect("no panic").expect("up"));
        let all: Vec<String> = reports.flat_map(|report| done(&report)).collect();
        assert_eq!(all, ["2"]);
    });
    assert_eq!(
        value(&database, "SELECT count(*) FROM t WHERE touched = 1"),
        "5000"
    );
}

fn graph_of_first() -> Graph {
    graph(&[TABLE])
}

#[test]
fn batches_can_be_left_to_another_run() {
    let database = Database::fresh();
    let files = [
        TABLE,
        ("2_f.sql", "-- migrate: batch\nUPDATE t SET touched = 1;"),
        ("3_c.sql", "CREATE TABLE behind ();"),
    ];
    let graph = graph(&files);
    let leave = Options {
        batches: Batches::Leave,
        ..Options::default()
    };
    let report = run_up(&database, &graph, &leave).0.expect("up");
    let held: Vec<String> = report.held_back.iter().map(ToString::to_string).collect();
    assert_eq!(
        (done(&report), held),
        (vec!["1".to_owned()], vec!["2".to_owned(), "3".to_owned()])
    );
    let report = run_up(&database, &graph, &Options::default())
        .0
        .expect("up");
    assert_eq!(done(&report), ["2", "3"]);
}

#[test]
fn the_way_down_may_go_in_batches_too() {
    let database = Database::fresh();
    let files = [
        TABLE,
        ("2_f.up.sql", "-- migrate: batch\nUPDATE t SET touched = 1;"),
        (
            "2_f.down.sql",
            "-- migrate: batch rows=1000 time=1ms\nUPDATE t SET touched = 0;",
        ),
    ];
    let graph = graph(&files);
    up(&database, &graph).expect("up");
    down(&database, &graph, "1").expect("down");
    assert_eq!(
        value(&database, "SELECT count(*) FROM t WHERE touched = 0"),
        "5000"
    );
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn up_shows_how_far_the_batches_came_and_how_fast() {
    let database = Database::fresh();
    let project = Project::on(&database);
    project.write("migrations/1_t.sql", TABLE.1);
    project.write(
        "migrations/2_f.sql",
        "-- migrate: batch\nUPDATE t SET touched = 1;",
    );
    let output = project.cargo_migrate(&["up", "--dir", "migrations"]);
    output.expect_success();
    let line = output
        .stderr
        .lines()
        .find(|line| line.contains("gone through"));
    let line = line.unwrap_or_else(|| panic!("{output}"));
    assert!(
        line.starts_with("`2`: 5000 of about 5000 rows gone through, "),
        "{line}"
    );

    let database = Database::fresh();
    let project = Project::on(&database);
    project.write("migrations/1_t.sql", TABLE.1);
    project.write(
        "migrations/2_f.sql",
        "-- migrate: batch\nUPDATE t SET touched = 1;",
    );
    let output = project.cargo_migrate(&["up", "--dir", "migrations", "--format", "json"]);
    output.expect_success();
    let lines = output.json_lines();
    let batch = lines
        .iter()
        .find(|line| line["event"] == "batch")
        .expect("a line");
    assert_eq!((&batch["id"], &batch["rows"]), (&"2".into(), &5000.into()));
    assert!(batch["rows_per_second"].as_u64() > Some(0));
}

#[test]
fn the_pace_of_all_batches_is_a_setting() {
    let batches = |time: &str| -> usize {
        let database = Database::fresh();
        let project = Project::on(&database).with("MIGRATE_BATCH_TIME", time);
        project.write("migrations/1_t.sql", TABLE.1);
        let count = "CREATE TABLE batches (n int);\n\
                     CREATE FUNCTION count_batch() RETURNS trigger LANGUAGE plpgsql AS \
                     $$BEGIN INSERT INTO batches VALUES (1); RETURN NULL; END$$;\n\
                     CREATE TRIGGER count AFTER UPDATE ON t EXECUTE FUNCTION count_batch();";
        project.write("migrations/2_c.sql", count);
        project.write(
            "migrations/3_f.sql",
            "-- migrate: batch\nUPDATE t SET touched = 1;",
        );
        project
            .cargo_migrate(&["up", "--dir", "migrations"])
            .expect_success();
        let counted = value(&database, "SELECT count(*) FROM batches");
        counted.parse().expect("a number")
    };
    // 1000, 2000 and the rest; or 1000 and smaller and smaller ones.
    assert_eq!(batches("1h"), 3);
    assert!(batches("1ms") > 6);
}

#[test]
fn a_script_for_psql_has_the_whole_statement_and_says_so() {
    let database = Database::fresh();
    let project = Project::on(&database);
    project.write(
        "migrations/1_f.sql",
        "-- migrate: batch rows=7\nUPDATE t SET touched = 1;",
    );
    let output = project.cargo_migrate(&["up", "base:head", "--sql", "--dir", "migrations"]);
    let script = output.expect_success();
    let remark = "-- All rows at once: `cargo migrate up` itself would do this statement in batches.\n-- migrate: batch rows=7\nUPDATE t";
    let remark = remark.replace("-- migrate: batch rows=7\n", "");
    assert!(script.contains(&remark), "{script}");
}

//! What every driver must do alike. Each test runs with each of them.

use std::thread;
use std::time::{Duration, Instant};

use build_support::diagnostic::Diagnose as _;
use build_support::driver::Driver as _;
use build_support::engine::{Batches, EngineError, Event, Operation, Options};
use build_support::graph::Graph;
use diesel::Connection as _;
use migrate_driver_tests::{Kind, graph};
use migrate_tests::harness::{Cut, Database, Wire, dump, embedded, socket_folder};

/// Two revisions that run in transactions and one that can't.
fn shop() -> Graph {
    graph(&[
        (
            "1_orders.up.sql",
            "CREATE TABLE orders (id bigint PRIMARY KEY, placed date);\n\
             INSERT INTO orders SELECT n, DATE '2026-01-01' FROM generate_series(1, 100) AS n;",
        ),
        (
            "2_search.up.sql",
            "-- migrate: transaction=none\n\
             CREATE INDEX CONCURRENTLY orders_placed ON orders (placed);\n\
             CREATE INDEX CONCURRENTLY orders_both ON orders (id, placed);",
        ),
        (
            "3_note.up.sql",
            "SET search_path = pg_temp;\nCREATE TABLE public.notes (n int);",
        ),
    ])
}

fn count(database: &Database, question: &str) -> i64 {
    database
        .client()
        .query_one(question, &[])
        .expect("an answer")
        .get(0)
}

#[test]
fn the_same_schema_and_history_come_of_each() {
    let graph = shop();
    let mut first = None;
    for kind in Kind::ALL {
        let database = Database::fresh();
        let report = kind
            .up(&database.url(), &graph)
            .unwrap_or_else(|error| panic!("{kind:?}: {}", error.diagnose()));
        assert_eq!(report.done.len(), 3, "{kind:?}");
        let again = kind.up(&database.url(), &graph).expect("nothing to do");
        assert!(again.is_up_to_date(), "{kind:?}");
        let result = (
            dump(&database.url()),
            count(&database, "SELECT count(*) FROM orders"),
        );
        assert_eq!(
            first.get_or_insert_with(|| result.clone()),
            &result,
            "{kind:?}"
        );
    }
}

#[test]
fn an_error_has_the_same_place_code_and_words_with_each() {
    let broken = graph(&[
        ("1_fine.up.sql", "CREATE TABLE fine (id int);"),
        (
            "2_broken.up.sql",
            "-- Broken.\nCREATE TABLE ok (id int);\nALTER TABLE fine ADD COLUMN at timestampz;\n",
        ),
    ]);
    let mut first = None;
    for kind in Kind::ALL {
        let database = Database::fresh();
        let error = kind.up(&database.url(), &broken).expect_err("it is broken");
        let EngineError::Failed(failure) = &error else {
            panic!("{kind:?}: {error:?}")
        };
        assert_eq!(failure.error.sqlstate.as_deref(), Some("42704"), "{kind:?}");
        let shown = error.diagnose().to_string();
        assert_eq!(
            first.get_or_insert_with(|| shown.clone()),
            &shown,
            "{kind:?}"
        );
        assert_eq!(
            count(
                &database,
                "SELECT count(*) FROM pg_class WHERE relname = 'ok'"
            ),
            0
        );
    }
}

#[test]
fn an_error_without_a_position_is_placed_alike() {
    let broken = graph(&[(
        "1_broken.up.sql",
        "CREATE TABLE a (id int UNIQUE);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);\n",
    )]);
    let mut first = None;
    for kind in Kind::ALL {
        let database = Database::fresh();
        let error = kind.up(&database.url(), &broken).expect_err("it is broken");
        let EngineError::Failed(failure) = &error else {
            panic!("{kind:?}: {error:?}")
        };
        assert_eq!(failure.error.sqlstate.as_deref(), Some("23505"), "{kind:?}");
        let shown = error.diagnose().to_string();
        assert_eq!(
            first.get_or_insert_with(|| shown.clone()),
            &shown,
            "{kind:?}"
        );
    }
}

#[test]
fn a_lock_that_is_not_obtained_is_tried_again() {
    let second = graph(&[
        ("1_a.up.sql", "CREATE TABLE a (id int);"),
        ("2_b.up.sql", "ALTER TABLE a ADD COLUMN b int;"),
    ]);
    let options = Options {
        statement_lock_timeout: Duration::from_millis(100),
        ..Options::default()
    };
    for kind in Kind::ALL {
        let database = Database::fresh();
        database.execute("CREATE TABLE placeholder ()");
        kind.up(
            &database.url(),
            &graph(&[("1_a.up.sql", "CREATE TABLE a (id int);")]),
        )
        .expect("applied");
        let mut reader = database.client();
        reader
            .batch_execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE")
            .expect("locked");
        let release = thread::spawn(move || {
            thread::sleep(Duration::from_millis(600));
            reader.batch_execute("COMMIT").expect("released");
        });
        let operation = Operation::Up(vec!["heads".to_owned()]);
        let (result, events) = kind.run(&database.url(), &second, &options, operation);
        release.join().expect("no panic");
        assert!(result.is_ok(), "{kind:?}: {result:?}");
        let retries = events
            .iter()
            .filter(|event| matches!(event, Event::Retrying { .. }))
            .count();
        assert!(retries > 0, "{kind:?}: {events:?}");
    }
}

#[test]
fn what_a_revision_sets_does_not_reach_the_next() {
    let graph = graph(&[
        (
            "1_set.up.sql",
            "SET search_path = pg_temp;\nSET ROLE pg_monitor;",
        ),
        ("2_make.up.sql", "CREATE TABLE x (n int);"),
    ]);
    for kind in Kind::ALL {
        let database = Database::fresh();
        kind.up(&database.url(), &graph).expect("applied");
        let made = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'x' \
                    AND tableowner = current_user";
        assert_eq!(count(&database, made), 1, "{kind:?}");
    }
}

#[test]
fn a_script_of_a_megabyte_goes_through() {
    let rows: Vec<_> = (0..20_000)
        .map(|n| format!("INSERT INTO a VALUES ({n}, 'ä{n:030}');"))
        .collect();
    let text = format!("CREATE TABLE a (n int, t text);\n{}\n", rows.join("\n"));
    let large = graph(&[("1_large.up.sql", &text)]);
    for kind in Kind::ALL {
        let database = Database::fresh();
        kind.up(&database.url(), &large)
            .unwrap_or_else(|error| panic!("{kind:?}: {error}"));
        assert_eq!(
            count(&database, "SELECT count(*) FROM a"),
            20_000,
            "{kind:?}"
        );
    }
}

#[test]
fn all_kinds_at_once_apply_each_revision_once() {
    let graph = graph(&[
        (
            "1_log.up.sql",
            "CREATE TABLE log (id int); INSERT INTO log VALUES (1);",
        ),
        (
            "2_more.up.sql",
            "INSERT INTO log VALUES (2); SELECT pg_sleep(0.2);",
        ),
        (
            "3_index.up.sql",
            "-- migrate: transaction=none\nCREATE INDEX CONCURRENTLY log_id ON log (id);",
        ),
        ("4_last.up.sql", "INSERT INTO log VALUES (4);"),
    ]);
    let database = Database::fresh();
    let url = database.url();
    thread::scope(|scope| {
        let starts = Kind::ALL.into_iter().cycle().take(15);
        let (graph, url) = (&graph, url.as_str());
        let running: Vec<_> = starts
            .map(|kind| (kind, scope.spawn(move || kind.up(url, graph))))
            .collect();
        for (kind, running) in running {
            let result = running.join().expect("no panic");
            assert!(result.is_ok(), "{kind:?}: {result:?}");
        }
    });
    assert_eq!(count(&database, "SELECT count(*) FROM log"), 3);
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(count(&database, locks), 0);
}

#[test]
fn a_session_that_the_server_ends_is_an_error_and_the_next_run_goes_on() {
    let slow = graph(&[(
        "1_slow.up.sql",
        "CREATE TABLE a (id int); SELECT pg_sleep(20);",
    )]);
    let fast = graph(&[("1_slow.up.sql", "CREATE TABLE a (id int);")]);
    for kind in Kind::ALL {
        let database = Database::fresh();
        let (mut admin, url) = (database.client(), database.url());
        let started = Instant::now();
        thread::scope(|scope| {
            let running = scope.spawn(|| kind.up(&url, &slow));
            let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid() \
                       AND wait_event = 'PgSleep'";
            while admin
                .query_one(end, &[])
                .expect("an answer")
                .get::<_, i64>(0)
                == 0
            {
                assert!(
                    started.elapsed() < Duration::from_secs(15),
                    "{kind:?} never slept"
                );
                thread::sleep(Duration::from_millis(50));
            }
            let result = running.join().expect("no panic");
            assert!(result.is_err(), "{kind:?}: {result:?}");
        });
        assert_eq!(
            kind.up(&url, &fast).expect("applied").done.len(),
            1,
            "{kind:?}"
        );
    }
}

/// A table of rows, and a revision that changes them in batches, which waits at a closed gate.
fn backfill() -> Graph {
    graph(&[
        (
            "1_rows.up.sql",
            "CREATE TABLE many (id bigint PRIMARY KEY, touched int NOT NULL DEFAULT 0);\n\
             INSERT INTO many SELECT n FROM generate_series(1, 3000) AS n;\n\
             CREATE TABLE gate (last bigint NOT NULL);\nINSERT INTO gate VALUES (3000);",
        ),
        (
            "2_fill.up.sql",
            "-- migrate: batch rows=100 time=1ms when=\"(SELECT last > count(*) FROM gate, many WHERE \
             touched > 0 GROUP BY last) IS NOT FALSE\"\n\
             UPDATE many SET touched = touched + 1 WHERE id > 0;",
        ),
        ("3_last.up.sql", "ALTER TABLE many ADD COLUMN note text;"),
    ])
}

const TOUCHED: &str = "SELECT count(*) FROM many WHERE touched = 1";

#[test]
fn a_batched_revision_that_was_cut_off_goes_on_behind_its_last_batch_with_each() {
    let graph = backfill();
    for kind in Kind::ALL {
        let database = Database::fresh();
        let (mut admin, url) = (database.client(), database.url());
        kind.up_with(
            &url,
            &graph,
            &Options {
                batches: Batches::Leave,
                ..Options::default()
            },
        )
        .unwrap_or_else(|error| panic!("{kind:?}: {}", error.diagnose()));
        // At about a third the gate closes, and the run that waits there loses its session.
        admin
            .batch_execute("UPDATE gate SET last = 1000")
            .expect("closed");
        thread::scope(|scope| {
            let running = scope.spawn(|| kind.up(&url, &graph));
            let started = Instant::now();
            while count(&database, TOUCHED) < 1000 {
                assert!(
                    started.elapsed() < Duration::from_secs(15),
                    "{kind:?} stands still"
                );
                thread::sleep(Duration::from_millis(20));
            }
            let end = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            admin.query_one(end, &[]).expect("ended");
            let error = running.join().expect("no panic").expect_err("cut off");
            assert!(error.is_lost_connection(), "{kind:?}: {error:?}");
        });
        let kept = count(&database, TOUCHED);
        assert!((1000..3000).contains(&kept), "{kind:?}: {kept}");
        admin
            .batch_execute("UPDATE gate SET last = 4000")
            .expect("open");
        let report = kind.up(&url, &graph).expect("it goes on");
        assert_eq!(report.done.len(), 2, "{kind:?}");
        assert_eq!(count(&database, TOUCHED), 3000, "{kind:?}");
    }
}

#[test]
fn a_start_with_nothing_to_do_is_one_round_trip_with_each() {
    let database = Database::fresh();
    let migrations = || {
        embedded(&[
            ("1_a.up.sql", "CREATE TABLE a (n int);"),
            (
                "2_b.up.sql",
                "-- migrate: revises=1\nCREATE TABLE b (n int);",
            ),
        ])
    };
    let first = Kind::Postgres.start(&database.url(), Some(migrations()));
    assert_eq!(first.expect("a run").expect("up").done.len(), 2);
    let wire = Wire::to(&socket_folder(&database.url()), Cut::Nowhere);
    let url = wire.url(database.name());
    for kind in Kind::ALL {
        let start = |migrations| {
            let before = wire.round_trips();
            let report = kind.start(&url, migrations);
            (report, wire.round_trips() - before)
        };
        // What a driver says by itself when it connects is not ours.
        let (_, of_connecting) = start(None);
        let (report, all) = start(Some(migrations()));
        let report = report.expect("a run").expect("nothing to do");
        assert!(report.is_up_to_date(), "{kind:?}");
        assert_eq!(all - of_connecting, 1, "{kind:?}");
    }
}

#[test]
fn diesel_finds_codes_that_no_phrase_tells() {
    let database = Database::fresh();
    let mut connection = diesel::PgConnection::establish(&database.url()).expect("connected");
    let too_deep = "SELECT pg_catalog.array_fill(1, ARRAY[1, 1, 1, 1, 1, 1, 1])::text";
    let error = connection.read(too_deep).expect_err("too many dimensions");
    assert_eq!(error.sqlstate.as_deref(), Some("54000"), "{error:?}");
    let rows = connection
        .read("SELECT 'ä', 7, 8::bigint, true, NULL")
        .expect("rows");
    let row: Vec<_> = rows[0].iter().map(Option::as_deref).collect();
    assert_eq!(row, [Some("ä"), Some("7"), Some("8"), Some("t"), None]);
}

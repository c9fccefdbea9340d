//! Many at once, and locks in the way.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use build_support::engine::EngineError;

use super::*;

#[test]
fn sixteen_runs_at_once_apply_each_revision_once_even_with_a_concurrent_index() {
    let database = Database::fresh();
    let mut files = vec![
        (
            "01_t.sql".to_owned(),
            "CREATE TABLE t AS SELECT generate_series(1, 20000) AS x;".to_owned(),
        ),
        (
            "02_i.sql".to_owned(),
            "CREATE INDEX CONCURRENTLY t_x ON t (x);".to_owned(),
        ),
    ];
    for number in 3..12 {
        files.push((
            format!("{number:02}_r.sql"),
            format!("CREATE TABLE r{number} (); INSERT INTO t VALUES (-{number});"),
        ));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let graph = graph(&files);
    let barrier = Barrier::new(16);
    let total: usize = thread::scope(|scope| {
        let runs: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    up(&database, &graph)
                        .expect("every run succeeds")
                        .done
                        .len()
                })
            })
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("no panic"))
            .sum()
    });
    assert_eq!(total, graph.len());
    assert_eq!(value(&database, "SELECT count(*) FROM t WHERE x < 0"), "9");
    assert_eq!(applied(&database).len(), graph.len());
}

#[test]
fn a_held_lock_is_waited_for_and_its_holder_named() {
    let database = Database::fresh();
    let graph = graph(&[("1_a.sql", "CREATE TABLE a ();")]);
    let (class, key) = Options::default().names.lock_key();
    let mut holder = database.client();
    holder
        .batch_execute("SET application_name = 'the holder'")
        .expect("a setting");
    holder
        .batch_execute(&format!("SELECT pg_advisory_lock({class}, {key})"))
        .expect("a lock");
    let options = Options {
        lock_timeout: Duration::from_millis(300),
        ..Options::default()
    };
    let operation = || Operation::Up(vec!["head".to_owned()]);
    let error = run(&mut database.client(), &graph, &options, operation())
        .0
        .expect_err("locked");
    let EngineError::Locked {
        holder: Some(named),
        waited,
    } = error
    else {
        panic!("a named holder was expected");
    };
    assert_eq!(named.application, "the holder");
    assert!(waited >= Duration::from_millis(300));
    drop(holder);
    run(&mut database.client(), &graph, &options, operation())
        .0
        .expect("up");
}

#[test]
fn a_statement_that_waits_for_a_table_gives_way_and_tries_again() {
    let database = Database::fresh();
    database.execute("CREATE TABLE busy (x int)");
    let graph = graph(&[("1_a.sql", "ALTER TABLE busy ADD COLUMN y int;")]);
    let options = Options {
        statement_lock_timeout: Duration::from_millis(100),
        lock_timeout: Duration::from_secs(20),
        ..Options::default()
    };
    let mut reader = database.client();
    reader
        .batch_execute("BEGIN; SELECT * FROM busy")
        .expect("a reader");
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            run(
                &mut database.client(),
                &graph,
                &options,
                Operation::Up(vec!["head".to_owned()]),
            )
        });
        thread::sleep(Duration::from_millis(250));
        let asked = Instant::now();
        value(&database, "SELECT count(*) FROM busy");
        assert!(
            asked.elapsed() < Duration::from_millis(350),
            "readers wait behind the migration"
        );
        thread::sleep(Duration::from_millis(300));
        reader.batch_execute("COMMIT").expect("the end");
        let (result, events) = writer.join().expect("no panic");
        result.expect("up");
        assert!(
            events
                .iter()
                .any(|event| matches!(event, Event::Retrying { .. })),
            "{events:?}"
        );
    });
}

#[test]
fn when_the_time_is_over_the_blocker_is_named() {
    let database = Database::fresh();
    database.execute("CREATE TABLE busy (x int)");
    let graph = graph(&[("1_a.sql", "ALTER TABLE busy ADD COLUMN y int;")]);
    let options = Options {
        statement_lock_timeout: Duration::from_millis(50),
        lock_timeout: Duration::from_millis(300),
        ..Options::default()
    };
    let mut reader = database.client();
    reader
        .batch_execute("SET application_name = 'a report'; BEGIN; SELECT * FROM busy")
        .expect("a reader");
    let operation = Operation::Up(vec!["head".to_owned()]);
    let error = run(&mut database.client(), &graph, &options, operation)
        .0
        .expect_err("blocked");
    let EngineError::StatementLocked { blockers, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(blockers[0].application, "a report");
    let told = build_support::Diagnose::diagnose(&error);
    assert_eq!(told.exit.code(), 5);
    // Nothing is wrong with the file.
    assert_eq!(
        told.hints,
        ["end that transaction, or give more time with `lock-timeout`, and run it again"]
    );
}

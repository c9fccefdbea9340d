//! A revision that waits for a lock must not make everybody else wait behind it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use build_support::engine::{Event, Operation, Options};
use migrate_tests::harness::Database;

use crate::engine::{graph, run, up};

/// How long one statement of a revision may wait for its lock.
const LIMIT: Duration = Duration::from_millis(200);

#[test]
fn no_client_waits_longer_than_the_lock_timeout_behind_a_waiting_revision() {
    let database = Database::fresh();
    let table = (
        "1_orders.up.sql",
        "CREATE TABLE orders (id int); INSERT INTO orders VALUES (1);",
    );
    up(&database, &graph(&[table])).expect("applied");
    let graph = graph(&[
        table,
        (
            "2_column.up.sql",
            "ALTER TABLE orders ADD COLUMN note text;",
        ),
    ]);
    let options = Options {
        statement_lock_timeout: LIMIT,
        ..Options::default()
    };

    // A long report holds the weakest lock on the table.
    let mut report = database.client();
    report
        .batch_execute("BEGIN; SELECT * FROM orders")
        .expect("read");
    let over = AtomicBool::new(false);
    let served = AtomicUsize::new(0);
    let (result, events) = thread::scope(|scope| {
        for number in 0..60 {
            let (database, over, served) = (&database, &over, &served);
            scope.spawn(move || serve(database, number, over, served));
        }
        scope.spawn(|| {
            thread::sleep(Duration::from_secs(3));
            report.batch_execute("COMMIT").expect("ended");
        });
        let operation = Operation::Up(vec!["head".to_owned()]);
        let result = run(&mut database.client(), &graph, &options, operation);
        over.store(true, Ordering::SeqCst);
        result
    });
    result.expect("applied when the report had ended");
    let retries = events
        .iter()
        .filter(|event| matches!(event, Event::Retrying { .. }))
        .count();
    assert!(
        retries > 1,
        "the revision was never in anybody's way: {events:?}"
    );
    assert!(served.load(Ordering::SeqCst) > 60);
}

/// One client of the application; the server itself ends a wait that is too long.
fn serve(database: &Database, number: usize, over: &AtomicBool, served: &AtomicUsize) {
    let mut client = database.client();
    let longest = LIMIT + Duration::from_millis(250);
    let limit = format!("SET lock_timeout = {}", longest.as_millis());
    client.batch_execute(&limit).expect("set");
    let statement = match number % 2 {
        0 => "SELECT id FROM orders",
        _ => "INSERT INTO orders (id) VALUES (2)",
    };
    while !over.load(Ordering::SeqCst) {
        client
            .batch_execute(statement)
            .expect("no client waits longer than the limit");
        served.fetch_add(1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(20));
    }
}

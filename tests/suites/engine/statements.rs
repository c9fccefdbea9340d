//! Revisions without a transaction: journal, resumption, INVALID indexes.

use std::thread;
use std::time::Duration;

use build_support::{
    driver::Driver,
    engine::{EngineError, Left, ServerError},
    history::Row,
};

use super::*;

const TABLE: (&str, &str) = (
    "1_t.sql",
    "CREATE TABLE t (x int);\nINSERT INTO t VALUES (1), (1), (2);",
);

#[test]
fn a_lone_concurrent_index_runs_without_a_transaction() {
    let database = Database::fresh();
    let graph = graph(&[
        TABLE,
        ("2_i.sql", "CREATE INDEX CONCURRENTLY t_x ON t (x);"),
    ]);
    up(&database, &graph).expect("up");
    assert_eq!(
        value(
            &database,
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_x'::regclass"
        ),
        "t"
    );
    assert_eq!(applied(&database), ["1", "2"]);
    assert_eq!(
        value(
            &database,
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
        "0"
    );
}

const STEPS: &str = "-- migrate: transaction=none\nINSERT INTO t VALUES (10);\nCREATE UNIQUE INDEX CONCURRENTLY t_u ON t (x);\nINSERT INTO t VALUES (11);";

#[test]
fn it_resumes_after_the_last_statement_that_finished_and_rebuilds_an_invalid_index() {
    let database = Database::fresh();
    let graph = graph(&[TABLE, ("2_steps.sql", STEPS)]);
    let Err(EngineError::Failed(failure)) = up(&database, &graph) else {
        panic!("duplicates must fail the unique index");
    };
    assert_eq!(failure.statement, Some((2, 3)));
    assert_eq!(failure.left, Left::Statements(1));
    assert_eq!((failure.place.line, failure.place.column), (3, 1));
    assert_eq!(
        value(
            &database,
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_u'::regclass"
        ),
        "f"
    );
    assert_eq!(applied(&database), ["1"]);
    database.execute("DELETE FROM t WHERE x = 1");
    up(&database, &graph).expect("up");
    assert_eq!(
        value(
            &database,
            "SELECT string_agg(x::text, ' ' ORDER BY x) FROM t"
        ),
        "2 10 11"
    );
    assert_eq!(
        value(
            &database,
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_u'::regclass"
        ),
        "t"
    );
    assert_eq!(applied(&database), ["1", "2"]);
}

#[test]
fn a_statement_whose_entry_was_lost_is_not_done_twice() {
    let database = Database::fresh();
    let steps = "-- migrate: transaction=none\nINSERT INTO t VALUES (10);\nCREATE INDEX CONCURRENTLY t_y ON t (x);\nDROP INDEX CONCURRENTLY gone;\nSELECT 1;";
    database.execute("CREATE TABLE gone_base (x int); CREATE INDEX gone ON gone_base (x)");
    let graph = graph(&[TABLE, ("2_steps.sql", steps)]);
    up(&database, &graph).expect("up");
    for done in [1, 2] {
        // As a process leaves it that dies behind statement `done + 1` and before its entry.
        rewind(&database, &graph, done);
        up(&database, &graph).expect("up");
        assert_eq!(value(&database, "SELECT count(*) FROM t WHERE x = 10"), "1");
    }
}

/// Puts the history back to where `done` statements of revision 2 were recorded.
fn rewind(database: &Database, graph: &build_support::graph::Graph, done: usize) {
    let script = &graph.revisions()[1].up;
    let text = script.text.in_memory().expect("it is short");
    let head = &text[script.statements[0].start..script.statements[done - 1].end];
    let sum = build_support::revision::Checksum::of(head);
    database.execute(&format!(
        "UPDATE cargo_migrate_history SET partial = 'up', statements_done = {done}, done_checksum = '{sum}' WHERE id = '2'"
    ));
    if done == 1 {
        database.execute("CREATE INDEX IF NOT EXISTS gone ON gone_base (x)");
    }
    let state = state(database).expect("a history");
    database.execute(&format!(
        "UPDATE cargo_migrate_state SET digest = '{}'",
        state.computed_digest()
    ));
}

#[test]
fn what_ran_may_not_be_edited_but_what_did_not_may() {
    let database = Database::fresh();
    up(&database, &graph(&[TABLE, ("2_steps.sql", STEPS)])).expect_err("duplicates");
    let before = STEPS.replace("VALUES (10)", "VALUES (20)");
    let error = up(&database, &graph(&[TABLE, ("2_steps.sql", &before)])).expect_err("edited");
    assert!(
        matches!(error, EngineError::EditedHalfWay { done: 1, .. }),
        "{error:?}"
    );
    let after = STEPS.replace(
        "CREATE UNIQUE INDEX CONCURRENTLY",
        "CREATE INDEX CONCURRENTLY",
    );
    up(&database, &graph(&[TABLE, ("2_steps.sql", &after)])).expect("up");
    assert_eq!(applied(&database), ["1", "2"]);
}

#[test]
fn what_its_head_says_may_be_edited_half_way() {
    let database = Database::fresh();
    up(&database, &graph(&[TABLE, ("2_steps.sql", STEPS)])).expect_err("duplicates");
    let after = STEPS
        .replace("transaction=none", "transaction=none lock-timeout=7s")
        .replace("CREATE UNIQUE INDEX", "CREATE INDEX");
    let down = "DROP INDEX t_x;";
    let files = [
        TABLE,
        ("2_steps.up.sql", after.as_str()),
        ("2_steps.down.sql", down),
    ];
    up(&database, &graph(&files)).expect("up");
    assert_eq!(applied(&database), ["1", "2"]);
    // What is recorded is what its files say now.
    let recorded = "SELECT down_script FROM cargo_migrate_history WHERE id = '2'";
    assert_eq!(value(&database, recorded), down);
}

#[test]
fn it_may_become_a_transaction_as_long_as_nothing_of_it_is_done() {
    let database = Database::fresh();
    let failing = "-- migrate: transaction=none\nSELECT 1 / 0;\nCREATE TABLE a ();";
    up(&database, &graph(&[("1_a.sql", failing)])).expect_err("it divides by zero");
    let mended = "CREATE TABLE a ();\nCREATE TABLE b ();";
    up(&database, &graph(&[("1_a.sql", mended)])).expect("up");
    assert_eq!(applied(&database), ["1"]);
    let state = state(&database).expect("a history");
    assert_eq!(state.digest, state.computed_digest());

    let half = "-- migrate: transaction=none\nCREATE TABLE c ();\nSELECT 1 / 0;";
    let first = ("1_a.sql", mended);
    up(&database, &graph(&[first, ("2_c.sql", half)])).expect_err("it divides by zero");
    let files = [first, ("2_c.sql", "CREATE TABLE c ();")];
    let error = up(&database, &graph(&files)).expect_err("a table is there already");
    assert!(
        matches!(error, EngineError::EditedHalfWay { done: 1, .. }),
        "{error:?}"
    );
}

#[test]
fn the_session_is_afterwards_what_it_was() {
    let database = Database::fresh();
    let text = "-- migrate: transaction=none\nSET search_path = pg_catalog;\nSET lock_timeout = '9s';\nCREATE TABLE public.z ();";
    let mut client = database.client();
    client
        .batch_execute("SET lock_timeout = '3s'")
        .expect("a setting");
    let operation = Operation::Up(vec!["head".to_owned()]);
    run(
        &mut client,
        &graph(&[("1_z.sql", text)]),
        &Options::default(),
        operation,
    )
    .0
    .expect("up");
    let row = client.query_one("SELECT current_setting('lock_timeout'), current_setting('search_path'), current_setting('statement_timeout')", &[]).expect("settings");
    let all: [String; 3] = [row.get(0), row.get(1), row.get(2)];
    assert_eq!(all, ["3s", "\"$user\", public", "0"]);
}

#[test]
fn a_block_that_commits_runs_by_itself_and_one_that_does_not_together_with_its_entry() {
    let database = Database::fresh();
    database.execute(
        "CREATE TABLE seen (what text, backend_xid text DEFAULT pg_current_xact_id()::text)",
    );
    let text = "-- migrate: transaction=none\n\
                DO $$ BEGIN INSERT INTO seen VALUES ('plain'); END $$;\n\
                DO $$ BEGIN INSERT INTO seen VALUES ('first'); COMMIT; INSERT INTO seen VALUES ('second'); END $$;";
    up(&database, &graph(&[("1_blocks.sql", text)])).expect("up");
    let rows = "SELECT string_agg(what, ' ' ORDER BY what) || ' ' || count(DISTINCT backend_xid) FROM seen";
    assert_eq!(value(&database, rows), "first plain second 3");
    assert_eq!(applied(&database), ["1"]);
    let bare = text.replace("-- migrate: transaction=none\n", "");
    let other = Database::fresh();
    other.execute("CREATE TABLE seen (what text)");
    let error = up(&other, &graph(&[("1_blocks.sql", &bare)])).expect_err("it would commit");
    let hints = build_support::Diagnose::diagnose(&error).hints;
    assert!(
        hints.iter().any(|hint| hint.contains("transaction=none")),
        "{hints:?}"
    );
    assert_eq!(value(&other, "SELECT count(*) FROM seen"), "0");
}

/// A process that dies while the server has a message of its before it.
struct Dying {
    client: Client,
    marker: &'static str,
    message: Option<String>,
}

impl Driver for Dying {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        if self.message.is_none() && sql.contains(self.marker) {
            self.message = Some(sql.to_owned());
        }
        match self.message {
            Some(_) => Err(ServerError::connection("dead")),
            None => Driver::script(&mut self.client, sql),
        }
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        match self.message {
            Some(_) => Err(ServerError::connection("dead")),
            None => Driver::read(&mut self.client, sql),
        }
    }
}

/// The process after it: it has read the history and is about to take the lock when the server comes
/// to that message.
struct Next<'d> {
    client: Client,
    dead: Option<Dying>,
    database: &'d Database,
}

impl Next<'_> {
    fn let_the_server_finish(&self, dead: Dying) {
        let Dying {
            mut client,
            message,
            ..
        } = dead;
        let message = message.expect("it died behind its marker");
        client
            .batch_execute(&message)
            .expect("nobody is in the way");
        drop(client);
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
                     (SELECT oid FROM pg_database WHERE datname = current_database())";
        while value(self.database, locks) != "0" {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Driver for Next<'_> {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        if sql.contains("pg_try_advisory")
            && let Some(dead) = self.dead.take()
        {
            self.let_the_server_finish(dead);
        }
        Driver::script(&mut self.client, sql)
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        Driver::read(&mut self.client, sql)
    }
}

#[test]
fn what_the_server_still_does_for_a_dead_process_is_not_done_again() {
    for (text, marker) in [
        (
            "-- migrate: transaction=none\nSELECT 1;\nUPDATE t SET n = n + 1;\nSELECT 2;",
            "UPDATE t ",
        ),
        (
            "-- migrate: batch\nUPDATE t SET n = n + 1;",
            "statements_done = 1",
        ),
    ] {
        let database = Database::fresh();
        database.execute("CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL)");
        database.execute("INSERT INTO t SELECT n, 0 FROM generate_series(1, 10) AS n");
        let (graph, options) = (graph(&[("1_t.sql", text)]), Options::default());
        let engine = || Engine::new(&graph, &options, Operation::Up(vec!["head".to_owned()]));
        let mut dying = Dying {
            client: database.client(),
            marker,
            message: None,
        };
        drive(&mut dying, engine(), &mut |_| {}).expect_err("dead");
        let mut next = Next {
            client: database.client(),
            dead: Some(dying),
            database: &database,
        };
        drive(&mut next, engine(), &mut |_| {}).expect("up");
        assert!(next.dead.is_none(), "it never took the lock");
        let touched = value(&database, "SELECT min(n) || ' ' || max(n) FROM t");
        assert_eq!(touched, "1 1", "{text}");
        assert_eq!(applied(&database), ["1"]);
    }
}

#[test]
fn what_became_a_transaction_meanwhile_is_not_done_again_either() {
    let database = Database::fresh();
    database.execute("CREATE TABLE t (n int NOT NULL); INSERT INTO t VALUES (0)");
    let options = Options::default();
    let head = || Operation::Up(vec!["head".to_owned()]);
    let alone = graph(&[(
        "1_t.sql",
        "-- migrate: transaction=none\nUPDATE t SET n = n + 1;",
    )]);
    let mut dying = Dying {
        client: database.client(),
        marker: "UPDATE t ",
        message: None,
    };
    drive(
        &mut dying,
        Engine::new(&alone, &options, head()),
        &mut |_| {},
    )
    .expect_err("dead");
    let together = graph(&[("1_t.sql", "UPDATE t SET n = n + 1;")]);
    let mut next = Next {
        client: database.client(),
        dead: Some(dying),
        database: &database,
    };
    let engine = Engine::new(&together, &options, head());
    let error = drive(&mut next, engine, &mut |_| {}).expect_err("it is done already");
    assert!(
        matches!(error, EngineError::EditedHalfWay { done: 1, .. }),
        "{error:?}"
    );
    assert_eq!(value(&database, "SELECT n FROM t"), "1");
}

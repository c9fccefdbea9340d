//! What interrupted `… CONCURRENTLY` statements leave behind, and what others build meanwhile.
//!
//! The builds are cut off for real: a transaction of somebody else keeps them waiting, and their
//! backend is ended.

use std::{
    thread,
    time::{Duration, Instant},
};

use build_support::{
    driver::{Driver, drive},
    engine::{EngineError, Left, ServerError},
    history::Row,
};

use super::*;

const TABLE: (&str, &str) = (
    "1_t.sql",
    "CREATE TABLE t (x int, y text, z text);\nINSERT INTO t VALUES (1, 'a'), (1, 'b'), (2, 'c');",
);

/// The indexes of `t` and of its toast table, with `!` where they are INVALID.
fn indexes(database: &Database) -> String {
    value(
        database,
        "SELECT string_agg(regexp_replace(c.relname, '[0-9]{3,}', 'N') || CASE WHEN i.indisvalid \
         THEN '' ELSE '!' END, ' ' ORDER BY c.relname) FROM pg_index i JOIN pg_class c ON \
         c.oid = i.indexrelid WHERE i.indrelid IN ('t'::regclass, (SELECT reltoastrelid FROM \
         pg_class WHERE oid = 't'::regclass))",
    )
}

/// A transaction that keeps a snapshot, for which a build waits before it ends.
fn reader(database: &Database) -> Client {
    let mut client = database.client();
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class")
        .expect("a snapshot");
    client
}

/// A transaction that looks at a table and keeps no snapshot: what drops or detaches waits for it.
fn onlooker(database: &Database) -> Client {
    let mut client = database.client();
    client
        .batch_execute("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE")
        .expect("a lock");
    client
}

/// Waits until a session waits inside a statement that begins so, and gives its process.
fn waiting(database: &Database, statement: &str) -> i64 {
    let query = format!(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
         AND query LIKE '{statement}%' AND wait_event_type = 'Lock'"
    );
    let started = Instant::now();
    loop {
        if let Ok(pid) = value(database, &query).parse() {
            return pid;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "nobody waits");
        thread::sleep(Duration::from_millis(20));
    }
}

fn end(database: &Database, pid: i64) {
    database.execute(&format!("SELECT pg_terminate_backend({pid}, 5000)"));
}

/// Runs all until a session waits in this statement, and ends it there, as a crash would.
fn cut_off(database: &Database, graph: &build_support::graph::Graph, statement: &str) {
    thread::scope(|scope| {
        let run = scope.spawn(|| up(database, graph));
        end(database, waiting(database, statement));
        let error = run.join().expect("no panic").expect_err("cut off");
        assert!(error.is_lost_connection(), "{error:?}");
    });
}

/// As [`cut_off`], of a statement that somebody sends by hand.
fn cut_off_by_hand(database: &Database, statement: &str) {
    thread::scope(|scope| {
        let run = scope.spawn(|| database.client().batch_execute(statement));
        end(database, waiting(database, statement));
        run.join().expect("no panic").expect_err("cut off");
    });
}

/// A connection that is lost behind the statement that begins so: it is done, and nobody recorded
/// it.
struct Lost {
    client: Option<Client>,
    behind: &'static str,
}

impl Driver for Lost {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        let gone = || ServerError::connection("gone");
        let client = self.client.as_mut().ok_or_else(gone)?;
        Driver::script(client, sql)?;
        if sql.starts_with(self.behind) {
            self.client = None;
            return Err(gone());
        }
        Ok(())
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        let gone = || ServerError::connection("gone");
        Driver::read(self.client.as_mut().ok_or_else(gone)?, sql)
    }
}

fn lose_behind(database: &Database, graph: &build_support::graph::Graph, behind: &'static str) {
    let options = Options::default();
    let operation = Operation::Up(vec!["head".to_owned()]);
    let mut lost = Lost {
        client: Some(database.client()),
        behind,
    };
    let engine = Engine::new(graph, &options, operation);
    drive(&mut lost, engine, &mut |_| {}).expect_err("lost");
    assert!(lost.client.is_none(), "the statement was never sent");
}

#[test]
fn an_index_without_a_name_that_was_cut_off_is_known_by_its_definition() {
    let database = Database::fresh();
    let steps = "CREATE INDEX CONCURRENTLY ON t (lower(y), x DESC) WHERE x > 0;";
    let graph = graph(&[TABLE, ("2_i.sql", steps)]);
    let before = reader(&database);
    cut_off(&database, &graph, "CREATE INDEX CONCURRENTLY");
    drop(before);
    // INVALID ones of other definitions are somebody else's: unique, another column, no predicate.
    for other in ["u ON t (x)", "v ON t ((1)) WHERE x > 0"] {
        let create = format!("CREATE UNIQUE INDEX CONCURRENTLY {other}");
        database
            .client()
            .batch_execute(&create)
            .expect_err("duplicates");
    }
    assert_eq!(indexes(&database), "pg_toast_N_index t_lower_x_idx! u! v!");
    up(&database, &graph).expect("up");
    assert_eq!(indexes(&database), "pg_toast_N_index t_lower_x_idx u! v!");
}

#[test]
fn an_index_whose_entry_was_lost_is_not_built_twice() {
    for statement in [
        "CREATE INDEX CONCURRENTLY ON t (x);",
        "CREATE INDEX CONCURRENTLY t_x_idx ON t (x);",
    ] {
        let database = Database::fresh();
        let graph = graph(&[TABLE, ("2_i.sql", statement)]);
        lose_behind(&database, &graph, "CREATE INDEX CONCURRENTLY");
        assert_eq!(applied(&database), ["1"], "{statement}");
        up(&database, &graph).expect("up");
        assert_eq!(
            indexes(&database),
            "pg_toast_N_index t_x_idx",
            "{statement}"
        );
        assert_eq!(applied(&database), ["1", "2"], "{statement}");
    }
}

#[test]
fn an_equal_index_that_was_there_before_is_not_taken_for_the_one_without_a_name() {
    let database = Database::fresh();
    let graph = graph(&[TABLE, ("2_i.sql", "CREATE INDEX CONCURRENTLY ON t (x);")]);
    up(&database, &super::graph(&[TABLE])).expect("up");
    database.execute("CREATE INDEX mine ON t (x)");
    let before = reader(&database);
    cut_off(&database, &graph, "CREATE INDEX CONCURRENTLY");
    drop(before);
    up(&database, &graph).expect("up");
    assert_eq!(indexes(&database), "mine pg_toast_N_index t_x_idx");
}

#[test]
fn an_invalid_index_of_the_name_with_another_definition_is_left_and_named() {
    let database = Database::fresh();
    let only = graph(&[TABLE]);
    up(&database, &only).expect("up");
    let mut client = database.client();
    client
        .batch_execute("CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)")
        .expect_err("duplicates");
    let graph = graph(&[
        TABLE,
        ("2_i.sql", "CREATE INDEX CONCURRENTLY t_x ON t (x);"),
    ]);
    for _ in 0..2 {
        let Err(EngineError::Failed(failure)) = up(&database, &graph) else {
            panic!("the name is taken");
        };
        assert_eq!(
            failure.error.message,
            "index \"t_x\" exists with another definition and is INVALID"
        );
        assert_eq!(
            failure.error.detail.as_deref(),
            Some("CREATE UNIQUE INDEX t_x ON public.t USING btree (x)")
        );
        assert_eq!(failure.left, Left::Statements(0));
    }
    assert_eq!(indexes(&database), "pg_toast_N_index t_x!");
    client.batch_execute("DROP INDEX t_x").expect("dropped");
    up(&database, &graph).expect("up");
    assert_eq!(indexes(&database), "pg_toast_N_index t_x");
}

#[test]
fn if_not_exists_does_not_count_an_index_of_another_definition() {
    let database = Database::fresh();
    up(&database, &graph(&[TABLE])).expect("up");
    database.execute("CREATE INDEX t_x ON t (x DESC)");
    let statement = "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_x ON t USING btree (x);";
    let graph = graph(&[TABLE, ("2_i.sql", statement)]);
    let error = up(&database, &graph).expect_err("another definition");
    assert!(error.to_string().contains("failed"), "{error}");
    assert_eq!(applied(&database), ["1"]);
    database.execute("DROP INDEX t_x; CREATE INDEX t_x ON t (x ASC NULLS LAST)");
    up(&database, &graph).expect("the same in other words");
    assert_eq!(applied(&database), ["1", "2"]);
}

#[test]
fn if_not_exists_does_not_count_an_index_of_another_table() {
    let database = Database::fresh();
    up(&database, &graph(&[TABLE])).expect("up");
    database.execute("CREATE TABLE s (x int); CREATE INDEX t_x ON s (x)");
    let statement = "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_x ON t (x);";
    let graph = graph(&[TABLE, ("2_i.sql", statement)]);
    up(&database, &graph).expect_err("of another table");
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn what_another_session_builds_is_waited_for_and_its_process_named() {
    let database = Database::fresh();
    let graph = graph(&[
        TABLE,
        ("2_i.sql", "CREATE INDEX CONCURRENTLY t_x ON t (x);"),
    ]);
    up(&database, &super::graph(&[TABLE])).expect("up");
    let before = reader(&database);
    thread::scope(|scope| {
        let by_hand = "CREATE INDEX CONCURRENTLY t_x ON t USING btree (x)";
        let build = scope.spawn(|| database.client().batch_execute(by_hand));
        let builder = waiting(&database, by_hand);
        assert_eq!(indexes(&database), "pg_toast_N_index t_x!");
        let options = Options {
            lock_timeout: Duration::from_millis(2500),
            ..Options::default()
        };
        let operation = || Operation::Up(vec!["head".to_owned()]);
        let (result, events) = run(&mut database.client(), &graph, &options, operation());
        let Err(EngineError::StatementLocked { blockers, .. }) = result else {
            panic!("{result:?}");
        };
        assert_eq!(blockers[0].pid, builder);
        let told = |event: &Event| matches!(event, Event::Retrying { reason, .. } if reason.contains(&format!("process {builder}")));
        assert!(events.iter().any(told), "{events:?}");
        let again = scope.spawn(|| up(&database, &graph));
        thread::sleep(Duration::from_millis(500));
        drop(before);
        again.join().expect("no panic").expect("up");
        build
            .join()
            .expect("no panic")
            .expect("the other build is whole");
    });
    assert_eq!(indexes(&database), "pg_toast_N_index t_x");
    assert_eq!(applied(&database), ["1", "2"]);
}

#[test]
fn another_index_that_somebody_builds_on_the_table_is_not_broken_by_a_deadlock() {
    let database = Database::fresh();
    let graph = graph(&[
        TABLE,
        ("2_i.sql", "CREATE INDEX CONCURRENTLY t_x ON t (x);"),
    ]);
    up(&database, &super::graph(&[TABLE])).expect("up");
    let before = reader(&database);
    thread::scope(|scope| {
        let by_hand = "CREATE INDEX CONCURRENTLY t_y ON t (lower(y))";
        let build = scope.spawn(|| database.client().batch_execute(by_hand));
        waiting(&database, by_hand);
        let ours = scope.spawn(|| up(&database, &graph));
        // Longer than the time after which the server looks for a deadlock.
        thread::sleep(Duration::from_millis(1500));
        drop(before);
        build
            .join()
            .expect("no panic")
            .expect("the other build is whole");
        ours.join().expect("no panic").expect("up");
    });
    assert_eq!(indexes(&database), "pg_toast_N_index t_x t_y");
}

#[test]
fn copies_that_a_reindex_left_are_dropped_and_nothing_else() {
    let database = Database::fresh();
    let steps = "CREATE INDEX t_x ON t (x); CREATE INDEX t_y ON t (y);";
    up(&database, &graph(&[TABLE, ("2_i.sql", steps)])).expect("up");
    for _ in 0..2 {
        let before = reader(&database);
        cut_off_by_hand(&database, "REINDEX TABLE CONCURRENTLY t");
        drop(before);
    }
    let beside = onlooker(&database);
    cut_off_by_hand(&database, "REINDEX INDEX CONCURRENTLY t_y");
    drop(beside);
    database
        .client()
        .batch_execute("CREATE UNIQUE INDEX CONCURRENTLY odd_ccnew ON t (x)")
        .expect_err("duplicates");
    assert_eq!(
        indexes(&database),
        "odd_ccnew! pg_toast_N_index pg_toast_N_index_ccnew! pg_toast_N_index_ccnew1! t_x \
         t_x_ccnew! t_x_ccnew1! t_y t_y_ccnew! t_y_ccnew1! t_y_ccold!"
    );
    let reindex = |what| graph(&[TABLE, ("2_i.sql", steps), ("3_r.sql", what)]);
    let one = reindex("REINDEX INDEX CONCURRENTLY t_x;");
    up(&database, &one).expect("up");
    assert_eq!(
        indexes(&database),
        "odd_ccnew! pg_toast_N_index pg_toast_N_index_ccnew! pg_toast_N_index_ccnew1! t_x t_y \
         t_y_ccnew! t_y_ccnew1! t_y_ccold!"
    );
    let files = [
        TABLE,
        ("2_i.sql", steps),
        ("3_r.sql", "REINDEX INDEX CONCURRENTLY t_x;"),
    ];
    let all = graph(&[&files[..], &[("4_r.sql", "REINDEX TABLE CONCURRENTLY t;")]].concat());
    up(&database, &all).expect("up");
    assert_eq!(indexes(&database), "odd_ccnew! pg_toast_N_index t_x t_y");
}

#[test]
fn a_reindex_of_ours_that_was_cut_off_leaves_nothing_after_the_next_run() {
    let database = Database::fresh();
    let table = "CREATE SCHEMA app; CREATE TABLE app.t (x int); CREATE INDEX t_x ON app.t (x);";
    let graph = graph(&[
        ("1_t.sql", table),
        ("2_r.sql", "REINDEX SCHEMA CONCURRENTLY app;"),
    ]);
    let before = reader(&database);
    cut_off(&database, &graph, "REINDEX SCHEMA");
    drop(before);
    let names = "SELECT string_agg(indexrelid::regclass::text, ' ') FROM pg_index WHERE \
                 indrelid = 'app.t'::regclass";
    assert_eq!(value(&database, names), "app.t_x app.t_x_ccnew");
    up(&database, &graph).expect("up");
    assert_eq!(value(&database, names), "app.t_x");
}

#[test]
fn a_drop_that_was_cut_off_is_finished() {
    let database = Database::fresh();
    let graph = graph(&[
        TABLE,
        ("2_i.sql", "CREATE INDEX t_x ON t (x);"),
        ("3_d.sql", "DROP INDEX CONCURRENTLY t_x;"),
    ]);
    up(
        &database,
        &super::graph(&[TABLE, ("2_i.sql", "CREATE INDEX t_x ON t (x);")]),
    )
    .expect("up");
    let beside = onlooker(&database);
    cut_off(&database, &graph, "DROP INDEX CONCURRENTLY");
    drop(beside);
    assert_eq!(indexes(&database), "pg_toast_N_index t_x!");
    up(&database, &graph).expect("up");
    assert_eq!(indexes(&database), "pg_toast_N_index");
    assert_eq!(applied(&database), ["1", "2", "3"]);
}

#[test]
fn a_partition_that_was_half_detached_is_detached() {
    let database = Database::fresh();
    let table = (
        "1_t.sql",
        "CREATE TABLE t (x int) PARTITION BY RANGE (x);\n\
         CREATE TABLE one PARTITION OF t FOR VALUES FROM (1) TO (2);\n\
         CREATE TABLE two PARTITION OF t FOR VALUES FROM (2) TO (3);",
    );
    let statement = "ALTER TABLE t DETACH PARTITION one CONCURRENTLY;";
    let first = graph(&[table, ("2_d.sql", statement)]);
    up(&database, &graph(&[table])).expect("up");
    let beside = onlooker(&database);
    cut_off(&database, &first, "ALTER TABLE t DETACH");
    drop(beside);
    let pending = "SELECT count(*) FROM pg_inherits WHERE inhdetachpending";
    assert_eq!(value(&database, pending), "1");
    up(&database, &first).expect("up");
    let left = "SELECT string_agg(inhrelid::regclass::text, ' ') FROM pg_inherits";
    assert_eq!(value(&database, left), "two");
    let second = graph(&[
        table,
        ("2_d.sql", statement),
        (
            "3_d.sql",
            "ALTER TABLE t DETACH PARTITION two CONCURRENTLY;",
        ),
    ]);
    lose_behind(&database, &second, "ALTER TABLE t DETACH");
    up(&database, &second).expect("up");
    assert_eq!(applied(&database), ["1", "2", "3"]);
}

#[test]
fn a_run_that_goes_on_has_the_settings_of_the_statements_before() {
    let database = Database::fresh();
    let steps = "-- migrate: transaction=none\nSET search_path = app;\n\
                 SELECT pg_catalog.set_config('work_mem', '3MB', false);\n\
                 CREATE TABLE app.one (x int);\n\
                 CREATE INDEX CONCURRENTLY one_x ON one (x);\n\
                 CREATE TABLE two AS SELECT current_setting('work_mem') AS memory;";
    let graph = graph(&[("1_s.sql", "CREATE SCHEMA app;"), ("2_i.sql", steps)]);
    lose_behind(&database, &graph, "CREATE INDEX CONCURRENTLY");
    up(&database, &graph).expect("up");
    assert_eq!(value(&database, "SELECT memory FROM app.two"), "3MB");
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'app.one_x'::regclass";
    assert_eq!(value(&database, valid), "t");
}

#[test]
fn a_role_that_may_make_no_temporary_table_goes_by_the_name() {
    let database = Database::fresh();
    let name = database.name();
    let role = format!("plain_{name}");
    database.execute(&format!(
        "REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC; CREATE ROLE {role}; \
         GRANT CREATE, USAGE ON SCHEMA public TO {role}"
    ));
    let options = Options {
        role: Some(role),
        ..Options::default()
    };
    let unique = "CREATE UNIQUE INDEX CONCURRENTLY t_u ON t (x);";
    let graph = graph(&[TABLE, ("2_i.sql", unique)]);
    let up = || {
        let operation = Operation::Up(vec!["head".to_owned()]);
        run(&mut database.client(), &graph, &options, operation).0
    };
    up().expect_err("duplicates");
    assert_eq!(indexes(&database), "pg_toast_N_index t_u!");
    database.execute("DELETE FROM t WHERE x = 1");
    up().expect("up");
    assert_eq!(indexes(&database), "pg_toast_N_index t_u");
}

//! Databases, roles and neighbours that are set up in odd ways.

use std::thread;
use std::time::Duration;

use build_support::connect::Settings;
use build_support::driver::up_through_restarts;
use build_support::engine::{EngineError, Event, Operation, Options, Outcome};
use migrate_tests::harness::{Database, embedded};

use super::{expect_no_lock, expect_told_once, expected_schema, story};
use crate::engine::{applied, done, graph, run, up, value};

#[test]
fn settings_of_the_database_do_not_get_in_the_way() {
    let schema = expected_schema();
    let database = Database::fresh();
    for setting in [
        "search_path = public, pg_catalog",
        "statement_timeout = '1s'",
        "lock_timeout = '1ms'",
        "idle_in_transaction_session_timeout = '20ms'",
        "default_transaction_isolation = 'serializable'",
        "standard_conforming_strings = off",
        "synchronous_commit = off",
        "client_min_messages = debug1",
        "DateStyle = 'SQL, DMY'",
        "bytea_output = 'escape'",
        "row_security = off",
    ] {
        database.execute(&format!("ALTER DATABASE {} SET {setting}", database.name()));
    }
    up(&database, &story()).expect("applied");
    expect_told_once(&database, &schema, "odd settings");
}

#[test]
fn a_temporary_table_with_the_name_of_the_history_shadows_nothing() {
    let database = Database::fresh();
    let mut client = database.client();
    for table in [
        "cargo_migrate_history",
        "cargo_migrate_state",
        "cargo_migrate_log",
    ] {
        client
            .batch_execute(&format!("CREATE TEMP TABLE {table} (id text)"))
            .expect("made");
    }
    let operation = Operation::Up(vec!["head".to_owned()]);
    run(&mut client, &story(), &Options::default(), operation)
        .0
        .expect("applied");
    assert_eq!(applied(&database), ["1", "2", "3", "4"]);
}

#[test]
fn locks_of_other_tools_and_of_other_histories_are_not_ours() {
    let database = Database::fresh();
    let mut other = database.client();
    // The constants of other migration tools, and one key of two halves.
    for key in ["72707369", "3141592653589793238", "8241997", "1, 2"] {
        other
            .batch_execute(&format!("SELECT pg_advisory_lock({key})"))
            .expect("locked");
    }
    let options = Options {
        lock_timeout: Duration::from_secs(2),
        ..Options::default()
    };
    let operation = Operation::Up(vec!["head".to_owned()]);
    run(&mut database.client(), &story(), &options, operation)
        .0
        .expect("applied");
}

#[test]
fn one_connection_is_enough() {
    let database = Database::fresh();
    let role = format!("single_{}", database.name());
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN CONNECTION LIMIT 1; GRANT CREATE, USAGE ON SCHEMA public TO {role}"
    ));
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let settings = Settings::parse(&url).expect("a URL");
    let operation = Operation::Up(vec!["head".to_owned()]);
    let result = settings.with_client(|client| {
        run(client, &story(), &Options::default(), operation)
            .0
            .map(drop)
    });
    result.expect("connected").expect("applied");
    assert_eq!(applied(&database), ["1", "2", "3", "4"]);
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[test]
fn a_connection_is_waited_for_while_all_are_taken() {
    let database = Database::fresh();
    let role = format!("taken_{}", database.name());
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN CONNECTION LIMIT 1; GRANT CREATE, USAGE ON SCHEMA public TO {role}"
    ));
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let other = Settings::parse(&url)
        .expect("a URL")
        .connect()
        .expect("the only one");
    let report = thread::scope(|scope| {
        scope.spawn(move || {
            thread::sleep(Duration::from_millis(400));
            drop(other);
        });
        let files = &[("1_a.up.sql", "CREATE TABLE a (n int);")];
        embedded(files).connect(&url).expect("a URL").run()
    });
    assert_eq!(done(&report.expect("applied")), ["1"]);
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[test]
fn code_that_takes_longer_than_a_session_may_idle_is_not_cut_off() {
    let database = Database::fresh();
    let limit = "SET idle_in_transaction_session_timeout = '100ms'";
    database.execute(&format!("ALTER DATABASE {} {limit}", database.name()));
    let files = &[(
        "1_slow.up.sql",
        "-- migrate: code\nCREATE TABLE slow (n int);",
    )];
    let slow = embedded(files).code("1", |tx| {
        thread::sleep(Duration::from_millis(400));
        tx.batch_execute("INSERT INTO slow VALUES (1)")?;
        Ok(())
    });
    slow.run(&mut database.client()).expect("applied");
    assert_eq!(value(&database, "SELECT count(*) FROM slow"), "1");
}

#[test]
fn a_commit_that_hides_in_a_block_keeps_nothing() {
    let database = Database::fresh();
    let hidden = graph(&[(
        "1_hidden.up.sql",
        "CREATE TABLE kept (n int);\nDO $$ BEGIN COMMIT; END $$;\nSELECT 1 / 0;\n",
    )]);
    up(&database, &hidden).expect_err("a block can't end our transaction");
    assert!(applied(&database).is_empty());
    assert_eq!(
        value(
            &database,
            "SELECT count(*) FROM pg_class WHERE relname = 'kept'"
        ),
        "0"
    );
    expect_no_lock(&database, "a hidden COMMIT");
}

#[test]
fn a_deadlock_with_the_application_is_tried_again() {
    let database = Database::fresh();
    let tables = (
        "1_tables.up.sql",
        "CREATE TABLE a (n int); CREATE TABLE b (n int);",
    );
    up(&database, &graph(&[tables])).expect("applied");
    let graph = graph(&[
        tables,
        (
            "2_both.up.sql",
            "LOCK TABLE a; SELECT pg_sleep(0.7); ALTER TABLE b ADD COLUMN m int;",
        ),
    ]);
    let mut application = database.client();
    let (result, events) = thread::scope(|scope| {
        scope.spawn(|| {
            // In the other order; one of the two is the victim.
            let _ = application.batch_execute(
                "SET deadlock_timeout = '5s'; BEGIN; LOCK TABLE b; DO $$ BEGIN \
                 WHILE NOT EXISTS (SELECT FROM pg_locks WHERE relation = 'a'::regclass AND granted) \
                 LOOP PERFORM pg_sleep(0.02); END LOOP; END $$; LOCK TABLE a; COMMIT",
            );
        });
        let locked = "SELECT count(*) FROM pg_locks WHERE relation = 'b'::regclass AND granted";
        while value(&database, locked) == "0" {
            thread::sleep(Duration::from_millis(20));
        }
        let operation = Operation::Up(vec!["head".to_owned()]);
        run(
            &mut database.client(),
            &graph,
            &Options::default(),
            operation,
        )
    });
    result.expect("applied at last");
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::Retrying { .. })),
        "{events:?}"
    );
    assert_eq!(applied(&database), ["1", "2"]);
}

#[test]
fn a_session_that_an_administrator_ends_is_opened_again() {
    let database = Database::fresh();
    let files = [
        ("1_log.up.sql", "CREATE TABLE log (id int);"),
        (
            "2_slow.up.sql",
            "SELECT CASE WHEN to_regclass('public.ended') IS NULL THEN pg_sleep(20) END;",
        ),
    ];
    let (graph, options) = (graph(&files), Options::default());
    let settings = Settings::parse(&database.url()).expect("a URL");
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event = 'PgSleep'";
            let sleeping = "SELECT count(*) FROM pg_stat_activity \
                            WHERE datname = current_database() AND wait_event = 'PgSleep'";
            while value(&database, sleeping) == "0" {
                thread::sleep(Duration::from_millis(20));
            }
            database.execute("CREATE TABLE public.ended ()");
            assert_eq!(value(&database, end), "1");
        });
        let mut client = settings.connect().expect("connected");
        let targets = ["head".to_owned()];
        up_through_restarts(
            &mut client,
            &settings,
            (&graph, &options),
            &targets,
            &mut |_| {},
        )
    });
    assert_eq!(done(&report.expect("applied")), ["1", "2"]);
}

#[test]
fn a_lock_such_as_vacuum_takes_is_waited_for_and_named() {
    let database = Database::fresh();
    database.execute("CREATE TABLE t (x int)");
    let graph = graph(&[("1_t.up.sql", "ALTER TABLE t ALTER x SET STATISTICS 100;")]);
    let mut vacuum = database.client();
    vacuum
        .batch_execute(
            "SET application_name = 'like vacuum'; BEGIN; \
             LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE",
        )
        .expect("locked");
    let options = |seconds| Options {
        statement_lock_timeout: Duration::from_millis(50),
        lock_timeout: Duration::from_secs(seconds),
        ..Options::default()
    };
    let up = |options: &Options| {
        let operation = Operation::Up(vec!["head".to_owned()]);
        run(&mut database.client(), &graph, options, operation)
    };
    let error = up(&options(0)).0.expect_err("locked");
    let EngineError::StatementLocked { blockers, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(blockers[0].application, "like vacuum");
    let (result, events) = thread::scope(|scope| {
        let waiting = scope.spawn(|| up(&options(20)));
        thread::sleep(Duration::from_millis(300));
        drop(vacuum);
        waiting.join().expect("no panic")
    });
    result.expect("applied when the lock was free");
    let is_retry = |event: &Event| matches!(event, Event::Retrying { .. });
    assert!(events.iter().any(is_retry), "{events:?}");
}

#[test]
fn a_role_with_a_schema_of_its_own_finds_the_history_where_it_is() {
    let database = Database::fresh();
    up(&database, &story()).expect("applied");
    let role = format!("owner_{}", database.name());
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN; CREATE SCHEMA {role} AUTHORIZATION {role}; \
         GRANT SELECT ON cargo_migrate_history, cargo_migrate_state TO {role}"
    ));
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let mut client = Settings::parse(&url)
        .expect("a URL")
        .connect()
        .expect("connected");
    let operation = Operation::Up(vec!["head".to_owned()]);
    let (result, _) = run(&mut client, &story(), &Options::default(), operation);
    let Ok(Outcome::Report(report)) = result else {
        panic!("{result:?}");
    };
    assert!(report.is_up_to_date(), "{report:?}");
    drop(client);
    let tables = format!("SELECT count(*) FROM pg_tables WHERE schemaname = '{role}'");
    assert_eq!(value(&database, &tables), "0");
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[test]
fn a_character_that_the_database_can_not_hold_fails_the_revision_whole() {
    let database = Database::fresh();
    let name = format!("{}_latin1", database.name());
    database.execute(&format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
    ));
    let url = database.url().replace(database.name(), &name);
    let graph = graph(&[
        ("1_a.up.sql", "CREATE TABLE a (n int);"),
        (
            "2_b.up.sql",
            "CREATE TABLE b (n int);\nCOMMENT ON TABLE b IS 'é is there, → is not';",
        ),
    ]);
    let settings = Settings::parse(&url).expect("a URL");
    let mut client = settings.connect().expect("connected");
    let operation = Operation::Up(vec!["head".to_owned()]);
    let (result, _) = run(&mut client, &graph, &Options::default(), operation);
    let Err(EngineError::Failed(failure)) = result else {
        panic!("{result:?}");
    };
    assert!(failure.error.is("22P05"), "{failure:?}");
    assert_eq!(
        (failure.id.as_str(), failure.statement),
        ("2", Some((2, 2)))
    );
    let kept = "SELECT string_agg(id, ' ') || ' ' || (to_regclass('b') IS NULL)::text \
                FROM cargo_migrate_history";
    let row = client.query_one(kept, &[]).expect("an answer");
    assert_eq!(row.get::<_, String>(0), "1 true");
    drop(client);
    database.execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
}

#[test]
fn a_script_that_gives_all_locks_away_does_not_give_ours() {
    let database = Database::fresh();
    let text = "SELECT pg_advisory_unlock_all();\n\
                SELECT 1 / count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();\n";
    up(&database, &graph(&[("1_a.up.sql", text)])).expect("the transaction keeps its lock");
    assert_eq!(applied(&database), ["1"]);
}

#[test]
fn without_a_transaction_a_lock_that_was_given_away_stops_the_run() {
    let database = Database::fresh();
    let text = "-- migrate: transaction=none\nCREATE TABLE a (n int);\n\
                SELECT pg_advisory_unlock_all();\nCREATE TABLE b (n int);\n";
    let graph = graph(&[("1_a.up.sql", text)]);
    let error = up(&database, &graph).expect_err("the lock is gone");
    assert!(matches!(error, EngineError::Pooled { .. }), "{error:?}");
    let made = "SELECT string_agg(tablename, ' ' ORDER BY 1) FROM pg_tables WHERE tablename < 'c'";
    assert_eq!(value(&database, made), "a");
    // It goes on behind the statement that gave the lock away.
    up(&database, &graph).expect("applied");
    assert_eq!(value(&database, made), "a b");
}

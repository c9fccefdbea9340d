//! What a script sets reaches neither the history, nor the next revision, nor the application.

use std::time::Duration;

use super::*;

#[test]
fn settings_and_roles_do_not_reach_the_next_revision() {
    let database = Database::fresh();
    let role = format!("limited_{}", database.name());
    database.execute(&format!(
        "CREATE ROLE {role}; CREATE SCHEMA other; GRANT {role} TO postgres"
    ));
    let leak = format!(
        "SET search_path = other; SET lock_timeout = '7s'; SELECT set_config('work' || '_mem', '7MB', false); SET ROLE {role};"
    );
    let files = [
        ("1_leak.sql", leak.as_str()),
        ("2_b.sql", "CREATE TABLE b (x int);"),
    ];
    let mut client = database.client();
    let before = settings(&mut client);
    let operation = Operation::Up(vec!["head".to_owned()]);
    run(&mut client, &graph(&files), &Options::default(), operation)
        .0
        .expect("up");
    assert_eq!(settings(&mut client), before);
    assert_eq!(
        value(
            &database,
            "SELECT relnamespace::regnamespace || ' ' || relowner::regrole FROM pg_class WHERE relname = 'b'"
        ),
        "public postgres"
    );
}

#[test]
fn settings_of_a_scripts_own_do_not_reach_the_next_revision() {
    let database = Database::fresh();
    let leaks = [
        "SET foo.named = 'leak';",
        "SELECT set_config('foo.' || 'computed', 'leak', false);",
        "DO $$ BEGIN EXECUTE format('SET foo.executed = %L', 'leak'); END $$;",
    ];
    let none = format!("-- migrate: transaction=none\n{}", leaks.join("\n"));
    let look = "CREATE TABLE IF NOT EXISTS seen (name text, value text);
        INSERT INTO seen SELECT name, current_setting(name, true)
        FROM unnest(ARRAY['foo.named', 'foo.computed', 'foo.executed', 'foo.kept']) AS name;";
    let leaks = leaks.join("\n");
    let files = [
        ("1_leak.sql", leaks.as_str()),
        ("2_look.sql", look),
        ("3_leak.sql", none.as_str()),
        ("4_look.sql", look),
    ];
    let mut client = database.client();
    let operation = Operation::Up(vec!["head".to_owned()]);
    run(&mut client, &graph(&files), &Options::default(), operation)
        .0
        .expect("up");
    assert_eq!(value(&database, "SELECT count(*)::text FROM seen"), "8");
    assert_eq!(
        value(
            &database,
            "SELECT count(*)::text FROM seen WHERE value <> ''"
        ),
        "0"
    );
}

#[test]
fn a_revision_may_reset_all_settings() {
    let database = Database::fresh();
    let reset = "SET work_mem = '7MB'; SET ROLE pg_read_all_data; RESET ALL; RESET ROLE; CREATE TABLE a ();";
    let mut client = database.client();
    client
        .batch_execute("SET lock_timeout = '9s'")
        .expect("a setting");
    let before = settings(&mut client);
    let operation = Operation::Up(vec!["head".to_owned()]);
    let graph = graph(&[("1_reset.sql", reset), ("2_b.sql", "CREATE TABLE b ();")]);
    run(&mut client, &graph, &Options::default(), operation)
        .0
        .expect("up");
    assert_eq!(settings(&mut client), before);
}

fn settings(client: &mut Client) -> Vec<String> {
    let names = [
        "search_path",
        "lock_timeout",
        "work_mem",
        "role",
        "application_name",
        "statement_timeout",
    ];
    names
        .iter()
        .map(|name| {
            client
                .query_one(&format!("SHOW {name}"), &[])
                .expect("a setting")
                .get(0)
        })
        .collect()
}

#[test]
fn a_role_setting_does_not_end_a_long_revision() {
    let database = Database::fresh();
    let mut client = database.client();
    client
        .batch_execute("SET statement_timeout = '100ms'")
        .expect("a setting");
    let graph = graph(&[("1_slow.sql", "SELECT pg_sleep(0.4);")]);
    let operation = Operation::Up(vec!["head".to_owned()]);
    run(&mut client, &graph, &Options::default(), operation)
        .0
        .expect("up");
}

#[test]
fn a_statement_that_runs_too_long_is_cancelled_and_the_file_has_the_last_word() {
    let database = Database::fresh();
    let options = Options {
        statement_timeout: Some(Duration::from_millis(200)),
        ..Options::default()
    };
    let up = |text: &str| {
        let operation = Operation::Up(vec!["head".to_owned()]);
        let graph = graph(&[("1_slow.sql", text)]);
        run(&mut database.client(), &graph, &options, operation).0
    };
    for text in [
        "CREATE TABLE a ();\nSELECT pg_sleep(20);",
        "-- migrate: transaction=none\nSELECT pg_sleep(20);",
        "-- migrate: transaction=none statement-timeout=100ms\nSELECT pg_sleep(20);",
    ] {
        let error = up(text).expect_err("it runs too long");
        let EngineError::Failed(failure) = error else {
            panic!("another error: {error}");
        };
        assert_eq!(failure.error.sqlstate.as_deref(), Some("57014"), "{text}");
        assert_eq!(failure.place.line, text.lines().count(), "{text}");
    }
    assert_eq!(value(&database, "SELECT to_regclass('a') IS NULL"), "t");
    up("-- migrate: statement-timeout=30s\nSELECT pg_sleep(0.5);").expect("up");
}

#[test]
fn variables_are_readable_and_stay_inside() {
    let database = Database::fresh();
    let graph = graph(&[(
        "1_v.sql",
        "CREATE TABLE v AS SELECT current_setting('migrate.owner') AS owner;",
    )]);
    let mut options = Options::default();
    options
        .variables
        .insert("owner".to_owned(), "it's me".to_owned());
    let operation = Operation::Up(vec!["head".to_owned()]);
    run(&mut database.client(), &graph, &options, operation)
        .0
        .expect("up");
    assert_eq!(value(&database, "SELECT owner FROM v"), "it's me");
}

#[test]
fn a_function_that_shadows_ours_is_not_called() {
    let database = Database::fresh();
    database.execute(
        "CREATE FUNCTION public.pg_try_advisory_xact_lock(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT false';
         CREATE FUNCTION public.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'",
    );
    let name = database.name().to_owned();
    database.execute(&format!(
        "ALTER DATABASE {name} SET search_path = public, pg_catalog"
    ));
    up(&database, &graph(&[("1_a.sql", "CREATE TABLE a ();")])).expect("up");
}

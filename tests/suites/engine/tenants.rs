//! One schema for each tenant: where scripts build, and where the history is.

use build_support::{
    Diagnose as _,
    driver::drive,
    engine::{Engine, EngineError, MissingSchema, Operation, Options, Outcome, Report},
    graph::Graph,
    history::Names,
};
use migrate_tests::harness::Database;
use postgres::Client;

use super::{done, graph, value};

fn of_tenant(schema: &str) -> Options {
    Options {
        names: Names::new(schema, "cargo_migrate_history").expect("a name"),
        search_path: vec![schema.to_owned()],
        ..Options::default()
    }
}

fn up(client: &mut Client, graph: &Graph, options: &Options) -> Result<Report, EngineError> {
    let engine = Engine::new(graph, options, Operation::Up(vec!["head".to_owned()]));
    match drive(client, engine, &mut |_| {})? {
        Outcome::Report(report) => Ok(report),
        Outcome::State(_) => panic!("a report was expected"),
    }
}

#[test]
fn each_schema_has_its_own_tables_and_its_own_history() {
    let database = Database::fresh();
    database.execute("CREATE SCHEMA \"Acme\"; CREATE SCHEMA b; CREATE TABLE public.a (other text)");
    let graph = graph(&[
        ("1_a.sql", "CREATE TABLE a (x int);"),
        ("2_b.sql", "ALTER TABLE a ADD COLUMN y int;"),
    ]);
    let mut client = database.client();
    for schema in ["Acme", "b"] {
        let report = up(&mut client, &graph, &of_tenant(schema)).expect("up");
        assert_eq!(done(&report), ["1", "2"], "{schema}");
    }
    let columns = "SELECT string_agg(table_schema || '.' || column_name, ' ' ORDER BY 1, \
                   table_schema, column_name) FROM information_schema.columns WHERE table_name = 'a'";
    assert_eq!(
        value(&database, columns),
        "Acme.x Acme.y b.x b.y public.other"
    );
    let histories = "SELECT string_agg(schemaname, ' ' ORDER BY schemaname) FROM pg_tables \
                     WHERE tablename = 'cargo_migrate_history'";
    assert_eq!(value(&database, histories), "Acme b");
    let path = client
        .query_one("SHOW search_path", &[])
        .expect("a setting");
    assert_eq!(path.get::<_, &str>(0), "\"$user\", public");
}

#[test]
fn scripts_that_set_the_search_path_or_need_no_transaction_stay_in_their_schema() {
    let database = Database::fresh();
    database.execute("CREATE SCHEMA t");
    let graph = graph(&[
        (
            "1_a.sql",
            "CREATE TABLE a (x int); SET search_path = public; CREATE TABLE p (x int);",
        ),
        ("2_b.sql", "CREATE INDEX CONCURRENTLY a_x ON a (x);"),
        (
            "3_c.sql",
            "-- migrate: transaction=none\nCREATE TABLE c (x int); SET search_path = public; CREATE TABLE q (x int);",
        ),
        (
            "4_d.sql",
            "DO $$ BEGIN EXECUTE 'SET ' || 'work_mem = 64'; END $$; CREATE TABLE d (x int);",
        ),
        ("5_e.sql", "CREATE TABLE e (x int);"),
    ]);
    let mut client = database.client();
    client
        .batch_execute("SET search_path = pg_temp, public")
        .expect("a setting of the session's own");
    up(&mut client, &graph, &of_tenant("t")).expect("up");
    let made = "SELECT string_agg(relnamespace::regnamespace || '.' || relname, ' ' ORDER BY relname) \
                FROM pg_class WHERE relname IN ('a', 'p', 'a_x', 'c', 'q', 'd', 'e')";
    assert_eq!(
        value(&database, made),
        "t.a t.a_x t.c t.d t.e public.p public.q"
    );
    let path = client
        .query_one("SHOW search_path", &[])
        .expect("a setting");
    assert_eq!(path.get::<_, &str>(0), "pg_temp, public");
}

#[test]
fn an_error_without_a_position_is_found_in_the_tenants_schema() {
    let database = Database::fresh();
    database.execute("CREATE SCHEMA t");
    let graph = graph(&[(
        "1_a.sql",
        "CREATE TABLE a (x int UNIQUE);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);",
    )]);
    let error = up(&mut database.client(), &graph, &of_tenant("t")).expect_err("a duplicate");
    let EngineError::Failed(failure) = error else {
        panic!("a failed revision was expected: {error}");
    };
    assert_eq!(failure.place.line, 3);
}

#[test]
fn a_missing_schema_is_named_and_made_only_when_asked_for() {
    let database = Database::fresh();
    let graph = graph(&[("1_a.sql", "CREATE TABLE a (x int);")]);
    let mut options = of_tenant("gone");
    let error = up(&mut database.client(), &graph, &options).expect_err("no such schema");
    insta::assert_snapshot!(error.diagnose(), @r#"
    error: there is no schema `gone` in the database
    hint: make it with `CREATE SCHEMA "gone"`, or correct the name
    "#);
    options.missing_schema = MissingSchema::Create;
    up(&mut database.client(), &graph, &options).expect("up");
    assert_eq!(value(&database, "SELECT to_regclass('gone.a')"), "gone.a");
}

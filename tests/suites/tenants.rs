//! The embedded runtime with one schema for each tenant.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use build_support::{Diagnose as _, Migrations, engine::Event};
use migrate_tests::harness::Database;

const REVISIONS: usize = 4;

fn migrations() -> Migrations {
    // The revisions of the example `service`, which name no schema.
    build_support::migrations!()
}

fn database(schemas: &[&str]) -> Database {
    let database = Database::fresh();
    let make = |schema: &&str| format!("CREATE SCHEMA {schema}; ");
    database.execute(&schemas.iter().map(make).collect::<String>());
    database
}

fn count(database: &Database, sql: &str) -> i64 {
    let row = database.client().query_one(sql, &[]).expect("a count");
    row.get(0)
}

#[test]
fn one_tenant_is_migrated_in_its_own_schema() {
    let database = database(&["acme"]);
    let mut client = database.client();
    let report = migrations().tenant("acme").run(&mut client).expect("up");
    assert_eq!(report.done.len(), REVISIONS);
    let again = migrations().tenant("acme").run(&mut client).expect("up");
    assert!(again.is_up_to_date());
    assert_eq!(count(&database, "SELECT count(*) FROM acme.users"), 1);
    let outside = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(count(&database, outside), 0);
}

#[test]
fn one_tenant_over_an_asynchronous_connection() {
    let database = database(&["acme"]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let report = runtime.block_on(async {
        let settings = build_support::connect::Settings::parse(&database.url()).expect("a URL");
        let mut client = settings.connect_async().await.expect("a connection");
        migrations().tenant("acme").run_async(&mut client).await
    });
    assert_eq!(report.expect("up").done.len(), REVISIONS);
    assert_eq!(count(&database, "SELECT count(*) FROM acme.users"), 1);
}

#[test]
fn a_new_tenant_gets_its_schema_when_that_is_asked_for() {
    let database = database(&[]);
    let mut client = database.client();
    let error = migrations()
        .tenant("new")
        .run(&mut client)
        .expect_err("no such schema");
    assert!(error.to_string().contains("no schema `new`"), "{error}");
    let tenant = migrations().tenant("new").create_schema();
    assert_eq!(tenant.run(&mut client).expect("up").done.len(), REVISIONS);
}

#[test]
fn an_extension_in_a_shared_schema_is_found_and_its_tables_stay_out_of_sight_without_it() {
    let database = database(&["acme"]);
    database.execute("CREATE TABLE public.users (id int)");
    let mut client = database.client();
    let tenant = migrations().tenant("acme").shared_schema("public");
    tenant.run(&mut client).expect("up");
    assert_eq!(count(&database, "SELECT count(*) FROM acme.users"), 1);
    assert_eq!(count(&database, "SELECT count(*) FROM public.users"), 0);
}

#[test]
fn all_tenants_are_migrated_some_at_once_and_one_that_fails_stops_no_other() {
    let names: Vec<String> = (0..20).map(|number| format!("t{number:02}")).collect();
    let database = database(&names.iter().map(String::as_str).collect::<Vec<_>>());
    // Its first revision can't make what is there.
    database.execute("CREATE TABLE t07.users (x int)");
    let heard: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let hearing = Arc::clone(&heard);
    let report = migrations()
        .connect(&database.url())
        .expect("a URL")
        .tenants(names.iter().map(String::as_str).chain(["t03", "gone"]))
        .jobs(6)
        .observer(move |schema, event| {
            if let Event::Finished(_) = event {
                *hearing
                    .lock()
                    .expect("no panic")
                    .entry(schema.to_owned())
                    .or_default() += 1;
            }
        })
        .run()
        .expect("the names are known");
    assert_eq!(report.tenants.len(), 21);
    let failed: Vec<&str> = report.failed().map(|(schema, _)| schema).collect();
    assert_eq!(failed, ["t07", "gone"]);
    assert_eq!(heard.lock().expect("no panic").len(), 19);
    let error = report.into_result().expect_err("two failed");
    let text = error.diagnose().to_string();
    assert!(
        text.starts_with("error: 2 of 21 tenants failed: `t07`, `gone`\n"),
        "{text}"
    );
    assert!(text.contains("note: in schema `t07`: revision"), "{text}");

    database.execute("DROP TABLE t07.users; CREATE SCHEMA gone");
    let again = migrations()
        .connect(&database.url())
        .expect("a URL")
        .tenants_of(
            "SELECT nspname FROM pg_namespace WHERE nspname ~ '^(t[0-9]+|gone)$' ORDER BY 1",
        )
        .run()
        .expect("the names are known")
        .into_result()
        .expect("all of them");
    let applied: Vec<(&str, usize)> = again
        .tenants
        .iter()
        .filter_map(|tenant| {
            Some((
                tenant.schema.as_str(),
                tenant.result.as_ref().ok()?.done.len(),
            ))
        })
        .filter(|(_, done)| *done > 0)
        .collect();
    assert_eq!(applied, [("gone", REVISIONS), ("t07", REVISIONS)]);
}

#[test]
fn several_runs_at_once_apply_each_revision_once_in_each_schema() {
    let names: Vec<String> = (0..10).map(|number| format!("t{number}")).collect();
    let database = database(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let url = database.url();
    let applied: usize = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let all = migrations().connect(&url).expect("a URL").tenants(&names);
                    all.jobs(3)
                        .run()
                        .expect("the names")
                        .into_result()
                        .expect("all of them")
                })
            })
            .collect();
        let reports = runs.into_iter().map(|run| run.join().expect("no panic"));
        let done = |tenant: &build_support::Tenant| {
            tenant.result.as_ref().map_or(0, |report| report.done.len())
        };
        reports
            .map(|report| report.tenants.iter().map(done).sum::<usize>())
            .sum()
    });
    assert_eq!(applied, names.len() * REVISIONS);
}

#[test]
fn a_runtime_around_it_is_no_obstacle() {
    let database = database(&["a", "b"]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let report = runtime.block_on(async {
        let all = migrations().connect(&database.url()).expect("a URL");
        all.tenants(["a", "b"]).run()
    });
    let report = report
        .expect("the names")
        .into_result()
        .expect("all of them");
    assert_eq!(report.tenants.len(), 2);
    // Nothing is left of it: the connections are closed, the locks are free.
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
                 (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(count(&database, locks), 0);
}

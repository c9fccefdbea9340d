//! Moving an application over from refinery, and back to its runner.

use build_support::{
    Built, Diagnose as _, Error, Heads, Migrations, RefineryError,
    revision::{AppliedMark, Digest},
    source,
};
use include_dir::{Dir, DirEntry, File};
use migrate_tests::harness::Database;
use postgres::Client;

const FIRST: &str = "CREATE TABLE a (x int);\n";
const SECOND: &str = "CREATE TABLE b (x int);\n";
const THIRD: &str = "CREATE TABLE c (x int);\n";

/// What `migrations!()` and the build script make of these files.
fn embedded(files: &[(&str, &str)]) -> Migrations {
    let entry = |(path, text): &(&str, &str)| {
        let (path, text): (&'static str, &'static str) =
            ((*path).to_owned().leak(), (*text).to_owned().leak());
        DirEntry::File(File::new(path, text.as_bytes()))
    };
    let entries: Vec<DirEntry<'static>> = files.iter().map(entry).collect();
    let folder: &'static Dir<'static> = Box::leak(Box::new(Dir::new("", entries.leak())));
    let source = source::load(source::embedded::read(folder, &["migrations"]))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let digest = Digest::of(source.revisions.iter().map(|revision| AppliedMark {
        id: &revision.id,
        checksum: &revision.up.checksum,
        partial: false,
    }));
    let built = Built {
        digest: digest.to_string().leak(),
        folders: &["migrations"],
        heads: Heads::One,
        history: None,
    };
    Migrations::embedded(folder, built)
}

/// A database in which refinery's own runner has applied these.
fn of_refinery(files: &[(&str, &str)]) -> Database {
    let database = Database::fresh();
    run_refinery(&mut database.client(), files);
    database
}

fn run_refinery(client: &mut Client, files: &[(&str, &str)]) {
    let migrations: Vec<_> = files
        .iter()
        .map(|(name, text)| refinery_core::Migration::unapplied(name, text).expect("a name"))
        .collect();
    refinery_core::Runner::new(&migrations)
        .run(client)
        .expect("refinery runs");
}

fn done(report: &build_support::engine::Report) -> Vec<&str> {
    report.done.iter().map(|done| done.id.as_str()).collect()
}

fn text(database: &Database, sql: &str) -> String {
    database.client().query_one(sql, &[]).expect("a row").get(0)
}

fn refused(error: Error) -> RefineryError {
    match error {
        Error::Refinery(error) => error,
        other => panic!("an error of refinery's was expected: {other}"),
    }
}

const THREE: [(&str, &str); 3] = [
    ("V1__a.sql", FIRST),
    ("V2__b.sql", SECOND),
    ("V3__c.sql", THIRD),
];

#[test]
fn the_first_start_takes_the_record_over_and_applies_what_is_new() {
    let database = of_refinery(&[("V1__a", FIRST), ("V2__b", SECOND)]);
    let mut client = database.client();
    let planned = embedded(&THREE).pending(&mut client).expect("a plan");
    assert_eq!(planned.len(), 1, "a dry run knows of the record too");
    let nothing = "SELECT COALESCE(to_regclass('cargo_migrate_history')::text, 'none')";
    assert_eq!(text(&database, nothing), "none");
    let report = embedded(&THREE).run(&mut client).expect("up");
    assert_eq!(done(&report), ["3"]);
    let log = "SELECT string_agg(event || ' ' || id, ', ' ORDER BY at, id) FROM cargo_migrate_log";
    assert_eq!(text(&database, log), "stamp 1, stamp 2, apply 3");
    let one = "SELECT count(DISTINCT at)::text FROM cargo_migrate_log WHERE event = 'stamp'";
    assert_ne!(text(&database, one), "0");
    assert!(
        embedded(&THREE)
            .run(&mut client)
            .expect("nothing to do")
            .is_up_to_date()
    );
}

#[test]
fn over_an_asynchronous_connection_and_over_one_of_its_own() {
    let database = of_refinery(&[("V1__a", FIRST), ("V2__b", SECOND)]);
    let second = database.copy();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let report = runtime.block_on(async {
        let settings = build_support::connect::Settings::parse(&database.url()).expect("a URL");
        let mut client = settings.connect_async().await.expect("a connection");
        embedded(&THREE).run_async(&mut client).await
    });
    assert_eq!(done(&report.expect("up")), ["3"]);
    let connected = embedded(&THREE).connect(&second.url()).expect("a URL");
    assert_eq!(done(&connected.run().expect("up")), ["3"]);
}

#[test]
fn many_starts_at_once_take_over_once() {
    let database = of_refinery(&[("V1__a", FIRST), ("V2__b", SECOND)]);
    let url = database.url();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let connected = embedded(&THREE).connect(&url).expect("a URL");
                connected.run().expect("up");
            });
        }
    });
    let log = "SELECT string_agg(event || ' ' || id, ', ' ORDER BY id) FROM cargo_migrate_log";
    assert_eq!(text(&database, log), "stamp 1, stamp 2, apply 3");
}

#[test]
fn a_failure_of_the_takeover_leaves_nothing_behind() {
    let database = of_refinery(&[("V1__a", FIRST)]);
    // The row of the history can't be written.
    database.execute(
        "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN
           IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.cargo_migrate_log') THEN
             RAISE EXCEPTION 'not today'; END IF; END$$;
         CREATE EVENT TRIGGER no ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION no();",
    );
    let error = embedded(&THREE)
        .run(&mut database.client())
        .expect_err("a failure");
    assert!(error.to_string().contains("not today"), "{error}");
    let left = "SELECT COALESCE(to_regclass('cargo_migrate_history')::text, 'none')";
    assert_eq!(text(&database, left), "none");
}

#[test]
fn a_run_of_refinerys_on_its_way_is_waited_for() {
    let database = of_refinery(&[("V1__a", FIRST)]);
    let mut old = database.client();
    let mut transaction = old.transaction().expect("a transaction");
    let second = refinery_core::Migration::unapplied("V2__b", SECOND).expect("a name");
    transaction
        .batch_execute(SECOND)
        .expect("the old release applies its second");
    transaction
        .execute(
            "INSERT INTO refinery_schema_history VALUES (2, 'b', '2026-01-01T00:00:00Z', $1)",
            &[&second.checksum().to_string()],
        )
        .expect("and records it");
    let url = database.url();
    let report = std::thread::scope(|scope| {
        let new = scope.spawn(|| embedded(&THREE).connect(&url).expect("a URL").run());
        std::thread::sleep(std::time::Duration::from_millis(300));
        transaction.commit().expect("committed");
        new.join().expect("no panic")
    });
    assert_eq!(
        done(&report.expect("up")),
        ["3"],
        "the second was not applied twice"
    );
}

#[test]
fn an_edited_file_a_lost_one_and_a_gap_stop_the_start() {
    let database = of_refinery(&[("V1__a", FIRST), ("V2__b", SECOND)]);
    let mut client = database.client();
    let edited = [
        ("V1__a.sql", "CREATE TABLE a (x bigint);\n"),
        ("V2__b.sql", SECOND),
    ];
    let error = embedded(&edited).run(&mut client).expect_err("edited");
    insta::assert_snapshot!(error.diagnose(), @r"
    error: refinery applied other text than the embedded files of `1` hold
    hint: restore the files as they were applied
    ");
    let error = embedded(&THREE[..1]).run(&mut client).expect_err("lost");
    assert!(matches!(refused(error), RefineryError::Lost { versions } if versions == ["2"]));
    database.execute("DELETE FROM refinery_schema_history WHERE version = 1");
    let error = embedded(&THREE).run(&mut client).expect_err("a gap");
    assert!(matches!(refused(error), RefineryError::Gaps { ids } if ids[0].as_str() == "1"));
}

#[test]
fn other_line_ends_are_the_same_text() {
    let database = of_refinery(&[("V1__a", "CREATE TABLE a (\n  x int\n);\n")]);
    let files = [("V1__a.sql", "CREATE TABLE a (\r\n  x int\r\n);\r\n")];
    let report = embedded(&files).run(&mut database.client()).expect("up");
    assert!(report.done.is_empty());
}

#[test]
fn another_table_is_named_and_a_foreign_one_ignored() {
    let database = of_refinery(&[("V1__a", FIRST)]);
    database.execute("CREATE SCHEMA ops; ALTER TABLE refinery_schema_history SET SCHEMA ops; ALTER TABLE ops.refinery_schema_history RENAME TO \"Done\"");
    let mut client = database.client();
    let named = embedded(&THREE).refinery_table("ops.\"Done\"");
    assert_eq!(done(&named.run(&mut client).expect("up")), ["2", "3"]);

    let foreign = of_refinery(&[("V9__other", "SELECT 1")]);
    let mut client = foreign.client();
    let error = embedded(&THREE)
        .run(&mut client)
        .expect_err("it is not ours");
    assert!(
        error.diagnose().to_string().contains("`ignore_refinery()`"),
        "{error}"
    );
    let report = embedded(&THREE)
        .ignore_refinery()
        .run(&mut client)
        .expect("up");
    assert_eq!(report.done.len(), 3);
}

#[test]
fn a_table_with_versions_of_another_width_is_refused() {
    let database = Database::fresh();
    database.execute(
        "CREATE TABLE refinery_schema_history (version int8 PRIMARY KEY, name varchar(255), applied_on varchar(255), checksum varchar(255));
         INSERT INTO refinery_schema_history VALUES (1, 'a', '2026-01-01T00:00:00Z', '1')",
    );
    let error = embedded(&THREE)
        .run(&mut database.client())
        .expect_err("another width");
    assert_eq!(
        refused(error),
        RefineryError::Width {
            column: 64,
            here: 32
        }
    );
}

#[test]
fn refinerys_runner_applies_the_embedded_revisions_and_they_are_taken_over_again() {
    let database = Database::fresh();
    let mut client = database.client();
    let runner = embedded(&THREE).to_refinery().expect("a runner");
    let report = runner.run(&mut client).expect("refinery runs");
    assert_eq!(report.applied_migrations().len(), 3);
    assert!(
        embedded(&THREE)
            .run(&mut client)
            .expect("taken over")
            .done
            .is_empty()
    );
}

#[test]
fn what_refinery_cannot_run_is_a_typed_error() {
    let of = |files: &[(&str, &str)]| {
        let runner = embedded(files).to_refinery();
        refused(runner.err().expect("refused"))
    };
    let timestamp = of(&[("20261122201530_a.up.sql", FIRST)]);
    assert!(matches!(
        &timestamp,
        RefineryError::TooLarge { bits: 32, .. }
    ));
    assert!(timestamp.diagnose().to_string().contains("int8-versions"));
    let order = of(&[
        ("1_a.up.sql", "-- migrate: revises=2\nSELECT 1;"),
        ("2_b.up.sql", "-- migrate: revises=base\nSELECT 1;"),
    ]);
    assert!(matches!(order, RefineryError::Order { .. }));
    let none = of(&[("1_a.up.sql", "CREATE INDEX CONCURRENTLY i ON a (x);")]);
    assert!(matches!(none, RefineryError::NotForRefinery { .. }));
}

//! `import`: databases that other tools migrated, their tables as those tools write them.

mod alembic;
mod convert;
mod real;

use migrate_tests::harness::{Database, Output, Project};
use serde_json::json;

const UP: &str = "CREATE TABLE a (x int);\n";

fn project(database: &Database, files: &[&str]) -> Project {
    let project = Project::on(database);
    for file in files {
        project.write(format!("migrations/{file}"), UP);
    }
    project
}

fn import(project: &Project) -> Output {
    project.cargo_migrate(&["import", "--format", "json", "--dir", "migrations"])
}

fn nothing_is_pending(project: &Project) {
    let status = project.cargo_migrate(&["status", "--format", "json", "--dir", "migrations"]);
    assert_eq!(status.json()["pending"], 0, "{status}");
    project
        .cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
}

#[test]
fn refinery_with_its_checksums() {
    let database = Database::fresh();
    let migration = refinery_core::Migration::unapplied("V1__a", UP).expect("a migration");
    refinery_core::Runner::new(&[migration])
        .run(&mut database.client())
        .expect("refinery runs");
    let project = project(&database, &["V1__a.sql"]);
    let output = import(&project);
    assert_eq!(output.json()["verified"], 1, "{output}");
    nothing_is_pending(&project);
}

#[test]
fn an_edited_file_is_refused() {
    let database = Database::fresh();
    let migration = refinery_core::Migration::unapplied("V1__a", UP).expect("a migration");
    refinery_core::Runner::new(&[migration])
        .run(&mut database.client())
        .expect("refinery runs");
    let project = project(&database, &["V1__a.sql"]);
    project.write("migrations/V1__a.sql", "CREATE TABLE a (x bigint);\n");
    let said = import(&project);
    assert!(
        said.expect_failure(1)
            .contains("refinery applied other text"),
        "{said}"
    );
}

#[test]
fn sqlx_with_its_checksums() {
    let database = Database::fresh();
    database.execute(UP);
    database.execute(
        "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL);
         INSERT INTO _sqlx_migrations VALUES (20260101000000, 'a', now(), true, sha384('CREATE TABLE a (x int);\n'), 1)"
            .replace("\\n", "\n").as_str(),
    );
    let project = project(&database, &["20260101000000_a.up.sql"]);
    let output = import(&project);
    assert_eq!(output.json()["verified"], 1, "{output}");
    nothing_is_pending(&project);
}

#[test]
fn diesel_and_its_folders() {
    let database = Database::fresh();
    database.execute(UP);
    database.execute("CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now()); INSERT INTO __diesel_schema_migrations (version) VALUES ('20260101000000')");
    let project = project(&database, &["2026-01-01-000000_a/up.sql"]);
    assert_eq!(import(&project).json()["from"], "diesel");
    nothing_is_pending(&project);
}

#[test]
fn golang_migrate_and_all_before_its_version() {
    let database = Database::fresh();
    database.execute("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (2, false)");
    let project = project(
        &database,
        &["000001_a.up.sql", "000002_b.up.sql", "000003_c.up.sql"],
    );
    assert_eq!(
        import(&project).json()["revisions"],
        json!(["000001", "000002"])
    );
    database.execute("TRUNCATE cargo_migrate_history; UPDATE cargo_migrate_state SET digest = repeat('0', 64); UPDATE schema_migrations SET dirty = true");
    let said = import(&project);
    assert!(said.expect_failure(1).contains("did not finish"), "{said}");
}

/// What Flyway's own `CREATE TABLE` makes.
const FLYWAY: &str = "CREATE TABLE flyway_schema_history (installed_rank int NOT NULL PRIMARY KEY, version varchar(50), \
     description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum int, \
     installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), execution_time int NOT NULL, \
     success boolean NOT NULL);";

/// The CRC-32 of `UP`, as Flyway records it.
const FLYWAY_SUM: &str = "-1021620224";

fn flyway(rows: &[(&str, &str, &str)]) -> Database {
    let database = Database::fresh();
    database.execute(FLYWAY);
    for (rank, (version, kind, sum)) in rows.iter().enumerate() {
        database.execute(&format!(
            "INSERT INTO flyway_schema_history VALUES ({rank}, {version}, 'x', '{kind}', 'script.sql', {sum}, 'me', now(), 1, true)"
        ));
    }
    database
}

#[test]
fn flyway_with_its_checksums_and_what_it_undid() {
    let database = flyway(&[
        ("NULL", "SCHEMA", "NULL"),
        ("'1'", "SQL", FLYWAY_SUM),
        ("'2'", "SQL", FLYWAY_SUM),
        ("'2'", "UNDO_SQL", FLYWAY_SUM),
        ("NULL", "SQL", "5"),
    ]);
    let project = project(&database, &["V1__a.sql", "V2__b.sql"]);
    let answer = import(&project).json();
    assert_eq!(
        (&answer["revisions"], &answer["verified"]),
        (&json!(["1"]), &json!(1))
    );
    let note = answer["notes"][0].as_str().unwrap_or_default();
    assert!(
        note.contains("`script.sql` are not taken over as run"),
        "{answer}"
    );
}

#[test]
fn an_edited_file_of_flyways_is_refused_and_other_line_ends_are_not() {
    let database = flyway(&[("'1'", "SQL", FLYWAY_SUM)]);
    let project = project(&database, &["V1__a.sql"]);
    project.write("migrations/V1__a.sql", "CREATE TABLE a (y int);\n");
    let said = import(&project);
    assert!(
        said.expect_failure(1).contains("Flyway applied other text"),
        "{said}"
    );
    project.write("migrations/V1__a.sql", "CREATE TABLE a (x int);\r\n");
    assert_eq!(import(&project).json()["verified"], 1);
}

#[test]
fn a_baseline_of_flyways_counts_for_all_below_it() {
    let database = flyway(&[("'2'", "BASELINE", "NULL"), ("'3'", "SQL", FLYWAY_SUM)]);
    let project = project(
        &database,
        &["V1__a.sql", "V2__b.sql", "V3__c.sql", "V4__d.sql"],
    );
    assert_eq!(import(&project).json()["revisions"], json!(["1", "2", "3"]));
}

#[test]
fn refinery_with_versions_of_64_bits() {
    let database = Database::fresh();
    // As refinery-core records it when it is built with `int8-versions`.
    database.execute(
        "CREATE TABLE refinery_schema_history (version int8 PRIMARY KEY, name varchar(255), applied_on varchar(255), checksum varchar(255));
         INSERT INTO refinery_schema_history VALUES (1, 'a', '2026-01-01T00:00:00Z', '1723330195093108361')",
    );
    let project = project(&database, &["V1__a.sql"]);
    project.write("migrations/V1__a.sql", "select 1");
    assert_eq!(import(&project).json()["verified"], 1);
    nothing_is_pending(&project);
}

#[test]
fn a_program_is_named_with_the_way_to_go_on() {
    let database = Database::fresh();
    let sql = refinery_core::Migration::unapplied("V1__a", UP).expect("a migration");
    let program = refinery_core::Migration::unapplied("V2__b", "SELECT 2").expect("a migration");
    refinery_core::Runner::new(&[sql, program])
        .run(&mut database.client())
        .expect("refinery runs");
    let project = project(&database, &["V1__a.sql"]);
    project.write(
        "migrations/V2__b.rs",
        "pub fn migration() -> String { \"SELECT 2\".into() }",
    );
    let output = project.cargo_migrate(&["import", "--dir", "migrations"]);
    insta::assert_snapshot!(output.expect_failure(1), @r"
    warning: it is named like a revision, but only SQL files are revisions; it is ignored
      --> migrations/V2__b.rs
    error: refinery applied 2, and that is a program, not SQL
    note: migrations/V2__b.rs
    hint: write the SQL that each returns into a file of its name that ends in `.sql`: the checksum shows whether it is the same
    ");
    project.write("migrations/V2__b.sql", "SELECT 2");
    assert_eq!(import(&project).json()["verified"], 2);
    nothing_is_pending(&project);
}

#[test]
fn a_table_of_another_name_is_named_together_with_its_tool() {
    let database = Database::fresh();
    database.execute(
        "CREATE SCHEMA ops; CREATE TABLE ops.\"Versions\" (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO ops.\"Versions\" VALUES (1, false)",
    );
    let project = project(&database, &["1_a.up.sql", "2_b.up.sql"]);
    let named = |table: &str| {
        let arguments = [
            "import",
            "--format",
            "json",
            "--dir",
            "migrations",
            "--from",
            "golang-migrate",
            "--table",
            table,
        ];
        project.cargo_migrate(&arguments)
    };
    let said = named("ops.versions");
    assert!(
        said.expect_failure(1)
            .contains("is not a table of golang-migrate"),
        "{said}"
    );
    assert_eq!(named("ops.\"Versions\"").json()["revisions"], json!(["1"]));
    let said = project.cargo_migrate(&["import", "--table", "x"]);
    assert_eq!(said.status, Some(2), "{said}");
}

#[test]
fn of_several_records_the_one_is_meant_whose_files_the_project_has() {
    let database = Database::fresh();
    database.execute(
        "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
         CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now());
         INSERT INTO __diesel_schema_migrations (version) VALUES ('1')",
    );
    let project = project(&database, &["1_a/up.sql"]);
    let said = import(&project);
    assert!(
        said.expect_failure(1)
            .contains("the records of diesel and golang-migrate"),
        "{said}"
    );
    project.write("diesel.toml", "");
    let answer = import(&project).json();
    assert_eq!(
        (&answer["from"], &answer["project"]),
        (&json!("diesel"), &json!(["diesel"]))
    );
}

#[test]
fn a_dry_run_records_nothing() {
    let database = Database::fresh();
    database.execute(
        "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (1, false)",
    );
    let project = project(&database, &["1_a.up.sql"]);
    let arguments = [
        "import",
        "--dir",
        "migrations",
        "--dry-run",
        "--format",
        "json",
    ];
    let output = project.cargo_migrate(&arguments);
    assert_eq!(output.json()["revisions"], json!(["1"]));
    let status = project.cargo_migrate(&["status", "--format", "json", "--dir", "migrations"]);
    assert_eq!(status.json()["pending"], 1);
}

#[test]
fn an_empty_record_takes_nothing_over() {
    let database = Database::fresh();
    database.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)");
    let project = project(&database, &["1_a.up.sql"]);
    assert_eq!(import(&project).json()["revisions"], json!([]));
    project
        .cargo_migrate(&["up", "--dir", "migrations"])
        .expect_success();
}

#[test]
fn programs_of_sea_orm_are_converted_or_taken_over_as_a_schema() {
    let database = Database::fresh();
    database.execute(UP);
    database.execute(
        "CREATE TABLE seaql_migrations (version varchar PRIMARY KEY, applied_at bigint NOT NULL); INSERT INTO seaql_migrations VALUES ('m20220101_000001_a', 1)",
    );
    let project = project(&database, &[]);
    project.write("migration/src/m20220101_000001_a.rs", "");
    let output = project.cargo_migrate(&["import", "--dir", "migrations"]);
    insta::assert_snapshot!(output.expect_failure(1), @r"
    error: sea-orm applied m20220101_000001_a, and that is a program, not SQL
    note: migration/src/m20220101_000001_a.rs
    hint: `cargo migrate import --convert` runs the crate `migration` on a scratch server and writes the SQL that it ran
    hint: or take the schema over as one revision: `MIGRATE_EXCLUDE=seaql_migrations cargo migrate diff migrations database > schema.sql`
    hint: `cargo migrate new initial --sql - < schema.sql`, then `cargo migrate stamp head`
    ");
    // The first way.
    let second = database.copy();
    project.write("migrations/20220101000001_a.up.sql", UP);
    assert_eq!(
        import(&project).json()["revisions"],
        json!(["20220101000001"])
    );
    nothing_is_pending(&project);
    // The other way.
    fs_err::remove_file(project.path().join("migrations/20220101000001_a.up.sql"))
        .expect("it is there");
    let url = second.url();
    let on_second = |arguments: &[&str]| {
        let options: &[&str] = &["--dir", "migrations", "--database-url", &url];
        let mut command = project.command(&[arguments, options].concat());
        command.env("MIGRATE_EXCLUDE", "seaql_migrations");
        command
    };
    let script = project.finish(&mut on_second(&["diff", "migrations", "database"]));
    assert!(script.expect_success().contains("CREATE TABLE"), "{script}");
    assert!(!script.stdout.contains("seaql"), "{script}");
    project.write("schema.sql", &script.stdout);
    let mut new = on_second(&["new", "initial", "--sql", "-"]);
    let file = std::fs::File::open(project.path().join("schema.sql")).expect("it was written");
    project.finish(new.stdin(file)).expect_success();
    project
        .finish(&mut on_second(&["stamp", "head"]))
        .expect_success();
    project
        .finish(&mut on_second(&["check", "--drift", "--pending"]))
        .expect_success();
}

#[test]
fn a_record_without_a_file_and_a_database_without_a_record() {
    let database = Database::fresh();
    let project = project(&database, &["1_a.up.sql"]);
    let said = import(&project);
    assert!(
        said.expect_failure(1)
            .contains("no record of another migration tool"),
        "{said}"
    );
    database.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('abc123def456')");
    let said = import(&project);
    assert!(
        said.expect_failure(1)
            .contains("Alembic applied abc123def456"),
        "{said}"
    );
}

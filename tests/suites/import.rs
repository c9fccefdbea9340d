//! `import`: databases that other tools migrated, their tables as those tools write them.

use migrate_tests::harness::{Database, Project};

const UP: &str = "CREATE TABLE a (x int);\n";

fn project(database: &Database, files: &[&str]) -> Project {
    let project = Project::on(database);
    for file in files {
        project.write(format!("migrations/{file}"), UP);
    }
    project
}

fn import(project: &Project) -> migrate_tests::harness::Output {
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
        serde_json::json!(["000001", "000002"])
    );
    database.execute("TRUNCATE cargo_migrate_history; UPDATE cargo_migrate_state SET digest = repeat('0', 64); UPDATE schema_migrations SET dirty = true");
    let said = import(&project);
    assert!(said.expect_failure(1).contains("did not finish"), "{said}");
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

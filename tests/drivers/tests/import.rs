//! Real histories, applied by the library of the tool that their projects use, then taken over.
//!
//! `MIGRATE_CORPORA` names the folder that holds them; without it the suite says so and passes.
#![expect(clippy::print_stdout, reason = "a test that skips says so")]

use std::path::{Path, PathBuf};

use diesel::Connection as _;
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};
use migrate_tests::harness::{Database, Project};
use sqlx::Connection as _;

/// The folder of one history; without any, says that the test is skipped.
fn history(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MIGRATE_CORPORA").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: MIGRATE_CORPORA is not set");
    }
    folder.map(|folder| folder.join(name))
}

/// Takes the database over; then all is applied and nothing is left to do.
fn take_over(database: &Database, folder: &Path, from: &str, count: usize) {
    let project = Project::on(database);
    let dir = folder.display().to_string();
    let run = |arguments: &[&str]| {
        let options: &[&str] = &["--dir", &dir, "--format", "json"];
        project.cargo_migrate(&[arguments, options].concat()).json()
    };
    let imported = run(&["import"]);
    assert_eq!(imported["from"], from);
    assert_eq!(imported["revisions"].as_array().map(Vec::len), Some(count));
    let status = run(&["status"]);
    assert_eq!(status["pending"], 0);
    let rows = status["revisions"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["state"] == "applied"));
    assert_eq!(run(&["up"])["count"], 0);
}

#[test]
fn the_history_of_zksync_is_taken_over_from_sqlx() {
    let Some(folder) = history("zksync") else {
        return;
    };
    let database = Database::fresh();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let count = runtime.block_on(async {
        let migrator = sqlx::migrate::Migrator::new(folder.as_path())
            .await
            .expect("sqlx reads the folder");
        let mut connection = sqlx::PgConnection::connect(&database.url())
            .await
            .expect("connected");
        migrator.run(&mut connection).await.expect("sqlx applies");
        let ups = migrator.iter().filter(|one| one.migration_type.is_up_migration());
        ups.count()
    });
    take_over(&database, &folder, "sqlx", count);
}

#[test]
fn the_history_of_graph_node_is_taken_over_from_diesel() {
    let Some(folder) = history("graph-node") else {
        return;
    };
    let database = Database::fresh();
    let migrations = FileBasedMigrations::from_path(&folder).expect("Diesel reads the folder");
    let mut connection = diesel::PgConnection::establish(&database.url()).expect("connected");
    let applied = connection
        .run_pending_migrations(migrations)
        .expect("Diesel applies")
        .len();
    drop(connection);
    take_over(&database, &folder, "diesel", applied);
}

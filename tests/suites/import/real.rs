//! A real history of golang-migrate's users: run as that tool does, then taken over.
//!
//! The other two real histories are taken over from their own tools' libraries in `tests/drivers`.

use std::path::Path;

use migrate_tests::harness::{Database, Project};

use crate::corpora::corpora;

/// Runs each file as golang-migrate does, as one simple query, and records as it does.
fn golang_migrate(database: &Database, folder: &Path) -> usize {
    let mut client = database.client();
    client
        .batch_execute("CREATE TABLE IF NOT EXISTS \"public\".\"schema_migrations\" (version bigint not null primary key, dirty boolean not null)")
        .expect("its table");
    let files = fs_err::read_dir(folder).expect("the folder is read");
    let mut files: Vec<_> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".up.sql"));
    files.sort();
    for path in &files {
        let name = path.file_name().expect("a name").to_string_lossy();
        let version: i64 = name
            .split('_')
            .next()
            .and_then(|id| id.parse().ok())
            .expect("a number");
        let record = |dirty: bool| {
            format!(
                "TRUNCATE \"public\".\"schema_migrations\"; INSERT INTO \"public\".\"schema_migrations\" (version, dirty) VALUES ({version}, {dirty})"
            )
        };
        client.batch_execute(&record(true)).expect("its record");
        client
            .batch_execute(&fs_err::read_to_string(path).expect("a file"))
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        client.batch_execute(&record(false)).expect("its record");
    }
    files.len()
}

#[test]
fn the_history_of_firefly_is_taken_over_from_golang_migrate() {
    let Some(root) = corpora() else { return };
    let folder = root.join("firefly");
    let database = Database::fresh();
    let count = golang_migrate(&database, &folder);
    let project = Project::on(&database);
    let dir = folder.display().to_string();
    let run = |arguments: &[&str]| {
        let options: &[&str] = &["--dir", &dir, "--format", "json"];
        project.cargo_migrate(&[arguments, options].concat())
    };
    let imported = run(&["import"]).json();
    assert_eq!(imported["from"], "golang-migrate");
    assert_eq!(imported["revisions"].as_array().map(Vec::len), Some(count));
    let status = run(&["status"]).json();
    assert_eq!(status["pending"], 0);
    let rows = status["revisions"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["state"] == "applied"));
    assert_eq!(run(&["up"]).json()["count"], 0);
}

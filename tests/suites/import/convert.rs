//! `import --convert`: the files get the names of the pair layout, and git goes on with their history.

use std::process::Command;

use migrate_tests::harness::{Database, Project};
use serde_json::json;

use super::{FLYWAY_SUM, UP, flyway, nothing_is_pending, project};

fn convert(project: &Project) -> migrate_tests::harness::Output {
    project.cargo_migrate(&[
        "import",
        "--convert",
        "--format",
        "json",
        "--dir",
        "migrations",
    ])
}

fn git(project: &Project, arguments: &[&str]) -> String {
    let identity = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b.example",
        "-c",
        "init.defaultBranch=main",
    ];
    let output = Command::new("git")
        .args(identity)
        .args(arguments)
        .current_dir(project.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn diesel(versions: &[&str]) -> Database {
    let database = Database::fresh();
    database.execute("CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now())");
    for version in versions {
        database.execute(&format!(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"
        ));
    }
    database
}

#[test]
fn folders_of_diesel_become_pairs_and_their_metadata_a_directive() {
    let database = diesel(&["20260101000000", "20260102000000"]);
    let project = project(
        &database,
        &["2026-01-01-000000_a/up.sql", "2026-01-02-000000_b/up.sql"],
    );
    project.write("migrations/2026-01-01-000000_a/down.sql", "DROP TABLE a;\n");
    project.write(
        "migrations/2026-01-02-000000_b/up.sql",
        "CREATE TABLE b ();\nCREATE TABLE c ();\n",
    );
    project.write(
        "migrations/2026-01-02-000000_b/metadata.toml",
        "run_in_transaction = false\n",
    );
    git(&project, &["init", "-q"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-qm", "diesel"]);
    let answer = convert(&project).json();
    assert_eq!(
        answer["renamed"].as_array().map(Vec::len),
        Some(3),
        "{answer}"
    );
    assert_eq!(
        project.files("migrations"),
        [
            "migrations/20260101000000_a.down.sql",
            "migrations/20260101000000_a.up.sql",
            "migrations/20260102000000_b.up.sql",
        ]
    );
    assert_eq!(
        project.read("migrations/20260102000000_b.up.sql"),
        "-- migrate: transaction=none\nCREATE TABLE b ();\nCREATE TABLE c ();\n"
    );
    nothing_is_pending(&project);
    git(&project, &["add", "-u"]);
    git(&project, &["commit", "-qm", "pairs"]);
    let log = git(
        &project,
        &[
            "log",
            "--follow",
            "--format=%s",
            "--",
            "migrations/20260101000000_a.up.sql",
        ],
    );
    assert_eq!(log, "pairs\ndiesel\n");
    assert_eq!(git(&project, &["status", "--porcelain"]), "");
}

#[test]
fn an_order_that_the_new_names_would_change_is_written_down() {
    // As text 10 comes before 2.
    let database = diesel(&["1", "10", "2"]);
    let project = project(&database, &["1_a/up.sql", "10_b/up.sql", "2_c/up.sql"]);
    convert(&project).expect_success();
    let head = |file: &str| {
        project
            .read(format!("migrations/{file}"))
            .lines()
            .next()
            .map(str::to_owned)
    };
    assert_eq!(
        head("10_b.up.sql").as_deref(),
        Some("-- migrate: revises=1")
    );
    assert_eq!(
        head("2_c.up.sql").as_deref(),
        Some("-- migrate: revises=10")
    );
    assert_eq!(
        head("1_a.up.sql").as_deref(),
        Some("CREATE TABLE a (x int);")
    );
    nothing_is_pending(&project);
}

#[test]
fn an_id_that_is_no_number_keeps_its_folder() {
    let database = diesel(&["1", "201807100616420a"]);
    let project = project(&database, &["1_a/up.sql", "2018-07-10-061642-0a_b/up.sql"]);
    let answer = convert(&project).json();
    assert_eq!(answer["kept"][0]["why"], "its id is no number", "{answer}");
    assert_eq!(
        project.files("migrations"),
        [
            "migrations/1_a.up.sql",
            "migrations/2018-07-10-061642-0a_b/up.sql"
        ]
    );
    nothing_is_pending(&project);
}

#[test]
fn files_of_refinery_become_pairs_and_still_have_its_checksums() {
    let database = Database::fresh();
    let migration = refinery_core::Migration::unapplied("V1__a", UP).expect("a migration");
    refinery_core::Runner::new(&[migration])
        .run(&mut database.client())
        .expect("refinery runs");
    let second = database.copy();
    let project = project(&database, &["V1__a.sql"]);
    assert_eq!(convert(&project).json()["verified"], 1);
    assert_eq!(project.files("migrations"), ["migrations/1_a.up.sql"]);
    nothing_is_pending(&project);
    // Another database of the same project has nothing left to rename.
    let url = second.url();
    let arguments = [
        "import",
        "--format",
        "json",
        "--dir",
        "migrations",
        "--database-url",
        &url,
    ];
    assert_eq!(project.cargo_migrate(&arguments).json()["verified"], 1);
}

#[test]
fn versions_of_flyway_with_dots_get_ids_in_their_order_and_undo_scripts_become_down_scripts() {
    let database = flyway(&[
        ("'1'", "SQL", FLYWAY_SUM),
        ("'1.2'", "SQL", FLYWAY_SUM),
        ("'1.10'", "SQL", FLYWAY_SUM),
    ]);
    let second = database.copy();
    let project = project(
        &database,
        &["V1__a.sql", "V1.2__b.sql", "V1_10__c.sql", "V2__d.sql"],
    );
    project.write("migrations/U1.2__b.sql", "DROP TABLE b;\n");
    let said = project.cargo_migrate(&["import", "--dir", "migrations"]);
    assert!(
        said.stderr.contains("cargo migrate import --convert"),
        "{said}"
    );
    let answer = convert(&project).json();
    assert_eq!(answer["verified"], 3, "{answer}");
    assert_eq!(
        project.files("migrations"),
        [
            "migrations/1000000000000_a.up.sql",
            "migrations/1000200000000_b.down.sql",
            "migrations/1000200000000_b.up.sql",
            "migrations/1001000000000_c.up.sql",
            "migrations/2000000000000_d.up.sql",
        ]
    );
    let status = project.cargo_migrate(&["status", "--format", "json", "--dir", "migrations"]);
    assert_eq!(status.json()["pending"], 1, "{status}");
    let url = second.url();
    let arguments = [
        "import",
        "--format",
        "json",
        "--dir",
        "migrations",
        "--database-url",
        &url,
    ];
    assert_eq!(project.cargo_migrate(&arguments).json()["verified"], 3);
}

#[test]
fn nothing_is_renamed_in_a_dry_run_or_when_the_record_does_not_fit() {
    let database = diesel(&["1"]);
    let project = project(&database, &["1_a/up.sql"]);
    let arguments = [
        "import",
        "--convert",
        "--dry-run",
        "--dir",
        "migrations",
        "--format",
        "json",
    ];
    let output = project.cargo_migrate(&arguments);
    assert_eq!(
        output.json()["renamed"],
        json!([{"from": "migrations/1_a/up.sql", "to": "migrations/1_a.up.sql"}])
    );
    database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('2')");
    assert!(
        convert(&project)
            .expect_failure(1)
            .contains("no file here has that id")
    );
    assert_eq!(project.files("migrations"), ["migrations/1_a/up.sql"]);
}

#[test]
fn a_file_that_is_there_already_is_not_overwritten() {
    let database = diesel(&["1"]);
    let project = project(&database, &["1_a/up.sql", "1_a.up.sql"]);
    assert_eq!(convert(&project).status, Some(1));
    assert_eq!(project.files("migrations").len(), 2);
}

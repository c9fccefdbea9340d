//! Projects of Alembic, migrated by Alembic itself. Where Python has no `alembic` and no driver the
//! test says so and passes: `pip install alembic psycopg2-binary`.

use std::process::{Command, Output};

use build_support::connect::Settings;
use migrate_tests::harness::{Database, Project, dump, socket_folder};
use serde_json::json;

const INI: &str = "[alembic]\nscript_location = alembic\n";

const ENVIRONMENT: &str = r#"
import os
from alembic import context
from sqlalchemy import create_engine, pool

url = os.environ["ALEMBIC_URL"]
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"#;

/// A revision's file: id, what it revises as Python, its date, the two bodies.
fn revision(id: &str, revises: &str, date: &str, up: &str, down: &str) -> String {
    format!(
        "\"\"\"revision {id}\n\nRevision ID: {id}\nCreate Date: {date}\n\n\"\"\"\n\
         from alembic import op\nimport sqlalchemy as sa\n\n\
         revision = '{id}'\ndown_revision = {revises}\nbranch_labels = None\ndepends_on = None\n\n\
         def upgrade():\n    {up}\n\ndef downgrade():\n    {down}\n"
    )
}

/// Two lines that a merge joins.
fn project(database: &Database) -> Project {
    let project = Project::on(database).with("ALEMBIC_URL", "postgresql+psycopg2://");
    let project = match std::env::var_os("PYTHONPATH") {
        Some(path) => project.with("PYTHONPATH", path),
        None => project,
    };
    project.write("alembic.ini", INI);
    project.write("alembic/env.py", ENVIRONMENT);
    let files = [
        revision(
            "a1a1a1a1a1a1",
            "None",
            "2026-01-01 10:00:00.000001",
            "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.String(20)))",
            "op.drop_table('users')",
        ),
        revision(
            "b2b2b2b2b2b2",
            "'a1a1a1a1a1a1'",
            "2026-01-02 10:00:00",
            "op.execute(\"INSERT INTO users (name) VALUES ('it''s; so')\")",
            "op.execute('DELETE FROM users')",
        ),
        revision(
            "c3c3c3c3c3c3",
            "'a1a1a1a1a1a1'",
            "2026-01-02 10:00:00",
            "op.add_column('users', sa.Column('phone', sa.String(20)))",
            "op.drop_column('users', 'phone')",
        ),
        revision(
            "d4d4d4d4d4d4",
            "('b2b2b2b2b2b2', 'c3c3c3c3c3c3')",
            "2026-01-03 10:00:00",
            "pass",
            "pass",
        ),
        revision(
            "e5e5e5e5e5e5",
            "'d4d4d4d4d4d4'",
            "2026-01-01 10:00:00",
            "op.create_index('ix_phone', 'users', ['phone'])",
            "op.drop_index('ix_phone')",
        ),
    ];
    for (number, text) in files.iter().enumerate() {
        project.write(format!("alembic/versions/{number}_x.py"), text);
    }
    project
}

/// `python3 -m alembic`, in the project.
fn alembic(project: &Project, url: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new("python3");
    command.args(["-m", "alembic"]).args(arguments);
    command
        .current_dir(project.path())
        .env("ALEMBIC_URL", url)
        .output()
        .expect("it starts")
}

#[expect(clippy::print_stdout, reason = "a test that skips says so")]
fn is_installed() -> bool {
    let output = Command::new("python3")
        .args(["-c", "import alembic, psycopg2"])
        .output();
    let installed = output.is_ok_and(|output| output.status.success());
    if !installed {
        println!("skipped: Python has no `alembic` and `psycopg2`");
    }
    installed
}

fn migrated(project: &Project, database: &Database, target: &str) {
    let settings = Settings::parse(&database.url()).expect("a URL");
    // SQLAlchemy takes no socket for a host.
    let url = format!(
        "postgresql+psycopg2://{}@/{}?host={}&port={}",
        settings.user(),
        settings.database(),
        socket_folder(&database.url()).display(),
        settings.endpoints()[0].port()
    );
    let output = alembic(project, &url, &["upgrade", target]);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
}

#[test]
fn the_revisions_of_alembic_become_files_of_sql_and_its_record_ours() {
    if !is_installed() {
        return;
    }
    let (database, behind) = (Database::fresh(), Database::fresh());
    let project = project(&database);
    migrated(&project, &database, "head");
    migrated(&project, &behind, "c3c3c3c3c3c3");
    let run = |arguments: &[&str], database: &Database| {
        let url = database.url();
        let options: &[&str] = &[
            "--dir",
            "migrations",
            "--format",
            "json",
            "--database-url",
            &url,
        ];
        let mut command = project.command(&[arguments, options].concat());
        project.finish(command.env("ALEMBIC_URL", "postgresql+psycopg2://"))
    };
    let imported = run(&["import", "--convert"], &database);
    assert_eq!(
        imported.json()["revisions"].as_array().map(Vec::len),
        Some(5),
        "{imported}"
    );
    let names: Vec<String> = project
        .files("migrations")
        .iter()
        .filter(|file| file.ends_with(".up.sql"))
        .cloned()
        .collect();
    assert_eq!(
        names,
        [
            "migrations/20260101100000_revision_a1a1a1a1a1a1.up.sql",
            "migrations/20260102100000_revision_b2b2b2b2b2b2.up.sql",
            "migrations/20260102100001_revision_c3c3c3c3c3c3.up.sql",
            "migrations/20260103100000_revision_d4d4d4d4d4d4.up.sql",
            "migrations/20260103100001_revision_e5e5e5e5e5e5.up.sql",
        ]
    );
    insta::assert_snapshot!(project.read(&names[1]), @r"
    -- revision b2b2b2b2b2b2
    -- alembic: b2b2b2b2b2b2
    -- migrate: revises=20260101100000

    INSERT INTO users (name) VALUES ('it''s; so');
    ");
    assert_eq!(run(&["status"], &database).json()["pending"], 0);
    assert_eq!(run(&["up"], &database).json()["count"], 0);

    // A database that Alembic left half way is taken over by the marks, and goes on from there.
    let half = run(&["import"], &behind).json();
    assert_eq!(half["heads"], json!(["20260102100001"]));
    run(&["up"], &behind).expect_success();
    let fresh = Database::fresh();
    run(&["up"], &fresh).expect_success();
    for database in [&database, &behind] {
        database.execute("DROP TABLE alembic_version");
    }
    assert_eq!(dump(&database.url()), dump(&fresh.url()));
    assert_eq!(dump(&behind.url()), dump(&fresh.url()));
    run(&["down", "base"], &fresh).expect_success();
}

#[test]
fn a_revision_that_reads_rows_is_named_and_nothing_is_written() {
    if !is_installed() {
        return;
    }
    let database = Database::fresh();
    let project = project(&database);
    migrated(&project, &database, "head");
    let text = revision(
        "f6f6f6f6f6f6",
        "'e5e5e5e5e5e5'",
        "2026-01-05 10:00:00",
        "print(op.get_bind().execute(sa.text('SELECT 1')).scalar())",
        "pass",
    );
    project.write("alembic/versions/9_x.py", text);
    let output = project.cargo_migrate(&["import", "--convert", "--dir", "migrations"]);
    let said = output.expect_failure(1);
    assert!(
        said.contains("can't tell the SQL of its revision f6f6f6f6f6f6"),
        "{output}"
    );
    assert!(project.files("migrations").is_empty());
}

#[test]
fn without_alembic_the_way_to_it_is_told() {
    let database = Database::fresh();
    database.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('ae1027a6acf0')");
    let project = Project::on(&database)
        .with("PYTHONPATH", "")
        .with("PATH", "/nowhere");
    let arguments = ["import", "--convert", "--dir", "migrations"];
    let said = project.cargo_migrate(&arguments);
    assert!(
        said.expect_failure(1)
            .contains("there is no `[project]/alembic.ini`"),
        "{said}"
    );
    project.write("alembic.ini", INI);
    let said = project.cargo_migrate(&arguments);
    insta::assert_snapshot!(said.expect_failure(1), @r"
    error: Alembic could not be asked for the SQL of its revisions
    note: there is no `python3`
    hint: run it where `python3 -m alembic history` works, for example in the project's virtual environment
    ");
}

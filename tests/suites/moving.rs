//! The pages for those who come from another tool: the commands of each are run as they are written,
//! on a database that the tool has migrated, and whatever else a page names exists.

use std::path::PathBuf;

use migrate_tests::harness::{Database, Output, Project, binary};

const UP: &str = "CREATE TABLE users (id int);\n";
const DOWN: &str = "DROP TABLE users;\n";

fn page(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/{name}.md"));
    fs_err::read_to_string(path).expect("the page is there")
}

/// A package on a database in which `users` is there.
fn package(database: &Database, files: &[(&str, &str)]) -> Project {
    let project = Project::on(database);
    project.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nedition = \"2024\"\n[workspace]\n",
    );
    project.write("src/lib.rs", "");
    for (path, text) in files {
        project.write(format!("migrations/{path}"), text);
    }
    // What cargo does with a subcommand.
    let shim = format!(
        "#!/bin/sh\nif [ \"$1\" = migrate ]; then exec '{}' \"$@\"; fi\nexec '{}' \"$@\"\n",
        binary().display(),
        env!("CARGO")
    );
    project.write("bin/cargo", shim);
    let path = project.path().join("bin/cargo");
    let mode = std::process::Command::new("chmod")
        .arg("+x")
        .arg(&path)
        .status();
    assert!(mode.is_ok_and(|status| status.success()));
    let others = std::env::var("PATH").unwrap_or_default();
    let first = project.path().join("bin").display().to_string();
    project.with("PATH", format!("{first}:{others}"))
}

/// The commands of the page's consoles.
fn commands(page: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(kind) => inside = kind == "console",
            None if inside => found.extend(line.strip_prefix("$ ").map(str::to_owned)),
            None => {}
        }
    }
    found
}

/// Runs a line of the page as a person would type it.
fn typed(project: &Project, line: &str) -> Output {
    let mut arguments = project.command(&[]);
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", line])
        .current_dir(project.path())
        .env_clear();
    for (name, value) in arguments.get_envs() {
        shell.envs(value.map(|value| (name, value)));
    }
    arguments.stdin(std::process::Stdio::null());
    project.finish(shell.stdin(std::process::Stdio::null()))
}

/// Runs the page's commands, and expects that nothing is pending after those that take over.
fn walk(name: &str, project: &Project) {
    let page = page(name);
    let commands = commands(&page);
    assert!(commands.len() >= 3, "{name} has commands");
    for (at, command) in commands.iter().enumerate() {
        let output = typed(project, command);
        assert_eq!(output.status, Some(0), "{name}: {command}\n{output}");
        let looks = commands[..at]
            .iter()
            .all(|command| command != "cargo migrate up");
        if command == "cargo migrate status" {
            assert!(output.stderr.contains("up to date"), "{name}: {output}");
        }
        if command == "cargo migrate up" && looks {
            assert!(output.stderr.contains("nothing to do"), "{name}: {output}");
        }
    }
    every_named_command_exists(name, &page);
}

/// Each `cargo migrate …` between backticks can be read by the subcommand.
fn every_named_command_exists(name: &str, page: &str) {
    let named = page.split('`').skip(1).step_by(2);
    let named: Vec<&str> = named
        .filter(|text| text.starts_with("cargo migrate "))
        .collect();
    assert!(named.len() > 5, "{name} names commands");
    for command in named {
        let words = command.split_whitespace();
        let words = words.map(|word| word.replace(['[', ']', '…', '"', '\''], ""));
        let words: Vec<String> = words.filter(|word| !word.is_empty()).skip(2).collect();
        let line = ["cargo-migrate".to_owned()].into_iter().chain(words);
        let read = cargo_migrate::cli::description().try_get_matches_from(line);
        assert!(read.is_ok(), "{name}: `{command}`: {:?}", read.err());
    }
}

#[test]
fn from_sqlx() {
    let database = Database::fresh();
    database.execute(UP);
    database.execute(&format!(
        "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL);
         INSERT INTO _sqlx_migrations VALUES (20260101000000, 'users', now(), true, sha384('{UP}'), 1)"
    ));
    let files = [
        ("20260101000000_users.up.sql", UP),
        ("20260101000000_users.down.sql", DOWN),
    ];
    walk("from-sqlx", &package(&database, &files));
}

#[test]
fn from_diesel() {
    let database = Database::fresh();
    database.execute(UP);
    database.execute("CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now()); INSERT INTO __diesel_schema_migrations (version) VALUES ('20260101000000')");
    let files = [
        ("2026-01-01-000000_users/up.sql", UP),
        ("2026-01-01-000000_users/down.sql", DOWN),
    ];
    let project = package(&database, &files);
    walk("from-diesel", &project);
    let folders = project
        .files("migrations")
        .iter()
        .filter(|file| file.ends_with("/up.sql"))
        .count();
    assert_eq!(folders, 2, "`new` goes on with folders");
}

#[test]
fn from_refinery() {
    let database = Database::fresh();
    let migration = refinery_core::Migration::unapplied("V1__users", UP).expect("a migration");
    refinery_core::Runner::new(&[migration])
        .run(&mut database.client())
        .expect("refinery runs");
    walk(
        "from-refinery",
        &package(&database, &[("V1__users.sql", UP)]),
    );
}

#[test]
fn from_flyway() {
    let database = Database::fresh();
    database.execute(UP);
    database.execute(
        "CREATE TABLE flyway_schema_history (installed_rank int NOT NULL PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), execution_time int NOT NULL, success boolean NOT NULL);
         INSERT INTO flyway_schema_history VALUES (1, '1.2', 'users', 'SQL', 'V1.2__add_b.sql', CHECKSUM, 'me', now(), 1, true)"
            .replace("CHECKSUM", &crc32(UP.trim_end()).to_string())
            .as_str(),
    );
    let project = package(&database, &[("V1.2__add_b.sql", UP)]);
    walk("from-flyway", &project);
    let file = project.files("migrations")[0].clone();
    assert!(
        page("from-flyway").contains(file.trim_start_matches("migrations/")),
        "{file}"
    );
}

/// The CRC-32 of one line, as Flyway records it.
fn crc32(line: &str) -> i32 {
    let step = |sum: u32, byte: u8| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 * (sum & 1))
        })
    };
    let sum = !line.bytes().fold(!0, step);
    i32::from_ne_bytes(sum.to_ne_bytes())
}

#[test]
fn from_golang_migrate() {
    let database = Database::fresh();
    database.execute(UP);
    database.execute("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (1, false)");
    let files = [("000001_users.up.sql", UP), ("000001_users.down.sql", DOWN)];
    walk("from-golang-migrate", &package(&database, &files));
}

#[test]
fn from_alembic() {
    let database = Database::fresh();
    database.execute(UP);
    database.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('ae1027a6acf0')");
    walk("from-alembic", &package(&database, &[]));
}

#[test]
fn from_sea_orm() {
    let database = Database::fresh();
    database.execute(UP);
    database.execute("CREATE TABLE seaql_migrations (version varchar PRIMARY KEY, applied_at bigint NOT NULL); INSERT INTO seaql_migrations VALUES ('m20220101_000001_create_users', 1767225600)");
    walk("from-sea-orm", &package(&database, &[]));
}

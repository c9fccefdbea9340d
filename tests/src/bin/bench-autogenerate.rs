//! How long the commands around the schema diff take, from the start of the process to its end,
//! each with a server of its own: `cargo build --release -p migrate-tests --bins`, then
//! `target/release/bench-autogenerate`.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use migrate_tests::{figures::median, harness::Project};
use tempfile::TempDir;

const REVISIONS: usize = 200;
const STAIRS: usize = 300;
const ROUNDS: usize = 3;

const MANIFEST: &str = "[package]\nname = \"bench\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                        [package.metadata.migrate]\nschema = [\"schema.sql\"]\n\n[workspace]\n";

fn main() -> io::Result<()> {
    let cache = TempDir::new()?;
    let project = project(REVISIONS, &cache);
    // `initdb` runs once per machine: it is no part of a run.
    time(&project, &["diff", "migrations@1", "migrations@2"]);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:<52} {:>8} {:>8} {:>7}",
        "what", "seconds", "goal", "ratio"
    )?;
    let new = ["new", "change", "--autogenerate", "--rev-id", "900"];
    let cold = median((0..ROUNDS).map(|_| {
        forget(&cache, &project);
        time(&project, &new)
    }));
    let again = median((0..ROUNDS).map(|_| {
        remove_revision(&project);
        time(&project, &new)
    }));
    remove_revision(&project);
    let check = median((0..ROUNDS).map(|_| time(&project, &["check", "--models"])));
    let stairs = project_of(STAIRS, &cache);
    let verify = time(&stairs, &["verify", "--dir", "migrations"]);
    for (what, taken, goal) in [
        (
            format!("new --autogenerate, {REVISIONS} revisions, the first time"),
            cold,
            Some(2.0),
        ),
        (
            format!("new --autogenerate, {REVISIONS} revisions, again"),
            again,
            Some(0.5),
        ),
        (
            format!("check --models, {REVISIONS} revisions, again"),
            check,
            Some(0.5),
        ),
        (format!("verify, {STAIRS} revisions"), verify, None),
    ] {
        let seconds = taken.as_secs_f64();
        match goal {
            Some(goal) => {
                let ratio = seconds / goal;
                writeln!(out, "{what:<52} {seconds:>8.2} {goal:>8.2} {ratio:>6.2}x")?;
            }
            None => writeln!(out, "{what:<52} {seconds:>8.2}")?,
        }
    }
    Ok(())
}

/// A project whose models want one index more than its revisions build.
fn project(revisions: usize, cache: &TempDir) -> Project {
    let project = project_of(revisions, cache);
    let mut schema = String::new();
    for table in 0..revisions / 2 {
        schema += &format!(
            "CREATE TABLE t{table} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now(), \
             extra integer CONSTRAINT t{table}_extra CHECK (extra > 0));\n\
             CREATE INDEX t{table}_name ON t{table} (name);\n"
        );
    }
    schema += "CREATE INDEX wanted ON t0 (at);\n";
    project
        .write("Cargo.toml", MANIFEST)
        .write("src/lib.rs", "")
        .write("schema.sql", schema);
    project
}

/// Two revisions a table, with their ways down.
fn project_of(revisions: usize, cache: &TempDir) -> Project {
    let project = Project::new().with("MIGRATE_CACHE_DIR", cache.path());
    for n in 1..=revisions {
        let table = (n - 1) / 2;
        let (up, down) = match n % 2 {
            1 => (
                format!(
                    "CREATE TABLE t{table} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now());\n\
                     CREATE INDEX t{table}_name ON t{table} (name);\n"
                ),
                format!("DROP TABLE t{table};\n"),
            ),
            _ => (
                format!(
                    "ALTER TABLE t{table} ADD COLUMN extra integer, \
                     ADD CONSTRAINT t{table}_extra CHECK (extra > 0);\n"
                ),
                format!("ALTER TABLE t{table} DROP COLUMN extra;\n"),
            ),
        };
        project
            .write(format!("migrations/{n}_r.up.sql"), up)
            .write(format!("migrations/{n}_r.down.sql"), down);
    }
    project
}

fn remove_revision(project: &Project) {
    for way in ["up", "down"] {
        let file = project
            .path()
            .join(format!("migrations/900_change.{way}.sql"));
        let _ = fs_err::remove_file(file);
    }
}

/// Removes what earlier runs have kept of the revisions.
fn forget(cache: &TempDir, project: &Project) {
    remove_revision(project);
    for entry in fs_err::read_dir(cache.path())
        .into_iter()
        .flatten()
        .flatten()
    {
        if entry.file_name().to_string_lossy().starts_with("state-") {
            let _ = fs_err::remove_dir_all(entry.path());
        }
    }
}

/// Runs a command that finds something or does it.
fn time(project: &Project, arguments: &[&str]) -> Duration {
    let begun = Instant::now();
    let output = project.cargo_migrate(arguments);
    let taken = begun.elapsed();
    assert!(matches!(output.status, Some(0 | 3)), "{output}");
    taken
}

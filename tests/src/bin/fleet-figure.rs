//! The figure for `fleet`: many schemas with one pending revision each, beside a shell loop around
//! the same command.
//!
//! ```text
//! cargo build --release -p migrate-tests --bins && target/release/fleet-figure 1000
//! ```
#![expect(clippy::print_stdout, reason = "it prints a report")]

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use cargo_migrate::server::{Environment, Scratch, ServerOptions};
use migrate_tests::harness::Project;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let count: usize = match std::env::args().nth(1) {
        Some(count) => count.parse()?,
        None => 1000,
    };
    let server = Scratch::start(
        &Environment::new(std::env::vars_os()),
        &ServerOptions::default(),
    )?;
    let database = server.fresh_database()?;
    let bench = Bench::new(server.url(&database), count)?;
    let mut client = server.connect(&database)?;
    for schema in &bench.schemas {
        client.batch_execute(&format!("CREATE SCHEMA {schema}"))?;
    }
    drop(client);
    for number in 1..=3 {
        bench.write_revision(number);
    }
    bench.fleet(8)?;
    println!("{count} schemas, one pending revision in each");
    bench.write_revision(4);
    let by_loop = bench.shell_loop()?;
    println!("| way | s | ms a schema | loop / way |\n|---|---|---|---|");
    bench.tell("shell loop", by_loop, by_loop);
    for (number, jobs) in [(5, 1), (6, 4), (7, 8), (8, 16)] {
        bench.write_revision(number);
        bench.tell(&format!("fleet --jobs {jobs}"), bench.fleet(jobs)?, by_loop);
    }
    bench.tell("fleet, nothing pending", bench.fleet(8)?, by_loop);
    Ok(())
}

struct Bench {
    project: Project,
    url: String,
    binary: PathBuf,
    schemas: Vec<String>,
}

impl Bench {
    fn new(url: String, count: usize) -> Outcome<Self> {
        let beside = std::env::current_exe()?.with_file_name("cargo-migrate-under-test");
        let schemas: Vec<String> = (0..count).map(|number| format!("t{number:05}")).collect();
        let project = Project::new();
        project.write("list", schemas.join("\n") + "\n");
        Ok(Self {
            project,
            url,
            binary: beside,
            schemas,
        })
    }

    fn write_revision(&self, number: usize) {
        let (parent, sql) = match number {
            1 => ("base".to_owned(), "CREATE TABLE a (x int);".to_owned()),
            _ => (
                (number - 1).to_string(),
                format!("ALTER TABLE a ADD COLUMN c{number} int;"),
            ),
        };
        let text = format!("-- migrate: revises={parent}\n{sql}\n");
        self.project
            .write(format!("migrations/{number}_r{number}.up.sql"), text);
    }

    /// What an operator without `fleet` types.
    fn shell_loop(&self) -> Outcome<Duration> {
        let script = "while read schema; do \
                      MIGRATE_HISTORY_SCHEMA=$schema \"$0\" up --quiet --dir migrations \
                      --database-url \"$1?options=-csearch_path%3D$schema\" || exit 1; done < list";
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .arg(&self.binary)
            .arg(&self.url);
        self.timed(&mut command)
    }

    fn fleet(&self, jobs: usize) -> Outcome<Duration> {
        let mut command = Command::new(&self.binary);
        command
            .args([
                "fleet",
                "up",
                "--dir",
                "migrations",
                "--list",
                "list",
                "--jobs",
            ])
            .arg(jobs.to_string())
            .args(["--database-url", &self.url]);
        self.timed(&mut command)
    }

    fn timed(&self, command: &mut Command) -> Outcome<Duration> {
        command
            .current_dir(self.project.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let started = Instant::now();
        let status = command.status()?;
        if !status.success() {
            return Err(format!("it ended with {status}").into());
        }
        Ok(started.elapsed())
    }

    fn tell(&self, way: &str, took: Duration, by_loop: Duration) {
        let count = self.schemas.len() as f64;
        println!(
            "| {way} | {:.2} | {:.2} | {:.1} |",
            took.as_secs_f64(),
            took.as_secs_f64() * 1e3 / count,
            by_loop.as_secs_f64() / took.as_secs_f64(),
        );
    }
}

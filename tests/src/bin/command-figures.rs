//! How long `current` and `status` take on a large history, beyond the start of the program and beyond
//! `cargo metadata`, which tells every subcommand of Cargo where the project is.
//!
//! ```text
//! cargo build --release -p migrate-tests --bins && target/release/command-figures 1000
//! ```
#![expect(clippy::print_stdout, reason = "it prints a report")]

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use migrate_tests::{
    figures::{median, millis},
    harness::{Database, Project},
};

const REVISIONS: usize = 1_000;
const ROUNDS: usize = 21;
const GOAL: Duration = Duration::from_millis(50);

const MANIFEST: &str = "[package]\nname = \"figures\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                        [workspace]\n";

fn main() {
    let revisions = std::env::args()
        .nth(1)
        .map_or(REVISIONS, |text| text.parse().expect("a number"));
    let database = Database::fresh();
    let project = project(&database, revisions);
    project.cargo_migrate(&["up"]).expect_success();

    // In turns, so that a busy machine is as busy for each.
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let version = time(&mut project.command(&["--version"]));
        let metadata = time(&mut metadata(&project));
        let current = time(&mut project.command(&["current"]));
        let status = time(&mut project.command(&["status"]));
        rounds.push([version, metadata, current, status]);
    }
    let [version, metadata, current, status] =
        std::array::from_fn(|at| median(rounds.iter().map(|round| round[at])));
    println!("{revisions} revisions, median of {ROUNDS}:");
    println!(
        "  the program's start {:.1} ms, `cargo metadata` {:.1} ms",
        millis(version),
        millis(metadata),
    );
    for (name, whole) in [("current", current), ("status", status)] {
        let own = whole.saturating_sub(metadata);
        println!(
            "  {name:<8} {:.1} ms, of it ours {:.1} ms: {:.2} of the goal ({} ms)",
            millis(whole),
            millis(own),
            own.as_secs_f64() / GOAL.as_secs_f64(),
            GOAL.as_millis(),
        );
    }
}

fn project(database: &Database, revisions: usize) -> Project {
    let project = Project::on(database);
    project
        .write("Cargo.toml", MANIFEST)
        .write("src/lib.rs", "");
    for n in 1..=revisions {
        let parent = match n {
            1 => "base".to_owned(),
            _ => format!("{:06}", n - 1),
        };
        project
            .write(
                format!("migrations/{n:06}_t{n}.up.sql"),
                format!("-- Make t{n}.\n-- migrate: revises={parent}\n\nCREATE TABLE t{n} (id bigint);\n"),
            )
            .write(
                format!("migrations/{n:06}_t{n}.down.sql"),
                format!("DROP TABLE t{n};\n"),
            );
    }
    project
}

/// What the subcommand asks Cargo.
fn metadata(project: &Project) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(project.path());
    command
}

fn time(command: &mut Command) -> Duration {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let status = command.status().expect("it starts");
    let taken = begun.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    taken
}

//! The main job in one command: a service that migrates itself, started twice on a PostgreSQL that
//! the tool starts by itself, and then looked at with the subcommand.
//!
//! Where no PostgreSQL is found it is fetched first, and this says how.
#![expect(clippy::print_stdout, reason = "it is made to be read")]

use std::{
    error::Error,
    process::{Command, ExitCode},
};

use cargo_migrate::server::{Binaries, Environment, Scratch, ServerOptions, provide};

fn main() -> ExitCode {
    match tour() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\n{error}");
            ExitCode::FAILURE
        }
    }
}

fn tour() -> Result<(), Box<dyn Error>> {
    let environment = Environment::new(std::env::vars_os());
    let mut say = |line: &str| println!("   {line}");
    println!("== A PostgreSQL for this tour");
    let binaries = match Binaries::find(&environment, None) {
        Ok(found) => found,
        Err(_) => provide(&environment, &mut say)?,
    };
    println!(
        "   PostgreSQL {} from {}",
        binaries.version(),
        binaries.folder().display()
    );
    let environment = environment.with("MIGRATE_PG_BIN", binaries.folder());
    let server = Scratch::start(&environment, &ServerOptions::default())?;
    let database = server.fresh_database()?;
    let url = server.url(&database);

    println!(
        "\n== The service starts on an empty database: it applies the revisions that it carries"
    );
    run(&["run", "--quiet", "-p", "example-service"], &url)?;
    println!("\n== A second replica starts: one round trip, nothing to do");
    run(&["run", "--quiet", "-p", "example-service"], &url)?;
    println!("\n== What the subcommand says of that database: `cargo migrate status`");
    migrate(&["status"], &url)?;
    println!(
        "\n== Back by one revision and forth again: `cargo migrate down -1`, `cargo migrate up`"
    );
    migrate(&["down", "-1"], &url)?;
    migrate(&["up"], &url)?;
    println!("\nThat was it; the server of this tour is gone with it. Next: README.md, \"Start\".");
    Ok(())
}

fn migrate(arguments: &[&str], url: &str) -> Result<(), Box<dyn Error>> {
    let tool = [
        "run",
        "--quiet",
        "-p",
        "cargo-migrate",
        "--",
        "migrate",
        "-p",
        "example-service",
    ];
    run(&[&tool, arguments].concat(), url)
}

fn run(arguments: &[&str], url: &str) -> Result<(), Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(arguments)
        .env("DATABASE_URL", url)
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`cargo {}` failed", arguments.join(" ")).into())
    }
}

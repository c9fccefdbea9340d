//! The subcommand `cargo migrate`.
//!
//! Floors, imports only downwards: [`cli`] (what the command line says) · [`commands`] (one file
//! each) · [`author`] (puts a revision into the project) · [`context`] (what every command is
//! given) · [`config`], [`project`] (where its values come from) · [`term`] (the one place that
//! writes) · [`failure`], [`environment`] · [`server`] (the local PostgreSQL, which knows nothing of
//! the rest) · [`scaffold`] (new revisions) · [`models`] (Rust code as
//! a schema) · [`state`] (what a schema is read from).

pub mod author;
pub mod autogenerate;
pub mod checks;
pub mod cli;
pub mod commands;
pub mod config;
pub mod context;
pub mod draw;
pub mod environment;
pub mod failure;
pub mod fleet;
pub mod git;
pub mod import;
pub mod lint;
pub mod models;
pub mod moving;
pub mod offline;
pub mod parents;
pub mod project;
pub mod proposal;
pub mod relocate;
pub mod replay;
pub mod roles;
pub mod scaffold;
pub mod schema;
pub mod server;
pub mod signals;
pub mod squash;
pub mod state;
pub mod teller;
pub mod term;
pub mod trace;
pub mod verify;

use std::process::ExitCode;

/// Runs the program: reads the process's arguments and environment, answers with its exit code.
pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let environment = environment::Environment::of_process();
    ExitCode::from(cli::run(arguments, environment).code())
}

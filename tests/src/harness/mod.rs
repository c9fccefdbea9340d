//! What the suites stand on: a server, databases, projects, the compiled subcommand, dumps.
//!
//! Everything in here panics on failure with what went wrong: it is for tests alone.

mod cluster;
mod database;
mod dump;
mod embedded;
mod failpoint;
mod owner;
mod project;
mod proxy;
mod skipped;
mod standby;
#[cfg(unix)]
mod terminal;

pub use cluster::Cluster;
pub use database::{Database, environment, server};
pub use dump::{dump, raw_dump};
pub use embedded::embedded;
pub use failpoint::{FAILPOINT, arm_failpoint};
pub use owner::{as_owner_of, give_to_owner_of};
pub use project::{Output, Project, binary, built, signal};
pub use proxy::{Cut, Wire, socket_folder};
pub use skipped::skipped;
pub use standby::Standby;

//! Local PostgreSQL servers, started by the tool itself.
//!
//! Two uses of one component: [`Scratch`], databases that are thrown away afterwards, and [`Dev`],
//! the development server of a workspace, whose data is kept. What is Unix-only about it stays in
//! here. Nothing in here prints or reads the process's environment.

#[cfg(unix)]
#[allow(dead_code)]
mod account;
#[cfg(unix)]
mod binaries;
#[cfg(unix)]
mod cluster;
mod environment;
mod error;
mod names;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod ready;
mod scratch;
#[cfg(unix)]
#[allow(dead_code)]
mod settings;
#[cfg(unix)]
#[allow(dead_code)]
mod supervisor;
#[cfg(unix)]
mod template;

#[cfg(unix)]
pub use binaries::{Binaries, ServerVersion};
#[cfg(unix)]
use cluster::Cluster;
pub use environment::Environment;
pub use error::ServerError;
pub use scratch::Scratch;

/// What a caller may want of a throw-away server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerOptions {
    /// The major version to prefer: the target's, so that both deparse alike.
    pub prefer_major: Option<u32>,
    /// Settings beyond ours, such as `wal_level` and `logical`; they win.
    pub settings: Vec<(String, String)>,
}

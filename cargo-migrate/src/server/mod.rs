//! Local PostgreSQL servers, started by the tool itself.
//!
//! Two uses of one component: [`Scratch`], databases that are thrown away afterwards, and [`Dev`],
//! the development server of a workspace, whose data is kept. What is Unix-only about it stays in
//! here. Nothing in here prints or reads the process's environment.

#[cfg(unix)]
mod account;
#[cfg(unix)]
mod binaries;
#[cfg(unix)]
mod cluster;
#[cfg(unix)]
mod dev;
mod environment;
mod error;
#[cfg(unix)]
mod home;
#[cfg(unix)]
mod install;
mod install_error;
#[cfg(unix)]
mod leftover;
mod names;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod ready;
mod scratch;
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod settings;
mod state;
#[cfg(not(unix))]
mod stub;
#[cfg(unix)]
mod supervisor;
#[cfg(unix)]
mod template;
mod url;
#[cfg(unix)]
mod users;
#[cfg(unix)]
mod warm;

#[cfg(unix)]
pub use binaries::{Binaries, ServerVersion};
#[cfg(unix)]
use cluster::Cluster;
#[cfg(unix)]
pub use dev::Dev;
pub use environment::Environment;
pub use error::ServerError;
#[cfg(unix)]
pub use install::{install, provide};
pub use install_error::InstallError;
pub use scratch::Scratch;
#[cfg(unix)]
pub use session::DevSession;
pub use state::{DevState, DevStatus, Stopped};
#[cfg(not(unix))]
use stub::Cluster;
#[cfg(not(unix))]
pub use stub::{Binaries, Dev, DevSession, install, provide};
pub use url::socket_url;

/// Where the component says what it does, one line a call.
pub type Talk<'a> = &'a mut dyn FnMut(&str);

/// What a caller may want of a throw-away server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerOptions {
    /// The major version to prefer: the target's, so that both deparse alike.
    pub prefer_major: Option<u32>,
    /// Settings beyond ours, such as `wal_level` and `logical`; they win.
    pub settings: Vec<(String, String)>,
    /// States that it may begin with, the best first; see [`Scratch::keep_state`].
    pub states: Vec<String>,
}

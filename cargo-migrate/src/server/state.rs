//! What is told about a development server.

use std::path::PathBuf;

/// Whether the development server runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DevState {
    /// It does not run.
    Stopped,
    /// It runs until the last command that uses it ends.
    InUse {
        /// The folder of its socket.
        socket: PathBuf,
    },
    /// It runs until `dev stop`.
    Kept {
        /// The folder of its socket.
        socket: PathBuf,
    },
}

/// What `dev status` shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevStatus {
    /// Whether it runs.
    pub state: DevState,
    /// Where its data is.
    pub data: PathBuf,
    /// The major version that made the data, once there is any.
    pub major: Option<u32>,
}

/// What `dev stop` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// A server, which has ended now.
    Running,
    /// None.
    Nothing,
}

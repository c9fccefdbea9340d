//! What stands for the local server where there is none yet.
//!
//! None of these types has a value, so none of their methods but the constructors can be called.

use std::path::Path;

use postgres::Client;

use super::environment::Environment;
use super::state::{DevStatus, Stopped};
use super::{ServerError, ServerOptions, Talk};

/// A folder with working server binaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binaries {}

impl Binaries {
    /// Finds none.
    pub fn find(_: &Environment, _: Option<u32>) -> Result<Self, ServerError> {
        Err(ServerError::Unsupported)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match *self {}
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> &str {
        match *self {}
    }
}

/// Refuses.
pub fn provide(_: &Environment, _: Talk<'_>) -> Result<Binaries, ServerError> {
    Err(ServerError::Unsupported)
}

/// Refuses.
pub fn install(_: &Environment, _: u32, _: Talk<'_>) -> Result<Binaries, ServerError> {
    Err(ServerError::Unsupported)
}

/// A running throw-away server.
#[derive(Debug)]
pub(super) enum Cluster {}

impl Cluster {
    pub(super) fn start(_: &Environment, _: &ServerOptions) -> Result<(Self, Client), ServerError> {
        Err(ServerError::Unsupported)
    }

    pub(super) fn folder(&self) -> &Path {
        match *self {}
    }

    pub(super) fn state(&self) -> Option<(&str, &'static str)> {
        match *self {}
    }

    pub(super) fn keep(&self, _: &str) {
        match *self {}
    }

    pub(super) fn name_to_keep(&self) -> &'static str {
        match *self {}
    }

    pub(super) fn connect(&self, _: &str) -> Result<Client, postgres::Error> {
        match *self {}
    }

    pub(super) fn url(&self, _: &str) -> String {
        match *self {}
    }
}

/// The development server of a workspace.
#[derive(Clone, Debug)]
pub enum Dev {}

impl Dev {
    /// Refuses.
    pub fn of(_: &Environment, _: &Path) -> Result<Self, ServerError> {
        Err(ServerError::Unsupported)
    }

    /// Refuses.
    pub fn of_folder(_: &Environment, _: &Path) -> Result<Self, ServerError> {
        Err(ServerError::Unsupported)
    }

    /// Joins the running server, or starts it.
    pub fn enter(&self, _: Talk<'_>) -> Result<DevSession, ServerError> {
        match *self {}
    }

    /// Starts the server and leaves it running.
    pub fn start(&self, _: Talk<'_>) -> Result<DevSession, ServerError> {
        match *self {}
    }

    /// Ends the server.
    pub fn stop(&self, _: Talk<'_>) -> Result<Stopped, ServerError> {
        match *self {}
    }

    /// Tells whether the server runs.
    pub fn status(&self) -> Result<DevStatus, ServerError> {
        match *self {}
    }
}

/// A command's share in the running server.
#[derive(Debug)]
pub enum DevSession {}

impl DevSession {
    /// The URL of one of its databases.
    #[must_use]
    pub fn url(&self, _: &str) -> String {
        match *self {}
    }

    /// The folder of its socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        match *self {}
    }

    /// Makes a database where it does not exist yet.
    pub fn database(&self, _: &str) -> Result<String, ServerError> {
        match *self {}
    }
}

//! A private server for tests that kill it, fill its disk or change its settings.

use std::path::Path;

use cargo_migrate::server::{Scratch, ServerOptions};
use postgres::Client;

use super::environment;

/// A server of one test; it and its data are gone when this is dropped.
#[derive(Debug)]
pub struct Cluster {
    scratch: Scratch,
}

impl Cluster {
    /// Starts a server with the usual settings.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// Starts a server with settings of its own, such as `("wal_level", "logical")`.
    #[must_use]
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let settings = settings
            .iter()
            .map(|&(name, value)| (name.into(), value.into()))
            .collect();
        let options = ServerOptions {
            settings,
            ..ServerOptions::default()
        };
        let scratch = Scratch::start(&environment(), &options)
            .unwrap_or_else(|error| panic!("no private server: {error}"));
        Self { scratch }
    }

    /// Makes an empty database and gives its URL.
    #[must_use]
    pub fn database(&self) -> String {
        let name = self
            .scratch
            .fresh_database()
            .expect("the private server makes databases");
        self.scratch.url(&name)
    }

    /// A connection to the database `postgres`.
    #[must_use]
    pub fn client(&self) -> Client {
        self.scratch
            .connect("postgres")
            .expect("the private server takes connections")
    }

    /// The process id of the server.
    #[must_use]
    pub fn pid(&self) -> u32 {
        let file = fs_err::read_to_string(self.folder().join("data/postmaster.pid"))
            .expect("a running server has a `postmaster.pid`");
        file.lines()
            .next()
            .and_then(|line| line.parse().ok())
            .expect("its first line is the pid")
    }

    /// The folder of its socket, data and log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.scratch
            .folder()
            .expect("a private server has a folder")
    }

    /// Changes a setting while it runs; `None` takes the change back.
    pub fn set(&self, name: &str, value: Option<&str>) {
        let change = match value {
            Some(value) => format!("ALTER SYSTEM SET {name} = '{value}'"),
            None => format!("ALTER SYSTEM RESET {name}"),
        };
        let mut client = self.client();
        client.batch_execute(&change).expect("set");
        client
            .batch_execute("SELECT pg_reload_conf()")
            .expect("told");
    }

    /// Lets everybody in from a network, such as `10.1.2.0/24`.
    pub fn trust(&self, network: &str) {
        let path = self.folder().join("data/pg_hba.conf");
        let rules = fs_err::read_to_string(&path).expect("it has rules");
        fs_err::write(&path, format!("{rules}\nhost all all {network} trust\n")).expect("written");
        self.client()
            .batch_execute("SELECT pg_reload_conf()")
            .expect("told");
    }

    /// Sends a signal, such as `KILL` or `QUIT`, to the server.
    pub fn kill(&self, signal: &str) {
        super::project::signal(self.pid(), signal);
    }
}

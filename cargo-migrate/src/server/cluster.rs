//! One throw-away server: made, started, awaited, ended.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};

use postgres::Client;

use super::account::Account;
use super::binaries::Binaries;
use super::environment::Environment;
use super::place::Place;
use super::ready::{Starting, connect};
use super::supervisor::{Ending, Launch};
use super::url::socket_url;
use super::users::START;
use super::warm::{self, States};
use super::{ServerError, ServerOptions, settings, template};

/// A running throw-away server. Dropping it ends it and removes its folder; so does the end of this
/// process, whatever ends it.
#[derive(Debug)]
pub(super) struct Cluster {
    run: PathBuf,
    supervisor: Child,
    /// Its end is the supervisor's sign.
    users: Option<ChildStdin>,
    states: Option<States>,
    /// The state that the data folder was made with.
    state: Option<String>,
}

impl Cluster {
    /// Starts a server; the first connection, to the database `postgres`, is given with it.
    pub(super) fn start(
        environment: &Environment,
        options: &ServerOptions,
    ) -> Result<(Self, Client), ServerError> {
        let binaries = Binaries::find(environment, options.prefer_major)?;
        let account = Account::of_server();
        let Place { folder: run, lock } = Place::make(environment, account)?;
        let (data, log) = (run.join("data"), run.join("log"));
        let launch = Launch {
            binaries: &binaries,
            environment,
            account,
            data: &data,
            run: &run,
            log: &log,
            ending: Ending::Discard,
            settings: &settings::throw_away(binaries.version().major, &run, options),
        };
        let spawned = launch.spawn(Stdio::piped(), lock);
        let mut supervisor =
            spawned.map_err(ServerError::io("could not start a server in", &run))?;
        // From here on the folder is removed however this process ends.
        let users = supervisor.stdin.take();
        let mut cluster = Self {
            run: run.clone(),
            supervisor,
            users,
            states: States::of(&binaries, environment),
            state: None,
        };
        if let Some(states) = &cluster.states {
            cluster.state = states.take(&options.states, account, &data)?;
        }
        if cluster.state.is_none() {
            template::make_data(&binaries, environment, account, &data)?;
        }
        cluster
            .say_start()
            .map_err(ServerError::io("could not start a server in", &run))?;
        let starting = Starting {
            run: &run,
            data: &data,
            log: &log,
        };
        let client = starting.wait(|| matches!(cluster.supervisor.try_wait(), Ok(None)));
        if let (Err(_), Some(states), Some(key)) = (&client, &cluster.states, &cluster.state) {
            states.forget(key);
        }
        Ok((cluster, client?))
    }

    fn say_start(&mut self) -> io::Result<()> {
        let users = self
            .users
            .as_mut()
            .expect("it is taken when the value is dropped");
        users.write_all(START)
    }

    /// The folder of the socket, the data and the log.
    pub(super) fn folder(&self) -> &Path {
        &self.run
    }

    /// The state that it began with, and the database that holds it.
    pub(super) fn state(&self) -> Option<(&str, &'static str)> {
        Some((self.state.as_deref()?, warm::DATABASE))
    }

    /// Keeps the data folder, in which nothing may be written meanwhile.
    pub(super) fn keep(&self, key: &str) {
        if let Some(states) = &self.states {
            states.keep(key, &self.run.join("data"));
        }
    }

    /// What the database has to be called that is kept.
    pub(super) fn name_to_keep(&self) -> &'static str {
        warm::DATABASE
    }

    pub(super) fn connect(&self, database: &str) -> Result<Client, postgres::Error> {
        connect(&self.run, database)
    }

    pub(super) fn url(&self, database: &str) -> String {
        socket_url(&self.run, database)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.users.take());
        let _ = self.supervisor.wait();
        // Where the account may not remove the folder itself, an empty one is left to us.
        let _ = fs_err::remove_dir_all(&self.run);
    }
}

//! Scratch databases: on a throw-away server of our own, or on one that the user names.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use postgres::config::Host;
use postgres::{Client, Config, NoTls};

use super::environment::Environment;
use super::names;
use super::url::with_database;
use super::{Cluster, ServerError, ServerOptions};

/// Names an existing server for scratch databases, as `--scratch-url` does.
const EXPLICIT: &str = "MIGRATE_SCRATCH_URL";
/// No database without this prefix is ever dropped.
const PREFIX: &str = "cm_scratch_";

/// A source of scratch databases. Dropping it removes them, with the server where it is our own.
pub struct Scratch {
    /// Declared first: the connection goes before the server does.
    session: Mutex<Session>,
    origin: Origin,
    copying: Copying,
    major: u32,
}

struct Session {
    client: Client,
    made: BTreeSet<String>,
}

enum Origin {
    Own(Cluster),
    Existing { url: String },
}

/// How `CREATE DATABASE` copies its template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Copying {
    /// File by file, with a checkpoint: three times as fast where nothing is flushed.
    Files,
    /// As the server likes best.
    Default,
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // An existing server's URL may hold a password.
        formatter.debug_struct("Scratch").finish_non_exhaustive()
    }
}

impl Scratch {
    /// Takes the server that `explicit_url` or `MIGRATE_SCRATCH_URL` names, else starts one.
    ///
    /// `target` is the URL of the database that the command works on, which is never a scratch one.
    pub fn obtain(
        environment: &Environment,
        explicit_url: Option<&str>,
        target: Option<&str>,
        options: &ServerOptions,
    ) -> Result<Self, ServerError> {
        match explicit_url.or_else(|| environment.text(EXPLICIT)) {
            Some(url) => Self::on(url, target),
            None => Self::start(environment, options),
        }
    }

    /// Starts a throw-away server.
    pub fn start(environment: &Environment, options: &ServerOptions) -> Result<Self, ServerError> {
        let (cluster, client) = Cluster::start(environment, options)?;
        Self::over(client, Origin::Own(cluster))
    }

    /// Uses an existing server, on which only `cm_scratch_…` databases are made and dropped.
    pub fn on(url: &str, target: Option<&str>) -> Result<Self, ServerError> {
        let config = parse(url)?;
        if target.is_some_and(|target| is_same_database(&config, target)) {
            return Err(ServerError::ScratchIsTarget);
        }
        let client = config.connect(NoTls).map_err(ServerError::database(
            "could not connect to the scratch server",
        ))?;
        Self::over(
            client,
            Origin::Existing {
                url: url.to_owned(),
            },
        )
    }

    fn over(mut client: Client, origin: Origin) -> Result<Self, ServerError> {
        let row = client
            .query_one(
                "SELECT pg_catalog.current_setting('fsync') = 'off', \
                        pg_catalog.current_setting('server_version_num')::int / 10000",
                &[],
            )
            .map_err(ServerError::database("could not ask the scratch server"))?;
        let (unflushed, major): (bool, i32) = (row.get(0), row.get(1));
        let copying = match (unflushed, major) {
            (true, 15..) => Copying::Files,
            // Before 15 files are always copied, and the clause is not known.
            (true, ..15) | (false, _) => Copying::Default,
        };
        let major = u32::try_from(major).expect("a server's version is positive");
        let session = Mutex::new(Session {
            client,
            made: BTreeSet::new(),
        });
        Ok(Self {
            session,
            origin,
            copying,
            major,
        })
    }

    /// Makes an empty database and gives its name.
    pub fn fresh_database(&self) -> Result<String, ServerError> {
        self.make("template1")
    }

    /// Makes a copy of a database, to which nobody may be connected meanwhile, and gives its name.
    pub fn clone_database(&self, template: &str) -> Result<String, ServerError> {
        self.make(template)
    }

    fn make(&self, template: &str) -> Result<String, ServerError> {
        let name = format!("{PREFIX}{}", names::random());
        let strategy = match self.copying {
            Copying::Files => " STRATEGY = FILE_COPY",
            Copying::Default => "",
        };
        let statement = format!(
            "CREATE DATABASE {name} TEMPLATE {}{strategy}",
            quote(template)
        );
        let mut session = self.session();
        session
            .client
            .batch_execute(&statement)
            .map_err(ServerError::database("could not make a scratch database"))?;
        session.made.insert(name.clone());
        Ok(name)
    }

    /// Drops one of the databases that were made here, with the sessions that are still in it.
    pub fn drop_database(&self, name: &str) -> Result<(), ServerError> {
        let mut session = self.session();
        if !session.made.contains(name) {
            return Err(ServerError::NotScratch(name.to_owned()));
        }
        drop_now(&mut session.client, name)
            .map_err(ServerError::database("could not drop a scratch database"))?;
        session.made.remove(name);
        Ok(())
    }

    /// The URL of a database on this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        match &self.origin {
            Origin::Own(cluster) => cluster.url(database),
            Origin::Existing { url } => with_database(url, database),
        }
    }

    /// Opens a connection to a database on this server.
    pub fn connect(&self, database: &str) -> Result<Client, ServerError> {
        let connected = match &self.origin {
            Origin::Own(cluster) => cluster.connect(database),
            Origin::Existing { url } => parse(url)?.dbname(database).connect(NoTls),
        };
        connected.map_err(ServerError::database(
            "could not connect to a scratch database",
        ))
    }

    /// The server's major version.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The folder of a server of our own: socket, data, log.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.origin {
            Origin::Own(cluster) => Some(cluster.folder()),
            Origin::Existing { .. } => None,
        }
    }

    /// A thread that panicked with the session in hand left a connection that still works.
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        match self.origin {
            Origin::Own(_) => {}
            Origin::Existing { .. } => {
                let mut session = self.session();
                for name in std::mem::take(&mut session.made) {
                    let _ = drop_now(&mut session.client, &name);
                }
            }
        }
    }
}

fn drop_now(client: &mut Client, name: &str) -> Result<(), postgres::Error> {
    client.batch_execute(&format!(
        "DROP DATABASE IF EXISTS {} WITH (FORCE)",
        quote(name)
    ))
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn parse(url: &str) -> Result<Config, ServerError> {
    url.parse()
        .map_err(|error: postgres::Error| ServerError::ScratchUrl {
            reason: error.to_string(),
        })
}

/// Whether two connection strings name one database; an unreadable target is somebody else's error.
fn is_same_database(scratch: &Config, target: &str) -> bool {
    target
        .parse::<Config>()
        .is_ok_and(|target| address(scratch) == address(&target))
}

fn address(config: &Config) -> (Vec<String>, Vec<u16>, Option<&str>) {
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) if name == "127.0.0.1" || name == "::1" => "localhost".to_owned(),
        Host::Tcp(name) => name.to_ascii_lowercase(),
        #[cfg(unix)]
        Host::Unix(folder) => folder.display().to_string(),
    });
    let ports = match config.get_ports() {
        [] => vec![5432],
        ports => ports.to_vec(),
    };
    (
        hosts.collect(),
        ports,
        config.get_dbname().or(config.get_user()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_recognised_in_other_spellings() {
        let scratch: Config = "postgres://app@localhost/app".parse().unwrap();
        assert!(is_same_database(
            &scratch,
            "host=127.0.0.1 port=5432 user=ops dbname=app"
        ));
        assert!(is_same_database(&scratch, "postgres://app@LOCALHOST"));
        assert!(!is_same_database(
            &scratch,
            "postgres://app@localhost/postgres"
        ));
        assert!(!is_same_database(
            &scratch,
            "postgres://app@localhost:5433/app"
        ));
    }

    #[test]
    fn the_target_is_refused_before_anything_is_connected() {
        let refused = Scratch::on(
            "postgres://nowhere.invalid/app",
            Some("postgres://nowhere.invalid/app"),
        );
        assert!(matches!(refused, Err(ServerError::ScratchIsTarget)));
    }
}

//! Scratch databases: on a throw-away server of our own, or on one that the user names.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use build_support::connect::{Host, Settings, with_database};
use postgres::{Client, error::SqlState};

use super::names;
use super::{Cluster, Environment, ServerError, ServerOptions};

/// No database without this prefix is ever dropped.
const PREFIX: &str = "cm_scratch_";

/// A source of scratch databases. Dropping it removes them, with the server where it is our own.
pub struct Scratch {
    /// Declared first: the connection goes before the server does.
    session: Mutex<Session>,
    origin: Origin,
    copying: Copying,
    major: u32,
    /// The schema of the history, where that is not `public`.
    history_schema: Option<String>,
}

struct Session {
    client: Client,
    made: BTreeSet<String>,
}

enum Origin {
    Own(Cluster),
    Existing {
        url: String,
        settings: Box<Settings>,
    },
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
    /// Starts a throw-away server.
    pub fn start(environment: &Environment, options: &ServerOptions) -> Result<Self, ServerError> {
        let (cluster, client) = match Cluster::start(environment, options) {
            // A state that was spoilt on the disk must not stand in the way.
            Err(_) if !options.states.is_empty() => {
                let options = ServerOptions {
                    states: Vec::new(),
                    ..options.clone()
                };
                Cluster::start(environment, &options)?
            }
            started => started?,
        };
        Self::over(client, Origin::Own(cluster))
    }

    /// Uses an existing server, on which only `cm_scratch_…` databases are made and dropped.
    ///
    /// `settings` is what `url` means, with whatever it leaves open; `target` is the database that
    /// the command works on, which is never a scratch one.
    pub fn on(
        url: &str,
        settings: Settings,
        target: Option<&Settings>,
    ) -> Result<Self, ServerError> {
        if target.is_some_and(|target| is_same_database(&settings, target)) {
            return Err(ServerError::ScratchIsTarget);
        }
        let client = settings.connect().map_err(Box::new)?;
        let settings = Box::new(settings);
        Self::over(
            client,
            Origin::Existing {
                url: url.to_owned(),
                settings,
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
            history_schema: None,
        })
    }

    /// Says where the history is: that schema is there before any revision.
    #[must_use]
    pub fn with_history_schema(mut self, schema: &str) -> Self {
        self.history_schema = Some(schema.to_owned()).filter(|schema| schema != "public");
        self
    }

    /// The schema of the history, where that is not `public`.
    #[must_use]
    pub fn history_schema(&self) -> Option<&str> {
        self.history_schema.as_deref()
    }

    /// Makes an empty database and gives its name.
    pub fn fresh_database(&self) -> Result<String, ServerError> {
        self.make("template1")
    }

    /// Makes a database as the first revision finds it and gives its name: empty, but for the schema
    /// of the history.
    pub fn database_for_revisions(&self) -> Result<String, ServerError> {
        let database = self.fresh_database()?;
        if let Some(schema) = &self.history_schema {
            self.connect(&database)?
                .batch_execute(&format!("CREATE SCHEMA {}", quote(schema)))
                .map_err(ServerError::database(
                    "could not make the schema of the history",
                ))?;
        }
        Ok(database)
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

    /// The state that a server of our own began with, and the name of its database, which may be
    /// read and copied.
    #[must_use]
    pub fn state(&self) -> Option<(&str, &str)> {
        match &self.origin {
            Origin::Own(cluster) => cluster.state(),
            Origin::Existing { .. } => None,
        }
    }

    /// Keeps a database, to which nobody may be connected, for later servers of our own that are
    /// asked for `key`; gives the name that it has from now on. On a server that is not ours nothing
    /// is left behind.
    pub fn keep_state(&self, key: &str, database: &str) -> Result<String, ServerError> {
        let Origin::Own(cluster) = &self.origin else {
            return Ok(database.to_owned());
        };
        let name = cluster.name_to_keep();
        let mut session = self.session();
        session
            .client
            .batch_execute(&format!("DROP DATABASE IF EXISTS {}", quote(name)))
            .and_then(|()| {
                let rename = format!(
                    "ALTER DATABASE {} RENAME TO {}",
                    quote(database),
                    quote(name)
                );
                session.client.batch_execute(&rename)
            })
            .and_then(|()| session.client.batch_execute("CHECKPOINT"))
            .map_err(ServerError::database("could not keep a scratch database"))?;
        session.made.remove(database);
        session.made.insert(name.to_owned());
        cluster.keep(key);
        Ok(name.to_owned())
    }

    /// Makes a role that may not log in, on a server of our own; says whether it is there now. On a
    /// server that is not ours nothing is made.
    #[must_use]
    pub fn provide_role(&self, name: &str) -> bool {
        match &self.origin {
            Origin::Existing { .. } => false,
            Origin::Own(_) => {
                let statement = format!("CREATE ROLE {} NOLOGIN", quote(name));
                match self.session().client.batch_execute(&statement) {
                    Ok(()) => true,
                    // Another thread's script misses it too.
                    Err(error) => error.code() == Some(&SqlState::DUPLICATE_OBJECT),
                }
            }
        }
    }

    /// The URL of a database on this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        match &self.origin {
            Origin::Own(cluster) => cluster.url(database),
            Origin::Existing { url, .. } => with_database(url, database),
        }
    }

    /// Opens a connection to a database on this server.
    pub fn connect(&self, database: &str) -> Result<Client, ServerError> {
        match &self.origin {
            Origin::Own(cluster) => cluster.connect(database).map_err(ServerError::database(
                "could not connect to a scratch database",
            )),
            Origin::Existing { settings, .. } => {
                let settings = Settings::clone(settings).with_database(database);
                Ok(settings.connect().map_err(Box::new)?)
            }
        }
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

/// Whether both name one database, as far as names tell.
fn is_same_database(one: &Settings, other: &Settings) -> bool {
    let servers = |settings: &Settings| -> BTreeSet<_> {
        settings
            .endpoints()
            .iter()
            .map(|endpoint| match (endpoint.host(), endpoint.address()) {
                (_, Some(address)) if address.is_loopback() => (LOOPBACK.into(), endpoint.port()),
                (_, Some(address)) => (address.to_string(), endpoint.port()),
                (host, None) => (host_name(host), endpoint.port()),
            })
            .collect()
    };
    one.database() == other.database() && !servers(one).is_disjoint(&servers(other))
}

const LOOPBACK: &str = "localhost";

fn host_name(host: &Host) -> String {
    match host {
        Host::Default => LOOPBACK.into(),
        Host::Name(name) if ["127.0.0.1", "::1"].contains(&name.as_str()) => LOOPBACK.into(),
        Host::Name(name) => name.to_ascii_lowercase(),
        Host::Socket(folder) => folder.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        is_same_database(
            &Settings::parse(one).unwrap(),
            &Settings::parse(other).unwrap(),
        )
    }

    #[test]
    fn the_target_is_recognised_in_other_spellings() {
        let scratch = "postgres://app@localhost/app";
        assert!(same(
            scratch,
            "host=127.0.0.1 port=5432 user=ops dbname=app"
        ));
        assert!(same(scratch, "postgres://app@LOCALHOST"));
        assert!(same(scratch, "postgres://other,localhost/app"));
        assert!(!same(scratch, "postgres://app@localhost/postgres"));
        assert!(!same(scratch, "postgres://app@localhost:5433/app"));
    }

    #[test]
    fn the_target_is_refused_before_anything_is_connected() {
        let url = "postgres://nowhere.invalid/app";
        let settings = Settings::parse(url).unwrap();
        let refused = Scratch::on(url, settings.clone(), Some(&settings));
        assert!(matches!(refused, Err(ServerError::ScratchIsTarget)));
    }
}

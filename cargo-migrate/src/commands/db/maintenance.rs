//! Creating and dropping a database, from another one of the same server.

use build_support::connect::{Class, Settings};
use postgres::Client;

use super::error::MaintenanceError;
use crate::failure::Failure;

/// A connection to the server of the target, in a database that is not the target.
pub(super) struct Maintenance {
    client: Client,
    database: String,
}

/// What becomes of the sessions in a database that is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sessions {
    /// They keep it from being dropped.
    Respect,
    /// They are ended.
    End,
}

impl Maintenance {
    /// Connects to `postgres`, else to `template1`: one of them may be missing, or the target.
    pub(super) fn of(target: &Settings) -> Result<Self, Failure> {
        let database = target.database().to_owned();
        let mut homes = ["postgres", "template1"]
            .into_iter()
            .filter(|home| *home != database);
        loop {
            let home = homes.next().unwrap_or("template1");
            match target.clone().with_database(home).connect() {
                Ok(client) => return Ok(Self { client, database }),
                Err(error) if home != "template1" && error.class() == Class::NoSuchDatabase => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Creates the database; false where it exists.
    pub(super) fn create(&mut self) -> Result<bool, MaintenanceError> {
        let exists = self.exists();
        if exists.map_err(|source| self.failed("create", source))? {
            return Ok(false);
        }
        let statement = format!("CREATE DATABASE {}", quoted(&self.database));
        self.run("create", &statement)?;
        Ok(true)
    }

    /// Drops the database; false where there is none.
    pub(super) fn drop(&mut self, sessions: Sessions) -> Result<bool, MaintenanceError> {
        let exists = self.exists();
        if !exists.map_err(|source| self.failed("drop", source))? {
            return Ok(false);
        }
        let with = match sessions {
            Sessions::Respect => "",
            Sessions::End => " WITH (FORCE)",
        };
        let statement = format!("DROP DATABASE {}{with}", quoted(&self.database));
        self.run("drop", &statement)?;
        Ok(true)
    }

    fn exists(&mut self) -> Result<bool, postgres::Error> {
        let query = format!(
            "SELECT 1 FROM pg_catalog.pg_database WHERE datname = '{}'",
            self.database.replace('\'', "''")
        );
        let answer = self.client.simple_query(&query)?;
        Ok(answer
            .iter()
            .any(|message| matches!(message, postgres::SimpleQueryMessage::Row(_))))
    }

    fn run(&mut self, verb: &'static str, statement: &str) -> Result<(), MaintenanceError> {
        let done = self.client.batch_execute(statement);
        done.map_err(|source| self.failed(verb, source))
    }

    fn failed(&self, verb: &'static str, source: postgres::Error) -> MaintenanceError {
        MaintenanceError {
            verb,
            database: self.database.clone(),
            source,
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

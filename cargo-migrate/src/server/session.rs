//! A command's share in the running development server.

use std::path::Path;

use postgres::Client;

use super::ServerError;
use super::ready::connect;
use super::url::socket_url;
use super::users::Users;

/// A command's share in the running server, which lives at least as long as this value.
#[derive(Debug)]
pub struct DevSession {
    pub(super) users: Users,
}

impl DevSession {
    /// The URL of one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        socket_url(self.socket(), database)
    }

    /// The folder of its socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        self.users.run()
    }

    /// Makes a database where it does not exist yet, and gives its URL.
    pub fn database(&self, name: &str) -> Result<String, ServerError> {
        let mut client = self.connect()?;
        let found = client
            .query_opt(
                "SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1",
                &[&name],
            )
            .map_err(ServerError::database(
                "could not look for the development database",
            ))?;
        if found.is_none() {
            let quoted = format!("\"{}\"", name.replace('"', "\"\""));
            let made = client.batch_execute(&format!("CREATE DATABASE {quoted}"));
            made.or_else(made_meanwhile).map_err(ServerError::database(
                "could not make the development database",
            ))?;
        }
        Ok(self.url(name))
    }

    fn connect(&self) -> Result<Client, ServerError> {
        connect(self.socket(), "postgres").map_err(ServerError::database(
            "could not connect to the local development server",
        ))
    }
}

/// Two commands at once may both have seen no database: 42P04, or 23505 inside the catalog.
fn made_meanwhile(error: postgres::Error) -> Result<(), postgres::Error> {
    match error.code().map(postgres::error::SqlState::code) {
        Some("42P04" | "23505") => Ok(()),
        Some(_) | None => Err(error),
    }
}

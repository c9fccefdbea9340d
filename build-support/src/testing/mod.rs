//! Databases for an application's own tests: each test has a fresh one with all revisions applied.
//!
//! The revisions are applied once, to a template on the server that the tests use. Each further
//! database is a copy of it, which takes some tens of milliseconds, whatever the number of
//! revisions. The template is named after the revisions' digest and the options that they run with:
//! an edited revision has another template. Code of a revision (`-- migrate: code`) is not in that
//! name, since a closure has no text: after an edit of such code alone, drop the databases whose
//! names begin with `migrate_template_`, or touch the revision's file. In development a revision
//! that nobody has applied yet may be edited; one that was applied gets a new revision behind it,
//! and with that another template.
//!
//! ```no_run
//! # fn f(migrations: build_support::Migrations) -> Result<(), Box<dyn std::error::Error>> {
//! // In a test: `build_support::migrations!()` stands for the revisions.
//! let database = build_support::testing::Database::fresh(migrations, "postgres://localhost/postgres")?;
//! let mut client = postgres::Client::connect(database.url(), postgres::NoTls)?;
//! client.execute("INSERT INTO users (email) VALUES ('ada@example.com')", &[])?;
//! # Ok(())
//! # }
//! ```
//!
//! The role needs the right to create databases. Several processes may ask at once. A database is
//! dropped together with its value; what a killed process left is dropped by the next one that asks.

mod server;
mod template;

use std::thread;

use postgres::Client;

use self::server::Server;
use crate::{
    connect::{Settings, with_database},
    error::Error,
    migrations::Migrations,
};

/// A database of one test, dropped with this value.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
    server: Option<Server>,
}

impl Database {
    /// Makes a database with all revisions applied, on the server that the URL leads to. Its own
    /// database is connected to and otherwise left alone.
    ///
    /// May be called inside an asynchronous runtime too.
    ///
    /// # Errors
    /// As [`crate::Connected::run`], or a role that may not create databases.
    pub fn fresh(migrations: Migrations, url: &str) -> Result<Self, Error> {
        let settings = Settings::parse(url)?;
        let make = move || -> Result<(Server, String), Error> {
            let mut server = Server::connect(settings)?;
            server.drop_left_behind()?;
            let template = template::find_or_make(&mut server, migrations)?;
            let name = server.copy(&template)?;
            Ok((server, name))
        };
        let (server, name) = on_a_plain_thread(make)?;
        Ok(Self {
            url: with_database(url, &name),
            name,
            server: Some(server),
        })
    }

    /// Its name on the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL: the one that was given, with its own name.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        if let Some(mut server) = self.server.take() {
            // What can't be dropped now is dropped by the next process.
            on_a_plain_thread(move || {
                let _ = server.drop_database(&name);
            });
        }
    }
}

/// A blocking client can be neither used nor dropped inside a runtime.
fn on_a_plain_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match thread::scope(|scope| scope.spawn(work).join()) {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Runs statements of ours.
fn execute(client: &mut Client, sql: &str) -> Result<(), Error> {
    use crate::{driver::Driver as _, engine::EngineError};
    client
        .script(sql)
        .map_err(|error| EngineError::Server(error).into())
}

/// The first column of each row.
fn column(client: &mut Client, sql: &str) -> Result<Vec<String>, Error> {
    use crate::{driver::Driver as _, engine::EngineError};
    let rows = client.read(sql).map_err(EngineError::Server)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.into_iter().next()?)
        .collect())
}

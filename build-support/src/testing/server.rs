//! The server that the tests use, and the databases that are made on it and dropped again.

use std::hash::{BuildHasher as _, RandomState};

use postgres::Client;

use super::{column, execute};
use crate::{
    connect::Settings,
    error::Error,
    sql::{quote_identifier, quote_literal},
};

/// The first key of our locks: whose database it is, and who makes a template.
const LOCKS: i32 = 0x6d74_6462;

/// A connection that lasts as long as the database that is made over it: it holds the lock that says
/// whose the database is.
pub(super) struct Server {
    pub(super) client: Client,
    pub(super) settings: Settings,
    /// Locks are of one database, and so are the names that they stand for.
    home: String,
}

impl Server {
    pub(super) fn connect(settings: Settings) -> Result<Self, Error> {
        let mut client = settings.connect()?;
        let home = "SELECT oid::text FROM pg_catalog.pg_database \
                    WHERE datname = pg_catalog.current_database()";
        let home = column(&mut client, home)?.concat();
        Ok(Self {
            client,
            settings,
            home,
        })
    }

    /// What the names of databases for tests begin with.
    fn prefix(&self) -> String {
        format!("migrate_test_{}_", self.home)
    }

    /// Copies a template to a database that is ours for as long as this connection lasts.
    pub(super) fn copy(&mut self, template: &str) -> Result<String, Error> {
        let random = RandomState::new().hash_one(std::process::id());
        let name = format!("{}{random:016x}", self.prefix());
        self.lock(&name)?;
        let copy = format!(
            "CREATE DATABASE {} TEMPLATE {}",
            quote_identifier(&name),
            quote_identifier(template)
        );
        execute(&mut self.client, &copy)?;
        Ok(name)
    }

    /// Takes the lock of a name; whether nobody else had it.
    pub(super) fn lock(&mut self, name: &str) -> Result<bool, Error> {
        let name = quote_literal(name);
        let lock = format!(
            "SELECT pg_catalog.pg_try_advisory_lock({LOCKS}, pg_catalog.hashtext({name}))::text"
        );
        Ok(column(&mut self.client, &lock)? == ["true"])
    }

    pub(super) fn unlock(&mut self, name: &str) -> Result<(), Error> {
        let name = quote_literal(name);
        let unlock =
            format!("SELECT pg_catalog.pg_advisory_unlock({LOCKS}, pg_catalog.hashtext({name}))");
        execute(&mut self.client, &unlock)
    }

    /// Drops the databases whose process is gone, and with it the lock that it held.
    pub(super) fn drop_left_behind(&mut self) -> Result<(), Error> {
        let prefix = quote_literal(&self.prefix()).to_string();
        let names = format!(
            "SELECT datname FROM pg_catalog.pg_database \
             WHERE pg_catalog.starts_with(datname::text, {prefix}) ORDER BY datname"
        );
        for name in column(&mut self.client, &names)? {
            if self.lock(&name)? {
                // Another process may have dropped it meanwhile, or be about to.
                let _ = self.drop_database(&name);
                self.unlock(&name)?;
            }
        }
        Ok(())
    }

    pub(super) fn drop_database(&mut self, name: &str) -> Result<(), Error> {
        let name = quote_identifier(name);
        execute(
            &mut self.client,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

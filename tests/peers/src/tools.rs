//! The tools, each connected in its own way and started in its own way.

use diesel::{Connection as _, RunQueryDsl as _};
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};
use sqlx::{Connection as _, Executor as _};

use crate::history::History;

pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Ours,
    Refinery,
    Sqlx,
    Diesel,
}

pub const TOOLS: &[Tool] = &[Tool::Ours, Tool::Refinery, Tool::Sqlx, Tool::Diesel];

/// A connection and what else the tool needs to start on it.
pub enum Connection {
    Ours(postgres::Client),
    Refinery(postgres::Client),
    Sqlx(tokio::runtime::Runtime, Box<sqlx::PgConnection>),
    Diesel(Box<diesel::PgConnection>),
}

impl Tool {
    pub fn is_ours(self) -> bool {
        self == Self::Ours
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "build-support",
            Self::Refinery => "refinery",
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel_migrations",
        }
    }

    pub fn connect(self, url: &str) -> Outcome<Connection> {
        let blocking = || postgres::Client::connect(url, postgres::NoTls);
        Ok(match self {
            Self::Ours => Connection::Ours(blocking()?),
            Self::Refinery => Connection::Refinery(blocking()?),
            Self::Sqlx => {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                let connection = runtime.block_on(sqlx::PgConnection::connect(url))?;
                Connection::Sqlx(runtime, Box::new(connection))
            }
            Self::Diesel => Connection::Diesel(Box::new(diesel::PgConnection::establish(url)?)),
        })
    }
}

impl Connection {
    /// What an application calls when it starts.
    pub fn start(&mut self, history: &History) -> Outcome<()> {
        match self {
            Self::Ours(client) => {
                let built = build_support::Built {
                    digest: history.digest,
                    folders: &["migrations"],
                    heads: build_support::Heads::One,
                    history: None,
                };
                build_support::Migrations::embedded(history.ours, built).run(client)?;
            }
            Self::Refinery(client) => {
                refinery_core::Runner::new(&history.refinery).run(client)?;
            }
            Self::Sqlx(runtime, connection) => {
                runtime.block_on(history.sqlx.run(connection.as_mut()))?;
            }
            Self::Diesel(connection) => {
                let files = FileBasedMigrations::from_path(history.diesel.path())?;
                connection.run_pending_migrations(files).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    /// The cheapest thing to ask, asked as the tool's own driver asks it.
    pub fn select_1(&mut self) -> Outcome<()> {
        match self {
            Self::Ours(client) | Self::Refinery(client) => {
                client.simple_query("SELECT 1")?;
            }
            Self::Sqlx(runtime, connection) => {
                runtime.block_on(connection.execute("SELECT 1"))?;
            }
            Self::Diesel(connection) => {
                diesel::sql_query("SELECT 1").execute(connection.as_mut())?;
            }
        }
        Ok(())
    }
}

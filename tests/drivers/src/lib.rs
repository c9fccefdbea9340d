//! The four drivers behind one function, so that a test can be run with each of them.

use std::borrow::Cow;

use build_support::connect::{Lookup, Settings};
use build_support::driver::{drive, drive_async};
use build_support::engine::{Engine, EngineError, Event, Operation, Options, Outcome, Report};
use build_support::graph::Graph;
use build_support::source::{self, File};
use build_support::{Error, Migrations};
use diesel::Connection as _;
use sqlx::Connection as _;

/// A kind of connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `postgres::Client`
    Postgres,
    /// `tokio_postgres::Client`
    TokioPostgres,
    /// `sqlx::PgConnection`
    Sqlx,
    /// A connection out of `sqlx::PgPool`.
    SqlxPool,
    /// `diesel::PgConnection`
    Diesel,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Postgres,
        Self::TokioPostgres,
        Self::Sqlx,
        Self::SqlxPool,
        Self::Diesel,
    ];

    /// Runs an operation over a connection of this kind, and tells what happened on the way.
    ///
    /// # Errors
    /// Why it stopped.
    pub fn run(
        self,
        url: &str,
        graph: &Graph,
        options: &Options,
        operation: Operation,
    ) -> (Result<Outcome, EngineError>, Vec<Event>) {
        let engine = Engine::new(graph, options, operation);
        let mut events = Vec::new();
        let mut observer = |event: &Event| events.push(event.clone());
        let result = match self {
            Self::Postgres => drive(
                &mut settings(url).connect().expect("connected"),
                engine,
                &mut observer,
            ),
            Self::Diesel => {
                let mut connection =
                    diesel::PgConnection::establish(url).expect("libpq is connected");
                drive(&mut connection, engine, &mut observer)
            }
            Self::TokioPostgres => runtime().block_on(async {
                let mut client = settings(url).connect_async().await.expect("connected");
                drive_async(&mut client, engine, &mut observer).await
            }),
            Self::Sqlx => runtime().block_on(async {
                let mut connection = sqlx::PgConnection::connect(url).await.expect("connected");
                drive_async(&mut connection, engine, &mut observer).await
            }),
            Self::SqlxPool => runtime().block_on(async {
                let pool = sqlx::PgPool::connect(url).await.expect("connected");
                let mut connection = pool.acquire().await.expect("a connection");
                drive_async(&mut *connection, engine, &mut observer).await
            }),
        };
        (result, events)
    }

    /// Connects, and migrates as an application does when it starts; without revisions it only
    /// connects.
    pub fn start(self, url: &str, migrations: Option<Migrations>) -> Option<Result<Report, Error>> {
        match self {
            Self::Postgres => {
                let mut client = settings(url).connect().expect("connected");
                migrations.map(|migrations| migrations.run(&mut client))
            }
            Self::Diesel => {
                let mut connection =
                    diesel::PgConnection::establish(url).expect("libpq is connected");
                migrations.map(|migrations| migrations.run(&mut connection))
            }
            Self::TokioPostgres => runtime().block_on(async {
                let mut client = settings(url).connect_async().await.expect("connected");
                Some(migrations?.run_async(&mut client).await)
            }),
            Self::Sqlx => runtime().block_on(async {
                let mut connection = sqlx::PgConnection::connect(url).await.expect("connected");
                Some(migrations?.run_async(&mut connection).await)
            }),
            Self::SqlxPool => runtime().block_on(async {
                let pool = sqlx::PgPool::connect(url).await.expect("connected");
                let mut connection = pool.acquire().await.expect("a connection");
                Some(migrations?.run_async(&mut *connection).await)
            }),
        }
    }

    /// Applies everything.
    ///
    /// # Errors
    /// Why it stopped.
    pub fn up(self, url: &str, graph: &Graph) -> Result<Report, EngineError> {
        self.up_with(url, graph, &Options::default())
    }

    /// Applies everything in a certain way.
    ///
    /// # Errors
    /// Why it stopped.
    pub fn up_with(
        self,
        url: &str,
        graph: &Graph,
        options: &Options,
    ) -> Result<Report, EngineError> {
        let operation = Operation::Up(vec!["heads".to_owned()]);
        match self.run(url, graph, options, operation).0? {
            Outcome::Report(report) => Ok(report),
            Outcome::State(state) => panic!("a report was expected, not {state:?}"),
        }
    }
}

fn settings(url: &str) -> Settings {
    Settings::parse_with(url, &Lookup::empty()).expect("a URL")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Revisions as files of a folder: name and text.
#[must_use]
pub fn graph(files: &[(&str, &str)]) -> Graph {
    let files = files.iter().map(|(path, text)| File {
        path: (*path).to_owned(),
        root: "migrations".into(),
        bytes: Cow::Owned(text.as_bytes().to_vec()),
    });
    let source = source::load(files.collect()).unwrap_or_else(|errors| panic!("{errors}"));
    Graph::new(source.revisions).unwrap_or_else(|errors| panic!("{errors:?}"))
}

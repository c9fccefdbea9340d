//! What an application holds: its embedded revisions, and how to run them.

#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
mod asynchronous;
#[cfg(feature = "refinery")]
pub(crate) mod refinery;
#[cfg(feature = "postgres")]
mod tenants;

use std::{sync::Mutex, time::Duration};
#[cfg(feature = "postgres")]
use std::{thread, time::Instant};

use include_dir::Dir;

#[cfg(feature = "postgres")]
pub use self::tenants::{Tenant, Tenants, TenantsReport};

#[cfg(feature = "postgres")]
use crate::driver::{Owned, up_with_code};
#[cfg(all(feature = "postgres", feature = "refinery"))]
use crate::driver::{Reopened, wait_for};
use crate::{
    built::{Built, Heads},
    code::{Code, CodeError, Codes, Transaction},
    driver::{Driver, drive_with_code},
    engine::{
        Batches, Engine, Event, MissingSchema, OnUnknown, Operation, Options, Outcome, PlannedStep,
        Report,
    },
    error::Error,
    graph::Graph,
    history::{self, Names},
    source,
};

/// The revisions that a binary carries, and how they shall run. Made by [`crate::migrations!`].
///
/// Up to date is the usual case of a start, and costs one round trip: no lock, no write, nothing
/// parsed, whatever the number of revisions.
#[must_use = "nothing happens before `run`"]
pub struct Migrations {
    files: &'static Dir<'static>,
    built: Built,
    options: Options,
    targets: Option<Vec<String>>,
    history: Option<(String, String)>,
    tenant: Option<String>,
    #[cfg(feature = "refinery")]
    takeover: refinery::Takeover,
    observer: Box<dyn FnMut(&Event) + Send>,
    codes: Codes,
}

impl Migrations {
    /// Used by [`crate::migrations!`].
    #[doc(hidden)]
    pub fn embedded(files: &'static Dir<'static>, built: Built) -> Self {
        Self {
            files,
            built,
            options: Options::default(),
            targets: None,
            history: built
                .history
                .map(|(schema, table)| (schema.to_owned(), table.to_owned())),
            tenant: None,
            #[cfg(feature = "refinery")]
            takeover: refinery::Takeover::default(),
            observer: Box::new(|_| {}),
            codes: Codes::default(),
        }
    }

    /// Goes to a symbol instead of the head: an id, a slug, a label, `accounts@head`.
    pub fn target(mut self, symbol: impl Into<String>) -> Self {
        self.targets.get_or_insert_default().push(symbol.into());
        self
    }

    /// How long to wait for the lock that another process holds, and for locks of statements in
    /// all. The default is 60 seconds.
    pub fn lock_timeout(mut self, limit: Duration) -> Self {
        self.options.lock_timeout = limit;
        self
    }

    /// How long one statement may wait for a lock before the revision is rolled back and tried
    /// again. The default is 5 seconds.
    pub fn statement_lock_timeout(mut self, limit: Duration) -> Self {
        self.options.statement_lock_timeout = limit;
        self
    }

    /// How long one statement may run. The default is without limit.
    pub fn statement_timeout(mut self, limit: Duration) -> Self {
        self.options.statement_timeout = Some(limit);
        self
    }

    /// Keeps the history in another schema and table than `history-schema` and `history-table` under
    /// `[package.metadata.migrate]` say, or else `public.cargo_migrate_history`.
    pub fn history(mut self, schema: impl Into<String>, table: impl Into<String>) -> Self {
        self.history = Some((schema.into(), table.into()));
        self
    }

    /// Works in one tenant's schema: scripts build there whatever they name without a schema, and
    /// the history is there too. Several tenants may be migrated at once, and by several processes.
    ///
    /// ```no_run
    /// # fn start(
    /// #     migrations: build_support::Migrations,
    /// #     mut client: impl build_support::driver::Driver,
    /// # ) -> Result<(), build_support::Error> {
    /// let report = migrations.tenant("acme").run(&mut client)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn tenant(mut self, schema: impl Into<String>) -> Self {
        self.tenant = Some(schema.into());
        self
    }

    /// Lets scripts of a tenant find what stands in this schema too, such as the types and
    /// functions of extensions in `public`. Without it they find nothing outside of their own.
    pub fn shared_schema(mut self, schema: impl Into<String>) -> Self {
        self.options.search_path.push(schema.into());
        self
    }

    /// Makes the schema of the history where it is missing: for a tenant that begins.
    pub fn create_schema(mut self) -> Self {
        self.options.missing_schema = MissingSchema::Create;
        self
    }

    /// Runs scripts and writes the history as this role.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.options.role = Some(role.into());
        self
    }

    /// What to make of applied revisions that this binary does not know.
    pub fn on_unknown(mut self, policy: OnUnknown) -> Self {
        self.options.on_unknown = policy;
        self
    }

    /// Names the application in the history: name and version.
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.options.application = name.into();
        self
    }

    /// Also runs the revisions with `phase=contract`.
    pub fn contract(mut self) -> Self {
        self.options.contract = true;
        self
    }

    /// What to do about revisions that are done in batches, which may take hours: work on them and
    /// wait for nobody else who does (the default), or leave them to another run, such as one on a
    /// thread of its own.
    pub fn batches(mut self, policy: Batches) -> Self {
        self.options.batches = policy;
        self
    }

    /// How long a batch should take, and how far a replica may lag behind before the next one,
    /// where the batch's own line does not say. The defaults are half a second and 10 seconds.
    pub fn batch_pace(mut self, time: Duration, max_lag: Duration) -> Self {
        self.options.batch_time = time;
        self.options.batch_max_lag = max_lag;
        self
    }

    /// Makes `current_setting('migrate.NAME')` readable in the scripts.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.variables.insert(name.into(), value.into());
        self
    }

    /// Accepts a hazard for this run, such as `data-loss`.
    pub fn allow(mut self, hazard: impl Into<String>) -> Self {
        self.options.allow.insert(hazard.into());
        self
    }

    /// Plans and checks, and changes nothing; the report says what would be done.
    pub fn dry_run(mut self) -> Self {
        self.options.dry_run = true;
        self
    }

    /// Takes over what refinery recorded in a table of another name than `refinery_schema_history`.
    ///
    /// With the feature `refinery`, the first run records what refinery applied before it applies
    /// anything itself: its checksums are compared, and the record and the history's tables are
    /// written in one transaction.
    #[cfg(feature = "refinery")]
    pub fn refinery_table(mut self, table: impl Into<String>) -> Self {
        self.takeover = refinery::Takeover::of(table.into());
        self
    }

    /// Takes nothing over from refinery: its table belongs to another application.
    #[cfg(feature = "refinery")]
    pub fn ignore_refinery(mut self) -> Self {
        self.takeover = refinery::Takeover::nothing();
        self
    }

    /// Is told what happens while it happens.
    pub fn observer(mut self, observer: impl FnMut(&Event) + Send + 'static) -> Self {
        self.observer = Box::new(observer);
        self
    }

    /// Gives the code of a revision whose file has `-- migrate: code` at its head.
    ///
    /// The code runs after the file's own script, in the revision's transaction, and commits
    /// together with the history row or not at all. It is called again when a lock or a deadlock
    /// made it fail, or when the connection was lost and opened again.
    ///
    /// ```no_run
    /// # fn f(migrations: build_support::Migrations) {
    /// migrations.code("20261122201530", |tx| {
    ///     let rows = tx.rows("SELECT count(*) FROM users WHERE email IS NULL")?;
    ///     if rows != [[Some("0".to_owned())]] {
    ///         return Err("there are users without an address".into());
    ///     }
    ///     tx.batch_execute("ALTER TABLE users ALTER email SET NOT NULL")?;
    ///     Ok(())
    /// });
    /// # }
    /// ```
    pub fn code<F>(mut self, id: impl Into<String>, code: F) -> Self
    where
        F: FnMut(&mut Transaction<'_>) -> Result<(), CodeError> + Send + 'static,
    {
        self.codes
            .add(id.into(), Code::Blocking(Mutex::new(Box::new(code))));
        self
    }

    /// The digest of the embedded set, as the build script computed it.
    pub fn digest(&self) -> &'static str {
        self.built.digest
    }

    /// The embedded revisions as a graph.
    ///
    /// # Errors
    /// The build script has checked them; so only when it was not run.
    pub fn graph(&self) -> Result<Graph, Error> {
        let files = source::embedded::read(self.files, self.built.folders);
        let source = source::load(files)?;
        let graph = Graph::new(source.revisions).map_err(Error::Graph)?;
        Ok(graph.with_repeatable(source.repeatable))
    }

    /// Applies what is pending, on a connection of the caller's.
    ///
    /// A connection inside a transaction is refused where something is pending. Its settings are
    /// afterwards what they were.
    ///
    /// # Errors
    /// Says which revision, where, what was applied before, and the state that the database is in.
    pub fn run(mut self, connection: &mut impl Driver) -> Result<Report, Error> {
        self.settle()?;
        if self.is_current(connection) {
            return Ok(Report::default());
        }
        let graph = self.graph()?;
        self.options.code = self.codes.declared(&graph)?;
        #[cfg(feature = "refinery")]
        if let refinery::Entered::Assumed(state) = self.entrance(&graph).enter(connection)? {
            return self.planned_on(&graph, *state);
        }
        let engine = Engine::new(&graph, &self.options, Operation::Up(self.symbols()));
        match drive_with_code(connection, engine, &mut self.observer, &self.codes)? {
            Outcome::Report(report) => Ok(report),
            Outcome::State(_) => unreachable!("`up` reports"),
        }
    }

    #[cfg(feature = "refinery")]
    fn entrance<'a>(&'a self, graph: &'a Graph) -> refinery::Entrance<'a> {
        refinery::Entrance {
            takeover: &self.takeover,
            files: self.refinery_files(),
            graph,
            options: &self.options,
        }
    }

    #[cfg(feature = "refinery")]
    fn refinery_files(&self) -> refinery::Files {
        refinery::Files {
            files: self.files,
            folders: self.built.folders,
        }
    }

    /// The plan on a state that the database does not have yet: a dry run that takes over.
    #[cfg(feature = "refinery")]
    fn planned_on(&self, graph: &Graph, state: crate::history::State) -> Result<Report, Error> {
        refinery::plan(graph, (&self.options, self.symbols()), state)
    }

    /// What `run` would apply: for a readiness probe, or a warning. Changes nothing.
    ///
    /// Empty means ready. Revisions with `phase=contract` are not in it unless
    /// [`Migrations::contract`] asks for them, nor is what a newer release has applied, as long as
    /// this one can run with it.
    ///
    /// # Errors
    /// As [`Migrations::run`], before anything runs.
    pub fn pending(self, connection: &mut impl Driver) -> Result<Vec<PlannedStep>, Error> {
        self.dry_run().run(connection).map(|report| report.planned)
    }

    /// Opens a connection of its own, TLS and all, for [`Connected::run`].
    ///
    /// The URL is all that is looked at: no variable of the environment, no file that libpq reads.
    ///
    /// # Errors
    /// A URL that can't be read, or no server that answers.
    #[cfg(feature = "postgres")]
    pub fn connect(self, url: &str) -> Result<Connected, Error> {
        let settings = crate::connect::Settings::parse(url)?;
        Ok(Connected {
            migrations: self,
            settings,
        })
    }

    /// What the in-binary command works with.
    #[cfg(feature = "command")]
    pub(crate) fn into_parts(mut self) -> Result<Parts, Error> {
        self.settle()?;
        let graph = self.graph()?;
        self.options.code = self.codes.declared(&graph)?;
        Ok(Parts {
            graph,
            targets: self.symbols(),
            digest: self.built.digest,
            #[cfg(feature = "refinery")]
            refinery: (self.takeover.clone(), self.refinery_files()),
            options: self.options,
            codes: self.codes,
        })
    }

    /// How long another process is waited for.
    #[cfg(feature = "testing")]
    pub(crate) fn patience(&self) -> Duration {
        self.options.lock_timeout
    }

    fn settle(&mut self) -> Result<(), Error> {
        if let Some(schema) = self.tenant.take() {
            self.options = self.tenant_options(&schema)?;
        } else if let Some((schema, table)) = &self.history {
            self.options.names = Names::new(schema, table)?;
        }
        Ok(())
    }

    /// The options of a run in one tenant's schema.
    fn tenant_options(&self, schema: &str) -> Result<Options, Error> {
        let table = self.history.as_ref().map(|(_, table)| table.as_str());
        let names = Names::default();
        let mut options = self.options.clone();
        options.names = Names::new(schema, table.unwrap_or(names.table()))?;
        options.search_path.insert(0, schema.to_owned());
        Ok(options)
    }

    /// The start-up query. Whatever it does not answer well is looked at again by the engine.
    fn is_current(&self, connection: &mut impl Driver) -> bool {
        let question = history::digest_query(&self.options.names);
        self.asks_at_start() && self.is_recorded(&connection.read(&question).unwrap_or_default())
    }

    /// Whether the recorded digest can answer what was asked for.
    fn asks_at_start(&self) -> bool {
        self.targets.is_none()
    }

    /// Whether the start-up query's answer is the embedded set.
    fn is_recorded(&self, rows: &[history::Row]) -> bool {
        let first = rows.first().and_then(|row| row.first());
        first.and_then(Option::as_deref) == Some(self.built.digest)
    }

    fn symbols(&self) -> Vec<String> {
        match (&self.targets, self.built.heads) {
            (Some(targets), _) => targets.clone(),
            (None, Heads::One) => vec!["head".to_owned()],
            (None, Heads::Many) => vec!["heads".to_owned()],
        }
    }
}

/// What the in-binary command works with.
#[cfg(feature = "command")]
pub(crate) struct Parts {
    /// The embedded revisions.
    pub(crate) graph: Graph,
    /// Where `up` goes by itself.
    pub(crate) targets: Vec<String>,
    /// The digest of the embedded set.
    pub(crate) digest: &'static str,
    /// What is taken over before the first run.
    #[cfg(feature = "refinery")]
    pub(crate) refinery: (refinery::Takeover, refinery::Files),
    /// How the application would run them.
    pub(crate) options: Options,
    /// Its code.
    pub(crate) codes: Codes,
}

/// Revisions and the server that they shall go to.
#[cfg(feature = "postgres")]
#[must_use = "nothing happens before `run`"]
pub struct Connected {
    migrations: Migrations,
    settings: crate::connect::Settings,
}

#[cfg(feature = "postgres")]
impl Connected {
    /// Revisions and where they go.
    #[cfg(feature = "testing")]
    pub(crate) fn to(settings: crate::connect::Settings, migrations: Migrations) -> Self {
        Self {
            migrations,
            settings,
        }
    }

    /// Connects, applies what is pending, and disconnects. May be called inside a runtime too.
    ///
    /// A connection that is lost on the way, as when the server restarts, is opened again for as
    /// long as the lock timeout says; as long is waited for a server that starts or has no
    /// connection free.
    ///
    /// # Errors
    /// As [`Migrations::run`], or no connection.
    pub fn run(self) -> Result<Report, Error> {
        let Self {
            mut migrations,
            settings,
        } = self;
        let deadline = Instant::now() + migrations.options.lock_timeout;
        let mut pause = Duration::from_millis(50);
        loop {
            let run = |client: &mut _| migrations.run_through_restarts(client, &settings);
            match settings.with_client(run) {
                Err(error) if will_answer(&error) && Instant::now() < deadline => {
                    thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
                other => return other?,
            }
        }
    }
}

/// Whether a server is there and will take us soon. One that is not there at all may be a mistake
/// in the address, which is said at once.
#[cfg(feature = "postgres")]
fn will_answer(error: &crate::connect::Error) -> bool {
    use crate::connect::Class;
    matches!(error.class(), Class::NotReady | Class::TooManyConnections)
}

#[cfg(feature = "postgres")]
impl Migrations {
    fn run_through_restarts(
        &mut self,
        client: &mut postgres::Client,
        settings: &crate::connect::Settings,
    ) -> Result<Report, Error> {
        self.settle()?;
        if self.is_current(client) {
            return Ok(Report::default());
        }
        let graph = self.graph()?;
        self.options.code = self.codes.declared(&graph)?;
        #[cfg(feature = "refinery")]
        loop {
            match self.entrance(&graph).enter(client) {
                Ok(refinery::Entered::Assumed(state)) => return self.planned_on(&graph, *state),
                Ok(_) => break,
                // It takes over whole or not at all, and may be asked again.
                Err(Error::Engine(lost)) if lost.is_lost_connection() => {
                    let mut owned = Owned { client, settings };
                    if wait_for(&mut owned, self.options.lock_timeout) != Reopened::Open {
                        return Err(Error::Engine(lost));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        let what = (&graph, &self.options);
        let targets = self.symbols();
        Ok(up_with_code(
            &mut Owned { client, settings },
            what,
            &targets,
            &mut self.observer,
            &self.codes,
        )?)
    }
}

impl std::fmt::Debug for Migrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Migrations")
            .field("built", &self.built)
            .field("options", &self.options)
            .field("targets", &self.targets)
            .field("history", &self.history)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

/// The revisions that the build script has checked, embedded by `include_dir`.
///
/// The build script and the start of an application, as in `examples/service`:
///
/// ```text
/// // build.rs
/// fn main() { build_support::build::migrations("migrations"); }
/// // main.rs
/// let report = build_support::migrations!().run(&mut client)?;
/// ```
#[macro_export]
macro_rules! migrations {
    () => {{
        use $crate::__private::include_dir;
        static FILES: include_dir::Dir<'static> =
            include_dir::include_dir!("$OUT_DIR/cargo_migrate/files");
        const BUILT: $crate::Built = {
            use $crate::{Built, Heads};
            include!(concat!(
                env!(
                    "OUT_DIR",
                    "no build script: let build.rs call `build_support::build::migrations(\"migrations\")`"
                ),
                "/cargo_migrate/built.rs"
            ))
        };
        $crate::Migrations::embedded(&FILES, BUILT)
    }};
}

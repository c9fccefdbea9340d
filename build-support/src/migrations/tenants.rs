//! One schema for each tenant: all of them brought to the head, several at once.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use postgres::Client;

use super::{Connected, Migrations};
use crate::{
    code::Codes,
    connect::Settings,
    driver::{Driver as _, Owned, up_with_code},
    engine::{Event, Options, Report},
    error::Error,
    graph::Graph,
    history,
};

/// How many tenants are worked on at once where nobody says.
const JOBS: usize = 4;

/// Revisions, a server, and the schemas on it that they shall go to.
#[must_use = "nothing happens before `run`"]
pub struct Tenants {
    connected: Connected,
    source: Source,
    jobs: usize,
    observer: Observer,
}

/// Is told what happens in which schema.
type Observer = Box<dyn FnMut(&str, &Event) + Send>;

/// Where the names of the schemas come from.
enum Source {
    Listed(Vec<String>),
    Query(String),
}

/// What came of each tenant, in the order that they were named.
#[derive(Debug)]
#[must_use = "some tenants may have failed"]
pub struct TenantsReport {
    /// One each.
    pub tenants: Vec<Tenant>,
}

/// What came of one tenant.
#[derive(Debug)]
pub struct Tenant {
    /// Its schema.
    pub schema: String,
    /// What was done, or why not.
    pub result: Result<Report, Error>,
}

impl Connected {
    /// Brings each of these schemas to the head, as [`Migrations::tenant`] does one.
    pub fn tenants(self, schemas: impl IntoIterator<Item = impl Into<String>>) -> Tenants {
        let schemas = schemas.into_iter().map(Into::into).collect();
        Tenants::new(self, Source::Listed(schemas))
    }

    /// The same for the schemas that a query names: the first column of its rows.
    pub fn tenants_of(self, query: impl Into<String>) -> Tenants {
        Tenants::new(self, Source::Query(query.into()))
    }
}

impl Tenants {
    fn new(connected: Connected, source: Source) -> Self {
        Self {
            connected,
            source,
            jobs: JOBS,
            observer: Box::new(|_, _| {}),
        }
    }

    /// How many tenants are worked on at once, each over a connection of its own. The default is 4.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs.max(1);
        self
    }

    /// Is told what happens in which schema while it happens.
    pub fn observer(mut self, observer: impl FnMut(&str, &Event) + Send + 'static) -> Self {
        self.observer = Box::new(observer);
        self
    }

    /// Applies what is pending in each schema. One that fails does not stop the others; those that
    /// are up to date cost one round trip, so that a run that was cut short is run again.
    ///
    /// # Errors
    /// When the revisions can't be read, or the names of the schemas can't be had. What goes wrong
    /// in one schema is in the report: see [`TenantsReport::into_result`].
    pub fn run(self) -> Result<TenantsReport, Error> {
        let Self {
            connected,
            source,
            jobs,
            observer,
        } = self;
        let Connected {
            mut migrations,
            settings,
        } = connected;
        let schemas = distinct(source.names(&settings)?);
        let graph = migrations.graph()?;
        migrations.options.code = migrations.codes.declared(&graph)?;
        let work = Work {
            graph,
            codes: std::mem::take(&mut migrations.codes),
            targets: migrations.symbols(),
            migrations: Mutex::new(migrations),
            settings: &settings,
            observer: Mutex::new(observer),
        };
        Ok(TenantsReport {
            tenants: work.on_all(schemas, jobs),
        })
    }
}

impl Source {
    fn names(self, settings: &Settings) -> Result<Vec<String>, Error> {
        let query = match self {
            Self::Listed(names) => return Ok(names),
            Self::Query(query) => query,
        };
        let rows = settings.with_client(|client| client.read(&query))?;
        let rows = rows.map_err(crate::engine::EngineError::Server)?;
        let first = |row: history::Row| row.into_iter().next().flatten();
        Ok(rows.into_iter().filter_map(first).collect())
    }
}

/// A schema that is named twice is worked on once.
fn distinct(mut names: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// What all workers share.
struct Work<'a> {
    graph: Graph,
    codes: Codes,
    targets: Vec<String>,
    migrations: Mutex<Migrations>,
    settings: &'a Settings,
    observer: Mutex<Observer>,
}

impl Work<'_> {
    fn on_all(&self, schemas: Vec<String>, jobs: usize) -> Vec<Tenant> {
        let next = AtomicUsize::new(0);
        let results: Vec<Mutex<Option<Result<Report, Error>>>> =
            schemas.iter().map(|_| Mutex::new(None)).collect();
        thread::scope(|scope| {
            for _ in 0..jobs.min(schemas.len()) {
                scope.spawn(|| {
                    let mut client = None;
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(schema) = schemas.get(index) else {
                            return;
                        };
                        let result = self.on_one(schema, &mut client);
                        *held(&results[index]) = Some(result);
                    }
                });
            }
        });
        let result = |cell: Mutex<Option<_>>| {
            let cell = cell.into_inner().unwrap_or_else(PoisonError::into_inner);
            cell.expect("the workers end when every schema is done")
        };
        schemas
            .into_iter()
            .zip(results)
            .map(|(schema, cell)| Tenant {
                schema,
                result: result(cell),
            })
            .collect()
    }

    /// Works over the connection of the last schema, unless that is gone.
    fn on_one(&self, schema: &str, client: &mut Option<Client>) -> Result<Report, Error> {
        let options = held(&self.migrations).tenant_options(schema)?;
        let client = match client {
            Some(open) if !open.is_closed() => open,
            gone => gone.insert(self.settings.connect()?),
        };
        if self.is_current(client, &options) {
            return Ok(Report::default());
        }
        let mut observer = |event: &Event| {
            (held(&self.observer))(schema, event);
            (held(&self.migrations).observer)(event);
        };
        let what = (&self.graph, &options);
        let mut owned = Owned {
            client,
            settings: self.settings,
        };
        let report = up_with_code(&mut owned, what, &self.targets, &mut observer, &self.codes)?;
        Ok(report)
    }

    fn is_current(&self, client: &mut Client, options: &Options) -> bool {
        let question = history::digest_query(&options.names);
        let answer = client.read(&question).unwrap_or_default();
        let migrations = held(&self.migrations);
        migrations.asks_at_start() && migrations.is_recorded(&answer)
    }
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TenantsReport {
    /// The tenants that failed, and why.
    pub fn failed(&self) -> impl Iterator<Item = (&str, &Error)> {
        let failed = |tenant: &'_ Tenant| tenant.result.is_err();
        let failed = self.tenants.iter().filter(move |tenant| failed(tenant));
        failed.filter_map(|tenant| Some((tenant.schema.as_str(), tenant.result.as_ref().err()?)))
    }

    /// An error where any tenant failed.
    ///
    /// # Errors
    /// [`Error::Tenants`], with all that failed.
    pub fn into_result(self) -> Result<Self, Error> {
        let of = self.tenants.len();
        if self.failed().next().is_none() {
            return Ok(self);
        }
        let failed = self.tenants.into_iter();
        let failed = failed.filter_map(|tenant| Some((tenant.schema, tenant.result.err()?)));
        Err(Error::Tenants {
            failed: failed.collect(),
            of,
        })
    }
}

impl std::fmt::Debug for Tenants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tenants")
            .field("migrations", &self.connected.migrations)
            .field("jobs", &self.jobs)
            .finish_non_exhaustive()
    }
}

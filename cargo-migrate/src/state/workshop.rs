//! Makes databases of states, scratch ones where a state is not live, and reads their catalogs.

use std::{
    cell::OnceCell,
    path::{Path, PathBuf},
};

use build_support::{
    graph::{Graph, Node, NodeSet},
    revision::Repeatable,
};
use postgres::Client;

use super::{State, StateError, build, history};
use crate::{
    context::Context,
    failure::Failure,
    models::{self, Models},
    replay,
    schema::Snapshot,
    server::Scratch,
};

/// How many revisions must have been replayed for the outcome to be kept: a copy of a data folder
/// costs about as much as this many.
const WORTH_KEEPING: usize = 20;

/// Where states are built: the context, and a scratch server that starts with the first need.
pub struct Workshop<'a> {
    context: &'a Context,
    scratch: OnceCell<Scratch>,
    prefer_major: Option<u32>,
}

impl<'a> Workshop<'a> {
    /// A workshop without a server yet. `prefer_major` is the version that a live side has.
    #[must_use]
    pub fn new(context: &'a Context, prefer_major: Option<u32>) -> Self {
        Self {
            context,
            scratch: OnceCell::new(),
            prefer_major,
        }
    }

    /// The server for scratch databases.
    ///
    /// # Errors
    /// None can be started.
    pub fn scratch(&self) -> Result<&Scratch, Failure> {
        self.started(Vec::new)
    }

    fn started(&self, states: impl FnOnce() -> Vec<String>) -> Result<&Scratch, Failure> {
        if let Some(scratch) = self.scratch.get() {
            return Ok(scratch);
        }
        let scratch = self.context.scratch_with(self.prefer_major, states())?;
        Ok(self.scratch.get_or_init(|| scratch))
    }

    /// Reads two states, the live ones first: a scratch server takes after their version.
    ///
    /// # Errors
    /// A state that can't be had.
    pub fn read_both(&mut self, from: &State, to: &State) -> Result<(Snapshot, Snapshot), Failure> {
        if to.is_live() && !from.is_live() {
            let to = self.read(to)?;
            return Ok((self.read(from)?, to));
        }
        Ok((self.read(from)?, self.read(to)?))
    }

    /// Reads one state.
    ///
    /// # Errors
    /// A state that can't be had.
    pub fn read(&mut self, state: &State) -> Result<Snapshot, Failure> {
        match state {
            State::Url(url) => {
                let client = self.context.settings_of(url)?.connect()?;
                self.read_live(client)
            }
            State::Database => {
                let client = self.context.connect()?;
                self.read_live(client)
            }
            State::SchemaFile(path) => {
                let folder = &self.context.environment.folder;
                let scripts: Vec<models::Script> = sql_files(&folder.join(path))?
                    .iter()
                    .map(|file| models::read_schema_file(file))
                    .collect::<Result<_, _>>()?;
                self.build(&scripts)
            }
            State::Models => self.build(&desired(self.context)?),
            State::Migrations(revision) => {
                let graph = self.context.graph()?;
                let targets = match revision {
                    None => graph.heads(),
                    Some(name) => {
                        let points = self.context.resolve_files(std::slice::from_ref(name))?;
                        points.into_iter().flatten().collect()
                    }
                };
                let nodes = graph.order_up(&targets, &NodeSet::default());
                let repeatable = match revision {
                    None => self.context.repeatable()?,
                    Some(_) => &[],
                };
                self.replay(graph, &nodes, repeatable)
            }
        }
    }

    fn read_live(&mut self, mut client: Client) -> Result<Snapshot, Failure> {
        let row = client.query_one(
            "SELECT pg_catalog.current_setting('server_version_num')::int / 10000",
            &[],
        );
        if let Ok(row) = row {
            self.prefer_major = u32::try_from(row.get::<_, i32>(0)).ok();
        }
        Ok(Snapshot::read(&mut client)?)
    }

    /// Builds what scripts say.
    ///
    /// # Errors
    /// A statement that the server refuses, by place.
    pub fn build(&self, scripts: &[models::Script]) -> Result<Snapshot, Failure> {
        build_on(self.scratch()?, scripts)
    }

    /// Builds what scripts say, and reads meanwhile what stands in a scratch database; gives the
    /// latter first.
    ///
    /// # Errors
    /// A statement that the server refuses, by place, or a database that can't be read.
    pub fn build_beside(
        &self,
        database: &str,
        scripts: &[models::Script],
    ) -> Result<(Snapshot, Snapshot), Failure> {
        let scratch = self.scratch()?;
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| -> Result<Snapshot, Failure> {
                Ok(Snapshot::read(&mut scratch.connect(database)?)?)
            });
            let built = build_on(scratch, scripts);
            match reading.join() {
                Ok(read) => Ok((read?, built?)),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    /// Builds what revisions say, and reads it.
    ///
    /// # Errors
    /// A statement that the server refuses, by place.
    pub fn replay(
        &self,
        graph: &Graph,
        nodes: &[Node],
        repeatable: &[Repeatable],
    ) -> Result<Snapshot, Failure> {
        let database = self.replayed(graph, nodes, repeatable)?;
        Ok(Snapshot::read(&mut self.scratch()?.connect(&database)?)?)
    }

    /// Builds what revisions say, and gives the database, which may be read and copied. A server of
    /// our own begins with what earlier runs have built of the same revisions.
    ///
    /// # Errors
    /// A statement that the server refuses, by place.
    pub fn replayed(
        &self,
        graph: &Graph,
        nodes: &[Node],
        repeatable: &[Repeatable],
    ) -> Result<String, Failure> {
        let variables = self.context.options.variables.iter().cloned().collect();
        let history_schema = self.context.config_anywhere()?.history_schema();
        let keys = history::keys(graph, nodes, &variables, history_schema);
        let scratch = self.started(|| keys.iter().rev().cloned().collect())?;
        let kept = scratch.state().and_then(|(key, database)| {
            let at = keys.iter().position(|known| known == key)?;
            Some((at + 1, database.to_owned()))
        });
        let (done, mut database) = match kept {
            Some((done, database)) if done == nodes.len() && repeatable.is_empty() => {
                return Ok(database);
            }
            Some((done, database)) => (done, scratch.clone_database(&database)?),
            None => (0, scratch.database_for_revisions()?),
        };
        let mut client = scratch.connect(&database)?;
        replay::run_up(scratch, &mut client, graph, &nodes[done..])?;
        drop(client);
        if let Some(key) = keys.last()
            && nodes.len() - done >= WORTH_KEEPING
        {
            database = scratch.keep_state(key, &database)?;
        }
        let mut client = scratch.connect(&database)?;
        for one in repeatable {
            replay::run_repeatable(scratch, &mut client, one)?;
        }
        Ok(database)
    }
}

fn build_on(scratch: &Scratch, scripts: &[models::Script]) -> Result<Snapshot, Failure> {
    let database = scratch.fresh_database()?;
    let mut client = scratch.connect(&database)?;
    let built = build(scratch, &mut client, scripts).map_err(Failure::from);
    let snapshot = built.and_then(|()| Ok(Snapshot::read(&mut client)?));
    drop(client);
    scratch.drop_database(&database)?;
    snapshot
}

/// What the project's models and schema files say.
///
/// # Errors
/// Nothing is configured, or it can't be read.
pub fn desired(context: &Context) -> Result<Vec<models::Script>, Failure> {
    let config = context.config()?;
    if config.models().is_empty() && config.schema().is_empty() {
        return Err(StateError::NoModels.into());
    }
    let mut scripts = Vec::new();
    if !config.models().is_empty() {
        let patterns: Vec<PathBuf> = config.models().iter().map(PathBuf::from).collect();
        let models = Models::read(config.base("models"), &patterns)?;
        scripts.push(models.ddl());
    }
    let base = config.base("schema");
    for named in config.schema() {
        for file in sql_files(&base.join(named))? {
            scripts.push(models::read_schema_file(&file)?);
        }
    }
    Ok(scripts)
}

/// The file, or the SQL files of the folder in the order of their names.
fn sql_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs_err::read_dir(path)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "sql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

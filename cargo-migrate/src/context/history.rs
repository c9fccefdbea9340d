//! The database's side: what its history says, and the engine's work on it.

use build_support::{
    Diagnose as _,
    driver::{drive, up_reopening},
    engine::{
        Batches, Engine, EngineError, Event, OnUnknown, Operation, Options, Outcome, Report, View,
    },
    graph::{
        Graph, Node, NodeSet, SymbolError,
        symbol::{Symbols, Target},
    },
    history::{Names, State},
};
use postgres::Client;

use super::Context;
use crate::{failure::Failure, signals::Interruptible};

/// When the database is asked what is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Where a symbol speaks of it: `current`, `+1`.
    WhereNeeded,
    /// In any case.
    Database,
}

/// What a command sees: the files alone, or the files and the history as one graph.
pub enum Sight<'a> {
    /// No database was asked.
    Files(&'a Graph),
    /// Files and history.
    Database(Box<View>),
}

impl Sight<'_> {
    /// The revisions.
    pub fn graph(&self) -> &Graph {
        match self {
            Self::Files(graph) => graph,
            Self::Database(view) => &view.graph,
        }
    }

    /// What is applied, if the database was asked.
    pub fn applied(&self) -> Option<&NodeSet> {
        match self {
            Self::Files(_) => None,
            Self::Database(view) => Some(&view.applied),
        }
    }
}

impl Context {
    /// How the engine works: what the settings say. Other options are the command's.
    pub fn engine_options(&self) -> Result<Options, Failure> {
        let config = self.config()?;
        let defaults = Options::default();
        Ok(Options {
            names: self.names()?,
            lock_timeout: config.lock_timeout(),
            statement_lock_timeout: config
                .statement_lock_timeout()
                .unwrap_or(defaults.statement_lock_timeout),
            statement_timeout: config.statement_timeout(),
            role: config.role().map(str::to_owned),
            application: concat!("cargo-migrate ", env!("CARGO_PKG_VERSION")).to_owned(),
            on_unknown: OnUnknown::Refuse,
            batches: Batches::Finish,
            batch_time: config.batch_time().unwrap_or(defaults.batch_time),
            batch_max_lag: config.batch_max_lag().unwrap_or(defaults.batch_max_lag),
            variables: self.options.variables.iter().cloned().collect(),
            ..defaults
        })
    }

    /// The names of the history's tables.
    pub fn names(&self) -> Result<Names, Failure> {
        let config = self.config()?;
        Names::new(config.history_schema(), config.history_table())
            .map_err(|error| Failure::user(error.to_string()))
    }

    /// Does one operation of the engine that reports; `observer` is told what happens.
    pub fn perform(
        &self,
        work: (Operation, &Options),
        client: &mut Client,
        observer: &mut dyn FnMut(&Event),
    ) -> Result<Report, Failure> {
        let (operation, options) = work;
        let graph = self.graph()?;
        let settings = self.settings()?;
        let mut driver = Interruptible::new(client, &settings)?;
        let outcome = match operation {
            // What a lost connection leaves in doubt is settled over a new one.
            Operation::Up(targets) if !options.dry_run => {
                let what = (graph, options);
                up_reopening(&mut driver, what, &targets, observer).map(Outcome::Report)
            }
            operation => {
                let engine = Engine::new(graph, options, operation);
                drive(&mut driver, engine, observer)
            }
        };
        match outcome {
            Ok(Outcome::Report(report)) => Ok(report),
            Ok(Outcome::State(_)) => {
                Err(Failure::fault("an operation that changes answered a state"))
            }
            Err(error) => {
                let diagnostic = (*self.without_code(error)).clone();
                Err(driver.explain(diagnostic).into())
            }
        }
    }

    /// Names the command that has the code of a revision, where that is what is missing.
    pub fn without_code(&self, error: EngineError) -> Failure {
        let is_code = matches!(error, EngineError::NoCode { .. });
        let mut failure = Failure::from(error);
        let package = self
            .project()
            .ok()
            .and_then(|project| project.package.as_ref());
        if let (true, Some(package)) = (is_code, package) {
            failure.hints = vec![format!(
                "run the application, or its own command: `cargo run -p {package} -- migrate up`"
            )];
        }
        failure
    }

    /// What the database's history says; nothing at all where there is none yet.
    pub fn read_state(&self, client: &mut Client) -> Result<State, Failure> {
        Ok(self.find_state(client)?.unwrap_or_default())
    }

    /// What the database's history says; `None` where it has none.
    pub fn find_state(&self, client: &mut Client) -> Result<Option<State>, Failure> {
        let options = self.engine_options()?;
        let empty = Graph::default();
        let settings = self.settings()?;
        let mut driver = Interruptible::new(client, &settings)?;
        let engine = Engine::new(&empty, &options, Operation::Read);
        match drive(&mut driver, engine, &mut |_| {}) {
            Ok(Outcome::State(state)) => Ok(state),
            Ok(Outcome::Report(_)) => Err(Failure::fault("a reading operation answered a report")),
            Err(error) => Err(driver.explain(error.diagnose()).into()),
        }
    }

    /// Connects and joins our revisions with the history.
    pub fn view(&self) -> Result<View, Failure> {
        let graph = self.graph()?;
        let state = self.read_state(&mut self.connect()?)?;
        Ok(View::new(graph, &state))
    }

    /// Resolves what the user typed; the database is asked only where that is needed.
    pub fn resolve<T>(
        &self,
        asks: Asks,
        read: impl Fn(Symbols<'_>) -> Result<T, SymbolError>,
    ) -> Result<(Sight<'_>, T), Failure> {
        let graph = self.graph()?;
        if asks == Asks::WhereNeeded {
            match read(Symbols::offline(graph)) {
                Ok(value) => return Ok((Sight::Files(graph), value)),
                Err(SymbolError::NeedsState { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let view = self.view()?;
        let value = read(Symbols::new(&view.graph, &view.applied))?;
        Ok((Sight::Database(Box::new(view)), value))
    }

    /// The revisions of the files that symbols name, the base as `None`; the database is asked only
    /// where a symbol speaks of it.
    ///
    /// # Errors
    /// A symbol that names nothing, too much, or a revision that only the database has.
    pub fn resolve_files(&self, texts: &[String]) -> Result<Vec<Option<Node>>, Failure> {
        let (sight, targets) = self.resolve(Asks::WhereNeeded, |symbols| {
            let targets = texts.iter().map(|text| symbols.targets(text));
            Ok(targets.collect::<Result<Vec<_>, _>>()?.concat())
        })?;
        let point = |target: &Target| match target.point {
            Some(node) => self.with_file(&sight, node).map(Some),
            None => Ok(None),
        };
        targets.iter().map(point).collect()
    }

    /// The same names, except that those that speak of the database are ids, or `base`.
    ///
    /// # Errors
    /// As [`Context::resolve_files`], for those that speak of the database.
    pub fn names_of_files(&self, names: &[String]) -> Result<Vec<String>, Failure> {
        let graph = self.graph()?;
        let mut plain = Vec::new();
        for name in names {
            let asked = Symbols::offline(graph).targets(name);
            if !matches!(asked, Err(SymbolError::NeedsState { .. })) {
                plain.push(name.clone());
                continue;
            }
            let points = self.resolve_files(std::slice::from_ref(name))?;
            let id = |node| graph.id(node).to_string();
            plain.extend(
                points
                    .into_iter()
                    .map(|at| at.map_or("base".to_owned(), id)),
            );
        }
        Ok(plain)
    }

    /// The one revision of the files that a symbol names.
    ///
    /// # Errors
    /// As [`Context::resolve_files`]; also where it names none, several, or the base.
    pub fn resolve_file(&self, text: &str) -> Result<Node, Failure> {
        let (sight, node) = self.resolve(Asks::WhereNeeded, |symbols| symbols.revision(text))?;
        self.with_file(&sight, node)
    }

    /// The node of our own graph for one of what a command sees.
    pub fn with_file(&self, sight: &Sight<'_>, node: Node) -> Result<Node, Failure> {
        let id = sight.graph().id(node);
        self.graph()?.find(id).ok_or_else(|| {
            Failure::user(format!("revision `{id}` is applied and has no file"))
                .hint("`cargo migrate status` shows what has none")
        })
    }
}

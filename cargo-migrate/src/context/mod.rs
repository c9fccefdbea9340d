//! What every command is given: one value with the project, its settings, the terminal, the
//! environment and the clock. What needs work is made when it is first asked for.

mod connection;
mod history;
mod local;
mod revisions;

use std::cell::OnceCell;

pub use self::{
    connection::Address,
    history::{Asks, Sight},
};
use crate::{
    cli::GlobalArgs, config::Config, environment::Environment, failure::Failure, project::Project,
    server::DevSession, term::Terminal,
};

/// Everything around a command.
pub struct Context {
    /// The global options.
    pub options: GlobalArgs,
    /// Where it writes.
    pub term: Terminal,
    /// Variables, working folder, clock.
    pub environment: Environment,
    /// The database that this run is about, where the project has several.
    database: Option<String>,
    project: OnceCell<Project>,
    config: OnceCell<Config>,
    /// Kept until the command ends: the local server ends with its last user.
    dev_session: OnceCell<DevSession>,
    loaded: OnceCell<revisions::Loaded>,
}

impl Context {
    /// A context in which nothing is read yet.
    pub fn new(options: GlobalArgs, environment: Environment, term: Terminal) -> Self {
        Self {
            database: options.database.clone(),
            options,
            term,
            environment,
            project: OnceCell::new(),
            config: OnceCell::new(),
            dev_session: OnceCell::new(),
            loaded: OnceCell::new(),
        }
    }

    /// The project; Cargo is asked the first time.
    pub fn project(&self) -> Result<&Project, Failure> {
        if let Some(project) = self.project.get() {
            return Ok(project);
        }
        let project = Project::find(&self.options.choice(), &self.environment)?;
        Ok(self.project.get_or_init(|| project))
    }

    /// The settings; read the first time.
    pub fn config(&self) -> Result<&Config, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let flags = self.options.flags();
        let project = self.project()?;
        let config = Config::read(project, &self.environment, &flags, self.database.as_deref())?;
        Ok(self.config.get_or_init(|| config))
    }

    /// The settings where there may be no project at all: flags, environment and defaults then.
    ///
    /// # Errors
    /// A project that is there but wrong is still an error.
    pub fn config_anywhere(&self) -> Result<&Config, Failure> {
        let missing = self.options.manifest_path.is_none()
            && self.options.package.is_none()
            && self.project.get().is_none()
            && !self
                .environment
                .folder
                .ancestors()
                .any(|at| at.join("Cargo.toml").is_file());
        if missing {
            self.project
                .get_or_init(|| Project::of_folder(&self.environment.folder));
        }
        self.config()
    }

    /// Turns to another of the project's databases: the settings are read anew.
    pub fn turn_to(&mut self, database: &str) {
        self.term.turn_to(database);
        self.database = Some(database.to_owned());
        self.config = OnceCell::new();
        self.loaded = OnceCell::new();
    }

    /// A path as an error or a message shows it: relative to the working folder where it is inside.
    pub fn shown<'a>(&self, path: &'a std::path::Path) -> &'a std::path::Path {
        path.strip_prefix(&self.environment.folder).unwrap_or(path)
    }

    /// A sentence with the paths in it as they are shown.
    pub fn shown_in(&self, sentence: &str) -> String {
        let folder = self.environment.folder.join("");
        sentence.replace(&*folder.to_string_lossy(), "")
    }
}

//! The settings of one database of a project, each with where it came from.
//!
//! A flag wins over the environment, that over `.env` (the package's folder, then the workspace's),
//! that over `[package.metadata.migrate]`, `[workspace.metadata.migrate]` and the default.

mod error;
mod key;
mod layers;
mod manifest;
mod secret;
mod value;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use build_support::revision::Layout;

/// The word that was probably meant.
pub use build_support::suggest::nearest as near;

pub use self::{
    error::ConfigError,
    key::{KEYS, Key, Kind, Scope},
    layers::Flags,
    secret::without_password,
    value::{Expected, Origin, Value, duration},
};
use crate::{environment::Environment, project::Project};

/// Every setting of one database.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name of the database, where the project has several.
    pub database: Option<String>,
    /// The names of all its databases.
    pub databases: Vec<String>,
    settings: Vec<Setting>,
    bases: Bases,
    variables: BTreeMap<String, String>,
}

/// One setting and where it came from.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Which.
    pub key: &'static Key,
    /// What it is; nothing where nobody said and there is no default.
    pub value: Option<Value>,
    /// Who said so.
    pub origin: Origin,
}

/// What relative paths start from.
#[derive(Debug, Clone)]
struct Bases {
    working: PathBuf,
    project: PathBuf,
}

/// How many heads the project means to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heads {
    /// One; several are an error at build time.
    One,
    /// Several, for example one for each module.
    Many,
}

/// What comparisons do about privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grants {
    /// They stay as they are.
    Kept,
    /// They are compared as all else is.
    Compared,
}

impl Config {
    /// Reads the settings of one database, or the project's general ones.
    pub fn read(
        project: &Project,
        environment: &Environment,
        flags: &Flags,
        database: Option<&str>,
    ) -> Result<Self, ConfigError> {
        let folders = project.dotenv_folders();
        let mut layers = layers::Layers::read(flags, environment, &folders, &project.tables)?;
        let databases = layers.databases();
        if let Some(name) = database {
            layers.select(name)?;
        }
        let mut config = Self {
            database: database.map(str::to_owned),
            databases,
            settings: Vec::new(),
            variables: layers.variables(),
            bases: Bases {
                working: environment.folder.clone(),
                project: project.folder.clone(),
            },
        };
        for key in KEYS {
            let variable = config.variable_of(key);
            let (value, origin) = layers.find(key, variable.as_deref())?;
            config.settings.push(Setting { key, value, origin });
        }
        Ok(config)
    }

    /// The variable that says a setting; the database's URL has the one that is configured.
    fn variable_of(&self, key: &Key) -> Option<String> {
        match key.name {
            "database-url" => Some(self.database_url_env().to_owned()),
            _ => key.variable(),
        }
    }

    /// A variable of the environment, else of a `.env` file; an empty one counts as not set.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name)?;
        (!value.is_empty()).then_some(value)
    }

    /// All settings, in the order of [`KEYS`].
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// One setting by its name.
    pub fn setting(&self, name: &str) -> &Setting {
        let found = self
            .settings
            .iter()
            .find(|setting| setting.key.name == name);
        found.expect("every name asked for is in the table of keys")
    }

    fn text(&self, name: &str) -> Option<&str> {
        match &self.setting(name).value {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Duration(_) | Value::Number(_) | Value::List(_) | Value::Table(_))
            | None => None,
        }
    }

    fn list(&self, name: &str) -> &[String] {
        match &self.setting(name).value {
            Some(Value::List(items)) => items,
            Some(Value::Text(_) | Value::Duration(_) | Value::Number(_) | Value::Table(_))
            | None => &[],
        }
    }

    fn duration(&self, name: &str) -> Option<Duration> {
        match &self.setting(name).value {
            Some(Value::Duration(duration)) => Some(*duration),
            Some(Value::Text(_) | Value::Number(_) | Value::List(_) | Value::Table(_)) | None => {
                None
            }
        }
    }

    /// What a relative path of this setting starts from: the file that says it, else the working
    /// folder for flags and variables, else the project's folder.
    pub fn base(&self, name: &str) -> &Path {
        match &self.setting(name).origin {
            Origin::Flag(_) | Origin::Variable(_) => &self.bases.working,
            Origin::DotEnv { file, .. } | Origin::Metadata { manifest: file, .. } => {
                file.parent().unwrap_or(&self.bases.project)
            }
            Origin::Default => &self.bases.project,
        }
    }

    /// The folders of revisions, as whole paths.
    ///
    /// A folder that only the workspace names belongs to the workspace, unless it is only the
    /// package that has it.
    pub fn dirs(&self) -> Vec<PathBuf> {
        let base = self.base("dir");
        let place = |dir: &String| {
            let of_base = base.join(dir);
            let of_package = self.bases.project.join(dir);
            let workspace = matches!(self.setting("dir").origin, Origin::Metadata { .. });
            if workspace && !of_base.is_dir() && of_package.is_dir() {
                of_package
            } else {
                of_base
            }
        };
        // Through its parts, so that no `.` stays inside a path.
        let clean = |path: PathBuf| path.components().collect::<PathBuf>();
        self.list("dir").iter().map(place).map(clean).collect()
    }

    /// The layout that new files take where the folder does not tell.
    pub fn layout(&self) -> Option<Layout> {
        match self.text("layout")? {
            "refinery" => Some(Layout::Refinery),
            "diesel" => Some(Layout::Diesel),
            _ => Some(Layout::Pair),
        }
    }

    /// How many heads are meant.
    pub fn heads(&self) -> Heads {
        match self.text("heads") {
            Some("many") => Heads::Many,
            Some(_) | None => Heads::One,
        }
    }

    /// Paths or globs of the Rust files with models; relative to [`Config::base`].
    pub fn models(&self) -> &[String] {
        self.list("models")
    }

    /// Paths of the SQL files with the desired schema; relative to [`Config::base`].
    pub fn schema(&self) -> &[String] {
        self.list("schema")
    }

    /// The name of the history's table.
    pub fn history_table(&self) -> &str {
        self.text("history-table")
            .unwrap_or("cargo_migrate_history")
    }

    /// The schema of the history's tables.
    pub fn history_schema(&self) -> &str {
        self.text("history-schema").unwrap_or("public")
    }

    /// The role that revisions run as.
    pub fn role(&self) -> Option<&str> {
        self.text("role")
    }

    /// The variable that holds the database's URL.
    pub fn database_url_env(&self) -> &str {
        // Asked for while the settings are still being read, too.
        let setting = self
            .settings
            .iter()
            .find(|s| s.key.name == "database-url-env");
        match setting.and_then(|setting| setting.value.as_ref()) {
            Some(Value::Text(text)) => text,
            Some(_) | None => "DATABASE_URL",
        }
    }

    /// The database's URL, if one is given; it may hold a password.
    pub fn database_url(&self) -> Option<&str> {
        self.text("database-url")
    }

    /// The server for scratch databases, if one is given; it may hold a password.
    pub fn scratch_url(&self) -> Option<&str> {
        self.text("scratch-url")
    }

    /// How long to wait for the lock that only one migrating process holds.
    pub fn lock_timeout(&self) -> Duration {
        self.duration("lock-timeout")
            .unwrap_or(Duration::from_secs(60))
    }

    /// How long one statement may wait for a lock.
    pub fn statement_lock_timeout(&self) -> Option<Duration> {
        self.duration("statement-lock-timeout")
    }

    /// How long one statement may run.
    pub fn statement_timeout(&self) -> Option<Duration> {
        self.duration("statement-timeout")
    }

    /// How long a batch of rows should take, where its line does not say.
    pub fn batch_time(&self) -> Option<Duration> {
        self.duration("batch-time")
    }

    /// How far a replica may lag behind before the next batch, where its line does not say.
    pub fn batch_max_lag(&self) -> Option<Duration> {
        self.duration("batch-max-lag")
    }

    /// Patterns of the objects that `diff` and `check` look at.
    pub fn include(&self) -> &[String] {
        self.list("include")
    }

    /// Patterns of the objects that they leave out.
    pub fn exclude(&self) -> &[String] {
        self.list("exclude")
    }

    /// What comparisons do about privileges.
    pub fn grants(&self) -> Grants {
        match self.text("grants") {
            Some("compared") => Grants::Compared,
            Some(_) | None => Grants::Kept,
        }
    }

    /// The folder with the project's own templates, as a whole path.
    pub fn template_dir(&self) -> Option<PathBuf> {
        self.text("template-dir")
            .map(|dir| self.base("template-dir").join(dir))
    }

    /// The time zone that dates in new files are written in.
    pub fn file_timezone(&self) -> Option<&str> {
        self.text("file-timezone")
    }

    /// How many characters of a name the slug keeps.
    pub fn slug_length(&self) -> usize {
        match self.setting("slug-length").value {
            Some(Value::Number(number)) => usize::try_from(number).unwrap_or(usize::MAX),
            Some(_) | None => 40,
        }
    }

    /// Commands to run on each new file.
    pub fn post_write(&self) -> &[String] {
        self.list("post-write")
    }

    /// The level of each lint rule that the project speaks of.
    pub fn lint(&self) -> impl Iterator<Item = (&str, &str)> {
        let table = match &self.setting("lint").value {
            Some(Value::Table(table)) => Some(table),
            Some(_) | None => None,
        };
        table
            .into_iter()
            .flatten()
            .map(|(rule, level)| (rule.as_str(), level.as_str()))
    }
}

//! The local servers: the development server, for commands that are given no database, and scratch
//! databases.

use build_support::connect::Settings;

use super::{Address, Context};
use crate::{
    failure::Failure,
    server::{self, Dev, DevSession, Scratch, ServerOptions},
};

/// PostgreSQL cuts longer names.
const NAME_LIMIT: usize = 63;

impl Context {
    /// The variables, as the local server takes them.
    pub fn server_environment(&self) -> server::Environment {
        server::Environment::new(self.environment.variables.clone())
    }

    /// The development server of this workspace, running or not.
    pub fn dev(&self) -> Result<Dev, Failure> {
        let project = self.project()?;
        let environment = self.server_environment();
        Ok(match &project.target {
            Some(target) => Dev::of(&environment, target)?,
            None => Dev::of_folder(&environment, &project.folder)?,
        })
    }

    /// The name of this project's database on the development server.
    pub fn dev_database(&self) -> Result<String, Failure> {
        let project = self.project()?;
        let folder = project
            .folder
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let package = project
            .package
            .clone()
            .or(folder)
            .unwrap_or_else(|| "app".to_owned());
        let database = self.config()?.database.as_deref();
        Ok(database_name(&package, database))
    }

    /// Starts the development server, or joins the one that runs, for the rest of this command.
    pub fn dev_session(&self) -> Result<&DevSession, Failure> {
        if let Some(session) = self.dev_session.get() {
            return Ok(session);
        }
        let session = self.dev()?.enter(&mut |line| self.term.say(line))?;
        Ok(self.dev_session.get_or_init(|| session))
    }

    /// Where this project's database on the development server is, be it made or not.
    pub fn dev_settings(&self) -> Result<Settings, Failure> {
        let url = self.dev_session()?.url(&self.dev_database()?);
        Ok(Settings::parse(&url)?)
    }

    /// A source of scratch databases: the server that `--scratch-url` names, else one of our own,
    /// of the preferred major version where there are several.
    pub fn scratch(&self, prefer_major: Option<u32>) -> Result<Scratch, Failure> {
        self.scratch_with(prefer_major, Vec::new())
    }

    /// The same; a server of our own begins with the first of the states that is at hand.
    pub fn scratch_with(
        &self,
        prefer_major: Option<u32>,
        states: Vec<String>,
    ) -> Result<Scratch, Failure> {
        let config = self.config_anywhere()?;
        let scratch = self.scratch_server(prefer_major, states)?;
        Ok(scratch.with_history_schema(config.history_schema()))
    }

    fn scratch_server(
        &self,
        prefer_major: Option<u32>,
        states: Vec<String>,
    ) -> Result<Scratch, Failure> {
        let Some(url) = self.config_anywhere()?.scratch_url() else {
            let options = ServerOptions {
                prefer_major,
                settings: self.variables().collect(),
                states,
            };
            return Ok(Scratch::start(&self.server_environment(), &options)?);
        };
        let target = match self.address() {
            Ok(Address::Given(settings)) => Some(settings),
            Ok(Address::Local) | Err(_) => None,
        };
        let settings = self.settings_of(url)?.with_parameters(self.variables());
        Ok(Scratch::on(url, settings, target.as_deref())?)
    }

    /// What `--set` says, as parameters of a session.
    fn variables(&self) -> impl Iterator<Item = (String, String)> {
        let variables = self.options.variables.iter();
        variables.map(|(name, value)| (format!("migrate.{name}"), value.clone()))
    }
}

/// Joins the development server, makes the project's database where it is missing, and says so.
pub(super) fn start(context: &Context) -> Result<Settings, Failure> {
    let name = context.dev_database()?;
    let known = context.dev_session.get().is_some();
    context.dev_session()?.database(&name)?;
    if !known {
        context.term.say(format_args!(
            "database `{name}` on the local development server"
        ));
    }
    context.dev_settings()
}

/// The package's name, and the database's where the project has several, as an identifier that
/// needs no quotes.
fn database_name(package: &str, database: Option<&str>) -> String {
    let joined = match database {
        Some(database) => format!("{package}_{database}"),
        None => package.to_owned(),
    };
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    let mut name: String = joined.chars().map(plain).take(NAME_LIMIT).collect();
    if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        name.insert(0, '_');
        name.truncate(NAME_LIMIT);
    }
    // The server's own databases are not for revisions.
    if ["postgres", "template0", "template1"].contains(&name.as_str()) {
        name.push_str("_dev");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::database_name;

    #[test]
    fn the_database_is_named_like_the_package() {
        assert_eq!(database_name("my-Shop", None), "my_shop");
        assert_eq!(database_name("shop", Some("audit")), "shop_audit");
        assert_eq!(database_name("2048", None), "_2048");
        assert_eq!(database_name("", None), "_");
        assert_eq!(database_name("postgres", None), "postgres_dev");
        assert_eq!(database_name(&"ä".repeat(80), None).len(), 63);
    }
}

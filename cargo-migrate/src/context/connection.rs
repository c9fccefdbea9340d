//! Which database a command works on, and the connection to it.

use build_support::connect::{Lookup, Settings};
use postgres::Client;

use super::{Context, local};
use crate::{
    cli::Target,
    config::{Config, ConfigError, Origin},
    failure::Failure,
};

/// Which database is meant.
#[derive(Debug, Clone)]
pub enum Address {
    /// A flag, a variable or libpq's own ways name it.
    Given(Box<Settings>),
    /// The local development server of this workspace.
    Local,
}

impl Context {
    /// Which database is meant: `--database-url`, the configured variable, libpq's variables, else
    /// the local development server, but that never by accident in a deploy.
    pub fn address(&self) -> Result<Address, Failure> {
        let config = self.config()?;
        let target = self.options.target(&self.environment);
        match (target, given(config)?) {
            (Target::Local, _) => Ok(Address::Local),
            (Target::Configured | Target::ConfiguredOnly, Some(settings)) => {
                Ok(Address::Given(Box::new(settings)))
            }
            (Target::Configured, None) => Ok(Address::Local),
            (Target::ConfiguredOnly, None) => Err(self.no_database(config).into()),
        }
    }

    /// Whether a database is named at all, be it the local server.
    pub fn has_address(&self) -> Result<bool, Failure> {
        let named = given(self.config()?)?.is_some();
        Ok(named || self.options.target(&self.environment) != Target::ConfiguredOnly)
    }

    /// Where and as whom to connect; the local server is started if it is the one meant.
    pub fn settings(&self) -> Result<Settings, Failure> {
        let settings = match self.address()? {
            Address::Given(settings) => *settings,
            Address::Local => local::start(self)?,
        };
        Ok(settings)
    }

    /// Opens a connection to the database that is meant.
    pub fn connect(&self) -> Result<Client, Failure> {
        let settings = self.settings()?;
        self.term.detail(format_args!("connecting to {settings}"));
        Ok(settings.connect()?)
    }

    /// Reads any other address, a URL or keywords, completed as libpq does.
    pub fn settings_of(&self, address: &str) -> Result<Settings, Failure> {
        Ok(with_lookup(self.config_anywhere()?, |lookup| {
            Settings::parse_with(address, lookup)
        })?)
    }

    fn no_database(&self, config: &Config) -> ConfigError {
        let because = if self.options.release {
            "with `--release`"
        } else if !self.options.dir.is_empty() {
            "with `--dir`"
        } else {
            "where `CI` is set"
        };
        ConfigError::NoDatabase {
            variable: config.database_url_env().to_owned(),
            because,
        }
    }
}

fn given(config: &Config) -> Result<Option<Settings>, Failure> {
    if let Some(url) = config.database_url() {
        let settings = with_lookup(config, |lookup| Settings::parse_with(url, lookup));
        let origin = &config.setting("database-url").origin;
        return settings
            .map(Some)
            .map_err(|error| name_origin(error.into(), origin));
    }
    let named = with_lookup(config, |lookup| {
        let read = || Settings::from_environment(lookup);
        lookup.says_where().then(read).transpose()
    });
    Ok(named?)
}

fn with_lookup<T>(config: &Config, read: impl FnOnce(&Lookup<'_>) -> T) -> T {
    let variable = |name: &str| config.variable(name).map(str::to_owned);
    read(&Lookup::new(&variable))
}

fn name_origin(failure: Failure, origin: &Origin) -> Failure {
    failure.note(format!("the address comes from {origin}"))
}

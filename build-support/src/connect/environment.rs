//! What libpq takes from the process: variables, the user's name, the home folder. Passed in, never
//! read here.

use std::fmt;
use std::path::PathBuf;

use super::keyword::Keyword;
use super::parameters::{Origin, Parameters};
use super::user;

type Variable<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The surroundings of a process, as its `main` hands them in.
///
/// ```
/// use build_support::connect::{Lookup, Settings};
///
/// let variables = |name: &str| (name == "PGHOST").then(|| "db.internal".to_owned());
/// let settings = Settings::from_environment(&Lookup::new(&variables).with_user("app"))?;
/// assert_eq!(settings.to_string(), "postgres://app@db.internal/app");
/// # Ok::<(), build_support::connect::SettingsError>(())
/// ```
#[derive(Clone)]
pub struct Lookup<'a> {
    variable: Option<&'a Variable<'a>>,
    user: Option<String>,
    home: Option<PathBuf>,
}

/// The variables of libpq that say where a server or a database is.
const WHERE: [&str; 6] = [
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGSERVICE",
    "PGDATABASE",
    "PGUSER",
];

impl<'a> Lookup<'a> {
    /// Takes the environment's variables from a function such as `|name| std::env::var(name).ok()`.
    pub fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            variable: Some(variable),
            user: None,
            home: None,
        }
    }

    /// Has no variables and no home folder.
    pub fn empty() -> Self {
        Self {
            variable: None,
            user: None,
            home: None,
        }
    }

    /// Says who runs the process, instead of asking the system.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Says where `.pgpass`, `.pg_service.conf` and `.postgresql/` are, instead of `HOME`.
    #[must_use]
    pub fn with_home(mut self, home: impl Into<PathBuf>) -> Self {
        self.home = Some(home.into());
        self
    }

    /// Whether a variable of libpq's says where a server or a database is.
    pub fn says_where(&self) -> bool {
        WHERE.iter().any(|name| self.variable(name).is_some())
    }

    /// Returns a variable's value.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.variable
            .and_then(|variable| variable(name))
            .filter(|value| !value.is_empty())
    }

    /// Returns the home folder.
    pub(super) fn home(&self) -> Option<PathBuf> {
        let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.home
            .clone()
            .or_else(|| self.variable(variable).map(PathBuf::from))
    }

    /// Returns the name of the user that runs the process.
    pub(super) fn user(&self) -> Option<String> {
        let variable = if cfg!(windows) { "USERNAME" } else { "USER" };
        self.user
            .clone()
            .or_else(user::system_user)
            .or_else(|| self.variable(variable))
    }

    /// Returns what the PG… variables say.
    pub(super) fn parameters(&self) -> Parameters {
        let mut parameters = Parameters::default();
        for keyword in Keyword::ALL {
            let Some(name) = keyword.variable() else {
                continue;
            };
            if let Some(text) = self.variable(name) {
                parameters.set(*keyword, text, Origin::Variable(name));
            }
        }
        parameters
    }
}

impl fmt::Debug for Lookup<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Lookup")
            .field("user", &self.user)
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}

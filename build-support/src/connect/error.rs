//! A connection that could not be opened: what was tried, and what came of each.

use std::fmt;

use super::endpoint::Endpoint;
use super::passfile::PassfileRefused;
use super::settings::Settings;

/// The kind of obstacle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// Nothing listens there.
    Refused,
    /// The name has no address.
    NoSuchHost,
    /// The socket file is not there.
    NoSuchSocket,
    /// The network has no way there.
    Unreachable,
    /// No answer within the limit.
    TimedOut,
    /// The server asks for a password and none was given.
    NoPassword,
    /// Wrong password, no such role, or no rule of `pg_hba.conf` lets us in.
    Authentication,
    /// The server has no database of this name.
    NoSuchDatabase,
    /// No more connections are allowed.
    TooManyConnections,
    /// The server starts, stops or recovers.
    NotReady,
    /// The server does not offer TLS and the settings ask for it.
    TlsNotOffered,
    /// The TLS handshake failed; the certificate, ours or the server's, is at fault most often.
    Tls,
    /// The settings name files for TLS that cannot be used.
    TlsFiles,
    /// This build of the library cannot speak TLS and the settings ask for it.
    TlsMissing,
    /// The server is not of the kind that `target_session_attrs` asks for.
    WrongSession,
    /// The peer hung up, or does not speak PostgreSQL's protocol.
    Closed,
    /// Anything else.
    Other,
}

/// One server that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Host and port, or the socket's path.
    pub target: String,
    /// What kind of obstacle it was.
    pub class: Class,
    /// The server's SQLSTATE, when the server answered.
    pub sqlstate: Option<String>,
    /// What was said, without a password.
    pub message: String,
}

/// No server could be connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    attempts: Vec<Attempt>,
    user: String,
    database: String,
    passfile_refused: Option<PassfileRefused>,
}

impl Error {
    /// Collects what was tried; there is always at least one attempt.
    pub(super) fn new(settings: &Settings, attempts: Vec<Attempt>) -> Self {
        Self {
            attempts,
            user: settings.user.clone(),
            database: settings.database.clone(),
            passfile_refused: settings.passfile_refused.clone(),
        }
    }

    /// Returns every server that was tried, in order.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Returns the obstacle at the last server.
    pub fn class(&self) -> Class {
        self.attempts
            .last()
            .map_or(Class::Other, |attempt| attempt.class)
    }

    /// Returns the SQLSTATE of the last server.
    pub fn sqlstate(&self) -> Option<&str> {
        self.attempts
            .last()
            .and_then(|attempt| attempt.sqlstate.as_deref())
    }

    /// Returns whether trying again later, with nothing changed, may succeed.
    pub fn may_pass(&self) -> bool {
        match self.class() {
            Class::Refused
            | Class::NoSuchSocket
            | Class::Unreachable
            | Class::TimedOut
            | Class::TooManyConnections
            | Class::NotReady
            | Class::Closed => true,
            Class::NoSuchHost
            | Class::NoPassword
            | Class::Authentication
            | Class::NoSuchDatabase
            | Class::TlsNotOffered
            | Class::Tls
            | Class::TlsFiles
            | Class::TlsMissing
            | Class::WrongSession
            | Class::Other => false,
        }
    }

    /// Returns what the user can do about it.
    pub fn hints(&self) -> Vec<String> {
        let mut hints = Vec::new();
        if let Some(refused) = &self.passfile_refused {
            if matches!(self.class(), Class::NoPassword | Class::Authentication) {
                hints.push(refused.to_string());
            }
        }
        hints.extend(self.hint().map(str::to_owned));
        hints
    }

    fn hint(&self) -> Option<&'static str> {
        match self.class() {
            Class::Refused | Class::NoSuchSocket => {
                Some("check that the server runs, and its host and port")
            }
            Class::NoSuchHost => Some("check the spelling of the host"),
            Class::Unreachable | Class::TimedOut => {
                Some("check the network and firewalls; `connect_timeout` sets the limit in seconds")
            }
            Class::NoPassword => {
                Some("give the password by PGPASSWORD, ~/.pgpass or in the connection string")
            }
            Class::Authentication => {
                Some("check the user, the password, and the server's pg_hba.conf")
            }
            Class::NoSuchDatabase => Some("check the database's name, or create it"),
            Class::TooManyConnections => {
                Some("raise the limit on the server, or wait until others disconnect")
            }
            Class::NotReady => Some("try again when the server has started"),
            Class::TlsNotOffered => {
                Some("turn TLS on in the server, or set `sslmode=prefer` or weaker on purpose")
            }
            Class::Tls => Some(
                "check the server's certificate against `sslrootcert`, and that it names the host \
                 as subject alternative name",
            ),
            Class::TlsFiles => Some("check the files of `sslrootcert`, `sslcert` and `sslkey`"),
            Class::TlsMissing => Some("enable the feature `tls` of build-support"),
            Class::WrongSession => Some("add hosts, or ask for another `target_session_attrs`"),
            Class::Closed => Some("check that a PostgreSQL server answers at that port"),
            Class::Other => None,
        }
    }
}

impl Attempt {
    /// Describes what came of one server.
    pub(super) fn new(endpoint: &Endpoint, class: Class, message: impl Into<String>) -> Self {
        Self {
            target: endpoint.to_string(),
            class,
            sqlstate: None,
            message: message.into(),
        }
    }

    /// Adds what came of trying the same server in another way.
    pub(super) fn then(self, way: &str, second: Self) -> Self {
        let message = format!("{}; {way}: {}", self.message, second.message);
        match second.class {
            Class::TlsNotOffered => Self { message, ..self },
            _ => Self { message, ..second },
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.target, self.message)?;
        match &self.sqlstate {
            Some(code) => write!(formatter, " [{code}]"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// Returns the message's first line, which is all of it when there was one attempt.
    pub(super) fn headline(&self) -> String {
        let headline = format!(
            "cannot connect to database `{}` as `{}`",
            self.database, self.user
        );
        match self.attempts.as_slice() {
            [only] => format!("{headline} at {only}"),
            _ => headline,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.headline())?;
        if let [_] = self.attempts.as_slice() {
            return Ok(());
        }
        self.attempts
            .iter()
            .try_for_each(|attempt| write!(formatter, "\n  at {attempt}"))
    }
}

impl std::error::Error for Error {}

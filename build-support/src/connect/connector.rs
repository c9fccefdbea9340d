//! With or without TLS: which ways an `sslmode` allows for one server, and in which order.

use postgres::{Client, Config, NoTls};
use tokio_postgres::config::SslMode as DriverMode;

use super::endpoint::{Endpoint, Host};
use super::error::{Attempt, Class};
use super::modes::SslMode;
use super::settings::Settings;

/// One way to speak to a server.
pub(super) enum Connector {
    /// Unencrypted.
    Plain,
}

impl Connector {
    /// The driver's own mode for this way.
    pub(super) fn ssl_mode(&self) -> DriverMode {
        match self {
            Self::Plain => DriverMode::Disable,
        }
    }

    /// Opens the connection; blocks.
    pub(super) fn connect(self, config: &Config) -> Result<Client, postgres::Error> {
        match self {
            Self::Plain => config.connect(NoTls),
        }
    }
}

/// The ways to try, the preferred first. A Unix socket never has TLS, whatever the mode.
pub(super) fn ladder(settings: &Settings, endpoint: &Endpoint) -> Result<Vec<Connector>, Attempt> {
    let socket = matches!(endpoint.host, Host::Socket(_)) && endpoint.address.is_none();
    match settings.tls.mode {
        SslMode::Disable | SslMode::Allow | SslMode::Prefer => Ok(vec![Connector::Plain]),
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull if socket => {
            Ok(vec![Connector::Plain])
        }
        mode @ (SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => Err(Attempt::new(
            endpoint,
            Class::TlsMissing,
            format!("`sslmode={mode}` needs TLS, which is not part of this build"),
        )),
    }
}

/// Returns whether the other way may get further: the server's rules may allow only one of them.
pub(super) fn next_may_help(attempt: &Attempt) -> bool {
    match attempt.class {
        Class::Tls => true,
        Class::Authentication => attempt.sqlstate.as_deref() == Some("28000"),
        _ => false,
    }
}

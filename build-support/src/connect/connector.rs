//! With or without TLS: which ways an `sslmode` allows for one server, and in which order.

use tokio_postgres::NoTls;
use tokio_postgres::config::SslMode as DriverMode;
#[cfg(feature = "tls")]
use tokio_postgres_rustls::MakeRustlsConnect;

use super::endpoint::{Endpoint, Host};
use super::error::{Attempt, Class};
use super::modes::SslMode;
use super::settings::Settings;

/// One way to speak to a server.
pub(super) enum Connector {
    /// Unencrypted.
    Plain,
    /// Encrypted when the server has TLS, else unencrypted.
    #[cfg(feature = "tls")]
    TlsIfOffered(MakeRustlsConnect),
    /// Encrypted.
    #[cfg(feature = "tls")]
    Tls(MakeRustlsConnect),
}

impl Connector {
    /// The driver's own mode for this way.
    pub(super) fn ssl_mode(&self) -> DriverMode {
        match self {
            Self::Plain => DriverMode::Disable,
            #[cfg(feature = "tls")]
            Self::TlsIfOffered(_) => DriverMode::Prefer,
            #[cfg(feature = "tls")]
            Self::Tls(_) => DriverMode::Require,
        }
    }

    /// Names this way.
    pub(super) fn encryption(&self) -> &'static str {
        match self {
            Self::Plain => "without TLS",
            #[cfg(feature = "tls")]
            Self::TlsIfOffered(_) | Self::Tls(_) => "with TLS",
        }
    }

    /// Opens the connection; blocks.
    #[cfg(feature = "postgres")]
    pub(super) fn connect(
        self,
        config: &postgres::Config,
    ) -> Result<postgres::Client, postgres::Error> {
        match self {
            Self::Plain => config.connect(NoTls),
            #[cfg(feature = "tls")]
            Self::TlsIfOffered(tls) | Self::Tls(tls) => config.connect(tls),
        }
    }

    /// Sends a request to cancel; the token knows the server.
    #[cfg(feature = "signals")]
    pub(super) fn cancel(self, token: &postgres::CancelToken) -> Result<(), postgres::Error> {
        match self {
            Self::Plain => token.cancel_query(NoTls),
            #[cfg(feature = "tls")]
            Self::TlsIfOffered(tls) | Self::Tls(tls) => token.cancel_query(tls),
        }
    }

    /// Opens the connection and leaves it to a task.
    #[cfg(feature = "tokio-postgres")]
    pub(super) async fn connect_async(
        self,
        config: &tokio_postgres::Config,
    ) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
        // What ends a connection is told to the client's next call too.
        match self {
            Self::Plain => {
                let (client, connection) = config.connect(NoTls).await?;
                tokio::spawn(connection);
                Ok(client)
            }
            #[cfg(feature = "tls")]
            Self::TlsIfOffered(tls) | Self::Tls(tls) => {
                let (client, connection) = config.connect(tls).await?;
                tokio::spawn(connection);
                Ok(client)
            }
        }
    }
}

/// The ways to try, the preferred first. A Unix socket never has TLS, whatever the mode.
pub(super) fn ladder(settings: &Settings, endpoint: &Endpoint) -> Result<Vec<Connector>, Attempt> {
    let socket = matches!(endpoint.host, Host::Socket(_)) && endpoint.address.is_none();
    if socket || settings.tls.mode == SslMode::Disable {
        return Ok(vec![Connector::Plain]);
    }
    with_tls(settings, endpoint)
}

#[cfg(feature = "tls")]
fn with_tls(settings: &Settings, endpoint: &Endpoint) -> Result<Vec<Connector>, Attempt> {
    let mode = settings.tls.mode;
    if mode == SslMode::VerifyFull && !matches!(endpoint.host, Host::Name(_)) {
        let message = "`sslmode=verify-full` needs a host name, not only an address";
        return Err(Attempt::new(endpoint, Class::Tls, message));
    }
    let tls = || {
        super::tls::connector(&settings.tls)
            .map_err(|error| Attempt::new(endpoint, Class::TlsFiles, error.to_string()))
    };
    Ok(match mode {
        SslMode::Disable => vec![Connector::Plain],
        SslMode::Allow => vec![Connector::Plain, Connector::Tls(tls()?)],
        SslMode::Prefer => vec![Connector::TlsIfOffered(tls()?), Connector::Plain],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => vec![Connector::Tls(tls()?)],
    })
}

#[cfg(not(feature = "tls"))]
fn with_tls(settings: &Settings, endpoint: &Endpoint) -> Result<Vec<Connector>, Attempt> {
    let mode = settings.tls.mode;
    if mode.needs_tls() {
        let message = format!("`sslmode={mode}` needs TLS, which is not part of this build");
        return Err(Attempt::new(endpoint, Class::TlsMissing, message));
    }
    Ok(vec![Connector::Plain])
}

/// Returns whether the other way may get further: TLS fails with one of them only, and the
/// server's `pg_hba.conf` (28000) may let in one of them only. A wrong password is wrong in both.
pub(super) fn next_may_help(attempt: &Attempt) -> bool {
    match attempt.class {
        Class::Tls | Class::TlsNotOffered => true,
        Class::Authentication => attempt.sqlstate.as_deref() == Some("28000"),
        _ => false,
    }
}

//! Where to connect to, as whom and how: all questions answered.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::endpoint::{DEFAULT_PORT, Endpoint, Host};
use super::environment::Lookup;
use super::error::{Attempt, Class};
use super::modes::{ChannelBinding, LoadBalanceHosts, SslMode, SslNegotiation, TargetSessionAttrs};
use super::parameters::Parameters;
use super::passfile::PassfileRefused;
use super::percent;
use super::resolve;
use super::secret::Secret;
use super::settings_error::SettingsError;

/// Everything that is needed to open a connection.
///
/// Two texts of the same meaning give equal settings. `Display` writes a URL without the password,
/// `Debug` writes `***` in its place.
///
/// ```
/// use build_support::connect::Settings;
///
/// let settings = Settings::parse("postgres://app:secret@db.internal/shop?sslmode=verify-full")?;
/// assert_eq!(settings.to_string(), "postgres://app@db.internal/shop?sslmode=verify-full");
/// # Ok::<(), build_support::connect::SettingsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) options: Option<String>,
    pub(super) application_name: Option<String>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) keepalive: Keepalive,
    pub(super) tls: Tls,
    pub(super) channel_binding: ChannelBinding,
    pub(super) target_session_attrs: TargetSessionAttrs,
    pub(super) load_balance_hosts: LoadBalanceHosts,
    pub(super) passfile_refused: Option<PassfileRefused>,
}

/// How a silent network is noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keepalive {
    pub(super) enabled: bool,
    pub(super) idle: Duration,
    pub(super) interval: Duration,
    pub(super) count: u32,
    /// How long sent data may stay unacknowledged; the system's default when absent.
    pub(super) user_timeout: Option<Duration>,
}

/// What TLS must look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tls {
    pub(super) mode: SslMode,
    pub(super) negotiation: SslNegotiation,
    pub(super) roots: Roots,
    /// The file of certificates that are trusted no more.
    pub(super) revoked: Option<PathBuf>,
    pub(super) client: Option<ClientCertificate>,
    pub(super) server_name: ServerNameIndication,
    pub(super) versions: Versions,
}

/// Whom to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// The certificates of a file that was named.
    File(PathBuf),
    /// The file of the home folder, which need not exist.
    DefaultFile(Option<PathBuf>),
    /// The operating system's authorities.
    System,
}

/// Who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClientCertificate {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// Whether the host's name is told before encryption begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerNameIndication {
    Sent,
    Withheld,
}

/// Which versions of TLS are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versions {
    /// TLS 1.2 and 1.3.
    Both,
    /// TLS 1.2 at most.
    Only12,
    /// TLS 1.3 at least.
    Only13,
}

impl Settings {
    /// Reads a URL or `keyword=value` pairs; what they leave open has libpq's defaults.
    ///
    /// # Errors
    /// When the text, or a file that it names, cannot be understood.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        Self::parse_with(text, &Lookup::empty())
    }

    /// Reads a URL or `keyword=value` pairs; what they leave open is answered by the service, the
    /// environment, the password file and the defaults, in this order.
    ///
    /// # Errors
    /// When one of these cannot be understood.
    pub fn parse_with(text: &str, lookup: &Lookup<'_>) -> Result<Self, SettingsError> {
        resolve::resolve(Parameters::parse(text)?, lookup)
    }

    /// Takes everything from the environment.
    ///
    /// # Errors
    /// When a variable, or a file that one names, cannot be understood.
    pub fn from_environment(lookup: &Lookup<'_>) -> Result<Self, SettingsError> {
        resolve::resolve(Parameters::default(), lookup)
    }

    /// Returns the servers, in the order in which they are tried.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// Returns the role to connect as.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the database's name.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Returns the password for the first server.
    pub fn password(&self) -> Option<&Secret> {
        self.endpoints
            .first()
            .and_then(|endpoint| endpoint.password.as_ref())
    }

    /// Returns how much TLS is asked for.
    pub fn ssl_mode(&self) -> SslMode {
        self.tls.mode
    }

    /// Returns which of several servers will do.
    pub fn target_session_attrs(&self) -> TargetSessionAttrs {
        self.target_session_attrs
    }

    /// Returns the name under which the server lists the connection.
    pub fn application_name(&self) -> Option<&str> {
        self.application_name.as_deref()
    }

    /// Returns whether every server is on this machine, as far as the names tell.
    pub fn is_local(&self) -> bool {
        self.endpoints.iter().all(Endpoint::is_local)
    }

    /// Returns the password file that was found and not used, so that a caller can warn.
    pub fn passfile_refused(&self) -> Option<&PassfileRefused> {
        self.passfile_refused.as_ref()
    }

    /// Names another database of the same servers.
    #[must_use]
    pub fn with_database(mut self, database: impl Into<String>) -> Self {
        self.database = database.into();
        self
    }

    /// Gives sessions parameters to begin with, beside those in `options`, which `RESET` gives back.
    #[must_use]
    pub fn with_parameters(
        mut self,
        parameters: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        for (name, value) in parameters {
            let value = value.replace('\\', "\\\\").replace(' ', "\\ ");
            let options = self.options.get_or_insert_default();
            options.push_str(&format!(" -c {name}={value}"));
        }
        self
    }

    /// Sets the name under which the server lists the connection.
    #[must_use]
    pub fn with_application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = Some(name.into());
        self
    }

    /// Sets the password for all servers.
    #[must_use]
    pub fn with_password(mut self, password: &Secret) -> Self {
        for endpoint in &mut self.endpoints {
            endpoint.password = Some(password.clone());
        }
        self
    }

    /// Limits the time for each server; `None` waits as long as the operating system does.
    #[must_use]
    pub fn with_connect_timeout(mut self, limit: Option<Duration>) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Says that a server did not answer within the limit.
    pub(super) fn timed_out(&self, endpoint: &Endpoint) -> Attempt {
        let seconds = self.connect_timeout.unwrap_or_default().as_secs_f32();
        Attempt::new(
            endpoint,
            Class::TimedOut,
            format!("no answer within {seconds} s"),
        )
    }

    /// The keywords after `?`: those that say where to and how safely, when not the default.
    fn query(&self) -> Vec<String> {
        let mut pairs = Vec::new();
        let mut add = |name: &str, value: &str| {
            pairs.push(format!("{name}={}", percent::encode_value(value)));
        };
        if let [
            Endpoint {
                host: Host::Socket(folder),
                port,
                ..
            },
        ] = self.endpoints.as_slice()
        {
            add("host", &folder.display().to_string());
            if *port != DEFAULT_PORT {
                add("port", &port.to_string());
            }
        }
        if self
            .endpoints
            .iter()
            .any(|endpoint| endpoint.address.is_some())
        {
            let address = |endpoint: &Endpoint| endpoint.address.map(|one| one.to_string());
            let all: Vec<_> = self
                .endpoints
                .iter()
                .map(|one| address(one).unwrap_or_default())
                .collect();
            add("hostaddr", &all.join(","));
        }
        if self.tls.mode != SslMode::default() {
            add("sslmode", self.tls.mode.as_str());
        }
        match &self.tls.roots {
            Roots::File(file) => add("sslrootcert", &file.display().to_string()),
            Roots::System => add("sslrootcert", "system"),
            Roots::DefaultFile(_) => {}
        }
        if self.target_session_attrs != TargetSessionAttrs::default() {
            add("target_session_attrs", self.target_session_attrs.as_str());
        }
        if let Some(options) = &self.options {
            add("options", options);
        }
        pairs
    }

    /// The part between `@` and `/`; a single socket stands in the query.
    fn authority(&self) -> String {
        if let [
            Endpoint {
                host: Host::Socket(_),
                ..
            },
        ] = self.endpoints.as_slice()
        {
            return String::new();
        }
        let hosts: Vec<_> = self.endpoints.iter().map(authority_of).collect();
        hosts.join(",")
    }
}

fn authority_of(endpoint: &Endpoint) -> String {
    let host = match &endpoint.host {
        Host::Default => String::new(),
        Host::Socket(folder) => percent::encode(&folder.display().to_string()),
        Host::Name(name) if name.contains(':') => format!("[{name}]"),
        Host::Name(name) => percent::encode(name),
    };
    match endpoint.port {
        DEFAULT_PORT => host,
        port => format!("{host}:{port}"),
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = percent::encode(&self.user);
        let database = percent::encode(&self.database);
        write!(
            formatter,
            "postgres://{user}@{}/{database}",
            self.authority()
        )?;
        let query = self.query();
        if query.is_empty() {
            return Ok(());
        }
        write!(formatter, "?{}", query.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_a_url_without_the_password_that_means_the_same() {
        for (text, url) in [
            ("postgres://u:canary@h/d", "postgres://u@h/d"),
            (
                "host=h user=u password=canary dbname=d port=5433",
                "postgres://u@h:5433/d",
            ),
            (
                "postgres://u@/d?host=/run/pg&port=7",
                "postgres://u@/d?host=/run/pg&port=7",
            ),
            ("postgres://u@a,b:7/d", "postgres://u@a,b:7/d"),
            (
                "host=/run,::1 user=u dbname=d",
                "postgres://u@%2Frun,[::1]/d",
            ),
            ("user=u", "postgres://u@/u"),
            (
                "user='a@b' dbname='my db' host=h",
                "postgres://a%40b@h/my%20db",
            ),
            (
                "host=a,b hostaddr=,10.0.0.1 user=u target_session_attrs=primary",
                "postgres://u@a,b/u?hostaddr=,10.0.0.1&target_session_attrs=primary",
            ),
            (
                "host=h user=u sslrootcert=system options='-c search_path=a'",
                "postgres://u@h/u?sslmode=verify-full&sslrootcert=system\
                 &options=-c%20search_path%3Da",
            ),
        ] {
            let settings = Settings::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(settings.to_string(), url, "{text}");
            let again = Settings::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(again.to_string(), url);
        }
    }

    #[test]
    fn debug_hides_the_password() {
        let settings = Settings::parse("postgres://u:canary@h/d").expect("settings");
        assert_eq!(settings.password().map(Secret::reveal), Some("canary"));
        assert!(!format!("{settings:?}").contains("canary"));
    }
}

//! The places where a server may be: sockets, names and addresses with their ports.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::keyword::Keyword;
use super::parameters::Parameters;
use super::secret::Secret;
use super::settings_error::SettingsError;

/// PostgreSQL's port.
pub(super) const DEFAULT_PORT: u16 = 5432;

/// Where servers and packages put their socket, the first that exists counts.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// Nothing was said: the socket in one of the usual folders, or else `localhost`.
    Default,
    /// The folder of a Unix socket.
    Socket(PathBuf),
    /// A name or an address.
    Name(String),
}

/// One server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub(super) host: Host,
    pub(super) address: Option<IpAddr>,
    pub(super) port: u16,
    pub(super) password: Option<Secret>,
}

impl Endpoint {
    /// Returns where the server is.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Returns the address that spares the look-up of the name.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Returns the port; it is part of a socket's name too.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns whether the server is this machine as far as the name tells.
    pub fn is_local(&self) -> bool {
        if let Some(address) = self.address {
            return address.is_loopback();
        }
        match &self.host {
            Host::Default | Host::Socket(_) => true,
            Host::Name(name) => {
                name == "localhost"
                    || name
                        .parse()
                        .is_ok_and(|address: IpAddr| address.is_loopback())
            }
        }
    }

    /// Replaces "nothing was said" by what there is on this machine now.
    pub(super) fn settled(&self) -> Self {
        if self.host != Host::Default || self.address.is_some() {
            return self.clone();
        }
        let socket = SOCKET_FOLDERS.iter().find(|folder| {
            Path::new(folder)
                .join(format!(".s.PGSQL.{}", self.port))
                .exists()
        });
        let host = match socket {
            Some(folder) => Host::Socket(PathBuf::from(folder)),
            None => Host::Name("localhost".to_owned()),
        };
        Self {
            host,
            ..self.clone()
        }
    }

    /// The name by which a password file knows the server.
    pub(super) fn passfile_host(&self) -> String {
        match (&self.host, self.address) {
            (Host::Name(name), _) => name.clone(),
            (Host::Default, Some(address)) => address.to_string(),
            (Host::Default, None) => "localhost".to_owned(),
            (Host::Socket(folder), _)
                if SOCKET_FOLDERS
                    .iter()
                    .any(|known| folder == Path::new(known)) =>
            {
                "localhost".to_owned()
            }
            (Host::Socket(folder), _) => folder.display().to_string(),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port;
        match (&self.host, self.address) {
            (Host::Socket(folder), _) => {
                write!(formatter, "{}/.s.PGSQL.{port}", folder.display())
            }
            (Host::Name(name), Some(address)) if *name != address.to_string() => {
                write!(formatter, "{name}:{port} ({address})")
            }
            (Host::Name(name), _) if name.contains(':') => write!(formatter, "[{name}]:{port}"),
            (Host::Name(name), _) => write!(formatter, "{name}:{port}"),
            (Host::Default, Some(address)) => write!(formatter, "{address}:{port}"),
            (Host::Default, None) => write!(formatter, "the local server, port {port}"),
        }
    }
}

/// Reads `host`, `hostaddr` and `port`, lists of equal length (one port serves them all).
pub(super) fn read(parameters: &Parameters) -> Result<Vec<Endpoint>, SettingsError> {
    let hosts = parameters.read(Keyword::Host, hosts)?;
    let addresses = parameters.read(Keyword::HostAddr, addresses)?;
    let count = hosts
        .as_ref()
        .map(Vec::len)
        .or(addresses.as_ref().map(Vec::len))
        .unwrap_or(1);
    if addresses
        .as_ref()
        .is_some_and(|addresses| addresses.len() != count)
    {
        parameters.read::<()>(Keyword::HostAddr, |_| Err(counts("addresses", count)))?;
    }
    let ports = parameters.read(Keyword::Port, |text| ports(text, count))?;
    let endpoint = |index: usize| Endpoint {
        host: hosts
            .as_ref()
            .map_or(Host::Default, |hosts| hosts[index].clone()),
        address: addresses.as_ref().and_then(|addresses| addresses[index]),
        port: ports.as_ref().map_or(DEFAULT_PORT, |ports| ports[index]),
        password: None,
    };
    Ok((0..count).map(endpoint).collect())
}

fn hosts(text: &str) -> Result<Vec<Host>, String> {
    text.split(',')
        .map(|one| match one.trim() {
            "" => Ok(Host::Default),
            one if one.starts_with('@') => {
                Err("sockets in the abstract name space are not supported".to_owned())
            }
            one if one.starts_with('/') => Ok(Host::Socket(PathBuf::from(one))),
            one => Ok(Host::Name(one.to_owned())),
        })
        .collect()
}

fn addresses(text: &str) -> Result<Vec<Option<IpAddr>>, String> {
    text.split(',')
        .map(|one| match one.trim() {
            "" => Ok(None),
            one => one
                .parse()
                .map(Some)
                .map_err(|_| format!("`{one}` is not an IP address")),
        })
        .collect()
}

fn ports(text: &str, count: usize) -> Result<Vec<u16>, String> {
    let ports: Vec<u16> = text.split(',').map(port).collect::<Result<_, _>>()?;
    match ports.len() {
        1 => Ok(vec![ports[0]; count]),
        length if length == count => Ok(ports),
        _ => Err(counts("ports", count)),
    }
}

fn port(text: &str) -> Result<u16, String> {
    match text.trim() {
        "" => Ok(DEFAULT_PORT),
        text => text
            .parse()
            .ok()
            .filter(|port| *port != 0)
            .ok_or_else(|| format!("`{text}` is not a port (1 to 65535)")),
    }
}

fn counts(what: &str, count: usize) -> String {
    format!("the number of {what} is not that of the hosts, which is {count}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<Vec<String>, String> {
        let parameters = Parameters::parse(text).expect("pairs");
        let endpoints = read(&parameters).map_err(|error| error.to_string())?;
        Ok(endpoints.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn lists_are_zipped() {
        for (text, endpoints) in [
            ("", vec!["the local server, port 5432"]),
            ("port=5433", vec!["the local server, port 5433"]),
            ("host=a,b port=1,2", vec!["a:1", "b:2"]),
            ("host=a,b port=7", vec!["a:7", "b:7"]),
            (
                "host=a,,/run port=1,,2",
                vec!["a:1", "the local server, port 5432", "/run/.s.PGSQL.2"],
            ),
            ("hostaddr=127.0.0.1,::1", vec!["127.0.0.1:5432", "::1:5432"]),
            (
                "host=a,b hostaddr=10.0.0.1,",
                vec!["a:5432 (10.0.0.1)", "b:5432"],
            ),
            ("host=::1", vec!["[::1]:5432"]),
        ] {
            let endpoints: Vec<_> = endpoints.into_iter().map(str::to_owned).collect();
            assert_eq!(shown(text), Ok(endpoints), "{text}");
        }
    }

    #[test]
    fn lists_of_other_lengths_and_values_are_errors() {
        for (text, problem) in [
            (
                "host=a,b port=1,2,3",
                "`port` in the connection string: the number of ports is not that of the hosts, which is 2",
            ),
            (
                "host=a hostaddr=10.0.0.1,10.0.0.2",
                "`hostaddr` in the connection string: the number of addresses is not that of the hosts, which is 1",
            ),
            (
                "hostaddr=db",
                "`hostaddr` in the connection string: `db` is not an IP address",
            ),
            (
                "port=70000",
                "`port` in the connection string: `70000` is not a port (1 to 65535)",
            ),
        ] {
            assert_eq!(shown(text), Err(format!("invalid {problem}")), "{text}");
        }
    }

    #[test]
    fn local_is_what_needs_no_network() {
        for (text, local) in [
            ("", true),
            ("host=/run", true),
            ("host=localhost", true),
            ("host=127.0.0.1", true),
            ("host=db", false),
            ("host=localhost hostaddr=10.0.0.1", false),
        ] {
            let endpoints = read(&Parameters::parse(text).expect("pairs")).expect("endpoints");
            assert_eq!(endpoints[0].is_local(), local, "{text}");
        }
    }
}

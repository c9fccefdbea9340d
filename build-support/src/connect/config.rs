//! From the settings to the driver's configuration for one server.

use tokio_postgres::Config;
use tokio_postgres::config as driver;

use super::connector::Connector;
use super::endpoint::{Endpoint, Host};
use super::modes::{ChannelBinding, SslNegotiation};
use super::settings::Settings;

/// Builds the configuration of one attempt; which kind of server it is, is asked afterwards.
pub(super) fn build(settings: &Settings, endpoint: &Endpoint, connector: &Connector) -> Config {
    let mut config = Config::new();
    set_endpoint(&mut config, endpoint);
    config.user(&settings.user).dbname(&settings.database);
    if let Some(options) = &settings.options {
        config.options(options);
    }
    if let Some(name) = &settings.application_name {
        config.application_name(name);
    }
    if let Some(limit) = settings.connect_timeout {
        config.connect_timeout(limit);
    }
    set_keepalive(&mut config, settings);
    config.ssl_mode(connector.ssl_mode());
    config.ssl_negotiation(match settings.tls.negotiation {
        SslNegotiation::Postgres => driver::SslNegotiation::Postgres,
        SslNegotiation::Direct => driver::SslNegotiation::Direct,
    });
    config.channel_binding(match settings.channel_binding {
        ChannelBinding::Disable => driver::ChannelBinding::Disable,
        ChannelBinding::Prefer => driver::ChannelBinding::Prefer,
        ChannelBinding::Require => driver::ChannelBinding::Require,
    });
    config
}

fn set_endpoint(config: &mut Config, endpoint: &Endpoint) {
    match (&endpoint.host, endpoint.address) {
        (Host::Name(name), _) => {
            config.host(name);
        }
        // The driver wants a name for TLS; where only the address is known, it is the name.
        (Host::Default | Host::Socket(_), Some(address)) => {
            config.host(address.to_string());
        }
        (Host::Socket(folder), None) => set_socket(config, folder),
        (Host::Default, None) => {
            config.host("localhost");
        }
    }
    if let Some(address) = endpoint.address {
        config.hostaddr(address);
    }
    config.port(endpoint.port);
    if let Some(password) = &endpoint.password {
        config.password(password.reveal());
    }
}

#[cfg(unix)]
fn set_socket(config: &mut Config, folder: &std::path::Path) {
    config.host_path(folder);
}

#[cfg(not(unix))]
fn set_socket(config: &mut Config, folder: &std::path::Path) {
    config.host(folder.display().to_string());
}

fn set_keepalive(config: &mut Config, settings: &Settings) {
    let keepalive = &settings.keepalive;
    config.keepalives(keepalive.enabled);
    config.keepalives_idle(keepalive.idle);
    config.keepalives_interval(keepalive.interval);
    config.keepalives_retries(keepalive.count);
    if let Some(limit) = keepalive.user_timeout {
        config.tcp_user_timeout(limit);
    }
}

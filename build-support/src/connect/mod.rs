//! Opening a connection as libpq does: the same URLs, keywords, variables and files.
//!
//! [`Settings`] is the resolved answer to "where and as whom": explicit text first, then the
//! service file, then the environment that the caller passes in as a [`Lookup`], then the password
//! file, then libpq's defaults. This module never reads an environment variable by itself, and a
//! password reaches neither `Display`, `Debug` nor any error of it.

mod classify;
mod config;
mod connector;
mod diagnosis;
mod endpoint;
mod environment;
mod error;
mod keyvalue;
mod keyword;
mod modes;
#[cfg(feature = "postgres")]
mod open;
#[cfg(feature = "tokio-postgres")]
mod open_async;
mod parameters;
mod passfile;
mod percent;
mod resolve;
mod search;
mod secret;
mod service;
mod session;
mod settings;
mod settings_error;
mod swap;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
mod tls_error;
mod url;
mod user;
#[cfg(feature = "tls")]
mod verifier;

pub use endpoint::{Endpoint, Host};
pub use environment::Lookup;
pub use error::{Attempt, Class, Error};
pub use modes::{ChannelBinding, LoadBalanceHosts, SslMode, SslNegotiation, TargetSessionAttrs};
pub use parameters::Origin;
pub use passfile::PassfileRefused;
pub use secret::Secret;
pub use settings::Settings;
pub use settings_error::SettingsError;
pub use swap::with_database;

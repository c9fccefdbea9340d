//! A release binary that carries its own PostgreSQL revisions and applies the pending ones when it
//! starts.
//!
//! ```toml
//! [dependencies]
//! build-support = { version = "0.1", features = ["postgres"] }
//! [build-dependencies]
//! build-support = { version = "0.1", default-features = false, features = ["build"] }
//! ```
//!
//! `build.rs` calls [`build::migrations`], which checks the revisions and tracks their files;
//! `main.rs` calls [`migrations!`] and [`Migrations::run`]. Up to date costs one round trip.
//!
//! Floors, imports only downwards: [`revision`], [`place`] (values) · [`sql`], [`source`],
//! [`graph`], [`plan`] (pure thought) · [`history`], [`engine`] · [`driver`], [`connect`], [`code`]
//! · the entry points.
#![cfg_attr(
    not(all(feature = "build", feature = "postgres")),
    allow(rustdoc::broken_intra_doc_links)
)]

#[cfg(feature = "build")]
pub mod build;
mod built;
pub mod code;
#[cfg(feature = "command")]
mod command;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub mod connect;
pub mod diagnostic;
pub mod driver;
pub mod engine;
mod error;
pub mod graph;
pub mod history;
#[cfg(feature = "embed")]
mod migrations;
#[cfg(feature = "tracing")]
pub mod observe;
pub mod place;
pub mod plan;
#[cfg(feature = "report")]
pub mod report;
pub mod revision;
#[cfg(feature = "signals")]
pub mod signals;
#[cfg(test)]
mod sketch;
pub mod source;
pub mod sql;
pub mod suggest;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "embed")]
pub use self::migrations::Migrations;
#[cfg(feature = "refinery")]
pub use self::migrations::refinery::RefineryError;
#[cfg(all(feature = "embed", feature = "postgres"))]
pub use self::migrations::{Connected, Tenant, Tenants, TenantsReport};
pub use self::{
    built::{Built, Heads},
    diagnostic::{Diagnose, Diagnostic, Exit},
    engine::{Batches, ErrorKind, Event, OnUnknown, Report},
    error::Error,
    place::Place,
};

#[cfg(feature = "derive")]
pub use build_support_derive::{Enum, Table};

/// What the macros of this crate expand to.
#[cfg(feature = "embed")]
#[doc(hidden)]
pub mod __private {
    pub use include_dir;
}

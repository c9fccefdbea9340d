//! A release binary that carries its own PostgreSQL revisions and applies the pending ones when it
//! starts.
//!
//! Floors, imports only downwards: [`revision`], [`place`] (values) · `sql`, `source`, `graph`,
//! `plan` (pure thought) · `history`, `engine` · `driver`, `connect` · the entry points.

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub mod connect;
pub mod diagnostic;
pub mod graph;
pub mod place;
pub mod plan;
#[cfg(feature = "command")]
pub mod report;
pub mod revision;
#[cfg(test)]
mod sketch;
pub mod source;
pub mod sql;
pub mod suggest;

pub use self::{
    diagnostic::{Diagnose, Diagnostic, Exit},
    place::Place,
};

#[cfg(feature = "derive")]
pub use build_support_derive::{Enum, Table};

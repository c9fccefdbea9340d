//! What differs between two snapshots, and what must be done about it.

pub mod action;
pub(crate) mod build;
pub(crate) mod fate;
pub(crate) mod filter;
pub(crate) mod moves;
pub(crate) mod number;
pub mod options;
pub mod pairing;
pub(crate) mod rename;
pub(crate) mod row_order;
pub(crate) mod signature;
pub(crate) mod told;

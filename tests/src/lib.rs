//! Harness of the suites against a real PostgreSQL.
//!
//! The suites are one test binary, `suites/main.rs`, with a module per subject: one server serves
//! all tests of a run, each test has a database of its own.

pub mod figures;
pub mod harness;
pub mod proof;

//! Every suite, one module per subject, in one test binary.

mod connect;
mod corpora;
mod engine;
#[cfg(unix)]
mod local;
mod models;
#[cfg(unix)]
mod server;
mod startup;

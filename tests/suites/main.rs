//! Every suite, one module per subject, in one test binary.

mod connect;
mod corpora;
#[cfg(unix)]
mod local;
mod engine;
mod models;
#[cfg(unix)]
mod server;

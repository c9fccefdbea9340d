//! Every suite, one module per subject, in one test binary.

mod connect;
#[cfg(unix)]
mod server;

//! Every suite, one module per subject, in one test binary.

mod connect;
mod server;

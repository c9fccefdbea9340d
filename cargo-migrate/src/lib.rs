//! The subcommand `cargo migrate`.

pub mod server;

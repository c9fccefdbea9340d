//! The subcommand `cargo migrate`.

//! The subcommand `cargo migrate`.
fn main() {}

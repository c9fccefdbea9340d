//! Ctrl-C and SIGTERM while the database works: what the library does, for the subcommand.

pub use build_support::signals::{Interruptible, came, watch};

//! States of a schema: where each comes from, and how it becomes a database.

mod build;

pub use self::build::{BuildError, build};

//! The templates of `cargo migrate`.

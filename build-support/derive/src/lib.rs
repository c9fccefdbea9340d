//! Inert derives.

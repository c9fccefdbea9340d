//! The commands, one file each: `struct XArgs` and `run`.

pub mod completions;
pub mod config;
pub mod man;

//! The commands, one file each: `struct XArgs` and `run`.

pub mod branches;
pub mod completions;
pub mod config;
pub mod db;
pub mod dev;
pub mod graph;
pub mod heads;
pub mod history;
pub mod man;
pub mod show;

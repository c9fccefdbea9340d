//! The commands, one file each: `struct XArgs` and `run`.

pub mod branches;
pub mod check;
pub mod completions;
pub mod config;
pub mod current;
pub mod db;
pub mod dev;
pub mod diff;
pub mod down;
pub mod ensure_history;
pub mod generate_down;
pub mod graph;
pub mod heads;
pub mod history;
pub mod lint;
pub mod man;
pub mod redo;
pub mod repair;
pub mod show;
pub mod stamp;
pub mod status;
pub mod up;
pub mod verify;

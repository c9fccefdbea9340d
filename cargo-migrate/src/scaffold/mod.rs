//! Writes new revisions: what a name and its fields mean, the SQL for it, and the files.
//!
//! [`name`] and [`field`] read what the user typed, [`render`] fills a template in, [`mod@file`] puts
//! the result on disk; [`init`] prepares a package. Time, ids and environment come in as
//! parameters. Nothing here talks to a database or to the user.

pub mod clock;
mod diagnosis;
pub mod field;
pub mod file;
pub mod ident;
pub mod init;
pub mod name;
pub mod render;
pub mod slug;
mod split;
pub mod tool;

pub use self::{field::Field, ident::Name, name::Intent};

//! The templates of `cargo migrate`: one table of revision templates, and the lines that `init`
//! writes into a project.
//!
//! Only text and what is known about it; the subcommand reads names, fields and fills them in. A
//! revision template is a minijinja text whose up and down halves stand on either side of
//! [`DOWN_MARK`]; directives that begin a half go into that file's head.

mod revision;

pub use revision::{Fields, PARTIALS, REVISIONS, Template, find};

/// The line between the up and the down half of a revision template.
pub const DOWN_MARK: &str = "-- migrate: down";

/// What `init` writes into a project.
pub mod project {
    /// A whole build script; `dir` is the folder of the revisions.
    pub const BUILD_RS: &str = include_str!("../files/project/build.rs");
    /// The lines for `main.rs` of an application that has a blocking client.
    pub const MAIN_CLIENT: &str = include_str!("../files/project/main-client.rs");
    /// The lines for `main.rs` of an application that has an asynchronous client.
    pub const MAIN_ASYNC: &str = include_str!("../files/project/main-async.rs");
    /// The lines for `main.rs` of an application that has only a URL.
    pub const MAIN_URL: &str = include_str!("../files/project/main-url.rs");
    /// `.gitattributes` of the folder of revisions.
    pub const GITATTRIBUTES: &str = include_str!("../files/project/gitattributes");
}

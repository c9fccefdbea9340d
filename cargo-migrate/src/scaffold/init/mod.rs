//! What `init` changes in a package: its `Cargo.toml`, its build script, the repository's hooks.
//! Texts in, texts out.

mod build_script;
mod dependency;
mod hooks;
mod manifest;

pub(crate) use self::dependency::relative;
pub use self::{
    build_script::{BuildScript, build_script},
    dependency::{Driver, Source},
    hooks::{HOOKS, Hook, hook},
    manifest::{BuildKey, Change, Edited, InitError, edit},
};

/// The library that an application depends on.
pub const LIBRARY: &str = "build-support";

/// The lines for `main.rs`, for a package that has these dependencies.
pub fn main_lines(dependencies: &[String]) -> &'static str {
    use cargo_migrate_templates::project;
    match Driver::among(dependencies) {
        Some(Driver::Postgres | Driver::Diesel) => project::MAIN_CLIENT,
        Some(Driver::TokioPostgres | Driver::Sqlx) => project::MAIN_ASYNC,
        None => project::MAIN_URL,
    }
}

//! The local development server, for commands that are given no database.

use build_support::connect::Settings;

use super::Context;
use crate::failure::Failure;

/// Starts the workspace's development server, or joins the one that runs, and tells where it is.
pub(super) fn start(context: &Context) -> Result<Settings, Failure> {
    let variable = context.config()?.database_url_env().to_owned();
    Err(
        Failure::user(format!("no database is given: `{variable}` is not set"))
            .hint(format!("set `{variable}`, or pass `--database-url URL`")),
    )
}

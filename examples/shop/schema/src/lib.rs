//! The schema of the shop: its revisions, and the one way to bring a database up to them.

use build_support::engine::Report;
use postgres::Client;

/// Applies what is pending; whichever binary of the shop starts first does it for the others.
///
/// # Errors
/// When a revision fails or the database is not one that this release can work with.
pub fn migrate(client: &mut Client, application: &str) -> Result<Report, build_support::Error> {
    build_support::migrations!()
        .application(application)
        .run(client)
}

//! What the proof asks of a database: to run a script, to be dumped.

use super::dump::Dump;
use crate::harness::{Database, raw_dump};

/// Sends a script as one message.
///
/// # Errors
/// The server's message with its SQLSTATE.
pub fn run(database: &Database, sql: &str) -> Result<(), String> {
    database
        .client()
        .batch_execute(sql)
        .map_err(|error| describe(&error))
}

/// Dumps the schema, object by object.
#[must_use]
pub fn dump_of(database: &Database) -> Dump {
    Dump::parse(&raw_dump(&database.url()))
}

fn describe(error: &postgres::Error) -> String {
    let Some(found) = error.as_db_error() else {
        return error.to_string();
    };
    let mut text = format!("{} [{}]", found.message(), found.code().code());
    if let Some(detail) = found.detail() {
        text.push_str(&format!(" ({})", detail.replace('\n', "; ")));
    }
    text
}

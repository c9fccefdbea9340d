//! Connecting: TLS in all its modes, certificates, passwords and where they come from, several
//! hosts; and that no password is ever printed.

mod authority;
mod command;
mod hosts;
mod passwords;
mod secured;
mod tls;

use build_support::Diagnose as _;
use build_support::connect::{Error, Lookup, Settings};
use postgres::Client;

use self::secured::{CANARY, ENCODED_CANARY};

/// Reads settings that need no environment.
#[track_caller]
fn settings(text: &str) -> Settings {
    Settings::parse_with(text, &Lookup::empty()).expect("settings")
}

/// Connects, and says whether the connection is encrypted.
#[track_caller]
fn encrypted(text: &str) -> bool {
    let mut client = settings(text)
        .connect()
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    is_encrypted(&mut client)
}

fn is_encrypted(client: &mut Client) -> bool {
    let question = "SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()";
    client.query_one(question, &[]).expect("an answer").get(0)
}

/// Expects that there is no connection, and that no form of the error shows the password.
#[track_caller]
fn refused(text: &str) -> Error {
    refused_with(&settings(text))
}

#[track_caller]
fn refused_with(settings: &Settings) -> Error {
    let error = settings
        .connect()
        .err()
        .unwrap_or_else(|| panic!("{settings} is connected"));
    let forms = format!(
        "{error} {error:?} {error:#?} {} {settings} {settings:?}",
        error.diagnose()
    );
    for canary in [CANARY, ENCODED_CANARY, "c@nary", "nary%2F"] {
        assert!(!forms.contains(canary), "the password is printed: {forms}");
    }
    error
}

/// What came of the only server, without its address.
fn message(error: &Error) -> &str {
    let [attempt] = error.attempts() else {
        panic!("not one attempt: {error}")
    };
    &attempt.message
}

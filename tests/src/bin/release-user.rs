//! Three releases of one application, as binaries side by side: the suite `releases`.
//!
//! `release-user N` starts release N: it migrates and says what became of it. `release-user N ready`
//! asks what a start would do; `release-user N migrate …` is the command that each release carries.

use std::{fmt::Display, io::Write as _};

use build_support::{Diagnose as _, Error, Migrations, engine::EngineError, revision::RevisionId};
use migrate_tests::harness::embedded;
use postgres::{Client, NoTls};

/// What each release adds to the one before: a column, and two releases later the end of the old one.
const FILES: [(&str, &str); 3] = [
    (
        "1_users.up.sql",
        "-- migrate: revises=base\nCREATE TABLE users (name text);",
    ),
    (
        "2_full_name.up.sql",
        "-- migrate: revises=1\nALTER TABLE users ADD COLUMN full_name text;",
    ),
    (
        "3_drop_name.up.sql",
        "-- migrate: revises=2 phase=contract compatible=no\nALTER TABLE users DROP COLUMN name;",
    ),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let release = arguments.next().and_then(|number| number.parse().ok());
    let release: usize = release.expect("the number of a release");
    let rest: Vec<String> = arguments.collect();
    let migrations = || embedded(&FILES[..release]).application(format!("app {release}.0"));
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    match rest.first().map(String::as_str) {
        None => start(migrations(), &url),
        Some("ready") => ready(migrations(), &url),
        Some(_) => {
            let command = ["app".to_owned()].into_iter().chain(rest);
            migrations()
                .command(command.map(std::ffi::OsString::from))
                .expect("its own revisions");
        }
    }
}

fn say(line: impl Display) {
    writeln!(std::io::stdout(), "{line}").expect("somebody reads");
}

fn list<'a>(ids: impl IntoIterator<Item = &'a RevisionId>) -> String {
    let ids: Vec<&str> = ids.into_iter().map(RevisionId::as_str).collect();
    ids.join(" ")
}

fn start(migrations: Migrations, url: &str) {
    match migrations
        .connect(url)
        .and_then(build_support::Connected::run)
    {
        Ok(report) => {
            say(format_args!(
                "started: applied [{}]",
                list(report.done.iter().map(|done| &done.id))
            ));
            say(format_args!("waits [{}]", list(&report.held_back)));
            say(format_args!("unknown [{}]", list(&report.unknown)));
        }
        Err(error) => refused(&error),
    }
}

/// What a readiness probe does: no write, whatever is pending.
fn ready(migrations: Migrations, url: &str) {
    let mut client = Client::connect(url, NoTls).expect("a server");
    match migrations.pending(&mut client) {
        Ok(pending) if pending.is_empty() => say("ready"),
        Ok(pending) => {
            say(format_args!(
                "pending [{}]",
                list(pending.iter().map(|step| &step.id))
            ));
        }
        Err(error) => refused(&error),
    }
}

/// The typed error, not its words, says which release is too old.
fn refused(error: &Error) {
    if let Error::Engine(stopped) = error
        && let EngineError::Unknown { incompatible, .. } = &**stopped
    {
        say(format_args!("too old for [{}]", list(incompatible)));
    }
    writeln!(std::io::stderr(), "{}", error.diagnose()).expect("somebody reads");
    std::process::exit(error.diagnose().exit.code().into());
}

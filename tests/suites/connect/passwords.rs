//! Where passwords come from, and what is said when they are wrong.

use std::collections::BTreeMap;

use build_support::connect::{Class, Lookup, Settings};
use tempfile::TempDir;

use super::authority::write_private;
use super::secured::{CANARY, ENCODED_CANARY, NAME, shared};
use super::{message, refused, refused_with};

/// Reads settings in an environment of these variables and no home folder.
#[track_caller]
fn settings(text: &str, variables: &[(&str, &str)]) -> Settings {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    let variable = |name: &str| variables.get(name).map(|value| (*value).to_owned());
    Settings::parse_with(text, &Lookup::new(&variable)).expect("settings")
}

#[test]
fn a_password_comes_from_the_text_the_environment_or_a_file() {
    let (_, server) = shared();
    let address = &server.address;
    let folder = TempDir::new().expect("a folder");
    let passfile = folder.path().join("pgpass");
    write_private(&passfile, &format!("{NAME}:5432:*:app:{CANARY}\n"));
    let services = folder.path().join("services");
    write_private(
        &services,
        &format!("[shop]\nuser=app\ndbname=postgres\npassword={CANARY}\n"),
    );
    let bare = server.by("app", "");
    let url = format!("postgres://app:{ENCODED_CANARY}@{NAME}/postgres?hostaddr={address}");
    let passfile = passfile.to_str().expect("UTF-8");
    let services = services.to_str().expect("UTF-8");
    for (text, variables) in [
        (url.as_str(), vec![]),
        (&server.with_password("app", ""), vec![]),
        (&bare, vec![("PGPASSWORD", CANARY)]),
        (&bare, vec![("PGPASSFILE", passfile)]),
        (
            "service=shop",
            vec![("PGSERVICEFILE", services), ("PGHOSTADDR", address)],
        ),
    ] {
        let connected = settings(text, &variables).connect();
        assert!(
            connected.is_ok(),
            "{text} {variables:?}: {:?}",
            connected.err()
        );
    }
}

#[test]
fn a_password_file_that_others_may_read_is_not_used_and_the_error_says_so() {
    use std::os::unix::fs::PermissionsExt as _;

    let (_, server) = shared();
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("pgpass");
    write_private(&file, &format!("*:*:*:*:{CANARY}\n"));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("opened");
    let file = file.to_str().expect("UTF-8");
    let settings = settings(&server.by("app", ""), &[("PGPASSFILE", file)]);
    assert!(settings.passfile_refused().is_some());
    let error = refused_with(&settings);
    assert_eq!(error.class(), Class::NoPassword);
    assert_eq!(
        error.hints(),
        [
            format!(
                "the password file {file} is not used: its group or others may access it; \
                 run `chmod 600` on it"
            ),
            "give the password by PGPASSWORD, ~/.pgpass or in the connection string".to_owned(),
        ]
    );
}

#[test]
fn a_wrong_password_is_not_repeated() {
    let (_, server) = shared();
    for rest in ["", "sslmode=require", "sslmode=prefer"] {
        let error = refused(&server.with_password("forgetful", rest));
        assert_eq!(error.class(), Class::Authentication);
        assert_eq!(error.sqlstate(), Some("28P01"));
        assert_eq!(
            message(&error),
            "password authentication failed for user \"forgetful\""
        );
    }
}

#[test]
fn what_the_server_does_not_have_is_told_without_the_password() {
    let (_, server) = shared();
    let no_database = server
        .with_password("app", "")
        .replace("dbname=postgres", "dbname=none");
    let error = refused(&no_database);
    assert_eq!(error.class(), Class::NoSuchDatabase);
    assert_eq!(
        error.to_string(),
        format!(
            "cannot connect to database `none` as `app` at {NAME}:5432 ({}): \
             database \"none\" does not exist [3D000]",
            server.address
        )
    );
}

#[test]
fn a_password_that_the_server_repeats_is_masked() {
    let (_, server) = shared();
    let text = server.with_password("app", &format!("options='-c {CANARY}=x'"));
    let error = super::settings(&text).connect().err().expect("refused");
    assert_eq!(
        message(&error),
        "unrecognized configuration parameter \"***\""
    );
}

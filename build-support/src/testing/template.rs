//! The template: the database to which all revisions are applied once.

use std::{
    thread,
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};

use super::{column, execute, server::Server};
use crate::{
    engine::EngineError,
    error::Error,
    migrations::{Connected, Migrations},
    sql::{quote_identifier, quote_literal},
};

/// What the names of templates begin with.
const PREFIX: &str = "migrate_template_";

/// A template that no test used for so long is dropped when another is made.
const UNUSED: &str = "interval '14 days'";

/// Gives the name of the template, which is made when there is none.
pub(super) fn find_or_make(server: &mut Server, migrations: Migrations) -> Result<String, Error> {
    let name = format!("{PREFIX}{}", key(&migrations));
    let started = Instant::now();
    let patience = migrations.patience();
    while !exists(server, &name)? {
        if server.lock(&name)? {
            let made = make(server, &name, migrations);
            server.unlock(&name)?;
            return made.map(|()| name);
        }
        if started.elapsed() > patience {
            let waited = started.elapsed();
            return Err(EngineError::Locked {
                waited,
                holder: None,
            }
            .into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(name)
}

/// The revisions, and how they run.
fn key(migrations: &Migrations) -> String {
    let hash = Sha256::digest(format!("{migrations:?}"));
    hash.iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether there is the template, which is noted to be in use.
fn exists(server: &mut Server, name: &str) -> Result<bool, Error> {
    let used = format!(
        "SELECT COALESCE(pg_catalog.shobj_description(oid, 'pg_database'), '') \
         = CURRENT_DATE::text FROM pg_catalog.pg_database WHERE datname = {}",
        quote_literal(name)
    );
    match column(&mut server.client, &used)?
        .first()
        .map(String::as_str)
    {
        None => Ok(false),
        Some("t") => Ok(true),
        Some(_) => {
            // Two processes may note it at once; one of them is enough.
            let _ = note_use(server, name);
            Ok(true)
        }
    }
}

fn note_use(server: &mut Server, name: &str) -> Result<(), Error> {
    let note = format!(
        "DO $$BEGIN EXECUTE pg_catalog.format('COMMENT ON DATABASE %I IS %L', {}, \
         CURRENT_DATE::text); END$$",
        quote_literal(name)
    );
    execute(&mut server.client, &note)
}

/// Applies the revisions to a database with another name first: what has the template's name is
/// whole, whatever dies on the way.
fn make(server: &mut Server, name: &str, migrations: Migrations) -> Result<(), Error> {
    if exists(server, name)? {
        return Ok(());
    }
    drop_unused(server)?;
    let building = format!("{name}_building");
    server.drop_database(&building)?;
    let quoted = quote_identifier(&building);
    // Nothing that a site added to its own `template1` is in it.
    execute(
        &mut server.client,
        &format!("CREATE DATABASE {quoted} TEMPLATE template0"),
    )?;
    let settings = server.settings.clone().with_database(&building);
    let applied = Connected::to(settings, migrations).run();
    if let Err(error) = applied {
        server.drop_database(&building)?;
        return Err(error);
    }
    execute(
        &mut server.client,
        &format!("ALTER DATABASE {quoted} WITH ALLOW_CONNECTIONS false"),
    )?;
    rename(server, &quoted.to_string(), name)?;
    note_use(server, name)
}

/// The session that applied the revisions takes a moment to end.
fn rename(server: &mut Server, building: &str, name: &str) -> Result<(), Error> {
    let rename = format!(
        "ALTER DATABASE {building} RENAME TO {}",
        quote_identifier(name)
    );
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match execute(&mut server.client, &rename) {
            Err(Error::Engine(error))
                if error.server_error().is_some_and(|error| error.is("55006"))
                    && Instant::now() < deadline =>
            {
                thread::sleep(Duration::from_millis(10));
            }
            other => return other,
        }
    }
}

fn drop_unused(server: &mut Server) -> Result<(), Error> {
    let unused = format!(
        "SELECT datname FROM pg_catalog.pg_database WHERE \
         pg_catalog.starts_with(datname::text, '{PREFIX}') AND \
         pg_catalog.shobj_description(oid, 'pg_database') < (CURRENT_DATE - {UNUSED})::date::text \
         ORDER BY datname"
    );
    for name in column(&mut server.client, &unused)? {
        // Somebody may use it just now.
        let _ = server.drop_database(&name);
    }
    Ok(())
}

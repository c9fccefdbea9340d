//! Who belongs to the fleet: names from flags, a file, standard input or a query.

use std::{
    collections::BTreeSet,
    io::Read as _,
    path::{Path, PathBuf},
};

use build_support::{connect::Settings, driver::Driver as _};

use super::{Member, Place};
use crate::{config::without_password, context::Context, failure::Failure};

/// What a plain name of a list or a query is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, clap::ValueEnum)]
pub enum Kind {
    /// A schema of the one database.
    #[default]
    Schemas,
    /// A database of the same server.
    Databases,
}

/// Where names come from; several sources add up.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// Schemas by name.
    pub schemas: Vec<String>,
    /// Databases by name or URL.
    pub databases: Vec<String>,
    /// Files with a name or URL a line; `-` is standard input.
    pub lists: Vec<PathBuf>,
    /// The first column of the rows of a query on the one database.
    pub query: Option<String>,
    /// What a plain name of the lists and of the query is.
    pub kind: Kind,
}

/// The members, in the order in which they were named, each once; and the one database, if it was
/// needed.
///
/// # Errors
/// No source, a list that can't be read, a query that fails, an address that can't be read.
pub fn members(
    source: &Source,
    context: &Context,
) -> Result<(Vec<Member>, Option<Settings>), Failure> {
    let mut names: Vec<(Kind, String)> = Vec::new();
    let of = |kind: Kind| move |name: &String| (kind, name.clone());
    names.extend(source.schemas.iter().map(of(Kind::Schemas)));
    names.extend(source.databases.iter().map(of(Kind::Databases)));
    for list in &source.lists {
        let listed = read_list(list)?;
        names.extend(listed.into_iter().map(|name| (source.kind, name)));
    }
    let is_address = |name: &str| name.contains("://") || name.contains('=');
    let needs_home = source.query.is_some()
        || names
            .iter()
            .any(|(kind, name)| *kind == Kind::Schemas || !is_address(name));
    let home = match needs_home {
        true => Some(context.settings()?),
        false => None,
    };
    if let (Some(query), Some(home)) = (&source.query, &home) {
        let asked = ask(query, home)?;
        names.extend(asked.into_iter().map(|name| (source.kind, name)));
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let member = |(kind, name): (Kind, String)| match (kind, &home) {
        _ if is_address(&name) => Ok(Member {
            place: Place::Database(Box::new(context.settings_of(&name)?)),
            name: shown(&name, context)?,
        }),
        (Kind::Databases, Some(home)) => Ok(Member {
            place: Place::Database(Box::new(home.clone().with_database(&name))),
            name,
        }),
        (Kind::Schemas, _) | (Kind::Databases, None) => Ok(Member {
            place: Place::Schema,
            name,
        }),
    };
    let members = names
        .into_iter()
        .map(member)
        .collect::<Result<_, Failure>>()?;
    Ok((members, home))
}

/// An address without its password.
fn shown(address: &str, context: &Context) -> Result<String, Failure> {
    Ok(match address.contains("://") {
        true => without_password(address),
        false => context.settings_of(address)?.to_string(),
    })
}

/// One name a line; empty lines and those that begin with `#` are none.
fn read_list(path: &Path) -> Result<Vec<String>, Failure> {
    let text = match path.as_os_str() == "-" {
        true => {
            let mut text = String::new();
            std::io::stdin().lock().read_to_string(&mut text)?;
            text
        }
        false => fs_err::read_to_string(path)?,
    };
    let lines = text.lines().map(str::trim);
    let names = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(names.map(str::to_owned).collect())
}

fn ask(query: &str, home: &Settings) -> Result<Vec<String>, Failure> {
    let rows = home.connect()?.read(query).map_err(|error| {
        Failure::user(format!("the query of the fleet failed: {error}"))
            .hint("it runs on the database of `--database-url` and its first column is read")
    })?;
    let first = rows.into_iter().map(|row| row.into_iter().next().flatten());
    Ok(first.flatten().collect())
}

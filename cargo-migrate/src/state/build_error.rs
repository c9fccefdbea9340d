//! A desired schema that can't be built: which statement, where it stands, and what helps.

use build_support::{Diagnose, Diagnostic, Exit};
use postgres::error::{DbError, SqlState};

use crate::{models::Site, roles};

/// A desired schema that can't be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The server refuses a statement.
    #[error("the desired schema can't be built")]
    Refused(Refusal),
    /// Statements wait for each other, so that none can be the first.
    #[error("the desired schema can't be built: {}", needs(members))]
    Circle {
        /// What the statements make; the first one is where the refusal stands.
        members: Vec<String>,
        /// What the server says of the first of them.
        refusal: Refusal,
        /// What each of the others needs, by place.
        others: Vec<(String, Site)>,
    },
    /// The connection failed.
    #[error("the connection to the scratch database failed")]
    Connection(#[source] postgres::Error),
}

/// A statement that the server refuses.
#[derive(Debug)]
pub struct Refusal {
    /// Where the statement, or the part of it that is wrong, stands.
    pub site: Option<Site>,
    /// Where the same is said a second time.
    pub other: Option<Site>,
    /// What the server said.
    pub source: Box<DbError>,
}

fn needs(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{} and {last} need each other", rest.join(", "))
        }
        _ => format!("{} needs itself", quoted.concat()),
    }
}

impl Diagnose for BuildError {
    fn diagnose(&self) -> Diagnostic {
        match self {
            Self::Connection(source) => Diagnostic::new(Exit::User, format!("{self}: {source}")),
            Self::Refused(refusal) => refused(self, refusal),
            Self::Circle {
                refusal, others, ..
            } => {
                let told = others.iter().fold(at(self, refusal), |told, (what, site)| {
                    told.note(format!("{what}: {}", site.place()))
                });
                told.hint("let one of them do without the other")
            }
        }
    }
}

/// The headline, and at the place what the server says.
fn at(error: &BuildError, refusal: &Refusal) -> Diagnostic {
    let site = refusal.site.as_ref();
    let place = site.map(Site::place);
    let mut diagnostic = Diagnostic::new(Exit::User, error.to_string()).place(place);
    diagnostic.width = site.map_or(0, Site::width);
    diagnostic.label = Some(refusal.source.message().to_owned());
    diagnostic.sqlstate = Some(refusal.source.code().code().to_owned());
    diagnostic
}

fn refused(error: &BuildError, refusal: &Refusal) -> Diagnostic {
    let mut diagnostic = at(error, refusal);
    if let Some(detail) = refusal.source.detail() {
        diagnostic = diagnostic.note(detail);
    }
    if let Some(hint) = refusal.source.hint() {
        diagnostic = diagnostic.hint(hint);
    }
    if let Some(other) = &refusal.other {
        return diagnostic
            .note(format!("the other one: {}", other.place()))
            .hint("keep one of them, or leave the other's file out of `models` and `schema`");
    }
    match hint_for(&refusal.source) {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// What helps beyond the server's own words.
fn hint_for(error: &DbError) -> Option<&'static str> {
    let code = error.code();
    if roles::missing(error).is_some() {
        Some(roles::HINT)
    } else if *code == SqlState::UNDEFINED_OBJECT || *code == SqlState::UNDEFINED_FUNCTION {
        Some(
            "declare it in a schema file (`schema` in `[package.metadata.migrate]`), for example \
             with `CREATE EXTENSION` or `CREATE TYPE`",
        )
    } else if *code == SqlState::UNDEFINED_TABLE {
        Some("add the file that declares the table to `models` or `schema`")
    } else {
        None
    }
}

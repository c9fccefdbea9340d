//! What is wrong with a model, where, and what to write instead.

use std::{io, path::PathBuf};

use build_support::{Diagnose, Diagnostic, Exit, Place};

use super::{site::Site, value::Dialect};

/// A model that can't be read or understood.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A configured path or glob matches no file.
    #[error("no file matches the configured models `{0}`", pattern.display())]
    NothingFound {
        /// The path or glob.
        pattern: PathBuf,
    },
    /// A glob is not one.
    #[error("`{pattern}` is not a glob: {reason}")]
    Glob {
        /// The glob.
        pattern: String,
        /// What its parser says.
        reason: String,
    },
    /// A file can't be read.
    #[error("can't read `{0}`: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something in a file is not as it has to be.
    #[error("{message}")]
    Wrong {
        /// The headline.
        message: String,
        /// Where it stands.
        site: Site,
        /// Another place that takes part, and what it is.
        other: Option<(String, Site)>,
        /// What to write instead.
        hint: Option<String>,
    },
}

impl Error {
    /// Something wrong at a place.
    pub(crate) fn at(site: &Site, message: impl Into<String>) -> Self {
        Self::Wrong {
            message: message.into(),
            site: site.clone(),
            other: None,
            hint: None,
        }
    }

    /// Says what to write instead.
    #[must_use]
    pub(crate) fn hint(mut self, text: impl Into<String>) -> Self {
        if let Self::Wrong { hint, .. } = &mut self {
            *hint = Some(text.into());
        }
        self
    }

    /// Names the other place that takes part.
    #[must_use]
    pub(crate) fn with_other(mut self, what: impl Into<String>, place: &Site) -> Self {
        if let Self::Wrong { other, .. } = &mut self {
            *other = Some((what.into(), place.clone()));
        }
        self
    }

    /// Puts a dialect's own way of saying a type into the hint.
    #[must_use]
    pub(crate) fn hint_for(mut self, dialect: Dialect) -> Self {
        let own = match dialect {
            Dialect::Plain => return self,
            Dialect::SeaOrm => "`#[sea_orm(column_type = \"…\")]`",
            Dialect::Diesel => {
                "declare it as a struct with `#[diesel(postgres_type(name = \"…\"))]`"
            }
        };
        if let Self::Wrong {
            hint: Some(hint), ..
        } = &mut self
        {
            *hint = match dialect {
                Dialect::Diesel => format!("{own}, and add its file to `models`"),
                Dialect::Plain | Dialect::SeaOrm => hint.replace("`#[column(type = \"…\")]`", own),
            };
        }
        self
    }

    /// Where it stands.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Wrong { site, .. } => Some(site.place()),
            Self::Unreadable { file, .. } => Some(Place::file(file)),
            Self::NothingFound { .. } | Self::Glob { .. } => None,
        }
    }
}

impl Diagnose for Error {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string()).place(self.place());
        match self {
            Self::NothingFound { .. } => diagnostic
                .hint("correct `models` in `[package.metadata.migrate]`, or make the file"),
            Self::Glob { .. } => {
                diagnostic.hint("correct `models` in `[package.metadata.migrate]`")
            }
            Self::Unreadable { .. } => diagnostic,
            Self::Wrong {
                site, other, hint, ..
            } => {
                let mut diagnostic = diagnostic;
                diagnostic.width = site.width();
                if let Some((what, other)) = other {
                    diagnostic = diagnostic.note(format!("{what}: {}", other.place()));
                }
                match hint {
                    Some(hint) => diagnostic.hint(hint),
                    None => diagnostic,
                }
            }
        }
    }
}

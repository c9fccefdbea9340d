//! Keywords with their values, before they mean anything, and where each came from.

use std::collections::BTreeMap;
use std::fmt;

use super::keyword::{Keyword, Named, Treatment};
use super::settings_error::SettingsError;
use super::{keyvalue, url};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The connection string.
    Explicit,
    /// A service file's section.
    Service(String),
    /// An environment variable.
    Variable(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit => formatter.write_str("the connection string"),
            Self::Service(name) => write!(formatter, "service `{name}`"),
            Self::Variable(name) => write!(formatter, "the environment variable {name}"),
        }
    }
}

/// One keyword's value. It has no `Debug`, as it may be a password.
pub(super) struct Value {
    pub(super) text: String,
    pub(super) origin: Origin,
}

/// The values of one source, or of several laid over each other.
#[derive(Default)]
pub(super) struct Parameters {
    values: BTreeMap<Keyword, Value>,
}

impl Parameters {
    /// Reads a connection string in either form.
    pub(super) fn parse(text: &str) -> Result<Self, SettingsError> {
        match url::strip_scheme(text) {
            Some(rest) => url::parse(rest),
            None => keyvalue::parse(text),
        }
    }

    /// Sets a keyword by its name; of two the later counts.
    pub(super) fn set_named(
        &mut self,
        name: &str,
        text: String,
        origin: &Origin,
    ) -> Result<(), SettingsError> {
        match Keyword::find(name) {
            Named::Keyword(keyword) => {
                self.set(keyword, text, origin.clone());
                Ok(())
            }
            Named::Foreign => Ok(()),
            Named::Unknown(suggestion) => Err(SettingsError::UnknownKeyword {
                name: name.to_owned(),
                suggestion,
                origin: origin.clone(),
            }),
        }
    }

    /// Sets a keyword; of two the later counts.
    pub(super) fn set(&mut self, keyword: Keyword, text: String, origin: Origin) {
        self.values.insert(keyword, Value { text, origin });
    }

    /// Adds what `weaker` has and this one has not.
    pub(super) fn fill_from(&mut self, weaker: Self) {
        for (keyword, value) in weaker.values {
            self.values.entry(keyword).or_insert(value);
        }
    }

    /// Returns a keyword's value; an empty one counts as not given, as in libpq.
    pub(super) fn value(&self, keyword: Keyword) -> Option<&Value> {
        self.values
            .get(&keyword)
            .filter(|value| !value.text.is_empty())
    }

    /// Returns a keyword's text; an empty one counts as not given, as in libpq.
    pub(super) fn text(&self, keyword: Keyword) -> Option<&str> {
        self.value(keyword).map(|value| value.text.as_str())
    }

    /// Reads a keyword's value by `read`, which says what is wrong with it.
    pub(super) fn read<T>(
        &self,
        keyword: Keyword,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, SettingsError> {
        let Some(value) = self.value(keyword) else {
            return Ok(None);
        };
        read(&value.text)
            .map(Some)
            .map_err(|problem| SettingsError::Value {
                keyword: keyword.name(),
                problem,
                origin: value.origin.clone(),
            })
    }

    /// Refuses what would silently connect with less protection than was asked for.
    pub(super) fn refuse_unsupported(&self) -> Result<(), SettingsError> {
        for (keyword, value) in &self.values {
            if let Treatment::Refused(harmless) = keyword.treatment() {
                if !value.text.is_empty() && !harmless.contains(&value.text.as_str()) {
                    return Err(SettingsError::Unsupported {
                        keyword: keyword.name(),
                        origin: value.origin.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}

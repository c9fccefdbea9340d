//! A setting's value, and where it came from.

use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use build_support::Place;
use serde_json::Value as Json;

use super::{
    key::{Key, Kind},
    manifest,
};

/// A value of the shape that its [`Kind`] asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, a word, or a URL.
    Text(String),
    /// A duration.
    Duration(Duration),
    /// A number.
    Number(u64),
    /// Several texts.
    List(Vec<String>),
    /// Texts by name.
    Table(BTreeMap<String, String>),
}

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// An environment variable.
    Variable(String),
    /// A variable in a `.env` file.
    DotEnv {
        /// The file.
        file: PathBuf,
        /// The variable.
        variable: String,
    },
    /// A key of a `Cargo.toml`.
    Metadata {
        /// The `Cargo.toml`.
        manifest: PathBuf,
        /// The names of the tables around it, and its own.
        path: Vec<String>,
    },
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Variable(name) => write!(f, "environment: {name}"),
            Self::DotEnv { file, variable } => write!(f, "{}: {variable}", file.display()),
            Self::Metadata { manifest, .. } => write!(f, "{}", manifest.display()),
            Self::Default => write!(f, "default"),
        }
    }
}

impl Origin {
    /// The place in a file, read anew; nothing for what is in no file.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Metadata { manifest, path } => {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                Some(manifest::place_of(manifest, &path))
            }
            Self::DotEnv { file, .. } => Some(Place::file(file)),
            Self::Flag(_) | Self::Variable(_) | Self::Default => None,
        }
    }
}

/// What a value should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected(pub String);

impl Value {
    /// Reads the text of a flag, a variable or a default.
    pub fn from_text(key: &Key, text: &str) -> Result<Self, Expected> {
        match key.kind {
            Kind::Text | Kind::Url => Ok(Self::Text(text.to_owned())),
            Kind::Word(words) => word(words, text),
            Kind::Number => {
                let number = text.trim().parse();
                number
                    .map(Self::Number)
                    .map_err(|_| expected("a whole number"))
            }
            Kind::Duration => duration(text).map(Self::Duration),
            Kind::List => {
                let parts = text
                    .split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty());
                list(key, parts.map(str::to_owned).collect())
            }
            Kind::Table => Err(expected("a table")),
        }
    }

    /// Reads a value of `Cargo.toml`.
    pub fn from_json(key: &Key, json: &Json) -> Result<Self, Expected> {
        match (key.kind, json) {
            (Kind::Number, Json::Number(number)) => number
                .as_u64()
                .map(Self::Number)
                .ok_or_else(|| expected("a whole number")),
            (Kind::List, Json::String(text)) => Ok(Self::List(vec![text.clone()])),
            (Kind::List, Json::Array(items)) => texts(items).and_then(|items| list(key, items)),
            (Kind::Table, Json::Object(entries)) => {
                let pairs = entries.iter().map(|(name, value)| {
                    let text = value.as_str().ok_or_else(|| expected("a table of texts"))?;
                    Ok((name.clone(), text.to_owned()))
                });
                pairs.collect::<Result<_, _>>().map(Self::Table)
            }
            (Kind::Text | Kind::Duration | Kind::Word(_) | Kind::Url, Json::String(text)) => {
                Self::from_text(key, text)
            }
            (kind, _) => Err(expected(kind.noun())),
        }
    }

    /// The value as `config --format json` shows it.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => Json::from(text.clone()),
            Self::Duration(duration) => Json::from(duration_text(*duration)),
            Self::Number(number) => Json::from(*number),
            Self::List(items) => Json::from(items.clone()),
            Self::Table(entries) => entries
                .iter()
                .map(|(name, value)| (name.clone(), Json::from(value.clone())))
                .collect(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Duration(duration) => f.write_str(&duration_text(*duration)),
            Self::Number(number) => write!(f, "{number}"),
            Self::List(items) => f.write_str(&items.join(", ")),
            Self::Table(entries) => {
                let pairs = entries
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"));
                f.write_str(&pairs.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::Text | Self::Word(_) | Self::Url => "a text",
            Self::Duration => "a duration, such as \"5s\"",
            Self::Number => "a whole number",
            Self::List => "a text or a list of texts",
            Self::Table => "a table of texts",
        }
    }
}

fn expected(what: &str) -> Expected {
    Expected(what.to_owned())
}

fn word(words: &[&str], text: &str) -> Result<Value, Expected> {
    if words.contains(&text) {
        return Ok(Value::Text(text.to_owned()));
    }
    let listed: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    Err(Expected(format!("one of {}", listed.join(", "))))
}

/// What cannot be done without is not emptied.
fn list(key: &Key, items: Vec<String>) -> Result<Value, Expected> {
    if items.is_empty() && key.default.is_some() {
        return Err(expected("at least one text"));
    }
    Ok(Value::List(items))
}

fn texts(items: &[Json]) -> Result<Vec<String>, Expected> {
    let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
    texts
        .collect::<Option<_>>()
        .ok_or_else(|| expected("a list of texts"))
}

/// Reads `500ms`, `5s`, `2min`, `1h`; a bare number is milliseconds, as in PostgreSQL's settings.
pub fn duration(text: &str) -> Result<Duration, Expected> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let milliseconds: Option<u64> = match unit.trim() {
        "" | "ms" => Some(1),
        "s" => Some(1000),
        "m" | "min" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let number: Option<u64> = number.parse().ok();
    let total = number
        .zip(milliseconds)
        .and_then(|(number, unit)| number.checked_mul(unit));
    total
        .map(Duration::from_millis)
        .ok_or_else(|| expected("a duration, such as `500ms` or `5s`"))
}

fn duration_text(duration: Duration) -> String {
    match duration.as_millis() {
        0 => "0".to_owned(),
        ms if ms % 1000 == 0 => format!("{}s", ms / 1000),
        ms => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("2 min"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("250"), Ok(Duration::from_millis(250)));
        assert!(duration("5 apples").is_err());
        assert!(duration("").is_err());
    }

    #[test]
    fn a_value_of_another_shape_says_what_was_expected() {
        let key = |name| Key::named(name).expect("a setting");
        let wrong = Value::from_json(key("slug-length"), &Json::from("x"));
        assert_eq!(wrong, Err(Expected("a whole number".to_owned())));
        let wrong = Value::from_json(key("heads"), &Json::from("two"));
        assert_eq!(wrong, Err(Expected("one of `one`, `many`".to_owned())));
        let one = Value::from_json(key("dir"), &Json::from("db"));
        assert_eq!(one, Ok(Value::List(vec!["db".to_owned()])));
        let none = Value::from_json(key("dir"), &Json::from(Vec::<String>::new()));
        assert_eq!(none, Err(Expected("at least one text".to_owned())));
        let none = Value::from_json(key("models"), &Json::from(Vec::<String>::new()));
        assert_eq!(none, Ok(Value::List(Vec::new())));
    }
}

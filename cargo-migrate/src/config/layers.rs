//! Where values are looked for, in order: flag, environment, `.env`, metadata, default.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value as Json};

use super::{
    error::ConfigError,
    key::{Key, Scope},
    manifest, near,
    value::{Expected, Origin, Value},
};
use crate::{environment::Environment, project::Table};

/// What the flags say: a setting's name to the flag and its text.
pub type Flags = BTreeMap<&'static str, (&'static str, Vec<String>)>;

/// All the places that a value may come from.
pub(super) struct Layers<'a> {
    flags: &'a Flags,
    environment: &'a Environment,
    dotenv: Vec<DotEnv>,
    metadata: Vec<Layer<'a>>,
}

/// One `.env` file.
struct DotEnv {
    file: PathBuf,
    variables: BTreeMap<String, String>,
}

/// One table of a `Cargo.toml`.
struct Layer<'a> {
    manifest: &'a Path,
    path: Vec<&'a str>,
    entries: &'a Map<String, Json>,
}

impl<'a> Layers<'a> {
    /// Reads the `.env` files, and checks every key of every table.
    pub(super) fn read(
        flags: &'a Flags,
        environment: &'a Environment,
        dotenv_folders: &[PathBuf],
        tables: &'a [Table],
    ) -> Result<Self, ConfigError> {
        let files = dotenv_folders.iter().map(|folder| folder.join(".env"));
        let dotenv = files.filter(|file| file.is_file()).map(DotEnv::read);
        let layers = Self {
            flags,
            environment,
            dotenv: dotenv.collect::<Result<_, _>>()?,
            metadata: tables
                .iter()
                .map(Layer::of_table)
                .collect::<Result<_, _>>()?,
        };
        layers.check()?;
        Ok(layers)
    }

    /// Puts the tables of one named database before the general ones.
    pub(super) fn select(&mut self, name: &str) -> Result<(), ConfigError> {
        let named: Vec<Layer<'a>> = self
            .metadata
            .iter()
            .filter_map(|layer| layer.database(name))
            .collect();
        if named.is_empty() {
            let name = name.to_owned();
            return Err(ConfigError::UnknownDatabase {
                name,
                databases: self.databases(),
            });
        }
        self.metadata.splice(0..0, named);
        Ok(())
    }

    /// The names of the databases, sorted.
    pub(super) fn databases(&self) -> Vec<String> {
        let tables = self.metadata.iter().flat_map(Layer::databases);
        let mut names: Vec<String> = tables.map(|layer| layer.name().to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The value of a setting and where it was found; `variable` is what the environment calls it.
    pub(super) fn find(
        &self,
        key: &Key,
        variable: Option<&str>,
    ) -> Result<(Option<Value>, Origin), ConfigError> {
        if let Some((flag, texts)) = self.flags.get(key.name) {
            let text = texts.join(",");
            return found(key, &text, Origin::Flag(flag));
        }
        if let Some(variable) = variable {
            if let Some(text) = self.environment.text(variable) {
                return found(key, text, Origin::Variable(variable.to_owned()));
            }
            if let Some((file, text)) = self.dotenv_text(variable) {
                let variable = variable.to_owned();
                return found(
                    key,
                    text,
                    Origin::DotEnv {
                        file: file.to_owned(),
                        variable,
                    },
                );
            }
        }
        if key.scope != Scope::Environment
            && let Some(layer) = self
                .metadata
                .iter()
                .find(|l| l.entries.contains_key(key.name))
        {
            return layer
                .value(key)
                .map(|value| (Some(value), layer.origin(key.name)));
        }
        match key.default {
            Some(text) => found(key, text, Origin::Default),
            None => Ok((None, Origin::Default)),
        }
    }

    /// All variables: the environment's over those of the `.env` files.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let files = self
            .dotenv
            .iter()
            .rev()
            .map(|dotenv| dotenv.variables.clone());
        let all = files.chain([self.environment.text_variables()]);
        all.flatten().collect()
    }

    fn dotenv_text(&self, variable: &str) -> Option<(&Path, &str)> {
        let texts = self.dotenv.iter().filter_map(|dotenv| {
            let text = dotenv.variables.get(variable)?;
            (!text.is_empty()).then_some((dotenv.file.as_path(), text.as_str()))
        });
        texts.into_iter().next()
    }

    fn check(&self) -> Result<(), ConfigError> {
        for layer in &self.metadata {
            layer.check()?;
            for database in layer.databases() {
                database.check()?;
            }
        }
        Ok(())
    }
}

fn found(key: &Key, text: &str, origin: Origin) -> Result<(Option<Value>, Origin), ConfigError> {
    match Value::from_text(key, text) {
        Ok(value) => Ok((Some(value), origin)),
        Err(expected) => Err(ConfigError::Value {
            key: key.name.to_owned(),
            expected,
            found: text.to_owned(),
            origin,
            place: None,
        }),
    }
}

impl DotEnv {
    fn read(file: PathBuf) -> Result<Self, ConfigError> {
        let read = || -> Result<BTreeMap<String, String>, dotenvy::Error> {
            dotenvy::from_path_iter(&file)?.collect()
        };
        match read() {
            Ok(variables) => Ok(Self { file, variables }),
            Err(error) => Err(ConfigError::DotEnv {
                reason: dotenv_reason(&error),
                file,
            }),
        }
    }
}

/// The reason without the line's text, which may hold a password.
fn dotenv_reason(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(_, at) => {
            format!("a line is not `NAME=VALUE` (at byte {at} of it)")
        }
        other => other.to_string(),
    }
}

impl<'a> Layer<'a> {
    fn of_table(table: &'a Table) -> Result<Self, ConfigError> {
        let path = vec![table.owner.as_str(), "metadata", "migrate"];
        Self::of(&table.manifest, path, &table.value)
    }

    fn of(manifest: &'a Path, path: Vec<&'a str>, value: &'a Json) -> Result<Self, ConfigError> {
        match value.as_object() {
            Some(entries) => Ok(Self {
                manifest,
                path,
                entries,
            }),
            None => Err(ConfigError::NotATable {
                table: path.join("."),
                place: Box::new(manifest::place_of(manifest, &path)),
            }),
        }
    }

    /// The last part of its path: a database's name.
    fn name(&self) -> &str {
        self.path.last().copied().unwrap_or_default()
    }

    fn databases(&self) -> Vec<Self> {
        let named = self.entries.get("databases").and_then(Json::as_object);
        let names = named.into_iter().flat_map(Map::keys);
        names.filter_map(|name| self.database(name)).collect()
    }

    fn database(&self, name: &str) -> Option<Self> {
        let databases = self.entries.get("databases")?.as_object()?;
        let (name, value) = databases.get_key_value(name)?;
        let mut path = self.path.clone();
        path.extend(["databases", name.as_str()]);
        Some(Self {
            manifest: self.manifest,
            path,
            entries: value.as_object()?,
        })
    }

    fn check(&self) -> Result<(), ConfigError> {
        for (name, value) in self.entries {
            match Key::named(name) {
                Some(key) if key.scope != Scope::Environment => drop(self.value(key)?),
                Some(_) | None if name == "databases" => self.check_databases(value)?,
                Some(_) | None => return Err(self.unknown(name)),
            }
        }
        Ok(())
    }

    fn check_databases(&self, value: &'a Json) -> Result<(), ConfigError> {
        if self.path.len() > 3 {
            return Err(self.unknown("databases"));
        }
        let mut path = self.path.clone();
        path.push("databases");
        let tables = Self::of(self.manifest, path, value)?;
        for (name, value) in tables.entries {
            let mut path = tables.path.clone();
            path.push(name);
            Self::of(self.manifest, path, value)?;
        }
        Ok(())
    }

    fn unknown(&self, key: &str) -> ConfigError {
        let names = Key::metadata_names().chain(["databases"]);
        ConfigError::UnknownKey {
            key: key.to_owned(),
            table: self.path.join("."),
            near: near(key, names).map(str::to_owned),
            place: Box::new(self.place(key)),
        }
    }

    fn value(&self, key: &Key) -> Result<Value, ConfigError> {
        let json = &self.entries[key.name];
        Value::from_json(key, json).map_err(|expected: Expected| ConfigError::Value {
            key: key.name.to_owned(),
            expected,
            found: json
                .as_str()
                .map_or_else(|| json.to_string(), str::to_owned),
            origin: self.origin(key.name),
            place: Some(Box::new(self.place(key.name))),
        })
    }

    fn place(&self, key: &str) -> build_support::Place {
        let mut path = self.path.clone();
        path.push(key);
        manifest::place_of(self.manifest, &path)
    }

    fn origin(&self, key: &str) -> Origin {
        let path = self.path.iter().chain([&key]).map(|&part| part.to_owned());
        Origin::Metadata {
            manifest: self.manifest.to_owned(),
            path: path.collect(),
        }
    }
}

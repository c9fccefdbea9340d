//! Models: what the application's Rust code says that its schema is.
//!
//! Rust files are read, never compiled: plain structs with `#[derive(Table)]` and enums with
//! `#[derive(Enum)]` (build-support's feature `derive`), SeaORM 2 entities, Diesel's `table!`. They
//! become DDL for a scratch database, where every part remembers its `file:line:column`.

mod attrs;
mod case;
mod derives;
mod diesel;
mod error;
mod file;
mod find;
mod fragment;
mod plain;
mod quote;
mod render;
mod resolve;
mod rust_type;
mod schema_file;
mod script;
mod sea_orm;
mod site;
#[cfg(test)]
mod tests;
mod value;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use self::value::{EnumType, Found, Table};
pub use self::{
    error::Error,
    schema_file::{parse_schema_file, read_schema_file},
    script::Script,
    site::{Site, SourceText},
    value::Dialect,
};

/// The tables and types that the application's Rust code declares.
#[derive(Debug, Clone)]
pub struct Models {
    tables: Vec<Table>,
    enums: Vec<EnumType>,
}

/// A rename that a model tells with `was`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rename {
    /// What was renamed.
    pub kind: RenameKind,
    /// The schema of the table or type.
    pub schema: String,
    /// The present name of the table that the column is of, or the type that the label is of.
    pub parent: Option<String>,
    /// The former name.
    pub old: String,
    /// The present name.
    pub new: String,
}

/// What a model says that existing rows get in a column that refuses null.
#[derive(Debug, Clone)]
pub struct Backfill {
    /// The column: `schema.table.column`.
    pub column: String,
    /// The expression, with where it stands.
    pub expression: Script,
}

/// What was renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RenameKind {
    /// An enum type.
    Type,
    /// A label of an enum type.
    Label,
    /// A table.
    Table,
    /// A column.
    Column,
}

impl Models {
    /// Reads the Rust files that the patterns name: files, folders and globs, relative to `root`.
    ///
    /// # Errors
    /// A pattern that finds nothing, a file that is not Rust, a model that makes no sense.
    pub fn read(root: &Path, patterns: &[PathBuf]) -> Result<Self, Error> {
        let files = find::rust_files(root, patterns)?;
        let mut sources = Vec::new();
        for file in files {
            let file = root.join(file);
            let text = fs_err::read_to_string(&file).map_err(|source| Error::Unreadable {
                file: file.clone(),
                source,
            })?;
            sources.push(SourceText::new(file, &text));
        }
        Self::parse(&sources)
    }

    /// Reads models from texts that are at hand.
    ///
    /// # Errors
    /// A text that is not Rust, a model that makes no sense.
    pub fn parse(sources: &[Arc<SourceText>]) -> Result<Self, Error> {
        let mut found = Found::default();
        for source in sources {
            file::read(source, &mut found)?;
        }
        let resolved = resolve::resolve(found)?;
        Ok(Self {
            tables: resolved.tables,
            enums: resolved.enums,
        })
    }

    /// Whether the files declare no table and no type.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.enums.is_empty()
    }

    /// The statements that build the schema in an empty database.
    pub fn ddl(&self) -> Script {
        render::ddl(&self.tables, &self.enums)
    }

    /// What the tables' models were written in, by schema and name.
    pub fn dialects(&self) -> impl Iterator<Item = (&str, &str, Dialect)> {
        self.tables.iter().map(|table| {
            let schema = table.schema.as_ref().map_or("public", |s| s.text.as_str());
            (schema, table.name.text.as_str(), table.dialect)
        })
    }

    /// The names of constraints and indexes that the models spell out, by table: schema, table, name.
    pub fn given_names(&self) -> impl Iterator<Item = (String, String, String)> {
        self.tables.iter().flat_map(|table| {
            let schema = table.schema.as_ref().map_or("public", |s| s.text.as_str());
            let names = table.names_of_parts();
            names.map(move |name| {
                let table = table.name.text.clone();
                (schema.to_owned(), table, name.text.clone())
            })
        })
    }

    /// The renames that the models tell, sorted.
    pub fn renames(&self) -> Vec<Rename> {
        let mut renames: Vec<Rename> = self.tables.iter().flat_map(table_renames).collect();
        renames.extend(self.enums.iter().flat_map(enum_renames));
        renames.sort();
        renames
    }

    /// What existing rows get, column by column.
    pub fn backfills(&self) -> impl Iterator<Item = Backfill> {
        self.tables.iter().flat_map(|table| {
            let schema = table.schema.as_ref().map_or("public", |s| s.text.as_str());
            table.columns.iter().filter_map(move |column| {
                let (table, name) = (&table.name.text, &column.name.text);
                Some(Backfill {
                    column: format!("{schema}.{table}.{name}"),
                    expression: Script::expression(column.backfill.as_ref()?),
                })
            })
        })
    }
}

fn table_renames(table: &Table) -> Vec<Rename> {
    let schema = table.schema.as_ref().map_or("public", |s| s.text.as_str());
    let own = table.was.iter().map(|was| Rename {
        kind: RenameKind::Table,
        schema: schema.to_owned(),
        parent: None,
        old: was.text.clone(),
        new: table.name.text.clone(),
    });
    let columns = table.columns.iter().filter_map(|column| {
        Some(Rename {
            kind: RenameKind::Column,
            schema: schema.to_owned(),
            parent: Some(table.name.text.clone()),
            old: column.was.as_ref()?.text.clone(),
            new: column.name.text.clone(),
        })
    });
    own.chain(columns).collect()
}

fn enum_renames(found: &EnumType) -> Vec<Rename> {
    let schema = found.schema.as_ref().map_or("public", |s| s.text.as_str());
    let own = found.was.iter().map(|was| Rename {
        kind: RenameKind::Type,
        schema: schema.to_owned(),
        parent: None,
        old: was.text.clone(),
        new: found.name.text.clone(),
    });
    let labels = found.labels.iter().filter_map(|label| {
        Some(Rename {
            kind: RenameKind::Label,
            schema: schema.to_owned(),
            parent: Some(found.name.text.clone()),
            old: label.was.as_ref()?.text.clone(),
            new: label.name.text.clone(),
        })
    });
    own.chain(labels).collect()
}

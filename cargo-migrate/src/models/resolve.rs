//! Makes one schema of all that was found: names are resolved against each other, and what
//! contradicts itself is refused with both places.

use std::collections::BTreeMap;

use crate::config::near;

use super::{
    case::Case,
    error::Error,
    fragment::Fragment,
    quote::quote,
    site::Site,
    value::{Base, DataType, Dialect, EnumType, ForeignKey, Found, Index, Table},
};

/// The tables and enum types with nothing left to resolve.
pub(crate) struct Resolved {
    pub(crate) tables: Vec<Table>,
    pub(crate) enums: Vec<EnumType>,
}

/// Resolves what was found in all the files.
pub(crate) fn resolve(mut found: Found) -> Result<Resolved, Error> {
    name_diesel_enums(&mut found);
    refuse_duplicates(&found)?;
    let types = Types::of(&found);
    let mut tables = found.tables.clone();
    for table in &mut tables {
        resolve_types(table, &types)?;
        resolve_keys(table)?;
        for index in &mut table.indexes {
            resolve_index(index, &found.tables, &table.name.text)?;
        }
    }
    for at in 0..tables.len() {
        let keys = tables[at].foreign_keys.clone();
        let keys = keys.into_iter();
        let keys = keys.map(|key| resolve_foreign_key(key, &tables[at], &tables));
        tables[at].foreign_keys = keys.collect::<Result<_, _>>()?;
    }
    Ok(Resolved {
        tables,
        enums: found.enums,
    })
}

/// A Diesel enum over an SQL type declared in `schema.rs` has that type's name.
fn name_diesel_enums(found: &mut Found) {
    for (mut diesel_enum, sql_type) in std::mem::take(&mut found.sql_type_enums) {
        let alias = found.aliases.iter().find(|a| a.rust.text == sql_type);
        if let Some(Base::Sql(name)) = alias.map(|alias| &alias.data_type.base) {
            let (schema, name) = match name.rsplit_once('.') {
                Some((schema, name)) => (Some(schema.trim_matches('"')), name.trim_matches('"')),
                None => (None, name.trim_matches('"')),
            };
            diesel_enum.schema =
                schema.map(|schema| Fragment::new(schema, diesel_enum.name.site.clone()));
            diesel_enum.name.text = name.to_owned();
        }
        found.enums.push(diesel_enum);
    }
}

/// The name with its schema, as messages show it.
pub(crate) fn full_name(schema: Option<&Fragment>, name: &Fragment) -> String {
    match schema.filter(|schema| schema.text != "public") {
        Some(schema) => format!("{}.{}", schema.text, name.text),
        None => name.text.clone(),
    }
}

fn refuse_duplicates(found: &Found) -> Result<(), Error> {
    let mut seen: BTreeMap<String, (&str, &Site)> = BTreeMap::new();
    let tables = found.tables.iter();
    let tables = tables.map(|t| (full_name(t.schema.as_ref(), &t.name), "table", &t.rust.site));
    let enums = found.enums.iter();
    let enums = enums.map(|e| (full_name(e.schema.as_ref(), &e.name), "type", &e.rust.site));
    for (name, kind, site) in tables.chain(enums) {
        if let Some((_, first)) = seen.insert(name.clone(), (kind, site)) {
            return Err(
                Error::at(site, format!("the {kind} `{name}` has two models"))
                    .with_other("the other one", first)
                    .hint("keep one of them, or leave the other out of `models`"),
            );
        }
    }
    found.tables.iter().try_for_each(refuse_double_columns)
}

fn refuse_double_columns(table: &Table) -> Result<(), Error> {
    let mut seen: BTreeMap<&str, &Site> = BTreeMap::new();
    for column in &table.columns {
        let (name, site) = (&column.name.text, &column.name.site);
        if let Some(first) = seen.insert(name, site) {
            let table = &table.name.text;
            return Err(Error::at(
                site,
                format!("the table `{table}` has two columns `{name}`"),
            )
            .with_other("the other one", first));
        }
    }
    Ok(())
}

/// What the Rust names of the application's own types stand for.
struct Types<'a> {
    found: &'a Found,
    /// Rust name → what it was declared as.
    named: BTreeMap<&'a str, Vec<Meaning<'a>>>,
}

/// A declaration that explains a Rust name.
#[derive(Clone, Copy)]
enum Meaning<'a> {
    Enum(&'a EnumType),
    Alias(&'a DataType),
}

impl<'a> Types<'a> {
    fn of(found: &'a Found) -> Self {
        let mut named: BTreeMap<&str, Vec<Meaning<'a>>> = BTreeMap::new();
        for found in &found.enums {
            let meanings = named.entry(&found.rust.text).or_default();
            meanings.push(Meaning::Enum(found));
        }
        for alias in &found.aliases {
            let meanings = named.entry(&alias.rust.text).or_default();
            meanings.push(Meaning::Alias(&alias.data_type));
        }
        Self { found, named }
    }

    /// The SQL of a type.
    fn sql(&self, data_type: &DataType, depth: usize) -> Result<String, Error> {
        let base = match &data_type.base {
            Base::Sql(name) => name.clone(),
            Base::Named(name) if depth < 16 => self.sql_of_name(name, data_type, depth)?,
            Base::Named(name) => {
                return Err(Error::at(
                    &data_type.site,
                    format!("`{name}` stands for itself"),
                ));
            }
            Base::Impossible { rust, hint } => {
                return Err(Error::at(
                    &data_type.site,
                    format!("PostgreSQL has no type for `{rust}`"),
                )
                .hint(hint));
            }
        };
        Ok(format!("{base}{}", "[]".repeat(data_type.dimensions)))
    }

    fn sql_of_name(&self, name: &str, of: &DataType, depth: usize) -> Result<String, Error> {
        let mut meanings = self.named.get(name).cloned().unwrap_or_default();
        if meanings.len() > 1 {
            let near = |meaning: &Meaning<'_>| match meaning {
                Meaning::Enum(found) => found.rust.site.same_file(&of.site),
                Meaning::Alias(data_type) => data_type.site.same_file(&of.site),
            };
            if meanings.iter().filter(|meaning| near(meaning)).count() == 1 {
                meanings.retain(near);
            }
        }
        let mut answers = Vec::new();
        for meaning in meanings {
            answers.push(match meaning {
                Meaning::Enum(found) => match &found.schema {
                    Some(schema) => format!("{}.{}", quote(&schema.text), quote(&found.name.text)),
                    None => quote(&found.name.text),
                },
                Meaning::Alias(data_type) => self.sql(data_type, depth + 1)?,
            });
        }
        answers.sort();
        answers.dedup();
        match answers.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(self.unknown(name, &of.site)),
            [first, second, ..] => Err(Error::at(
                &of.site,
                format!("`{name}` is `{first}` in one file and `{second}` in another"),
            )
            .hint("say which type the column has: `#[column(type = \"…\")]`")),
        }
    }

    fn unknown(&self, name: &str, site: &Site) -> Error {
        let error = Error::at(
            site,
            format!("can't tell which PostgreSQL type `{name}` is"),
        );
        if let Some(stranger) = self.found.strangers.iter().find(|s| s.text == name) {
            return error.with_other("it is declared at", &stranger.site).hint(
                "derive `Enum` on it if it is an enum type, or say which type the column has: \
                 `#[column(type = \"…\")]`",
            );
        }
        error.hint(
            "say which type the column has: `#[column(type = \"…\")]`, or add the file that \
             declares it to `models`",
        )
    }
}

fn resolve_types(table: &mut Table, types: &Types<'_>) -> Result<(), Error> {
    for column in &mut table.columns {
        let sql = types.sql(&column.data_type, 0);
        let sql = sql.map_err(|error| error.hint_for(table.dialect))?;
        column.data_type.base = Base::Sql(sql);
        column.data_type.dimensions = 0;
    }
    Ok(())
}

/// Puts the database's names in place of the fields' in the keys of a table.
fn resolve_keys(table: &mut Table) -> Result<(), Error> {
    let known = table.clone();
    let keys = table.primary_key.iter_mut().chain(&mut table.uniques);
    for key in keys {
        for name in key.columns.iter_mut().chain(&mut key.include) {
            name.text = column_name(&known, name)?;
        }
    }
    let foreign_keys = table.foreign_keys.iter_mut();
    for name in foreign_keys.flat_map(|key| &mut key.columns) {
        name.text = column_name(&known, name)?;
    }
    Ok(())
}

/// The database's name of a column, given it or the field's; inherited ones are not known here.
fn column_name(table: &Table, name: &Fragment) -> Result<String, Error> {
    if let Some(column) = table.column(&name.text) {
        return Ok(column.name.text.clone());
    }
    let pascal = |text: &str| Case::Pascal.apply(text);
    if table.dialect == Dialect::SeaOrm
        && let Some(column) = table
            .columns
            .iter()
            .find(|column| pascal(&column.field) == pascal(&name.text))
    {
        return Ok(column.name.text.clone());
    }
    if table.options.inherits.is_some() {
        return Ok(name.text.clone());
    }
    Err(no_column(table, &name.text, &name.site))
}

fn no_column(table: &Table, name: &str, site: &Site) -> Error {
    let columns: Vec<&str> = table.columns.iter().map(|c| c.name.text.as_str()).collect();
    let error = Error::at(
        site,
        format!("the table `{}` has no column `{name}`", table.name.text),
    );
    match near(name, columns.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("it has `{}`", columns.join("`, `"))),
    }
}

/// Index columns are columns, `column DESC`, or expressions: only a bare name has to be one.
fn resolve_index(index: &mut Index, tables: &[Table], table: &str) -> Result<(), Error> {
    let table = tables.iter().find(|t| t.name.text == table);
    let table = table.expect("the index is of one of the tables");
    for item in &mut index.columns {
        let (name, rest) = match item.text.split_once(' ') {
            Some((name, rest)) => (name, format!(" {rest}")),
            None => (item.text.as_str(), String::new()),
        };
        if let Some(column) = table.column(name) {
            item.text = format!("{}{rest}", quote(&column.name.text));
        } else if is_name(&item.text) && table.options.inherits.is_none() {
            return Err(no_column(table, &item.text, &item.site));
        }
    }
    for name in &mut index.include {
        name.text = column_name(table, name)?;
    }
    Ok(())
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn resolve_foreign_key(
    mut key: ForeignKey,
    table: &Table,
    tables: &[Table],
) -> Result<ForeignKey, Error> {
    let Some(target) = target_table(&key, table, tables) else {
        if table.dialect == Dialect::SeaOrm {
            return Err(Error::at(
                &key.target.site,
                format!("no model is the entity `{}`", key.target.table),
            )
            .hint("add its file to `models`"));
        }
        return Ok(key);
    };
    for name in &mut key.target.columns {
        let fragment = Fragment::new(name.as_str(), key.target.site.clone());
        *name = column_name(target, &fragment)?;
    }
    key.target.table = target.name.text.clone();
    key.target.schema = target.schema.as_ref().map(|schema| schema.text.clone());
    if table.dialect == Dialect::SeaOrm && key.name.is_none() {
        let columns: Vec<&str> = key.columns.iter().map(|c| c.text.as_str()).collect();
        let name = format!("fk-{}-{}", table.name.text, columns.join("-"));
        key.name = Some(Fragment::new(name, key.site.clone()));
    }
    Ok(key)
}

/// The model that a target names: by table, by struct, or by the module of an entity.
fn target_table<'a>(key: &ForeignKey, from: &Table, tables: &'a [Table]) -> Option<&'a Table> {
    let name = key.target.table.as_str();
    if from.dialect == Dialect::SeaOrm {
        let segments: Vec<&str> = name.split("::").collect();
        let module = match segments.as_slice() {
            [.., module, "Entity"] if *module != "self" => module,
            _ => from.module.as_str(),
        };
        return tables
            .iter()
            .find(|table| table.dialect == Dialect::SeaOrm && table.module == module);
    }
    let schema = key.target.schema.as_deref();
    let in_schema = |table: &&Table| match (&table.schema, schema) {
        (Some(own), Some(asked)) => own.text == asked,
        (Some(own), None) => from.schema.as_ref().is_some_and(|s| s.text == own.text),
        (None, asked) => asked.is_none_or(|asked| asked == "public"),
    };
    let by_table = tables.iter().filter(|table| table.name.text == name);
    let by_rust = tables.iter().filter(|table| table.rust.text == name);
    by_table
        .clone()
        .find(in_schema)
        .or_else(|| by_rust.clone().next())
}

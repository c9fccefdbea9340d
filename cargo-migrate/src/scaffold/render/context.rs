//! The values that a template is filled with, and what the user should think of.

use std::collections::{BTreeMap, BTreeSet};

use cargo_migrate_templates::Fields;
use minijinja::{Value, context};

use super::{
    super::{
        field::{EnumType, Field},
        ident::{Identifier, InvalidIdentifier, Name},
    },
    Request, Timestamps, columns,
    words::Material,
};
use crate::schema::name::literal;

/// The values by name, and hints.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub(super) values: BTreeMap<&'static str, Value>,
    pub(super) hints: Vec<String>,
}

/// Fields that can't be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// A part of the name is no identifier.
    #[error("the name `{name}`: {source}")]
    Identifier {
        /// The name of the revision.
        name: String,
        /// What is wrong.
        source: InvalidIdentifier,
    },
    /// Two fields for one column.
    #[error("the column `{column}` stands twice")]
    Twice {
        /// The column.
        column: String,
    },
    /// A field `id` that is not the primary key, in a table that gets one of that name.
    #[error("the column `id` is not the primary key, and a new table gets one of that name")]
    Id,
    /// A label that an enum type has twice.
    #[error("the label `{label}` stands twice")]
    TwiceLabel {
        /// The label.
        label: String,
    },
    /// An index that only some of its columns want to be unique.
    #[error("an index is unique over all of its columns, and `{column}` does not say `:unique`")]
    HalfUnique {
        /// The first column that does not.
        column: String,
    },
    /// Two enum types of one name.
    #[error("the enum type `{name}` has two lists of labels")]
    Enum {
        /// The type.
        name: String,
    },
    /// `:backfill` on a column of a new table.
    #[error("`{column}` has a backfill, and a new table has no rows")]
    Backfill {
        /// The column.
        column: String,
    },
    /// A table renamed into another schema.
    #[error("`{old}` can't be renamed to `{new}`: a rename stays in its schema")]
    Schema {
        /// The table.
        old: String,
        /// What it should become.
        new: String,
    },
    /// A primary key on several added columns.
    #[error("only one added column can be a primary key: `{first}` and `{second}` are two")]
    PrimaryKeys {
        /// The first.
        first: String,
        /// The second.
        second: String,
    },
}

/// Makes the values for every template that takes such words.
pub(super) fn build(material: &Material, request: &Request<'_>) -> Result<Context, ContextError> {
    distinct(&material.fields)?;
    distinct_labels(&material.labels)?;
    let mut context = Context::default();
    context.set("message", super::super::slug::message(request.name));
    context.set("labels", columns::labels(&material.labels));
    context.names(material, request)?;
    if let Some(table) = material.parts.get("table") {
        let table = named(table, request)?;
        context.table(&table, material, request)?;
    }
    context.think(material);
    Ok(context)
}

impl Context {
    fn set(&mut self, key: &'static str, value: impl Into<Value>) {
        self.values.insert(key, value.into());
    }

    /// The names that stand in the revision's name: old and new, a type, a schema, a value.
    fn names(&mut self, material: &Material, request: &Request<'_>) -> Result<(), ContextError> {
        for (key, text) in &material.parts {
            match *key {
                "from" | "to" => self.set(key, literal(text)),
                "columns" | "labels" => {}
                key => self.set(key, named(text, request)?.to_string()),
            }
        }
        let (Some(old), Some(new)) = (material.parts.get("old"), material.parts.get("new")) else {
            return Ok(());
        };
        if material.parts.contains_key("table") {
            return Ok(());
        }
        self.table_rename(&named(old, request)?, &named(new, request)?)
    }

    fn table_rename(&mut self, old: &Name, new: &Name) -> Result<(), ContextError> {
        if new.schema.is_some() && new.schema != old.schema {
            return Err(ContextError::Schema {
                old: old.to_string(),
                new: new.to_string(),
            });
        }
        let path = old.sibling(new.name.clone());
        self.set("old_name", old.name.to_string());
        self.set(
            "new",
            context! { name => new.name.to_string(), path => path.to_string() },
        );
        Ok(())
    }

    fn table(
        &mut self,
        table: &Name,
        material: &Material,
        request: &Request<'_>,
    ) -> Result<(), ContextError> {
        let fields = &material.fields;
        let names: Vec<&Identifier> = fields.iter().map(|field| &field.name).collect();
        let indexed = fields.iter().filter(|field| field.index);
        let constraints: Vec<Value> = fields
            .iter()
            .flat_map(|field| columns::constraints(table, field))
            .collect();
        match material.kind {
            Some(Fields::Table) => {
                let lines = table_lines(fields, &constraints, request.timestamps)?;
                self.set("lines", lines);
            }
            _ => one_primary_key(fields)?,
        }
        self.set(
            "columns",
            fields.iter().map(columns::column).collect::<Vec<_>>(),
        );
        self.set(
            "alterations",
            fields
                .iter()
                .flat_map(columns::alterations)
                .collect::<Vec<_>>(),
        );
        self.set("constraints", constraints);
        self.set("foreign_keys", foreign_keys(table, fields));
        self.set("enums", enums(fields)?);
        self.set("index", columns::index(table, &names));
        self.set("unique_index", is_unique(material)?);
        self.set("unique", columns::unique(table, &names));
        let indexes = indexed.map(|field| columns::index(table, &[&field.name]));
        self.set("indexes", indexes.collect::<Vec<_>>());
        let untyped: Vec<String> = material
            .unstated
            .iter()
            .map(|column| format!("{table}.{column}"))
            .collect();
        self.set("untyped", untyped.join(", "));
        Ok(())
    }

    /// Says what the user should think of.
    fn think(&mut self, material: &Material) {
        let adds = matches!(
            material.kind,
            Some(Fields::Columns | Fields::EnumColumns | Fields::ReferencingColumns)
        );
        for field in material
            .fields
            .iter()
            .filter(|field| adds && columns::is_unfilled(field))
        {
            self.hints.push(format!(
                "rows that exist need a value for `{}` before it can be NOT NULL: write it into \
                 the script, or give the field `:backfill=EXPR` or `:default=EXPR`",
                field.name
            ));
        }
    }
}

fn named(text: &str, request: &Request<'_>) -> Result<Name, ContextError> {
    Name::parse(text).map_err(|source| ContextError::Identifier {
        name: request.name.to_owned(),
        source,
    })
}

fn distinct(fields: &[Field]) -> Result<(), ContextError> {
    let mut seen = BTreeSet::new();
    match fields.iter().find(|field| !seen.insert(&field.name)) {
        Some(field) => Err(ContextError::Twice {
            column: field.name.to_string(),
        }),
        None => Ok(()),
    }
}

fn distinct_labels(labels: &[String]) -> Result<(), ContextError> {
    let mut seen = BTreeSet::new();
    match labels.iter().find(|label| !seen.insert(*label)) {
        Some(label) => Err(ContextError::TwiceLabel {
            label: label.clone(),
        }),
        None => Ok(()),
    }
}

/// Whether the columns of an index ask for a unique one.
fn is_unique(material: &Material) -> Result<bool, ContextError> {
    let plain = material.fields.iter().find(|field| !field.unique);
    let Some(column) = plain else {
        return Ok(!material.fields.is_empty());
    };
    let is_index = material.kind == Some(Fields::Keys);
    match is_index && material.fields.iter().any(|field| field.unique) {
        true => Err(ContextError::HalfUnique {
            column: column.name.to_string(),
        }),
        false => Ok(false),
    }
}

fn one_primary_key(fields: &[Field]) -> Result<(), ContextError> {
    let mut keys = fields.iter().filter(|field| field.primary_key);
    match (keys.next(), keys.next()) {
        (Some(first), Some(second)) => Err(ContextError::PrimaryKeys {
            first: first.name.to_string(),
            second: second.name.to_string(),
        }),
        _ => Ok(()),
    }
}

/// The lines of CREATE TABLE: the identity, the columns, the timestamps, the constraints.
fn table_lines(
    fields: &[Field],
    constraints: &[Value],
    timestamps: Timestamps,
) -> Result<Vec<String>, ContextError> {
    if let Some(field) = fields.iter().find(|field| field.backfill.is_some()) {
        return Err(ContextError::Backfill {
            column: field.name.to_string(),
        });
    }
    let keys: Vec<&Field> = fields.iter().filter(|field| field.primary_key).collect();
    let mut lines = Vec::new();
    if keys.is_empty() {
        if fields.iter().any(|field| field.name.as_str() == "id") {
            return Err(ContextError::Id);
        }
        lines.push("id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY".to_owned());
    }
    lines.extend(fields.iter().map(|field| match keys.len() {
        0 | 1 => columns::definition(field),
        _ => columns::definition(&Field {
            primary_key: false,
            ..field.clone()
        }),
    }));
    if timestamps == Timestamps::Present {
        lines.extend(timestamp_lines(fields));
    }
    if keys.len() > 1 {
        let keys: Vec<String> = keys.iter().map(|field| field.name.to_string()).collect();
        lines.push(format!("PRIMARY KEY ({})", keys.join(", ")));
    }
    for constraint in constraints {
        let definition = constraint.get_attr("definition").unwrap_or_default();
        lines.push(format!("CONSTRAINT {definition}"));
    }
    Ok(lines)
}

/// `created_at` and `updated_at`, unless a field is one of them.
fn timestamp_lines(fields: &[Field]) -> impl Iterator<Item = String> {
    ["created_at", "updated_at"]
        .into_iter()
        .filter(|name| fields.iter().all(|field| field.name.as_str() != *name))
        .map(|name| format!("{name} timestamptz NOT NULL DEFAULT now()"))
}

fn foreign_keys(table: &Name, fields: &[Field]) -> Vec<Value> {
    let reference = |field: &Field| {
        let to = field.references.as_ref()?;
        Some(columns::foreign_key(table, &field.name, to))
    };
    fields.iter().filter_map(reference).collect()
}

/// The enum types of the fields, each once.
fn enums(fields: &[Field]) -> Result<Vec<Value>, ContextError> {
    let mut kinds: Vec<&EnumType> = Vec::new();
    for kind in fields.iter().filter_map(columns::enum_of) {
        match kinds.iter().find(|known| known.name == kind.name) {
            None => kinds.push(kind),
            Some(known) if known.labels == kind.labels => {}
            Some(_) => {
                return Err(ContextError::Enum {
                    name: kind.name.to_string(),
                });
            }
        }
    }
    Ok(kinds.into_iter().map(columns::enum_type).collect())
}

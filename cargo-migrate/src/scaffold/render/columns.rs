//! The clauses of a column, and the constraints, indexes and types that its field asks for.

use minijinja::{Value, context};

use super::super::{
    field::{EnumType, Field, FieldType, Reference},
    ident::{Identifier, Name},
};
use crate::schema::name::literal;

/// A column as the templates see it.
pub(super) fn column(field: &Field) -> Value {
    let name = &field.name;
    context! {
        name => name.to_string(),
        definition => definition(field),
        addition => addition(field),
        backfill => field.backfill.clone(),
        unfilled => is_unfilled(field),
        set_not_null => format!("{name} SET NOT NULL"),
        drop_not_null => format!("{name} DROP NOT NULL"),
    }
}

/// The whole column, as CREATE TABLE has it.
pub(super) fn definition(field: &Field) -> String {
    let mut clauses = vec![field.name.to_string(), field.type_sql()];
    if field.not_null && !field.primary_key {
        clauses.push("NOT NULL".to_owned());
    }
    clauses.extend(field.default.as_ref().map(|sql| format!("DEFAULT {sql}")));
    if field.primary_key {
        clauses.push("PRIMARY KEY".to_owned());
    }
    clauses.join(" ")
}

/// The column as ADD COLUMN has it: only its type, where the rest comes in a later step.
fn addition(field: &Field) -> String {
    if is_stepwise(field) {
        format!("{} {}", field.name, field.type_sql())
    } else {
        definition(field)
    }
}

/// What ALTER COLUMN adds to a column that came without it.
pub(super) fn alterations(field: &Field) -> Vec<String> {
    if !is_stepwise(field) {
        return Vec::new();
    }
    let default = field.default.as_ref();
    let default = default.map(|sql| format!("{} SET DEFAULT {sql}", field.name));
    let not_null = field
        .not_null
        .then(|| format!("{} SET NOT NULL", field.name));
    default.into_iter().chain(not_null).collect()
}

/// Whether rows that exist must get their value between the steps: a default would give them
/// another one, and NOT NULL would fail.
fn is_stepwise(field: &Field) -> bool {
    field.backfill.is_some() || is_unfilled(field)
}

/// Whether NOT NULL fails on a table that has rows.
pub(super) fn is_unfilled(field: &Field) -> bool {
    let kind = field.type_sql().to_lowercase();
    let fills_itself = kind.contains("serial") || kind.contains("generated ");
    let has_value = field.default.is_some() || field.backfill.is_some() || field.primary_key;
    field.not_null && !has_value && !fills_itself
}

/// `ix_users_email_is_active` over its columns.
pub(super) fn index(table: &Name, columns: &[&Identifier]) -> Value {
    let name = made_of("ix", table, columns);
    context! {
        name => name.to_string(),
        path => table.sibling(name).to_string(),
        columns => list(columns),
    }
}

/// `uq_users_email` over its columns.
pub(super) fn unique(table: &Name, columns: &[&Identifier]) -> Value {
    let name = made_of("uq", table, columns);
    let columns = list(columns);
    context! {
        name => name.to_string(),
        definition => format!("{name} UNIQUE ({columns})"),
        columns,
    }
}

/// `fk_posts_author_id`.
pub(super) fn foreign_key(table: &Name, column: &Identifier, to: &Reference) -> Value {
    let name = made_of("fk", table, &[column]);
    let mut definition = format!("{name} FOREIGN KEY ({column}) REFERENCES {}", to.table);
    if let Some(key) = &to.column {
        definition.push_str(&format!(" ({key})"));
    }
    if let Some(action) = to.on_delete {
        definition.push_str(&format!(" ON DELETE {action}"));
    }
    context! { name => name.to_string(), definition }
}

/// The constraints that one field asks for on its table.
pub(super) fn constraints<'a>(
    table: &'a Name,
    field: &'a Field,
) -> impl Iterator<Item = Value> + 'a {
    let key = field.unique.then(|| unique(table, &[&field.name]));
    let reference = field.references.as_ref();
    key.into_iter()
        .chain(reference.map(|to| foreign_key(table, &field.name, to)))
}

/// The enum type that a field makes.
pub(super) fn enum_of(field: &Field) -> Option<&EnumType> {
    match &field.kind {
        FieldType::Enum(kind) => Some(kind),
        FieldType::Unstated | FieldType::Sql(_) => None,
    }
}

/// An enum type as the templates see it.
pub(super) fn enum_type(kind: &EnumType) -> Value {
    context! { name => kind.name.to_string(), labels => labels(&kind.labels) }
}

/// Labels as string constants.
pub(super) fn labels(labels: &[String]) -> Vec<String> {
    labels.iter().map(|label| literal(label)).collect()
}

fn made_of(prefix: &str, table: &Name, columns: &[&Identifier]) -> Identifier {
    let columns: Vec<&str> = columns.iter().map(|column| column.as_str()).collect();
    Identifier::generated(&format!(
        "{prefix}_{}_{}",
        table.name.as_str(),
        columns.join("_")
    ))
}

fn list(columns: &[&Identifier]) -> String {
    let columns: Vec<String> = columns.iter().map(ToString::to_string).collect();
    columns.join(", ")
}

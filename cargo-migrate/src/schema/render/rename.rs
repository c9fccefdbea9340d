//! The statements that give an object another name or another schema.

use super::noun;
use crate::schema::model::{Kind, ObjectId, Snapshot};
use crate::schema::name::{Ident, Qualified, literal};

/// The statements of a rename: one for the schema, one for the name, where these differ.
pub(crate) fn rename_sql(from: &Snapshot, old: &ObjectId, new: &ObjectId) -> Vec<String> {
    match old.kind {
        Kind::Column => {
            // PostgreSQL renames an inherited column with that of the parent.
            if from.column(old).is_some_and(|column| column.inherited) {
                return Vec::new();
            }
            vec![part(old, new, "COLUMN ")]
        }
        Kind::Constraint => vec![part(old, new, "CONSTRAINT ")],
        Kind::DomainConstraint => vec![format!(
            "ALTER DOMAIN {} RENAME CONSTRAINT {} TO {}",
            old.parent_name(),
            Ident(&old.name),
            Ident(&new.name)
        )],
        Kind::EnumValue => vec![format!(
            "ALTER TYPE {} RENAME VALUE {} TO {}",
            old.parent_name(),
            literal(&old.name),
            literal(&new.name)
        )],
        Kind::Trigger | Kind::Rule | Kind::Policy => vec![format!(
            "ALTER {} {} ON {} RENAME TO {}",
            noun(old.kind),
            Ident(&old.name),
            old.parent_name(),
            Ident(&new.name)
        )],
        _ => standing_alone(old, new),
    }
}

fn part(old: &ObjectId, new: &ObjectId, noun: &str) -> String {
    format!(
        "ALTER TABLE {} RENAME {noun}{} TO {}",
        new.parent_name(),
        Ident(&old.name),
        Ident(&new.name)
    )
}

fn standing_alone(old: &ObjectId, new: &ObjectId) -> Vec<String> {
    let noun = noun(old.kind);
    let args = match old.kind {
        Kind::Routine | Kind::Aggregate => format!("({})", old.args),
        _ => String::new(),
    };
    let mut statements = Vec::new();
    if old.schema != new.schema {
        statements.push(format!(
            "ALTER {noun} {}{args} SET SCHEMA {}",
            old.qualified(),
            Ident(&new.schema)
        ));
    }
    if old.name != new.name {
        let moved = Qualified {
            schema: &new.schema,
            name: &old.name,
        };
        statements.push(format!(
            "ALTER {noun} {moved}{args} RENAME TO {}",
            Ident(&new.name)
        ));
    }
    statements
}

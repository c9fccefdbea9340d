//! What makes two tables or two columns look like one that was renamed.

use std::collections::BTreeSet;

use crate::schema::lex::same_but_for_names;
use crate::schema::model::{Body, Column, ConstraintType, Kind, ObjectId, Snapshot, Table};

/// One table or column and the snapshot that it is in.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) id: &'a ObjectId,
}

/// Whether two tables have the same columns, constraints and indexes, and are pointed at by as many
/// foreign keys.
pub(crate) fn same_table(old: Seen<'_>, new: Seen<'_>) -> bool {
    same_definition(old, new) && pointing_at(old) == pointing_at(new)
}

/// Whether two tables have the same columns, constraints and indexes.
pub(crate) fn same_definition(old: Seen<'_>, new: Seen<'_>) -> bool {
    let (a, b) = (
        old.snapshot.columns_of(old.id),
        new.snapshot.columns_of(new.id),
    );
    let same_columns = a.len() == b.len()
        && a.iter()
            .zip(&b)
            .all(|((x, c), (y, d))| x.name == y.name && same_shape(c, d));
    let partitions = |seen: Seen<'_>| {
        seen.snapshot
            .table(seen.id)
            .map(|t| (t.partition_by.clone(), t.partition_bound.clone()))
    };
    let names = BTreeSet::from([(old.id.name.clone(), new.id.name.clone())]);
    same_columns
        && partitions(old) == partitions(new)
        && same_texts(&parts(old), &parts(new), &names)
}

/// The share of column names that two tables have in common, in hundredths.
pub(crate) fn likeness(old: Seen<'_>, new: Seen<'_>) -> usize {
    common_share(&column_names(old), &column_names(new))
}

fn common_share(a: &BTreeSet<String>, b: &BTreeSet<String>) -> usize {
    let all = a.union(b).count();
    (a.intersection(b).count() * 100)
        .checked_div(all)
        .unwrap_or(0)
}

/// Whether two tables can't be one that changed: they have little in common, and neither has all
/// columns of the other, as after columns came or went.
pub(crate) fn is_another(old: Seen<'_>, new: Seen<'_>, alike: usize) -> bool {
    let (a, b) = (column_names(old), column_names(new));
    let grew = !a.is_empty() && a.is_subset(&b);
    let shrank = !b.is_empty() && b.is_subset(&a);
    common_share(&a, &b) < alike && !grew && !shrank
}

fn column_names(seen: Seen<'_>) -> BTreeSet<String> {
    seen.snapshot
        .columns_of(seen.id)
        .iter()
        .map(|(id, column)| format!("{} {}", id.name, column.data_type))
        .collect()
}

/// Whether two columns of a table have the same definition and the same dependents.
pub(crate) fn same_column(old: Seen<'_>, new: Seen<'_>) -> bool {
    let (Some(a), Some(b)) = (old.snapshot.column(old.id), new.snapshot.column(new.id)) else {
        return false;
    };
    let names = BTreeSet::from([(old.id.name.clone(), new.id.name.clone())]);
    same_shape(a, b)
        && children_follow(old, new)
        && same_default(old, new)
        && same_texts(&uses(old), &uses(new), &names)
}

/// Whether the tables that inherit the column had none of the new name and have none of the old, as
/// with a rename.
fn children_follow(old: Seen<'_>, new: Seen<'_>) -> bool {
    let inherits = |table: &Table| {
        let parents = &table.parents;
        parents
            .iter()
            .any(|p| p.0 == old.id.schema && p.1 == old.id.parent)
    };
    let children = old.snapshot.tables().filter(|(_, table)| inherits(table));
    children
        .filter(|(child, _)| new.snapshot.objects.contains_key(*child))
        .all(|(child, _)| {
            let column = |name: &str| ObjectId::of(Kind::Column, &child.schema, &child.name, name);
            let kept = new.snapshot.objects.contains_key(&column(&old.id.name));
            let had = old.snapshot.objects.contains_key(&column(&new.id.name));
            !kept && !had
        })
}

/// Whether a value of one column could have become one of the other.
pub(crate) fn could_be_same_column(old: Seen<'_>, new: Seen<'_>) -> bool {
    let (Some(a), Some(b)) = (old.snapshot.column(old.id), new.snapshot.column(new.id)) else {
        return false;
    };
    a.data_type == b.data_type
        || family(&a.data_type) == family(&b.data_type)
        || is_user_type(&a.data_type) && is_user_type(&b.data_type)
        || share_a_word(&old.id.name, &new.id.name)
}

/// Whether a column that has another type by now could be another one under a new name: that one
/// has all that it had.
pub(crate) fn could_have_moved(old: Seen<'_>, kept: Seen<'_>, new: Seen<'_>) -> bool {
    let of = |seen: Seen<'_>| seen.snapshot.column(seen.id).cloned();
    let (Some(a), Some(b), Some(c)) = (of(old), of(kept), of(new)) else {
        return false;
    };
    let is_told_apart = family(&a.data_type) != family(&b.data_type);
    same_column(old, new) || is_told_apart && same_shape(&a, &c) && same_default(old, new)
}

/// Type, nullability and the rest that a rename never touches.
pub(crate) fn same_shape(a: &Column, b: &Column) -> bool {
    a.data_type == b.data_type
        && a.collation == b.collation
        && a.not_null == b.not_null
        && a.identity == b.identity
        && a.generated == b.generated
}

fn default_of(seen: Seen<'_>) -> Option<&String> {
    match seen.snapshot.objects.get(&seen.id.with_kind(Kind::Default)) {
        Some(Body::Default(default)) => Some(&default.expression),
        _ => None,
    }
}

fn same_default(old: Seen<'_>, new: Seen<'_>) -> bool {
    let own_sequence = |text: &String| text.starts_with("nextval(");
    match (default_of(old), default_of(new)) {
        (Some(a), Some(b)) => a == b || (own_sequence(a) && own_sequence(b)),
        (None, None) => true,
        _ => false,
    }
}

/// Constraints and indexes of a table, without their names.
fn parts(seen: Seen<'_>) -> Vec<String> {
    let mut texts: Vec<String> = [Kind::Constraint, Kind::Index]
        .into_iter()
        .flat_map(|kind| seen.snapshot.parts_of(seen.id, kind))
        .filter_map(|(_, body)| definition(body))
        .collect();
    texts.sort();
    texts
}

/// Constraints, indexes and views that use a column.
fn uses(seen: Seen<'_>) -> Vec<String> {
    let mut texts: Vec<String> = seen
        .snapshot
        .needed_by(seen.id)
        .filter_map(|id| seen.snapshot.objects.get(id))
        .filter_map(definition)
        .collect();
    texts.sort();
    texts
}

fn definition(body: &Body) -> Option<String> {
    match body {
        Body::Constraint(constraint) => Some(constraint.definition.clone()),
        Body::Index(index) => Some(index.definition.clone()),
        _ => None,
    }
}

fn same_texts(a: &[String], b: &[String], names: &BTreeSet<(String, String)>) -> bool {
    let mut left: Vec<&String> = b.iter().collect();
    a.len() == b.len()
        && a.iter().all(|text| {
            let found = left
                .iter()
                .position(|other| text == *other || same_but_for_names(text, other, names));
            found.map(|at| left.swap_remove(at)).is_some()
        })
}

/// How many foreign keys point at a table.
fn pointing_at(seen: Seen<'_>) -> usize {
    let points = |body: &Body| match body {
        Body::Constraint(constraint) => {
            constraint.kind == ConstraintType::ForeignKey
                && constraint
                    .target
                    .as_ref()
                    .is_some_and(|t| t.0 == seen.id.schema && t.1 == seen.id.name)
        }
        _ => false,
    };
    seen.snapshot
        .objects
        .values()
        .filter(|body| points(body))
        .count()
}

/// Types whose values turn into each other without thought.
fn family(data_type: &str) -> &str {
    let base = data_type.split('(').next().unwrap_or(data_type).trim();
    match base {
        "text" | "character varying" | "character" | "name" | "citext" => "text",
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => "number",
        "json" | "jsonb" => "json",
        base if base.starts_with("timestamp") || base == "date" => "time",
        base => base,
    }
}

fn is_user_type(data_type: &str) -> bool {
    data_type.contains('.')
}

fn share_a_word(a: &str, b: &str) -> bool {
    let words = |name: &str| -> BTreeSet<String> {
        name.split('_')
            .filter(|word| word.len() > 2)
            .map(str::to_lowercase)
            .collect()
    };
    words(a).intersection(&words(b)).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_one_family_can_be_renamed_and_changed() {
        assert_eq!(family("character varying(20)"), family("text"));
        assert_eq!(family("numeric(10,2)"), family("bigint"));
        assert_ne!(family("text"), family("bigint"));
    }

    #[test]
    fn names_share_words_not_letters() {
        assert!(share_a_word("token_id", "token_uri"));
        assert!(!share_a_word("token", "tokens"));
        assert!(!share_a_word("a_id", "b_id"));
    }
}

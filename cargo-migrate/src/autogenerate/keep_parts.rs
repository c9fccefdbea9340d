//! What Diesel's `table!` and SeaORM entities can't say of their tables.

use super::keep::Keeper;
use crate::{
    models::Dialect,
    schema::{
        Kind, ObjectId,
        model::{Body, Column, Constraint, ConstraintType},
    },
};

/// Takes over what the dialect can't say of one table.
pub(super) fn keep(keeper: &mut Keeper<'_>, table: &ObjectId, dialect: Dialect) {
    let both = keeper.from.objects.contains_key(table) && keeper.to.objects.contains_key(table);
    if !both || dialect == Dialect::Plain {
        return;
    }
    keep_columns(keeper, table, dialect);
    keep_constraints(keeper, table, dialect);
    keep_indexes(keeper, table, dialect);
    keep_comments(keeper, table);
}

fn parts(keeper: &Keeper<'_>, table: &ObjectId, kind: Kind) -> Vec<ObjectId> {
    let is_part = |id: &&ObjectId| id.kind == kind && id.is_part_of(table);
    keeper
        .from
        .objects
        .keys()
        .filter(is_part)
        .cloned()
        .collect()
}

/// Types that the model gives without their details, and values that it can't say.
fn keep_columns(keeper: &mut Keeper<'_>, table: &ObjectId, dialect: Dialect) {
    for id in parts(keeper, table, Kind::Column) {
        let (Some(Body::Column(old)), Some(Body::Column(new))) =
            (keeper.from.objects.get(&id), keeper.to.objects.get(&id))
        else {
            continue;
        };
        let mut merged = new.clone();
        if is_less_precise(keeper, &new.data_type, &old.data_type) {
            merged.data_type.clone_from(&old.data_type);
            merged.collation.clone_from(&old.collation);
        }
        merged.storage.clone_from(&old.storage);
        merged.compression.clone_from(&old.compression);
        merged.statistics = old.statistics;
        let keeps_value = keeps_value(keeper, &id, old, new, dialect);
        if keeps_value {
            merged.identity.clone_from(&old.identity);
            merged.generated.clone_from(&old.generated);
            merged.expression.clone_from(&old.expression);
        }
        keeper.to.objects.insert(id.clone(), Body::Column(merged));
        if keeps_value {
            keep_sequence(keeper, table, &id);
        }
    }
}

/// Whether the model is silent about the value, or says no more than "counted up".
fn keeps_value(
    keeper: &Keeper<'_>,
    id: &ObjectId,
    old: &Column,
    new: &Column,
    dialect: Dialect,
) -> bool {
    let default = id.with_kind(Kind::Default);
    let is_serial = matches!(keeper.from.objects.get(&default),
        Some(Body::Default(default)) if default.expression.contains("nextval("));
    let is_counted = !old.identity.is_empty() || is_serial;
    let has_default = new.expression.is_some() || keeper.to.objects.contains_key(&default);
    let is_silent = new.identity.is_empty() && !has_default;
    match dialect {
        Dialect::Plain => false,
        Dialect::Diesel => true,
        Dialect::SeaOrm => is_silent || (is_counted && !new.identity.is_empty()),
    }
}

/// The default is an object of its own, and so is the sequence behind it.
fn keep_sequence(keeper: &mut Keeper<'_>, table: &ObjectId, column: &ObjectId) {
    let owner = (
        table.schema.clone(),
        table.name.clone(),
        column.name.clone(),
    );
    let is_owned = |body: &Body| matches!(body, Body::Sequence(sequence) if sequence.owned_by.as_ref() == Some(&owner));
    let made: Vec<ObjectId> = owned(keeper.to, is_owned);
    for id in made {
        keeper.forget(&id.with_kind(Kind::SequenceOwner));
        keeper.forget(&id);
    }
    let default = column.with_kind(Kind::Default);
    keeper.forget(&default);
    keeper.take(&default);
    for id in owned(keeper.from, is_owned) {
        keeper.take(&id);
        keeper.take(&id.with_kind(Kind::SequenceOwner));
    }
}

fn owned(snapshot: &crate::schema::Snapshot, is_owned: impl Fn(&Body) -> bool) -> Vec<ObjectId> {
    let objects = snapshot.objects.iter();
    let owned = objects.filter(|(_, body)| is_owned(body));
    owned.map(|(id, _)| id.clone()).collect()
}

/// Whether the model's type is the database's without its modifier, or under a domain.
fn is_less_precise(keeper: &Keeper<'_>, new: &str, old: &str) -> bool {
    let (new_base, old_base) = (new.trim_end_matches("[]"), old.trim_end_matches("[]"));
    if let Some((schema, name)) = old_base.rsplit_once('.') {
        let id = ObjectId::new(Kind::Domain, schema, name.trim_matches('"'));
        if let Some(Body::Domain(domain)) = keeper.from.objects.get(&id) {
            return domain.base == new_base;
        }
    }
    let without_modifier = |text: &str| match (text.find('('), text.find(')')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{}", &text[..start], &text[end + 1..])
        }
        _ => text.to_owned(),
    };
    new != old && !new_base.contains('(') && without_modifier(old) == new
}

fn keep_constraints(keeper: &mut Keeper<'_>, table: &ObjectId, dialect: Dialect) {
    for id in parts(keeper, table, Kind::Constraint) {
        let Some(Body::Constraint(old)) = keeper.from.objects.get(&id) else {
            continue;
        };
        match same_constraint(keeper, table, old, dialect) {
            Some(twin) => {
                keeper.forget(&twin);
                keeper.take(&id);
            }
            None if !can_say(dialect, old.kind) => keeper.take(&id),
            None => {}
        }
    }
}

/// The model's constraint that says the same under whatever name.
fn same_constraint(
    keeper: &Keeper<'_>,
    table: &ObjectId,
    old: &Constraint,
    dialect: Dialect,
) -> Option<ObjectId> {
    let is_same = |new: &Constraint| {
        let same_key = new.kind == old.kind && new.columns == old.columns;
        let same_target = new.target == old.target;
        // `table!` says nothing of the actions.
        same_key && same_target && (dialect == Dialect::Diesel || new.definition == old.definition)
    };
    let mut objects = keeper.to.objects.iter();
    let twin = objects.find(|(id, body)| {
        id.is_part_of(table) && matches!(body, Body::Constraint(new) if is_same(new))
    });
    twin.map(|(id, _)| id.clone())
}

/// Whether the dialect can declare such a constraint, so that its absence means something.
fn can_say(dialect: Dialect, kind: ConstraintType) -> bool {
    match (dialect, kind) {
        (Dialect::Plain, _) => true,
        (Dialect::Diesel, ConstraintType::PrimaryKey) => true,
        (Dialect::Diesel, _) => false,
        (
            Dialect::SeaOrm,
            ConstraintType::PrimaryKey | ConstraintType::Unique | ConstraintType::ForeignKey,
        ) => true,
        (Dialect::SeaOrm, ConstraintType::Check | ConstraintType::Exclusion) => false,
    }
}

fn keep_indexes(keeper: &mut Keeper<'_>, table: &ObjectId, dialect: Dialect) {
    for id in parts(keeper, table, Kind::Index) {
        let Some(Body::Index(old)) = keeper.from.objects.get(&id) else {
            continue;
        };
        let is_said = dialect == Dialect::SeaOrm && is_plain(&old.definition);
        let mut objects = keeper.to.objects.iter();
        let twin = objects.find(|(id, body)| {
            id.is_part_of(table)
                && matches!(body, Body::Index(new)
                    if new.definition == old.definition && new.is_unique == old.is_unique)
        });
        match twin.map(|(id, _)| id.clone()) {
            Some(twin) => {
                keeper.forget(&twin);
                keeper.take(&id);
            }
            None if !is_said => keeper.take(&id),
            None => {}
        }
    }
}

/// `USING btree (a, b)` and nothing else: all that an entity can say of an index.
fn is_plain(definition: &str) -> bool {
    let inner = definition
        .strip_prefix("USING btree (")
        .and_then(|rest| rest.strip_suffix(')'));
    inner.is_some_and(|columns| {
        columns
            .split(", ")
            .all(|column| !column.contains([' ', '(', ')']))
    })
}

/// A comment that the model does not have.
fn keep_comments(keeper: &mut Keeper<'_>, table: &ObjectId) {
    let of_table = |id: &&ObjectId| *id == table || id.is_part_of(table);
    let ids: Vec<ObjectId> = keeper
        .from
        .comments
        .keys()
        .filter(of_table)
        .cloned()
        .collect();
    for id in ids {
        if keeper.to.objects.contains_key(&id) {
            let comment = keeper.from.comments[&id].clone();
            keeper.to.comments.entry(id).or_insert(comment);
        }
    }
}

//! Names that nobody gave: PostgreSQL's own in a fresh database, whatever was chosen in an old one.

use std::collections::BTreeSet;

use super::keep::Keeper;
use crate::schema::{
    Kind, ObjectId, Snapshot,
    model::{Body, Constraint, Index},
};

/// Gives the parts of a table that no model names the names that equal parts have.
pub(super) fn keep(
    keeper: &mut Keeper<'_>,
    table: &ObjectId,
    given: &BTreeSet<(String, String, String)>,
) {
    let is_given =
        |id: &ObjectId| given.contains(&(id.schema.clone(), id.parent.clone(), id.name.clone()));
    for kind in [Kind::Constraint, Kind::Index] {
        let free = |snapshot: &Snapshot, other: &Snapshot| -> Vec<ObjectId> {
            let parts = snapshot.parts_of(table, kind);
            let parts = parts.filter(|(id, _)| !other.objects.contains_key(*id));
            parts.map(|(id, _)| id.clone()).collect()
        };
        let mut unnamed = free(keeper.to, keeper.from);
        unnamed.retain(|id| !is_given(id));
        for old in free(keeper.from, keeper.to) {
            let body = &keeper.from.objects[&old];
            let twin = unnamed
                .iter()
                .position(|new| is_same(body, &keeper.to.objects[new]));
            if let Some(at) = twin {
                keeper.forget(&unnamed.swap_remove(at));
                keeper.take(&old);
            }
        }
    }
}

/// Whether two constraints or indexes do the same.
fn is_same(old: &Body, new: &Body) -> bool {
    match (old, new) {
        (Body::Constraint(old), Body::Constraint(new)) => is_same_constraint(old, new),
        (Body::Index(old), Body::Index(new)) => is_same_index(old, new),
        _ => false,
    }
}

fn is_same_constraint(old: &Constraint, new: &Constraint) -> bool {
    (old.kind, &old.definition, &old.columns, &old.target)
        == (new.kind, &new.definition, &new.columns, &new.target)
        && old.inherited == new.inherited
        && old.partition_of.is_none()
}

fn is_same_index(old: &Index, new: &Index) -> bool {
    (&old.definition, old.is_unique) == (&new.definition, new.is_unique)
        && old.partition_of.is_none()
}

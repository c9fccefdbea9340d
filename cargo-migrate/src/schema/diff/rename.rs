//! Follows a rename through a snapshot, as PostgreSQL follows it through the catalog.

use std::collections::BTreeSet;

use crate::schema::lex::{same_but_for_names, with_names, with_type};
use crate::schema::model::{Body, Kind, ObjectId, Parent, Snapshot};

/// Gives an object its new name everywhere but in printed texts; see [`adopt_texts`].
pub(crate) fn apply(snapshot: &mut Snapshot, old: &ObjectId, new: &ObjectId) {
    let objects = std::mem::take(&mut snapshot.objects);
    snapshot.objects = objects
        .into_iter()
        .map(|(id, mut body)| {
            follow_body(&mut body, old, new);
            follow_columns(&id, &mut body, old, new);
            (follow(&id, old, new), body)
        })
        .collect();
    let comments = std::mem::take(&mut snapshot.comments);
    snapshot.comments = comments
        .into_iter()
        .map(|(id, text)| (follow(&id, old, new), text))
        .collect();
    let grants = std::mem::take(&mut snapshot.grants);
    snapshot.grants = grants
        .into_iter()
        .map(|(id, grants)| (follow(&id, old, new), grants))
        .collect();
    snapshot.dependencies.rename(|id| follow(id, old, new));
    let numbers = std::mem::take(&mut snapshot.lineage.numbers);
    snapshot.lineage.numbers = numbers
        .into_iter()
        .map(|(id, number)| (follow(&id, old, new), number))
        .collect();
}

/// A rename and those that PostgreSQL does with it: an inherited column has the name of its parent's,
/// and the sequences of a table's columns go with it into another schema.
pub(crate) fn with_children(
    snapshot: &Snapshot,
    old: &ObjectId,
    new: &ObjectId,
) -> Vec<(ObjectId, ObjectId)> {
    let mut renames = vec![(old.clone(), new.clone())];
    if old.kind == Kind::Table && old.schema != new.schema {
        renames.extend(sequences_of(snapshot, old).map(|id| {
            let moved = ObjectId {
                schema: new.schema.clone(),
                ..id.clone()
            };
            (id.clone(), moved)
        }));
    }
    if old.kind != Kind::Column {
        return renames;
    }
    for (child, table) in snapshot.tables() {
        let inherits = table
            .parents
            .iter()
            .any(|p| p.0 == old.schema && p.1 == old.parent);
        let column = ObjectId::of(Kind::Column, &child.schema, &child.name, &old.name);
        if inherits
            && snapshot
                .column(&column)
                .is_some_and(|column| column.inherited)
        {
            let renamed = ObjectId {
                name: new.name.clone(),
                ..column.clone()
            };
            renames.extend(with_children(snapshot, &column, &renamed));
        }
    }
    renames
}

/// The sequences that columns of a table own.
fn sequences_of<'a>(
    snapshot: &'a Snapshot,
    table: &'a ObjectId,
) -> impl Iterator<Item = &'a ObjectId> {
    let is_owned = |body: &Body| match body {
        Body::Sequence(sequence) => sequence
            .owned_by
            .as_ref()
            .is_some_and(|owner| owner.0 == table.schema && owner.1 == table.name),
        _ => false,
    };
    let owned = snapshot
        .objects
        .iter()
        .filter(move |(_, body)| is_owned(body));
    owned.map(|(id, _)| id)
}

/// The id of an object after a rename of that or another object.
pub(crate) fn follow(id: &ObjectId, old: &ObjectId, new: &ObjectId) -> ObjectId {
    if id == old {
        return new.clone();
    }
    let mut id = id.clone();
    match old.kind {
        Kind::Schema if id.schema == old.name => id.schema.clone_from(&new.name),
        Kind::Table | Kind::View | Kind::MaterializedView | Kind::Domain if id.is_part_of(old) => {
            id.schema.clone_from(&new.schema);
            id.parent.clone_from(&new.name);
        }
        Kind::Column if id == old.with_kind(Kind::Default) => id.name.clone_from(&new.name),
        Kind::Sequence if id == old.with_kind(Kind::SequenceOwner) => {
            id.name.clone_from(&new.name);
            id.schema.clone_from(&new.schema);
        }
        _ => {}
    }
    if !id.args.is_empty() && !matches!(old.kind, Kind::Column | Kind::Constraint | Kind::Index) {
        id.args = with_type(&id.args, (&old.schema, &old.name), (&new.schema, &new.name));
    }
    id
}

/// Follows a column's rename through the list of a constraint on its table.
fn follow_columns(id: &ObjectId, body: &mut Body, old: &ObjectId, new: &ObjectId) {
    if let Body::Constraint(constraint) = body
        && old.kind == Kind::Column
        && (&id.schema, &id.parent) == (&old.schema, &old.parent)
    {
        for name in constraint
            .columns
            .iter_mut()
            .filter(|name| **name == old.name)
        {
            name.clone_from(&new.name);
        }
    }
}

fn follow_body(body: &mut Body, old: &ObjectId, new: &ObjectId) {
    let relation = |schema: &mut String, name: &mut String| {
        let is_relation = matches!(old.kind, Kind::Table | Kind::Index);
        if is_relation && *schema == old.schema && *name == old.name {
            schema.clone_from(&new.schema);
            name.clone_from(&new.name);
        } else if old.kind == Kind::Schema && *schema == old.name {
            schema.clone_from(&new.name);
        }
    };
    let column = |schema: &str, table: &str, column: &mut String| {
        if old.kind == Kind::Column
            && schema == old.schema
            && table == old.parent
            && *column == old.name
        {
            column.clone_from(&new.name);
        }
    };
    match body {
        Body::Table(table) => {
            for Parent(schema, name) in &mut table.parents {
                relation(schema, name);
            }
        }
        Body::Sequence(sequence) => {
            if let Some((schema, table, name)) = &mut sequence.owned_by {
                column(schema, table, name);
                relation(schema, table);
            }
        }
        Body::Owner(owner) => {
            let (schema, table, name) = &mut owner.column;
            column(schema, table, name);
            relation(schema, table);
        }
        Body::Constraint(constraint) => {
            if let Some(Parent(schema, name)) = &mut constraint.target {
                relation(schema, name);
            }
            if let Some((schema, table, _)) = &mut constraint.partition_of {
                relation(schema, table);
            }
        }
        Body::Index(index) => {
            if let Some(Parent(schema, name)) = &mut index.partition_of {
                relation(schema, name);
            }
        }
        Body::Statistics(statistics) => {
            relation(&mut statistics.table_schema, &mut statistics.table);
        }
        Body::Schema
        | Body::Extension(_)
        | Body::Enum(_)
        | Body::Composite(_)
        | Body::Domain(_)
        | Body::Column(_)
        | Body::Default(_)
        | Body::View(_)
        | Body::Routine(_)
        | Body::Policy(_)
        | Body::Foreign(_)
        | Body::Plain(_) => {}
    }
}

/// Takes over the texts of `to` where renames are all that made them differ.
///
/// Those before `first_fresh` have been followed before.
pub(crate) fn adopt_texts(
    from: &mut Snapshot,
    to: &Snapshot,
    renamed: &[(ObjectId, ObjectId)],
    first_fresh: usize,
) {
    if renamed.is_empty() {
        return;
    }
    let ids: Vec<ObjectId> = from.objects.keys().cloned().collect();
    for id in ids {
        let reached = renames_in_reach(from, &id, renamed);
        if reached.is_empty() {
            continue;
        }
        let names = pairs_of_names(&reached);
        // Where an old name means another object by now, only the text as it became can be compared.
        let is_reused = reached.iter().any(|(old, _)| to.objects.contains_key(old));
        if let Some(body) = from.objects.get_mut(&id) {
            if is_reused {
                let fresh: Vec<_> = reached
                    .into_iter()
                    .filter(|r| renamed[first_fresh..].contains(r))
                    .collect();
                let names = pairs_of_names(&fresh);
                body.texts_mut()
                    .into_iter()
                    .for_each(|text| *text = with_names(text, &names));
            } else {
                adopt(body, to.objects.get(&id), &names);
            }
        }
    }
}

fn adopt(body: &mut Body, wanted: Option<&Body>, names: &BTreeSet<(String, String)>) {
    let Some(mut wanted) = wanted.cloned() else {
        return;
    };
    let (own, wanted) = (body.texts_mut(), wanted.texts_mut());
    if own.len() != wanted.len() {
        return;
    }
    for (own, wanted) in own.into_iter().zip(wanted) {
        if own != wanted && same_but_for_names(own, wanted, names) {
            own.clone_from(wanted);
        }
    }
}

/// The pairs of names that can stand in the texts of an object: those of what it needs.
pub(crate) fn names_in_reach(
    snapshot: &Snapshot,
    id: &ObjectId,
    renamed: &[(ObjectId, ObjectId)],
) -> BTreeSet<(String, String)> {
    pairs_of_names(&renames_in_reach(snapshot, id, renamed))
}

fn pairs_of_names(renamed: &[&(ObjectId, ObjectId)]) -> BTreeSet<(String, String)> {
    let mut names = BTreeSet::new();
    for (old, new) in renamed {
        names.insert((old.name.clone(), new.name.clone()));
        names.insert((old.schema.clone(), new.schema.clone()));
    }
    names.retain(|(old, new)| old != new);
    names
}

fn renames_in_reach<'a>(
    snapshot: &Snapshot,
    id: &ObjectId,
    renamed: &'a [(ObjectId, ObjectId)],
) -> Vec<&'a (ObjectId, ObjectId)> {
    let needed: BTreeSet<&ObjectId> = snapshot.needs(id).collect();
    let reaches = |new: &ObjectId| {
        needed.contains(new)
            || id.is_part_of(new)
            || (new.kind == Kind::Column && id.schema == new.schema && id.parent == new.parent)
            || needed.iter().any(|n| n.is_part_of(new))
    };
    renamed.iter().filter(|(_, new)| reaches(new)).collect()
}

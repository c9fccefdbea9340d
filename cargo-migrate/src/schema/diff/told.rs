//! Finds the objects that `OLD=NEW` means.

use super::options::{Options, Rename, RenameOrigin};
use crate::schema::lex::tokens;
use crate::schema::model::{Body, Kind, ObjectId, Snapshot};
use crate::schema::name::PUBLIC;
use crate::schema::plan::PlanError;

/// The told renames as ids.
///
/// # Errors
/// [`PlanError::UnknownRename`] where a name means nothing.
pub(crate) fn resolve(
    from: &Snapshot,
    to: &Snapshot,
    options: &Options,
) -> Result<Vec<Rename>, PlanError> {
    let mut found: Vec<Rename> = Vec::new();
    for rename in &options.known {
        let exists = from.objects.contains_key(&rename.from) || is_enum_value(from, &rename.from);
        if exists {
            found.push(rename.clone());
        }
    }
    for (old, new) in &options.told {
        found.push(one(from, to, old, new)?);
    }
    let asked: Vec<ObjectId> = found.iter().map(|r| r.from.clone()).collect();
    let mut seen = Vec::new();
    found.retain(|rename| {
        let first = !seen.contains(&rename.from);
        seen.push(rename.from.clone());
        first && rename.from != rename.to
    });
    debug_assert!(found.len() <= asked.len(), "only repetitions are left out");
    Ok(found)
}

fn is_enum_value(snapshot: &Snapshot, id: &ObjectId) -> bool {
    id.kind == Kind::EnumValue
        && match snapshot
            .objects
            .get(&ObjectId::new(Kind::Enum, &id.schema, &id.parent))
        {
            Some(Body::Enum(e)) => e.values.contains(&id.name),
            _ => false,
        }
}

fn one(from: &Snapshot, to: &Snapshot, old: &str, new: &str) -> Result<Rename, PlanError> {
    let unknown = |name: &str| PlanError::UnknownRename {
        name: name.to_owned(),
    };
    let old_parts = split(old);
    let new_parts = split(new);
    let from_id = find(from, &old_parts).ok_or_else(|| unknown(old))?;
    let mut named = new_parts.clone();
    if named.len() == 1 {
        // `users.name=full_name`: the place is that of the old one.
        let mut place = old_parts;
        place.pop();
        place.append(&mut named);
        named = place;
    }
    let to_id = match find_kind(to, &named, from_id.kind) {
        Some(id) => id,
        None => find_kind(to, &new_parts, from_id.kind)
            .or_else(|| in_renamed_table(to, &from_id, &new_parts))
            .ok_or_else(|| unknown(new))?,
    };
    Ok(Rename {
        from: from_id,
        to: to_id,
        origin: RenameOrigin::Told,
    })
}

/// A column of a table that is renamed too, told by its last name alone: the only one of that name
/// which the old side doesn't have.
fn in_renamed_table(to: &Snapshot, from: &ObjectId, parts: &[String]) -> Option<ObjectId> {
    let [name] = parts else { return None };
    let mut candidates = to
        .objects
        .keys()
        .filter(|id| id.kind == from.kind && id.name == *name && from.kind == Kind::Column);
    let only = candidates.next()?;
    candidates.next().is_none().then(|| only.clone())
}

/// Splits a dotted name; parts may be quoted.
fn split(text: &str) -> Vec<String> {
    tokens(text)
        .iter()
        .filter(|t| t.text != ".")
        .map(super::super::lex::Token::name)
        .collect()
}

fn find(snapshot: &Snapshot, parts: &[String]) -> Option<ObjectId> {
    const KINDS: &[Kind] = &[
        Kind::Table,
        Kind::Column,
        Kind::Enum,
        Kind::EnumValue,
        Kind::View,
        Kind::MaterializedView,
        Kind::Domain,
        Kind::Composite,
        Kind::Range,
        Kind::Sequence,
        Kind::Schema,
        Kind::Constraint,
        Kind::Index,
    ];
    KINDS
        .iter()
        .find_map(|kind| find_kind(snapshot, parts, *kind))
}

fn find_kind(snapshot: &Snapshot, parts: &[String], kind: Kind) -> Option<ObjectId> {
    let is_part = matches!(kind, Kind::Column | Kind::EnumValue | Kind::Constraint);
    let candidates: Vec<ObjectId> = match (parts, is_part) {
        ([name], false) if kind == Kind::Schema => vec![ObjectId::new(kind, "", name)],
        ([name], false) => anywhere(snapshot, kind, name),
        ([schema, name], false) => {
            let mut ids = vec![ObjectId::new(kind, schema, name)];
            if kind == Kind::Index {
                ids.extend(anywhere(snapshot, kind, name));
            }
            ids
        }
        ([parent, name], true) => schemas(snapshot)
            .iter()
            .map(|schema| ObjectId::of(kind, schema, parent, name))
            .collect(),
        ([schema, parent, name], true) => vec![ObjectId::of(kind, schema, parent, name)],
        _ => Vec::new(),
    };
    candidates
        .into_iter()
        .find(|id| snapshot.objects.contains_key(id) || is_enum_value(snapshot, id))
}

/// Objects of that name in any schema, `public` first.
fn anywhere(snapshot: &Snapshot, kind: Kind, name: &str) -> Vec<ObjectId> {
    let mut ids: Vec<ObjectId> = snapshot
        .objects
        .keys()
        .filter(|id| id.kind == kind && id.name == name)
        .cloned()
        .collect();
    ids.sort_by_key(|id| id.schema != PUBLIC);
    ids
}

fn schemas(snapshot: &Snapshot) -> Vec<String> {
    let mut names: Vec<String> = snapshot
        .objects
        .keys()
        .filter(|id| id.kind == Kind::Schema)
        .map(|id| id.name.clone())
        .collect();
    names.sort_by_key(|name| name != PUBLIC);
    names
}

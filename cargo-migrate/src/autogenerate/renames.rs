//! The renames that models tell with `was`, as far as they are still to be made.
//!
//! A `was` may stay in the model after its revision was written: it counts only while the old name
//! is there and the new one is not.

use crate::{
    models::{Rename, RenameKind},
    schema::{Kind, ObjectId, Snapshot, model::Body, name::Ident},
};

/// The names to tell the planner.
pub(super) fn told(renames: &[Rename], from: &Snapshot, to: &Snapshot) -> Vec<(String, String)> {
    let pending = |rename: &&Rename| {
        let old = old_parent(rename, renames, from);
        exists(rename, old.as_deref(), &rename.old, from)
            && !exists(rename, old.as_deref(), &rename.new, from)
            && exists(rename, rename.parent.as_deref(), &rename.new, to)
    };
    let names = |rename: &Rename| {
        let old = old_parent(rename, renames, from);
        (
            dotted(&rename.schema, old.as_deref(), &rename.old),
            dotted(&rename.schema, rename.parent.as_deref(), &rename.new),
        )
    };
    renames.iter().filter(pending).map(names).collect()
}

/// The name that the table or type has in the old schema.
fn old_parent(rename: &Rename, all: &[Rename], from: &Snapshot) -> Option<String> {
    let parent = rename.parent.as_deref()?;
    let kind = match rename.kind {
        RenameKind::Label => RenameKind::Type,
        RenameKind::Column | RenameKind::Table | RenameKind::Type => RenameKind::Table,
    };
    let mut owners = all
        .iter()
        .filter(|owner| owner.kind == kind && owner.schema == rename.schema && owner.new == parent);
    let renamed = owners.find(|owner| {
        exists(owner, None, &owner.old, from) && !exists(owner, None, &owner.new, from)
    });
    Some(renamed.map_or(parent, |owner| &owner.old).to_owned())
}

fn exists(rename: &Rename, parent: Option<&str>, name: &str, snapshot: &Snapshot) -> bool {
    let (schema, parent) = (rename.schema.as_str(), parent.unwrap_or_default());
    let has = |id: ObjectId| snapshot.objects.contains_key(&id);
    match rename.kind {
        RenameKind::Table => has(ObjectId::new(Kind::Table, schema, name)),
        RenameKind::Type => has(ObjectId::new(Kind::Enum, schema, name)),
        RenameKind::Column => has(ObjectId::of(Kind::Column, schema, parent, name)),
        RenameKind::Label => {
            let id = ObjectId::new(Kind::Enum, schema, parent);
            matches!(snapshot.objects.get(&id), Some(Body::Enum(found))
                if found.values.iter().any(|value| value == name))
        }
    }
}

fn dotted(schema: &str, parent: Option<&str>, name: &str) -> String {
    let parts = std::iter::once(schema).chain(parent).chain([name]);
    let quoted: Vec<String> = parts.map(|part| Ident(part).to_string()).collect();
    quoted.join(".")
}

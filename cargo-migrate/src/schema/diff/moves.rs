//! Carries out renames: they come first, so that everything after them uses the new names.

use std::borrow::Cow;

use super::action::{Action, Verb};
use super::options::{Rename, RenameOrigin};
use super::pairing::same_parts;
use super::rename::{adopt_texts, apply, follow, with_children};
use crate::schema::hazard::Hazard;
use crate::schema::model::{Body, Kind, ObjectId, Snapshot, Space};
use crate::schema::plan::Statement;
use crate::schema::render::rename_sql;

/// The old side after its renames.
pub(crate) struct Moved<'a> {
    /// The objects, under the names of the new side.
    pub(crate) from: Cow<'a, Snapshot>,
    /// The statements that renamed them.
    pub(crate) statements: Vec<Statement>,
}

struct Mover<'f, 't> {
    from: Cow<'f, Snapshot>,
    to: &'t Snapshot,
    renamed: Vec<(ObjectId, ObjectId)>,
    /// Those that no text has followed yet.
    fresh: Vec<(ObjectId, ObjectId)>,
    statements: Vec<Statement>,
}

/// Carries out the renames, and those of parts that follow from them.
pub(crate) fn perform<'a>(from: &'a Snapshot, to: &Snapshot, renames: &[Rename]) -> Moved<'a> {
    let mut mover = Mover {
        from: Cow::Borrowed(from),
        to,
        renamed: Vec::new(),
        fresh: Vec::new(),
        statements: Vec::new(),
    };
    let mut left: Vec<Rename> = renames.to_vec();
    while let Some(kind) = left.first().map(|rename| rename.from.kind) {
        let end = left
            .iter()
            .position(|rename| rename.from.kind != kind)
            .unwrap_or(left.len());
        let later = left.split_off(end);
        mover.perform(left);
        left = later;
    }
    mover.adopt();
    let parts = same_parts(&mover.from, to, &mover.renamed);
    mover.perform(parts);
    mover.adopt();
    Moved {
        from: mover.from,
        statements: mover.statements,
    }
}

/// The renames with the old name as the old side has it, also where a table's rename came before.
pub(crate) fn in_names_of_both_sides(renames: Vec<Rename>) -> Vec<Rename> {
    let owners: Vec<Rename> = renames
        .iter()
        .filter(|r| r.from.kind != Kind::Column)
        .cloned()
        .collect();
    renames
        .into_iter()
        .map(|mut rename| {
            let kind = rename.from.kind;
            for owner in owners.iter().rev().filter(|owner| owner.from.kind != kind) {
                rename.from = follow(&rename.from, &owner.to, &owner.from);
            }
            rename
        })
        .collect()
}

impl Mover<'_, '_> {
    /// Lets the texts follow the renames since the last time.
    fn adopt(&mut self) {
        if self.fresh.is_empty() {
            return;
        }
        let first_fresh = self.renamed.len();
        self.renamed.append(&mut self.fresh);
        adopt_texts(self.from.to_mut(), self.to, &self.renamed, first_fresh);
    }

    /// Takes first what finds its new name free; a swap goes over a third name.
    fn perform(&mut self, mut pending: Vec<Rename>) {
        while !pending.is_empty() {
            let free = pending.iter().position(|r| self.occupant(r).is_none());
            if let Some(at) = free {
                let rename = pending.remove(at);
                self.rename(&rename);
                continue;
            }
            let first = pending[0].clone();
            let occupant = self
                .occupant(&first)
                .expect("no rename found its name free");
            match pending.iter_mut().find(|r| r.from == occupant) {
                Some(in_the_way) => {
                    let aside = self.aside(&occupant);
                    in_the_way.from = aside.clone();
                    self.rename(&Rename {
                        from: occupant,
                        to: aside,
                        origin: RenameOrigin::Told,
                    });
                }
                None => self.clear(&occupant),
            }
        }
    }

    /// The object that has the name which a rename wants.
    fn occupant(&self, rename: &Rename) -> Option<ObjectId> {
        let wanted = rename.to.spaces(has_index(&self.from, &rename.from));
        let shares_space = |id: &ObjectId| {
            id.spaces(has_index(&self.from, id))
                .into_iter()
                .any(|space| {
                    let is_shared_by_tables = matches!(space, Space::Relation | Space::Type);
                    wanted.contains(&space)
                        && (is_shared_by_tables || id.parent == rename.to.parent)
                })
        };
        self.from
            .objects
            .keys()
            .find(|id| {
                **id != rename.from
                    && id.name == rename.to.name
                    && id.schema == rename.to.schema
                    && shares_space(id)
            })
            .cloned()
    }

    /// Makes room: what nothing else needs is dropped at once, the rest waits under another name.
    fn clear(&mut self, occupant: &ObjectId) {
        let gone: Vec<ObjectId> = self
            .from
            .objects
            .keys()
            .filter(|id| self.goes_with(occupant, id))
            .cloned()
            .collect();
        let needed = self
            .from
            .dependencies
            .iter()
            .any(|(of, on)| gone.contains(on) && !gone.contains(of));
        let droppable = match occupant.kind {
            Kind::Column => !self.is_inherited(occupant),
            Kind::Table => true,
            _ => false,
        };
        if needed || !droppable {
            let aside = self.aside(occupant);
            self.rename(&Rename {
                from: occupant.clone(),
                to: aside,
                origin: RenameOrigin::Told,
            });
            return;
        }
        self.statements.push(match occupant.kind {
            Kind::Column => super::build::drop_column(&self.from, occupant).statement,
            _ => super::build::drop_whole_table(&self.from, occupant).statement,
        });
        let from = self.from.to_mut();
        for id in &gone {
            from.objects.remove(id);
            from.comments.remove(id);
            from.grants.remove(id);
            from.lineage.numbers.remove(id);
        }
        from.dependencies
            .retain(|of, on| !gone.contains(of) && !gone.contains(on));
    }

    /// Whether an object goes when a table or a column does.
    fn goes_with(&self, gone: &ObjectId, id: &ObjectId) -> bool {
        let owned = |owner: &(String, String, String)| {
            let column = ObjectId::of(Kind::Column, &owner.0, &owner.1, &owner.2);
            column == *gone || column.table() == *gone
        };
        id == gone
            || gone.kind == Kind::Table && id.is_part_of(gone)
            || gone.kind == Kind::Column && *id == gone.with_kind(Kind::Default)
            || match self.from.objects.get(id) {
                Some(Body::Sequence(sequence)) => sequence.owned_by.as_ref().is_some_and(owned),
                Some(Body::Owner(owner)) => owned(&owner.column),
                _ => false,
            }
    }

    fn is_inherited(&self, id: &ObjectId) -> bool {
        self.from.column(id).is_some_and(|column| column.inherited)
    }

    fn aside(&self, id: &ObjectId) -> ObjectId {
        let taken = |name: &str| {
            let clashes = |other: &ObjectId| other.name == name && other.schema == id.schema;
            self.from.objects.keys().any(clashes) || self.to.objects.keys().any(clashes)
        };
        let name = (1..)
            .map(|n| {
                if n == 1 {
                    format!("{}_old", id.name)
                } else {
                    format!("{}_old{n}", id.name)
                }
            })
            .find(|name| !taken(name))
            .expect("numbers don't end");
        ObjectId { name, ..id.clone() }
    }

    fn rename(&mut self, rename: &Rename) {
        self.make_schema(rename);
        for sql in rename_sql(&self.from, &rename.from, &rename.to) {
            let mut action = Action::new(Verb::Rename, &rename.from, sql);
            if rename.origin == RenameOrigin::Assumed && holds_data(rename.from.kind) {
                action = action.hazard(Hazard::RenameAssumed {
                    old: rename.from.to_string(),
                    new: rename.to.to_string(),
                });
            }
            self.statements.push(action.statement);
        }
        if rename.from.kind == Kind::EnumValue {
            self.rename_value(rename);
            return;
        }
        let left = ObjectId::new(Kind::Schema, "", &rename.from.schema);
        let moves = rename.from.schema != rename.to.schema;
        for (old, new) in with_children(&self.from, &rename.from, &rename.to) {
            let from = self.from.to_mut();
            apply(from, &old, &new);
            if moves {
                let is_left = |of: &ObjectId, on: &ObjectId| *on == left && of.schema == new.schema;
                from.dependencies.retain(|of, on| !is_left(of, on));
            }
            self.remember(old, new);
        }
    }

    /// What moves into a new schema finds it there.
    fn make_schema(&mut self, rename: &Rename) {
        let schema = ObjectId::new(Kind::Schema, "", &rename.to.schema);
        let is_there = self.from.objects.contains_key(&schema);
        let moves = rename.from.schema != rename.to.schema;
        if let (true, false, Some(body)) = (moves, is_there, self.to.objects.get(&schema)) {
            self.statements
                .push(super::build::create_schema(&schema).statement);
            self.from.to_mut().objects.insert(schema, body.clone());
        }
    }

    /// Remembers the first and the last name of an object that went over a third.
    fn remember(&mut self, old: ObjectId, new: ObjectId) {
        match self.fresh.iter_mut().find(|(_, last)| *last == old) {
            Some((_, last)) => *last = new,
            None => self.fresh.push((old, new)),
        }
    }

    fn rename_value(&mut self, rename: &Rename) {
        let id = ObjectId::new(Kind::Enum, &rename.from.schema, &rename.from.parent);
        if let Some(Body::Enum(body)) = self.from.to_mut().objects.get_mut(&id) {
            for value in body
                .values
                .iter_mut()
                .filter(|value| **value == rename.from.name)
            {
                value.clone_from(&rename.to.name);
            }
        }
    }
}

fn holds_data(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Table | Kind::Column | Kind::Schema | Kind::EnumValue | Kind::Enum
    )
}

/// Whether an object is a constraint that an index of its name carries.
pub(crate) fn has_index(snapshot: &Snapshot, id: &ObjectId) -> bool {
    snapshot
        .constraint(id)
        .is_some_and(|constraint| constraint.kind.has_index())
}

//! Columns that a table has from a parent: what comes with them, and what a change of the parent's
//! does to them.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::model::{Body, Column, Kind, ObjectId, Parent, Snapshot, Table};
use crate::schema::name::Ident;
use crate::schema::plan::Note;

impl Context<'_> {
    /// Whether `CREATE TABLE` names a column, and not only a parent of the table.
    pub(super) fn is_written(&self, id: &ObjectId, column: &Column) -> bool {
        let is_partition = || self.to.table(&id.table()).is_some_and(Table::is_partition);
        column.local || !column.inherited || self.fates.makes(&id.table()) && is_partition()
    }

    /// What a column that only a parent brings is not given by it.
    pub(super) fn apart_from_parent(
        &self,
        id: &ObjectId,
        column: &Column,
        has_key: bool,
    ) -> Vec<Action> {
        let default = id.with_kind(Kind::Default);
        let mut actions = Vec::new();
        if self.brought_default(&default).is_some() && !self.to.objects.contains_key(&default) {
            let sql = self.default_sql(&default, false, "DROP DEFAULT");
            actions.push(Action::new(Verb::Drop, &default, sql).not_removing());
        }
        let refuses_null = |parent: &ObjectId| self.to.column(parent).is_some_and(|c| c.not_null);
        let parents = parents_of(self.to, id);
        if column.not_null && !has_key && !parents.iter().any(refuses_null) {
            let (table, name) = (id.parent_name(), Ident(&id.name));
            let sql = format!("ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL");
            actions.push(Action::new(Verb::Alter, id, sql).not_providing());
        }
        actions
            .into_iter()
            .map(|action| action.after([id.clone()]))
            .collect()
    }

    /// Says which inherited columns a table goes on to declare itself, or not to, unlike the target:
    /// a dump tells them apart, and a column that is declared stays when the parent's goes.
    pub(super) fn note_declarations(&self, notes: &mut Vec<Note>) {
        for (id, old, new) in self.from.beside(self.to) {
            let (Some(Body::Column(old)), Some(Body::Column(new))) = (old, new) else {
                continue;
            };
            if !new.inherited || self.fates.drops(id) || self.fates.makes(&id.table()) {
                continue;
            }
            let is_declared = self.is_declared_afterwards(id, old);
            if is_declared.is_some_and(|is_declared| is_declared != new.local) {
                let why = match new.local {
                    true => "its table inherits it, and can't begin to declare it too",
                    false => "its table declares it, and can't begin to only inherit it",
                };
                notes.push(Note::Unchanged {
                    object: id.clone(),
                    why: why.to_owned(),
                });
            }
        }
    }

    /// Whether a table that inherits declares a kept column itself, once the plan is done. A column of a
    /// partition is its parent's, whatever was written.
    fn is_declared_afterwards(&self, id: &ObjectId, old: &Column) -> Option<bool> {
        let (before, after) = (self.from.table(&id.table())?, self.to.table(&id.table())?);
        if after.is_partition() {
            return None;
        }
        let has_column = |parent: &&Parent| {
            let parent = ObjectId::of(Kind::Column, &parent.0, &parent.1, &id.name);
            self.from.objects.contains_key(&parent)
        };
        let kept = before.parents.iter().filter(|p| after.parents.contains(p));
        let stays_inherited =
            old.inherited && !before.is_partition() && kept.filter(has_column).count() > 0;
        // What a table leaves its parent with is its own, and stays so under another.
        Some(old.local || !stays_inherited)
    }

    /// The columns of other tables that a new column brings, or that a dropped one takes along.
    pub(super) fn inherited_with(&self, snapshot: &Snapshot, id: &ObjectId) -> Vec<ObjectId> {
        let mut found: Vec<ObjectId> = Vec::new();
        for child in children_of(snapshot, id) {
            let only_inherited = |c: &Column| c.inherited && !c.local;
            if snapshot.column(&child).is_some_and(only_inherited) {
                found.extend(self.inherited_with(snapshot, &child));
                found.push(child);
            }
        }
        found
    }

    /// The default that a new column has from the parent that brings it.
    pub(super) fn brought_default(&self, default: &ObjectId) -> Option<&Body> {
        let parents = parents_of(self.to, default);
        let parent = parents.first()?;
        if !self.fates.makes(&parent.with_kind(Kind::Column)) {
            return self.from.objects.get(parent);
        }
        let comes = self.default_comes_with_column(parent);
        comes.then(|| self.to.objects.get(parent)).flatten()
    }

    /// Whether the statement for a parent's default changes this one alike.
    pub(super) fn follows_parent(&self, default: &ObjectId) -> bool {
        self.parents_all_along(default)
            .iter()
            .any(|parent| self.same_change(parent, default) && !self.children_differ(parent))
    }

    /// Whether a change of this default must not reach all the children that it would.
    pub(super) fn children_differ(&self, default: &ObjectId) -> bool {
        children_of(self.to, default).iter().any(|child| {
            !self.stays_under(default, child)
                || !self.same_change(default, child)
                || self.children_differ(child)
        })
    }

    /// The same column, or its default, of the parents whose changes reach this one: a partition that
    /// is detached for another bound has none of them meanwhile.
    pub(super) fn parents_all_along(&self, part: &ObjectId) -> Vec<ObjectId> {
        let mut parents = parents_of(self.to, part);
        parents.retain(|parent| self.stays_under(parent, part));
        parents
    }

    /// Whether the table of a part stands under that of the parent's part before, after and between.
    fn stays_under(&self, parent: &ObjectId, part: &ObjectId) -> bool {
        let (old, new) = (self.from.table(&part.table()), self.to.table(&part.table()));
        let (Some(old), Some(new)) = (old, new) else {
            return true;
        };
        let is_child = |table: &Table| {
            let mut parents = table.parents.iter();
            parents.any(|Parent(schema, name)| *schema == parent.schema && *name == parent.parent)
        };
        is_child(old) && is_child(new) && old.partition_bound == new.partition_bound
    }

    /// Whether two defaults are alike before and afterwards, on columns that stay.
    fn same_change(&self, one: &ObjectId, other: &ObjectId) -> bool {
        let stays = |id: &ObjectId| {
            let column = id.with_kind(Kind::Column);
            !self.fates.makes(&column) && !self.fates.drops(&column)
        };
        stays(one)
            && stays(other)
            && self.from.objects.get(one) == self.from.objects.get(other)
            && self.to.objects.get(one) == self.to.objects.get(other)
    }
}

/// The same column, or its default, of the tables that this one inherits from.
pub(super) fn parents_of(snapshot: &Snapshot, part: &ObjectId) -> Vec<ObjectId> {
    let parents = snapshot.table(&part.table()).map(|table| &table.parents);
    parents
        .into_iter()
        .flatten()
        .map(|parent| ObjectId::of(part.kind, &parent.0, &parent.1, &part.name))
        .filter(|id| snapshot.objects.contains_key(&id.with_kind(Kind::Column)))
        .collect()
}

/// The same column, or its default, of the tables that inherit from this one.
pub(super) fn children_of(snapshot: &Snapshot, part: &ObjectId) -> Vec<ObjectId> {
    let inherits = |table: &Table| {
        let mut parents = table.parents.iter();
        parents.any(|parent| parent.0 == part.schema && parent.1 == part.parent)
    };
    let children = snapshot.tables().filter(|(_, table)| inherits(table));
    children
        .map(|(child, _)| ObjectId::of(part.kind, &child.schema, &child.name, &part.name))
        .collect()
}

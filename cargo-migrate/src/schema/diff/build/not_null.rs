//! NOT NULL: refused from now on, with a value for the rows that are there, or no longer.

use super::Context;
use super::inherited::{children_of, parents_of};
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::options::Online;
use crate::schema::hazard::{Hazard, Lock};
use crate::schema::model::{Body, Column, ConstraintType, Kind, ObjectId};
use crate::schema::name::Ident;
use crate::schema::plan::Note;
use crate::schema::render::named_not_null;

impl Context<'_> {
    pub(super) fn nullability(&self, id: &ObjectId, old: &Column, new: &Column) -> Vec<Action> {
        if old.not_null == new.not_null {
            return self.name_of_not_null(id, old, new);
        }
        if self.parent_says_it(id, old, new) {
            return Vec::new();
        }
        if !new.not_null {
            let action = self.alter_column_clause(id, "DROP NOT NULL");
            return vec![action.ranked(if self.loses_key(id) { 41 } else { 42 })];
        }
        // An identity is added before a key, and only to a column that refuses null.
        let gains_identity = old.identity.is_empty() && !new.identity.is_empty();
        if self.gains_key(id) && !self.names_its_children(id, new) && !gains_identity {
            return Vec::new();
        }
        if self.options.online == Online::Yes {
            return self.refuse_null_online(id);
        }
        let mut actions = Vec::new();
        let mut set = self
            .refuse_null(id, new)
            .also_provides([refuses_null(id)])
            .hazard(Hazard::lock(Lock::AccessExclusive, id.table()))
            .ranked(44);
        if let Some(expression) = self.options.backfills.get(&id.to_string()) {
            let (table, name) = (id.parent_name(), Ident(&id.name));
            let mut filled = id.clone();
            filled.args = "filled".to_owned();
            let sql = format!("UPDATE {table} SET {name} = {expression} WHERE {name} IS NULL");
            actions.push(
                Action::new(Verb::Backfill, id, sql)
                    .also_provides([filled.clone()])
                    .ranked(43),
            );
            set = set.after([filled]);
        } else {
            set = set.hazard(Hazard::may_fail(format!("`{id}` holds null")));
        }
        actions.push(set);
        actions
    }

    /// Gives existing rows their value, then refuses null.
    pub(super) fn backfill(&self, id: &ObjectId, expression: &str) -> Vec<Action> {
        let (table, name) = (id.parent_name(), Ident(&id.name));
        let update = format!("UPDATE {table} SET {name} = {expression} WHERE {name} IS NULL");
        let mut filled = id.clone();
        filled.args = "filled".to_owned();
        let update = Action::new(Verb::Backfill, id, update)
            .also_provides([filled.clone()])
            .after([id.clone()])
            .ranked(45);
        let refuse = Action::new(
            Verb::Alter,
            id,
            format!("ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL"),
        )
        .not_providing()
        .after([id.clone(), filled])
        .hazard(Hazard::lock(Lock::AccessExclusive, id.table()))
        .ranked(46);
        vec![update, refuse]
    }

    /// `SET NOT NULL`, or the constraint with its name where PostgreSQL would give another.
    fn refuse_null(&self, id: &ObjectId, new: &Column) -> Action {
        match named_not_null(id, new) {
            Some(name) => {
                let (table, column) = (id.parent_name(), Ident(&id.name));
                let name = Ident(name);
                let sql = format!("ALTER TABLE {table} ADD CONSTRAINT {name} NOT NULL {column}");
                Action::new(Verb::Alter, id, sql)
            }
            None => self.alter_column_clause(id, "SET NOT NULL"),
        }
    }

    /// The constraint keeps its name when a table or column is renamed. A table that is made may want
    /// the old name, so that goes early.
    fn name_of_not_null(&self, id: &ObjectId, old: &Column, new: &Column) -> Vec<Action> {
        let (Some(before), Some(after)) = (&old.not_null_name, &new.not_null_name) else {
            return Vec::new();
        };
        if before == after || old.inherited && new.inherited {
            return Vec::new();
        }
        let rename = |from: &str, to: &str, rank: u8| {
            let (table, from, to) = (id.parent_name(), Ident(from), Ident(to));
            let sql = format!("ALTER TABLE {table} RENAME CONSTRAINT {from} TO {to}");
            Action::new(Verb::Alter, id, sql)
                .not_providing()
                .ranked(rank)
        };
        let (early, late) = (5, 81);
        let holds = |column: &Column| column.not_null_name.as_ref() == Some(after);
        let others = self.from.columns_of(&id.table());
        match others
            .into_iter()
            .find(|(other, column)| *other != id && holds(column))
        {
            None => vec![rename(before, after, early)],
            Some((other, _)) if self.fates.drops(other) => vec![rename(before, after, late)],
            Some(_) => {
                let aside = format!("{after}_new");
                vec![rename(before, &aside, early), rename(&aside, after, late)]
            }
        }
    }

    /// The constraint of a column that is inherited before and afterwards has its parent's renames
    /// and no others.
    pub(super) fn note_of_its_name(
        &self,
        id: &ObjectId,
        old: &Column,
        new: &Column,
    ) -> Option<Note> {
        let names = |column: &Column| column.not_null_name.clone();
        let renamed = names(old) != names(new) && old.not_null && new.not_null;
        let parents = || parents_of(self.to, id);
        let follows = |parent: ObjectId| {
            let before = self.from.column(&parent).map(names);
            before == Some(names(old)) && self.to.column(&parent).map(names) == Some(names(new))
        };
        let stays =
            renamed && old.inherited && new.inherited && !parents().into_iter().any(follows);
        stays.then(|| Note::Unchanged {
            object: id.clone(),
            why: "PostgreSQL can't rename what an inherited column refuses null by".to_owned(),
        })
    }

    /// Whether the statement for a parent's column, or for its key, reaches this one.
    fn parent_says_it(&self, id: &ObjectId, old: &Column, new: &Column) -> bool {
        let alike = |parent: &ObjectId| match (self.from.column(parent), self.to.column(parent)) {
            (Some(before), Some(after)) => {
                (before.not_null, after.not_null) == (old.not_null, new.not_null)
            }
            _ => false,
        };
        let mut parents = self.parents_all_along(id).into_iter();
        old.inherited && new.inherited && parents.any(|parent| alike(&parent))
    }

    /// Whether children have what refuses null from this column, by its name: a key of their own, made
    /// before the parent's, would give it another one.
    fn names_its_children(&self, id: &ObjectId, new: &Column) -> bool {
        let has_its_name = |child: &ObjectId| {
            let column = self.to.column(child);
            column.is_some_and(|column| column.not_null_name == new.not_null_name)
        };
        new.not_null_name.is_some() && children_of(self.to, id).iter().any(has_its_name)
    }

    pub(super) fn refuse_null_after_addition(&self, id: &ObjectId) -> Vec<Action> {
        let steps = self.refuse_null_online(id).into_iter();
        steps
            .map(|step| step.not_providing().after([id.clone()]))
            .collect()
    }

    /// Proves by a check, under a weak lock, that no null is there; `SET NOT NULL` then looks at no row.
    fn refuse_null_online(&self, id: &ObjectId) -> Vec<Action> {
        let table = id.parent_name();
        let name = Ident(&id.name);
        let check = format!("{}_{}_not_null_check", id.parent, id.name);
        let check = Ident(&check);
        let step = |n: u8| ObjectId {
            args: format!("not null {n}"),
            ..id.clone()
        };
        let may_fail = Hazard::may_fail(format!("`{id}` holds null"));
        let mut actions = Vec::new();
        if let Some(expression) = self.options.backfills.get(&id.to_string()) {
            let sql = format!("UPDATE {table} SET {name} = {expression} WHERE {name} IS NULL");
            actions.push(
                Action::new(Verb::Backfill, id, sql)
                    .also_provides([step(0)])
                    .ranked(43)
                    .alone(),
            );
        }
        let texts = [
            format!(
                "ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID"
            ),
            format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check}"),
            format!("ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL"),
            format!("ALTER TABLE {table} DROP CONSTRAINT {check}"),
        ];
        for (n, sql) in (1u8..).zip(texts) {
            let mut action = Action::new(Verb::Alter, id, sql)
                .also_provides([step(n)])
                .after([step(n - 1)])
                .ranked(44)
                .alone();
            if n == 2 {
                action = action.hazard(may_fail.clone());
            }
            if n == 3 {
                action = action.also_provides([refuses_null(id)]);
            }
            actions.push(if n == 4 {
                action
            } else {
                action.not_providing()
            });
        }
        actions
    }

    /// Whether a new primary key says the same; `SET NOT NULL` of its own would only repeat it.
    pub(super) fn gains_key(&self, id: &ObjectId) -> bool {
        self.to
            .parts_of(&id.table(), Kind::Constraint)
            .any(|(constraint, body)| match body {
                Body::Constraint(c) => {
                    c.kind == ConstraintType::PrimaryKey
                        && c.columns.contains(&id.name)
                        && self.fates.makes(constraint)
                        && !c.inherited
                }
                _ => false,
            })
    }

    fn loses_key(&self, id: &ObjectId) -> bool {
        self.from
            .parts_of(&id.table(), Kind::Constraint)
            .any(|(constraint, body)| match body {
                Body::Constraint(c) => {
                    c.kind == ConstraintType::PrimaryKey
                        && c.columns.contains(&id.name)
                        && self.fates.drops(constraint)
                }
                _ => false,
            })
    }
}

/// A mark that a column refuses null.
pub(super) fn refuses_null(column: &ObjectId) -> ObjectId {
    ObjectId {
        args: "refuses null".to_owned(),
        ..column.clone()
    }
}

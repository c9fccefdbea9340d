//! Columns: added, dropped, and one statement for each thing that changes.

use super::Context;
use super::not_null::refuses_null;
use super::retype::retyped;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::{Fate, changes_type};
use crate::schema::diff::options::Online;
use crate::schema::hazard::{Hazard, Lock};
use crate::schema::model::{Body, Column, Kind, ObjectId, Snapshot};
use crate::schema::name::Ident;
use crate::schema::plan::Note;
use crate::schema::render::{identity_clause, named_not_null};

/// `ALTER TABLE … DROP COLUMN …`.
pub(crate) fn drop_column(from: &Snapshot, id: &ObjectId) -> Action {
    let sql = format!(
        "ALTER TABLE {} DROP COLUMN {}",
        id.parent_name(),
        Ident(&id.name)
    );
    let action = Action::new(Verb::Drop, id, sql);
    // A generated column can be computed again.
    if from
        .column(id)
        .is_some_and(|column| !column.generated.is_empty())
    {
        action
    } else {
        action.hazard(Hazard::loss(format!("all values of `{id}`")))
    }
}

impl Context<'_> {
    pub(super) fn column_actions(&self, id: &ObjectId, notes: &mut Vec<Note>) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.fates.drops(id) && !self.goes_with_table(id) {
            actions.push(
                drop_column(self.from, id)
                    .also_removes(self.goes_with(id))
                    .also_removes(self.inherited_with(self.from, id))
                    .ranked(
                        // What is made again under the same name goes early.
                        if self.fates.makes(id) { 8 } else { 80 },
                    ),
            );
        }
        if self.fates.makes(id) && !self.comes_with_table(id) {
            actions.extend(self.add_column(id, notes));
        } else if let (true, false, Some(column)) = (
            self.fates.makes(id),
            self.fates.makes(&id.table()),
            self.to.column(id),
        ) {
            actions.extend(self.apart_from_parent(id, column, self.gains_key(id)));
        }
        if let (Some(Fate::Alter), Some(old), Some(new)) =
            (self.fates.get(id), self.from.column(id), self.to.column(id))
        {
            actions.extend(self.alter_column(id, old, new));
            notes.extend(self.note_of_its_name(id, old, new));
        }
        actions
    }

    fn add_column(&self, id: &ObjectId, notes: &mut Vec<Note>) -> Vec<Action> {
        let column = self
            .to
            .column(id)
            .expect("a made column is on the new side");
        let has_value = self.to.objects.contains_key(&id.with_kind(Kind::Default))
            || !column.generated.is_empty()
            || !column.identity.is_empty();
        let needs_backfill = column.not_null && !has_value && !self.is_new_table(id);
        let (clause, provided) = self.column_parts(id, Vec::new(), &[]);
        let mut hazards = Vec::new();
        let mut later = Vec::new();
        let mut clause = clause;
        if needs_backfill {
            if let Some(expression) = self.options.backfills.get(&id.to_string()) {
                if let Some(name) = named_not_null(id, column) {
                    clause = clause.replacen(&format!(" CONSTRAINT {}", Ident(name)), "", 1);
                }
                clause = clause.replacen(" NOT NULL", "", 1);
                later = match self.options.online {
                    Online::No => self.backfill(id, expression),
                    Online::Yes => self.refuse_null_after_addition(id),
                };
            } else {
                notes.push(Note::BackfillWanted { column: id.clone() });
                hazards.push(Hazard::may_fail(format!("`{}` has rows", id.table())));
            }
        }
        hazards.extend(self.rewriting_addition(id, column));
        let sql = format!("ALTER TABLE {} ADD COLUMN {clause}", id.parent_name());
        let mut actions = vec![
            Action::new(Verb::Create, id, sql)
                .also_provides(provided)
                .also_provides(self.inherited_with(self.to, id))
                .hazards(hazards)
                .at(column.position),
        ];
        actions.extend(later);
        actions.extend(self.settings_after_creation(id));
        actions
    }

    fn is_new_table(&self, column: &ObjectId) -> bool {
        self.fates.makes(&column.table())
    }

    /// A stored expression, an identity or a volatile default is computed for every row.
    fn rewriting_addition(&self, id: &ObjectId, column: &Column) -> Vec<Hazard> {
        let default = match self.to.objects.get(&id.with_kind(Kind::Default)) {
            Some(Body::Default(default)) => default.expression.as_str(),
            _ => "",
        };
        let volatile = [
            "nextval(",
            "gen_random_uuid(",
            "uuid_generate",
            "random(",
            "clock_timestamp(",
        ]
        .iter()
        .any(|call| default.contains(call));
        if volatile || column.generated == "s" || !column.identity.is_empty() {
            vec![
                Hazard::lock(Lock::AccessExclusive, id.table()),
                Hazard::rewrite(id.table()),
            ]
        } else {
            Vec::new()
        }
    }

    fn alter_column(&self, id: &ObjectId, old: &Column, new: &Column) -> Vec<Action> {
        // A change of an inherited column comes down from the parent's.
        let mut actions = Vec::new();
        let own = !(new.inherited && old.inherited && self.parent_changes_too(id));
        let mut before = old.clone();
        if changes_type(old, new) && own {
            actions.push(self.change_type(id, old, new));
        } else if self.fates.recast.contains(id) && own {
            actions.extend(self.recast_column(id));
        }
        if let Some(action) = actions.pop() {
            // The new type brings its own storage.
            actions.push(action.also_provides([retyped(id)]));
            before.storage = None;
            before.compression = None;
        }
        if !old.generated.is_empty() && new.generated.is_empty() {
            actions.push(self.alter_column_clause(id, "DROP EXPRESSION"));
        }
        actions.extend(self.identity(id, old, new));
        actions.extend(self.nullability(id, old, new));
        let settings = self.settings(id, &before, new);
        actions.extend(settings.into_iter().map(|a| a.after([retyped(id)])));
        actions
    }

    pub(super) fn parent_changes_too(&self, id: &ObjectId) -> bool {
        let parents = self.parents_all_along(id);
        parents
            .iter()
            .any(|column| self.fates.get(column).is_some() || self.fates.recast.contains(column))
    }

    pub(super) fn alter_column_clause(&self, id: &ObjectId, clause: &str) -> Action {
        let table = if self.is_foreign_table(id) {
            "FOREIGN TABLE"
        } else {
            "TABLE"
        };
        let sql = format!(
            "ALTER {table} {} ALTER COLUMN {} {clause}",
            id.parent_name(),
            Ident(&id.name)
        );
        let position = self.to.column(id).map_or(0, |column| column.position);
        // Places of additions are positive: those of changes never meet them.
        Action::new(Verb::Alter, id, sql).at(position.saturating_neg())
    }

    pub(super) fn is_foreign_table(&self, column: &ObjectId) -> bool {
        let table = self.to.table(&column.table());
        table.is_some_and(|table| table.is_foreign)
    }

    fn identity(&self, id: &ObjectId, old: &Column, new: &Column) -> Vec<Action> {
        match (old.identity.as_str(), new.identity.as_str()) {
            (a, b) if a == b => Vec::new(),
            (_, "") => {
                let gone = self
                    .identity_sequence(self.from, id)
                    .map(|(sequence, _)| sequence.clone());
                vec![
                    self.alter_column_clause(id, "DROP IDENTITY")
                        .also_removes(gone)
                        .ranked(41),
                ]
            }
            ("", _) => self.add_identity(id, new),
            (_, "a") => vec![self.alter_column_clause(id, "SET GENERATED ALWAYS")],
            (_, _) => vec![self.alter_column_clause(id, "SET GENERATED BY DEFAULT")],
        }
    }

    /// An identity begins after the values that are there.
    fn add_identity(&self, id: &ObjectId, new: &Column) -> Vec<Action> {
        let Some((sequence_id, sequence)) = self.identity_sequence(self.to, id) else {
            return Vec::new();
        };
        let clause = identity_clause(id, new, sequence_id, sequence);
        let add = self
            .alter_column_clause(id, &format!("ADD {clause}"))
            .also_provides([sequence_id.clone()])
            .after([refuses_null(id)])
            .hazard(Hazard::lock(Lock::AccessExclusive, id.table()));
        let (table, name) = (id.parent_name(), Ident(&id.name));
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence({}, {}), max({name})) FROM {table} HAVING max({name}) IS NOT NULL",
            crate::schema::name::literal(&table.to_string()),
            crate::schema::name::literal(&id.name),
        );
        let begin = Action::new(Verb::Backfill, id, sql)
            .after([sequence_id.clone()])
            .ranked(45);
        vec![add, begin]
    }
}

//! Tables: made with what belongs to them, changed clause by clause, dropped.

use std::collections::BTreeSet;

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::Fate;
use crate::schema::hazard::Hazard;
use crate::schema::model::{Column, Kind, ObjectId, Snapshot, Table};
use crate::schema::name::Ident;
use crate::schema::plan::Note;

impl Context<'_> {
    pub(super) fn table_actions(&self, id: &ObjectId, notes: &mut Vec<Note>) -> Vec<Action> {
        let (old, new) = (self.from.table(id), self.to.table(id));
        match (self.fates.get(id), old, new) {
            (Some(Fate::Create), _, Some(new)) => self.create_table(id, new),
            (Some(Fate::Drop), Some(_), _) => vec![self.drop_table(id)],
            (Some(Fate::Rebuild), Some(_), Some(new)) => {
                let mut actions = vec![self.drop_table(id)];
                actions.extend(self.create_table(id, new));
                actions
            }
            (Some(Fate::Alter), Some(old), Some(new)) => self.alter_table(id, old, new, notes),
            _ => Vec::new(),
        }
    }

    fn drop_table(&self, id: &ObjectId) -> Action {
        let mut gone: Vec<ObjectId> = Vec::new();
        for part in self.from.objects.keys().filter(|part| part.is_part_of(id)) {
            if part.kind == Kind::Column {
                gone.extend(self.goes_with(part));
            }
            if part.kind == Kind::Column || self.goes_with_relation(part) {
                gone.push(part.clone());
            }
        }
        drop_whole_table(self.from, id).also_removes(gone)
    }

    fn alter_table(
        &self,
        id: &ObjectId,
        old: &Table,
        new: &Table,
        notes: &mut Vec<Note>,
    ) -> Vec<Action> {
        let mut actions = self.storage(id, old, new);
        actions.extend(self.parents(id, old, new));
        actions.extend(self.security(id, old, new));
        actions.extend(self.replica_identity(id, old, new));
        if old.access_method != new.access_method {
            let method = new.access_method.as_deref().unwrap_or("heap");
            if self.to.server_version >= 150_000 {
                actions.push(
                    self.alter_table_clause(id, &format!("SET ACCESS METHOD {}", Ident(method)))
                        .hazard(Hazard::rewrite(id)),
                );
            } else {
                notes.push(Note::Unchanged {
                    object: id.clone(),
                    why: "its access method can't change".to_owned(),
                });
            }
        }
        actions.extend(self.typing(id, old, new));
        actions
    }

    /// A table leaves its type before that changes, and takes it again when both are as they will be.
    fn typing(&self, id: &ObjectId, old: &Table, new: &Table) -> Vec<Action> {
        let type_changes = self
            .from
            .needs(id)
            .any(|on| on.kind == Kind::Composite && self.fates.get(on).is_some());
        if old.of_type == new.of_type && !(old.of_type.is_some() && type_changes) {
            return Vec::new();
        }
        let mut actions = Vec::new();
        if old.of_type.is_some() {
            let leave = self.alter_table_clause(id, "NOT OF").not_providing();
            actions.push(leave.also_provides([untyped(id)]).ranked(3));
        }
        if let Some(of_type) = &new.of_type {
            let clause = format!("OF {}", self.writer.text(of_type));
            let columns = [self.from.columns_of(id), self.to.columns_of(id)].concat();
            let columns = columns.into_iter().map(|(column, _)| column.clone());
            let types = self.to.needs(id).filter(|on| on.kind == Kind::Composite);
            actions.push(
                self.alter_table_clause(id, &clause)
                    .not_providing()
                    .after(columns)
                    .after(types.cloned())
                    .after([untyped(id)])
                    .ranked(58),
            );
        }
        actions
    }

    /// Marks of the tables that must have left a type before it changes.
    pub(super) fn typed_by(&self, composite: &ObjectId) -> Vec<ObjectId> {
        let users = self.from.needed_by(composite);
        users
            .filter(|id| self.from.table(id).is_some_and(|t| t.of_type.is_some()))
            .map(untyped)
            .collect()
    }

    pub(super) fn alter_table_clause(&self, id: &ObjectId, clause: &str) -> Action {
        let is_foreign = self.to.table(id).is_some_and(|table| table.is_foreign);
        let kind = if is_foreign { "FOREIGN TABLE" } else { "TABLE" };
        Action::new(
            Verb::Alter,
            id,
            format!("ALTER {kind} {} {clause}", id.qualified()),
        )
    }

    pub(super) fn security(&self, id: &ObjectId, old: &Table, new: &Table) -> Vec<Action> {
        let mut actions = Vec::new();
        if old.row_security != new.row_security {
            let verb = if new.row_security {
                "ENABLE"
            } else {
                "DISABLE"
            };
            actions.push(self.alter_table_clause(id, &format!("{verb} ROW LEVEL SECURITY")));
        }
        if old.force_row_security != new.force_row_security {
            let verb = if new.force_row_security {
                "FORCE"
            } else {
                "NO FORCE"
            };
            actions.push(self.alter_table_clause(id, &format!("{verb} ROW LEVEL SECURITY")));
        }
        actions
    }

    pub(super) fn replica_identity(&self, id: &ObjectId, old: &Table, new: &Table) -> Vec<Action> {
        // An index that is the identity says so with its own statement.
        if old.replica_identity == new.replica_identity || new.replica_identity == "i" {
            return Vec::new();
        }
        let what = match new.replica_identity.as_str() {
            "f" => "FULL",
            "n" => "NOTHING",
            _ => "DEFAULT",
        };
        vec![self.alter_table_clause(id, &format!("REPLICA IDENTITY {what}"))]
    }

    /// The columns of a table in the order that they have afterwards.
    pub(super) fn resulting_columns(&self, table: &ObjectId) -> Vec<&str> {
        let stays = |c: &ObjectId| self.to.objects.contains_key(c) && !self.fates.drops(c);
        let (old, new) = (self.from.columns_of(table), self.to.columns_of(table));
        let kept = old.into_iter().filter(|(c, _)| stays(c));
        let added = new.into_iter().filter(|(c, _)| self.fates.makes(c));
        names(kept.chain(added))
    }

    /// Says where the order of columns can't become that of the target.
    pub(super) fn note_column_orders(&self, notes: &mut Vec<Note>) {
        // Most tables keep their columns: of those the two orders are compared at once.
        let columns = self.fates.of.keys().filter(|id| id.kind == Kind::Column);
        let changed: BTreeSet<ObjectId> = columns.map(ObjectId::table).collect();
        for (id, _) in self.to.tables().filter(|(id, _)| !self.fates.makes(id)) {
            let wanted = names(self.to.columns_of(id));
            let result = match changed.contains(id) {
                true => self.resulting_columns(id),
                false => names(self.from.columns_of(id)),
            };
            if result != wanted {
                notes.push(Note::ColumnOrder { table: id.clone() });
            }
        }
    }
}

fn names<'a>(columns: impl IntoIterator<Item = (&'a ObjectId, &'a Column)>) -> Vec<&'a str> {
    let name = |(id, _): (&'a ObjectId, &Column)| id.name.as_str();
    columns.into_iter().map(name).collect()
}

/// `DROP TABLE …`.
pub(crate) fn drop_whole_table(from: &Snapshot, id: &ObjectId) -> Action {
    let is_foreign = from.table(id).is_some_and(|table| table.is_foreign);
    let kind = if is_foreign { "FOREIGN TABLE" } else { "TABLE" };
    let action = Action::new(Verb::Drop, id, format!("DROP {kind} {}", id.qualified()));
    if is_foreign {
        action
    } else {
        action.hazard(Hazard::loss(format!("all rows of `{id}`")))
    }
}

/// A mark that a table has no type any more.
fn untyped(table: &ObjectId) -> ObjectId {
    ObjectId {
        args: "untyped".to_owned(),
        ..table.clone()
    }
}

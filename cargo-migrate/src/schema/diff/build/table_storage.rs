//! Where and how a table is kept: logged or not, its parameters, its tablespace.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::hazard::{Hazard, Lock};
use crate::schema::model::{Body, Kind, ObjectId, Parent, Sequence, Table};
use crate::schema::name::Ident;
use crate::schema::render::{option_changes, storage_changes};

impl Context<'_> {
    pub(super) fn storage(&self, id: &ObjectId, old: &Table, new: &Table) -> Vec<Action> {
        let mut actions = Vec::new();
        if old.unlogged != new.unlogged {
            let clause = if new.unlogged {
                "SET UNLOGGED"
            } else {
                "SET LOGGED"
            };
            actions.push(
                self.alter_table_clause(id, clause)
                    .hazard(Hazard::lock(Lock::AccessExclusive, id))
                    .hazard(Hazard::rewrite(id))
                    .after(self.before_persistence(id, new))
                    .also_provides([persistent(id)]),
            );
            actions.extend(self.sequences_that_differ(id, new));
        }
        for (prefix, before, after) in [
            ("", &old.options, &new.options),
            ("toast.", &old.toast_options, &new.toast_options),
        ] {
            actions.extend(self.options(id, prefix, before, after));
        }
        if old.tablespace != new.tablespace {
            let name = new.tablespace.as_deref().unwrap_or("pg_default");
            actions.push(
                self.alter_table_clause(id, &format!("SET TABLESPACE {}", Ident(name)))
                    .hazard(Hazard::lock(Lock::AccessExclusive, id))
                    .hazard(Hazard::rewrite(id)),
            );
        }
        if old.foreign_options != new.foreign_options {
            let clause = option_changes(&old.foreign_options, &new.foreign_options);
            actions.push(self.alter_table_clause(id, &format!("OPTIONS ({clause})")));
        }
        actions
    }

    /// What must have happened before a table becomes logged or unlogged: a logged table can't point
    /// at an unlogged one.
    fn before_persistence(&self, id: &ObjectId, new: &Table) -> Vec<ObjectId> {
        let mut needs = Vec::new();
        for (key, body) in &self.from.objects {
            let Body::Constraint(constraint) = body else {
                continue;
            };
            let Some(Parent(schema, name)) = &constraint.target else {
                continue;
            };
            let (own, target) = (key.table(), ObjectId::new(Kind::Table, schema, name));
            if (own == *id) == (target == *id) {
                continue;
            }
            needs.push(key.clone());
            match new.unlogged {
                true if target == *id => needs.push(persistent(&own)),
                false if own == *id => needs.push(persistent(&target)),
                _ => {}
            }
        }
        needs
    }

    /// Owned sequences that become unlogged with their table, or logged, and must not stay so.
    fn sequences_that_differ(&self, id: &ObjectId, new: &Table) -> Vec<Action> {
        let owned = |sequence: &Sequence| {
            let owner = sequence.owned_by.as_ref();
            owner.is_some_and(|(schema, table, _)| *schema == id.schema && *table == id.name)
        };
        let mut actions = Vec::new();
        for (sequence, body) in &self.from.objects {
            let (Body::Sequence(old), Some(Body::Sequence(wanted))) =
                (body, self.to.objects.get(sequence))
            else {
                continue;
            };
            if owned(old) && wanted.unlogged != new.unlogged && self.to.server_version >= 150_000 {
                let logged = if wanted.unlogged {
                    "UNLOGGED"
                } else {
                    "LOGGED"
                };
                let sql = format!("ALTER SEQUENCE {} SET {logged}", sequence.qualified());
                let action = Action::new(Verb::Alter, sequence, sql).not_providing();
                actions.push(action.after([persistent(id)]).ranked(45));
            }
        }
        actions
    }

    fn options(&self, id: &ObjectId, prefix: &str, old: &[String], new: &[String]) -> Vec<Action> {
        let clauses = storage_changes(prefix, old, new);
        let action = |clause: &String| self.alter_table_clause(id, clause);
        clauses.iter().map(action).collect()
    }
}

/// A mark that a table, and what follows it, is logged or unlogged as it will be.
fn persistent(table: &ObjectId) -> ObjectId {
    ObjectId {
        args: "persistent".to_owned(),
        ..table.clone()
    }
}

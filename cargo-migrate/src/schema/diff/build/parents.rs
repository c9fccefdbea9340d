//! Tables that become children or partitions of another, and those that leave it.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::model::{Body, ConstraintType, Kind, ObjectId, Parent, Table};
use crate::schema::name::Qualified;

impl Context<'_> {
    pub(super) fn parents(&self, id: &ObjectId, old: &Table, new: &Table) -> Vec<Action> {
        if old.parents == new.parents && old.partition_bound == new.partition_bound {
            return Vec::new();
        }
        let mut actions = Vec::new();
        let name = |parent: &Parent| {
            Qualified {
                schema: &parent.0,
                name: &parent.1,
            }
            .to_string()
        };
        if let (true, Some(parent)) = (old.is_partition(), old.parents.first()) {
            let sql = format!(
                "ALTER TABLE {} DETACH PARTITION {}",
                name(parent),
                id.qualified()
            );
            let gone = ObjectId::new(Kind::Table, &parent.0, &parent.1);
            if !self.fates.drops(&gone) {
                actions.push(Action::new(Verb::Alter, id, sql).ranked(4));
            }
        } else {
            for parent in old.parents.iter().filter(|p| !new.parents.contains(p)) {
                actions.push(
                    self.alter_table_clause(id, &format!("NO INHERIT {}", name(parent)))
                        .ranked(4),
                );
            }
        }
        if new.is_partition() {
            actions.push(self.attach(id, new));
        } else {
            for parent in new
                .parents
                .iter()
                .filter(|p| old.is_partition() || !old.parents.contains(p))
            {
                let gained = ObjectId::new(Kind::Table, &parent.0, &parent.1);
                actions.push(
                    self.alter_table_clause(id, &format!("INHERIT {}", name(parent)))
                        .after([gained])
                        .ranked(58),
                );
            }
        }
        actions
    }

    pub(super) fn attach(&self, id: &ObjectId, table: &Table) -> Action {
        let parent = table.parents.first().expect("a partition has a parent");
        let bound = table.partition_bound.as_deref().unwrap_or_default();
        let sql = format!(
            "ALTER TABLE {} ATTACH PARTITION {} {}",
            Qualified {
                schema: &parent.0,
                name: &parent.1
            },
            id.qualified(),
            self.writer.text(bound)
        );
        let parts = [Kind::Column, Kind::Index, Kind::Constraint];
        let own: Vec<ObjectId> = parts
            .iter()
            .flat_map(|kind| self.to.parts_of(id, *kind))
            .map(|(part, _)| part.clone())
            .collect();
        Action::new(Verb::Alter, id, sql)
            .not_providing()
            .also_provides(inherited_parts(self, id))
            .also_provides([attached(id)])
            .after(self.parent_columns(table))
            .after(own)
            .after([id.clone(), ObjectId::new(Kind::Table, &parent.0, &parent.1)])
            .ranked(58)
    }

    /// The columns of a table's parents, which its own must fit as they are in the end.
    pub(super) fn parent_columns(&self, table: &Table) -> Vec<ObjectId> {
        let parents = table.parents.iter();
        parents
            .map(|Parent(schema, name)| ObjectId::new(Kind::Table, schema, name))
            .flat_map(|parent| self.to.columns_of(&parent))
            .map(|(column, _)| column.clone())
            .collect()
    }
}

/// A mark that a partition is attached, which an index that waits for its partitions needs.
pub(super) fn attached(partition: &ObjectId) -> ObjectId {
    ObjectId {
        args: "attached".to_owned(),
        ..partition.clone()
    }
}

/// Constraints that a partition gets from its parent when it is attached.
fn inherited_parts(context: &Context<'_>, id: &ObjectId) -> Vec<ObjectId> {
    context
        .to
        .parts_of(id, Kind::Constraint)
        .filter(|(_, body)| match body {
            Body::Constraint(c) => c.kind == ConstraintType::ForeignKey && c.partition_of.is_some(),
            _ => false,
        })
        .map(|(part, _)| part.clone())
        .collect()
}

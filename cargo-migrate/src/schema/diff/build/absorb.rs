//! Which objects come and go with others, without a statement of their own.

use super::Context;
use crate::schema::diff::fate::Fate;
use crate::schema::model::{
    Body, Column, Constraint, ConstraintType, Kind, ObjectId, Sequence, Snapshot, Table,
};
use crate::schema::render::{implied_sequence_name, limits};

impl Context<'_> {
    pub(super) fn is_foreign_key(&self, id: &ObjectId) -> bool {
        let is_key = |s: &Snapshot| {
            s.constraint(id)
                .is_some_and(|c| c.kind == ConstraintType::ForeignKey)
        };
        is_key(self.from) || is_key(self.to)
    }

    pub(super) fn has_index(&self, id: &ObjectId) -> bool {
        let has = |s: &Snapshot| s.constraint(id).is_some_and(|c| c.kind.has_index());
        has(self.from) || has(self.to)
    }

    /// Whether a column comes with its table, or with that of a parent.
    pub(super) fn comes_with_table(&self, column: &ObjectId) -> bool {
        self.fates.makes(&column.table())
            || self
                .to
                .column(column)
                .is_some_and(|c| c.inherited && !c.local)
    }

    /// Whether a column goes with its table, or with that of a parent.
    pub(super) fn goes_with_table(&self, column: &ObjectId) -> bool {
        self.fates.drops(&column.table())
            || self
                .from
                .column(column)
                .is_some_and(|c| c.inherited && !c.local)
    }

    /// Whether a new default is written with its column.
    pub(super) fn default_comes_with_column(&self, default: &ObjectId) -> bool {
        let id = default.with_kind(Kind::Column);
        let is_written = self
            .to
            .column(&id)
            .is_none_or(|column| self.is_written(&id, column));
        self.fates.makes(&id)
            && !self.expelled.contains(default)
            && (is_written || self.brought_default(default) == self.to.objects.get(default))
    }

    /// Whether a new constraint is written inside `CREATE TABLE`.
    pub(super) fn constraint_comes_with_table(
        &self,
        id: &ObjectId,
        constraint: &Constraint,
    ) -> bool {
        let is_partition = self.to.table(&id.table()).is_some_and(Table::is_partition);
        let inline_kind = match constraint.kind {
            ConstraintType::ForeignKey => constraint.partition_of.is_none(),
            ConstraintType::PrimaryKey | ConstraintType::Unique | ConstraintType::Exclusion => {
                constraint.tablespace.is_none()
                    && !constraint.clustered
                    && !constraint.replica_identity
            }
            ConstraintType::Check => true,
        };
        self.fates.makes(&id.table())
            && inline_kind
            && constraint.validated
            && (!constraint.inherited || is_partition)
            && !self.expelled.contains(id)
            && (is_partition || !self.refuses_null_beyond(id, constraint))
            && !self.is_second_key(id, constraint)
    }

    /// Whether another key stands on the same columns: PostgreSQL makes one of two that stand in one
    /// `CREATE TABLE`.
    fn is_second_key(&self, id: &ObjectId, constraint: &Constraint) -> bool {
        let is_exclusion = |c: &Constraint| c.kind == ConstraintType::Exclusion;
        let mut others = self.to.parts_of(&id.table(), Kind::Constraint);
        constraint.kind.has_index()
            && others.any(|(other_id, body)| match body {
                Body::Constraint(other) => {
                    (other.kind, other_id) < (constraint.kind, id)
                        && other.kind.has_index()
                        && is_exclusion(other) == is_exclusion(constraint)
                        && other.columns == constraint.columns
                }
                _ => false,
            })
    }

    /// Whether a key inside of `CREATE TABLE` would make a child refuse by itself the null that only
    /// its parent refuses; added later it doesn't.
    fn refuses_null_beyond(&self, id: &ObjectId, constraint: &Constraint) -> bool {
        let is_parents = |name: &String| {
            let column = self
                .to
                .column(&ObjectId::of(Kind::Column, &id.schema, &id.parent, name));
            column.is_some_and(|column| column.not_null_local == Some(false))
        };
        constraint.kind == ConstraintType::PrimaryKey && constraint.columns.iter().any(is_parents)
    }

    /// Whether a dropped part goes with its relation or one of its columns.
    pub(super) fn goes_with_relation(&self, id: &ObjectId) -> bool {
        if self.expelled.contains(id) {
            return false;
        }
        let relation_goes = [Kind::Table, Kind::View, Kind::MaterializedView]
            .iter()
            .any(|kind| {
                self.fates
                    .drops(&ObjectId::new(*kind, &id.schema, &id.parent))
            });
        relation_goes || (self.fates.get(id) == Some(Fate::Drop) && self.goes_with_column(id))
    }

    fn goes_with_column(&self, id: &ObjectId) -> bool {
        matches!(id.kind, Kind::Constraint | Kind::Index)
            && self.dropped_columns_of(id).next().is_some()
    }

    /// The dropped columns of its own table that a part needs.
    pub(super) fn dropped_columns_of<'a>(
        &'a self,
        id: &'a ObjectId,
    ) -> impl Iterator<Item = &'a ObjectId> {
        self.from.needs(id).filter(move |on| {
            on.kind == Kind::Column
                && on.schema == id.schema
                && on.parent == id.parent
                && self.fates.drops(on)
                && !self.goes_with_table(on)
        })
    }

    /// What goes when a column goes: its default, its own sequence, parts that stand on it.
    pub(super) fn goes_with(&self, column: &ObjectId) -> Vec<ObjectId> {
        let mut gone = vec![column.with_kind(Kind::Default)];
        for part in self.from.needed_by(column) {
            if part.is_part_of(&column.table())
                && self.fates.get(part) == Some(Fate::Drop)
                && self.goes_with_relation(part)
            {
                gone.push(part.clone());
            }
        }
        gone.extend(self.own_sequences(column));
        gone.retain(|id| self.from.objects.contains_key(id) && !self.expelled.contains(id));
        gone
    }

    /// Sequences that a dropped column takes along, with what says that it owns them.
    fn own_sequences(&self, column: &ObjectId) -> Vec<ObjectId> {
        let owned = |body: &Body| match body {
            Body::Sequence(sequence) => sequence.owned_by.as_ref().is_some_and(|(s, t, c)| {
                *s == column.schema && *t == column.parent && *c == column.name
            }),
            _ => false,
        };
        self.from
            .objects
            .iter()
            .filter(|(id, body)| id.kind == Kind::Sequence && owned(body) && self.fates.drops(id))
            .flat_map(|(id, _)| [id.clone(), id.with_kind(Kind::SequenceOwner)])
            .collect()
    }

    /// Whether a dropped sequence goes with the column that owns it.
    pub(super) fn sequence_goes_with_column(&self, id: &ObjectId, sequence: &Sequence) -> bool {
        let Some((schema, table, column)) = &sequence.owned_by else {
            return false;
        };
        let owner = ObjectId::of(Kind::Column, schema, table, column);
        sequence.identity
            || self.fates.drops(&owner)
            || self.fates.drops(&owner.table()) && self.fates.drops(id)
    }

    /// The sequence of an identity column.
    pub(super) fn identity_sequence<'a>(
        &self,
        snapshot: &'a Snapshot,
        column: &ObjectId,
    ) -> Option<(&'a ObjectId, &'a Sequence)> {
        self.owned_sequence(snapshot, column)
            .filter(|(_, sequence)| sequence.identity)
    }

    fn owned_sequence<'a>(
        &self,
        snapshot: &'a Snapshot,
        column: &ObjectId,
    ) -> Option<(&'a ObjectId, &'a Sequence)> {
        snapshot.objects.iter().find_map(|(id, body)| match body {
            Body::Sequence(sequence) => {
                let (schema, table, name) = sequence.owned_by.as_ref()?;
                let own =
                    *schema == column.schema && *table == column.parent && *name == column.name;
                own.then_some((id, sequence))
            }
            _ => None,
        })
    }

    /// The sequence that `serial` would make for a new column.
    pub(super) fn serial_sequence(
        &self,
        id: &ObjectId,
        column: &Column,
        default: Option<&str>,
    ) -> Option<ObjectId> {
        let (sequence_id, sequence) = self.owned_sequence(self.to, id)?;
        let implied = sequence_id.name == implied_sequence_name(id)
            && sequence_id.name.len() <= 63
            && sequence_id.schema == id.schema;
        let called = format!(
            "{}.{}",
            quoted(&sequence_id.schema),
            quoted(&sequence_id.name)
        );
        let default_fits = default
            .is_some_and(|d| d == format!("nextval('{}'::regclass)", called.replace('\'', "''")));
        let plain = column.not_null
            && !sequence.identity
            && sequence.data_type == column.data_type
            && sequence.increment == 1
            && sequence.start == 1
            && sequence.min == 1
            && sequence.max == limits(&sequence.data_type).1
            && sequence.cache == 1
            && !sequence.cycle
            && !sequence.unlogged;
        let is_new = self.fates.makes(sequence_id)
            && self
                .fates
                .makes(&sequence_id.with_kind(Kind::SequenceOwner));
        let name_is_free = !self
            .from
            .objects
            .keys()
            .any(|other| other.schema == sequence_id.schema && other.name == sequence_id.name);
        (implied && default_fits && plain && is_new && name_is_free).then(|| sequence_id.clone())
    }
}

fn quoted(name: &str) -> String {
    crate::schema::name::Ident(name).to_string()
}

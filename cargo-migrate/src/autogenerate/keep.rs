//! What the models can't say stays as the revisions have it.
//!
//! Models alone declare tables and enum types; where no schema file completes them, every other
//! kind of object is taken over into the desired schema instead of being dropped. Diesel's `table!`
//! and SeaORM entities say less than a table has: what they can't say of a table is taken over too.

use std::collections::{BTreeMap, BTreeSet};

use super::{keep_parts, names};
use crate::{
    models::Dialect,
    schema::{
        Kind, ObjectId, Snapshot,
        model::{Body, Table},
    },
};

/// What the desired schema was written in.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Whether schema files say what models can't.
    pub has_schema_files: bool,
    /// What each table's model was written in, by schema and name.
    pub dialects: BTreeMap<(String, String), Dialect>,
    /// The names of constraints and indexes that models spell out: schema, table, name.
    pub given_names: BTreeSet<(String, String, String)>,
}

/// An object that would be kept but needs something that goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The object that no model can say.
    pub kept: ObjectId,
    /// What it needs.
    pub missing: ObjectId,
}

/// Gives constraints and indexes that the models leave unnamed the names that equal ones have in
/// `from`. It comes before renames are looked for, so that none is found among them.
pub(super) fn keep_names(from: &Snapshot, to: &mut Snapshot, sources: &Sources) {
    let mut keeper = Keeper {
        from,
        to,
        kept: BTreeSet::new(),
    };
    for ((schema, name), dialect) in &sources.dialects {
        let table = ObjectId::new(Kind::Table, schema, name);
        // The names of an entity's keys are SeaORM's own.
        if *dialect != Dialect::SeaOrm {
            names::keep(&mut keeper, &table, &sources.given_names);
        }
    }
    // What is taken over is equal to what it replaces, so it needs nothing else.
    keeper.finish();
}

/// Takes over into `to` what its sources can't say. `from` has the names of `to` already.
pub fn keep(from: &Snapshot, to: &mut Snapshot, sources: &Sources) -> Vec<Conflict> {
    let mut keeper = Keeper {
        from,
        to,
        kept: BTreeSet::new(),
    };
    for ((schema, name), dialect) in &sources.dialects {
        let table = ObjectId::new(Kind::Table, schema, name);
        keep_parts::keep(&mut keeper, &table, *dialect);
    }
    if !sources.has_schema_files && !sources.dialects.is_empty() {
        keeper.keep_other_kinds();
    }
    keeper.finish()
}

/// The two sides while objects are taken over.
pub(super) struct Keeper<'a> {
    pub(super) from: &'a Snapshot,
    pub(super) to: &'a mut Snapshot,
    kept: BTreeSet<ObjectId>,
}

impl Keeper<'_> {
    /// Takes an object over as the revisions have it, with its comment.
    pub(super) fn take(&mut self, id: &ObjectId) {
        if let Some(body) = self.from.objects.get(id) {
            self.to.objects.insert(id.clone(), body.clone());
            self.kept.insert(id.clone());
        }
        if let Some(comment) = self.from.comments.get(id) {
            self.to.comments.insert(id.clone(), comment.clone());
        }
    }

    /// Leaves an object of the desired schema out.
    pub(super) fn forget(&mut self, id: &ObjectId) {
        self.to.objects.remove(id);
        self.to.comments.remove(id);
        self.to.dependencies.retain(|of, on| of != id && on != id);
    }

    fn keep_other_kinds(&mut self) {
        self.keep_whole_tables();
        let others: Vec<ObjectId> = self
            .from
            .objects
            .iter()
            .filter(|(id, body)| !self.to.objects.contains_key(*id) && !is_said_by_models(id, body))
            .map(|(id, _)| id.clone())
            .collect();
        for id in others {
            let belongs = match id.kind {
                Kind::Trigger | Kind::Policy | Kind::Rule => self.has_relation(&id),
                _ => true,
            };
            if belongs {
                self.take(&id);
            }
        }
        self.keep_parts_of_views();
        self.keep_attributes();
    }

    fn has_relation(&self, part: &ObjectId) -> bool {
        [Kind::Table, Kind::View, Kind::MaterializedView]
            .into_iter()
            .map(|kind| ObjectId::new(kind, &part.schema, &part.parent))
            .any(|relation| {
                self.to.objects.contains_key(&relation)
                    || (relation.kind != Kind::Table && self.from.objects.contains_key(&relation))
            })
    }

    /// Foreign tables, and the partitions of tables that stay: no model declares them.
    fn keep_whole_tables(&mut self) {
        loop {
            let more: Vec<ObjectId> = self
                .from
                .objects
                .iter()
                .filter_map(|(id, body)| match body {
                    Body::Table(table) => Some((id, table)),
                    _ => None,
                })
                .filter(|(id, table)| {
                    !self.to.objects.contains_key(*id) && self.is_kept_table(table)
                })
                .map(|(id, _)| id.clone())
                .collect();
            if more.is_empty() {
                return;
            }
            for table in more {
                self.take_with_parts(&table);
            }
        }
    }

    fn is_kept_table(&self, table: &Table) -> bool {
        let has_parent = table.parents.iter().any(|parent| {
            let id = ObjectId::new(Kind::Table, &parent.0, &parent.1);
            self.to.objects.contains_key(&id)
        });
        table.is_foreign || (table.is_partition() && has_parent)
    }

    fn take_with_parts(&mut self, relation: &ObjectId) {
        let is_part = |id: &&ObjectId| *id == relation || id.is_part_of(relation);
        let ids: Vec<ObjectId> = self.from.objects.keys().filter(is_part).cloned().collect();
        for id in ids {
            self.take(&id);
        }
    }

    /// Indexes, triggers and comments of the views that were taken over.
    fn keep_parts_of_views(&mut self) {
        let is_view = |id: &&ObjectId| matches!(id.kind, Kind::View | Kind::MaterializedView);
        let views: Vec<ObjectId> = self.kept.iter().filter(is_view).cloned().collect();
        for view in views {
            self.take_with_parts(&view);
            let is_part = |id: &&ObjectId| id.is_part_of(&view);
            let commented: Vec<ObjectId> =
                self.from.comments.keys().filter(is_part).cloned().collect();
            for id in commented {
                let comment = self.from.comments[&id].clone();
                self.to.comments.insert(id, comment);
            }
        }
    }

    /// What a table, a column, a key or an index has beyond what a model says of it.
    fn keep_attributes(&mut self) {
        for (id, body) in &mut self.to.objects {
            match (body, self.from.objects.get(id)) {
                (Body::Table(new), Some(Body::Table(old))) => {
                    new.row_security = old.row_security;
                    new.force_row_security = old.force_row_security;
                    new.replica_identity.clone_from(&old.replica_identity);
                    new.access_method.clone_from(&old.access_method);
                    new.toast_options.clone_from(&old.toast_options);
                }
                (Body::Column(new), Some(Body::Column(old))) => {
                    new.options.clone_from(&old.options);
                }
                (Body::Constraint(new), Some(Body::Constraint(old))) => {
                    new.clustered = old.clustered;
                    new.replica_identity = old.replica_identity;
                    new.tablespace.clone_from(&old.tablespace);
                }
                (Body::Index(new), Some(Body::Index(old))) => {
                    new.clustered = old.clustered;
                    new.replica_identity = old.replica_identity;
                    new.tablespace.clone_from(&old.tablespace);
                    new.statistics.clone_from(&old.statistics);
                }
                _ => {}
            }
        }
        self.keep_comments();
        self.keep_grants();
    }

    /// No model speaks of privileges.
    fn keep_grants(&mut self) {
        let is_new = |id: &ObjectId| !self.from.objects.contains_key(id);
        self.to.grants.retain(|id, _| is_new(id));
        let kept = self.from.grants.iter();
        let kept = kept.map(|(id, grants)| (id.clone(), grants.clone()));
        self.to.grants.extend(kept);
    }

    /// Models comment tables, columns and types; all other comments are the revisions'.
    fn keep_comments(&mut self) {
        for (id, comment) in &self.from.comments {
            let said = matches!(id.kind, Kind::Table | Kind::Column | Kind::Enum);
            if !said && self.to.objects.contains_key(id) {
                let entry = self.to.comments.entry(id.clone());
                entry.or_insert_with(|| comment.clone());
            }
        }
    }

    /// Adds the edges of what was taken over, and names those that lead nowhere.
    fn finish(self) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for (of, on) in self.from.dependencies.iter() {
            let touches = self.kept.contains(of) || self.kept.contains(on);
            if !touches || !self.to.objects.contains_key(of) {
                continue;
            }
            if self.to.objects.contains_key(on) || !self.from.objects.contains_key(on) {
                self.to.dependencies.insert(of, on);
            } else if self.kept.contains(of) {
                conflicts.push(Conflict {
                    kept: of.clone(),
                    missing: on.clone(),
                });
            }
        }
        conflicts
    }
}

/// Whether models could declare it, so that its absence means something.
fn is_said_by_models(id: &ObjectId, body: &Body) -> bool {
    match id.kind {
        Kind::Enum
        | Kind::EnumValue
        | Kind::Table
        | Kind::Column
        | Kind::Default
        | Kind::SequenceOwner
        | Kind::Constraint
        | Kind::Index => true,
        Kind::Sequence => match body {
            Body::Sequence(sequence) => sequence.identity || sequence.owned_by.is_some(),
            _ => true,
        },
        Kind::Schema
        | Kind::Extension
        | Kind::Language
        | Kind::Collation
        | Kind::Composite
        | Kind::Domain
        | Kind::DomainConstraint
        | Kind::Range
        | Kind::BaseType
        | Kind::ForeignDataWrapper
        | Kind::Server
        | Kind::UserMapping
        | Kind::Routine
        | Kind::Aggregate
        | Kind::Operator
        | Kind::OperatorFamily
        | Kind::OperatorClass
        | Kind::Cast
        | Kind::Conversion
        | Kind::TextSearchParser
        | Kind::TextSearchTemplate
        | Kind::TextSearchDictionary
        | Kind::TextSearchConfiguration
        | Kind::Transform
        | Kind::AccessMethod
        | Kind::View
        | Kind::MaterializedView
        | Kind::Statistics
        | Kind::Rule
        | Kind::Trigger
        | Kind::Policy
        | Kind::EventTrigger
        | Kind::Publication
        | Kind::Subscription
        | Kind::DefaultPrivileges => false,
    }
}

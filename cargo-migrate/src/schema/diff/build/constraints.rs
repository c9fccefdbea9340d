//! Constraints and indexes.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::Fate;
use crate::schema::diff::options::Online;
use crate::schema::hazard::{Hazard, Lock};
use crate::schema::model::{
    Body, Constraint, ConstraintType, Index, Kind, ObjectId, Parent, Table,
};
use crate::schema::name::{Ident, Qualified};
use crate::schema::render::{
    add_constraint, create_index, split_timing, storage_changes, with_options,
};

impl Context<'_> {
    pub(super) fn constraint_actions(&self, id: &ObjectId) -> Vec<Action> {
        let (old, new) = (self.from.constraint(id), self.to.constraint(id));
        let mut actions = Vec::new();
        if let (true, Some(old)) = (self.fates.drops(id), old)
            && !self.goes_with_relation(id)
            && !comes_from_parent(old)
        {
            actions.push(self.drop_constraint(id, old));
        }
        if let (true, Some(new)) = (self.fates.makes(id), new)
            && !self.constraint_comes_with_table(id, new)
            && !self.parent_brings(id, new)
        {
            actions.extend(self.make_constraint(id, new));
        }
        if let (Some(Fate::Alter), Some(old), Some(new)) = (self.fates.get(id), old, new) {
            actions.extend(self.alter_constraint(id, old, new));
        }
        actions
    }

    /// Whether the parent's statement makes a constraint: keys of partitions are made apart, so that
    /// they have their own names.
    fn parent_brings(&self, id: &ObjectId, constraint: &Constraint) -> bool {
        let is_partition = self.to.table(&id.table()).is_some_and(Table::is_partition);
        let apart =
            is_partition && constraint.kind.has_index() && constraint.partition_of.is_some();
        constraint.inherited && !apart
            || constraint.partition_of.is_some() && !constraint.kind.has_index()
    }

    fn drop_constraint(&self, id: &ObjectId, old: &Constraint) -> Action {
        let foreign = self
            .from
            .table(&id.table())
            .is_some_and(|table| table.is_foreign);
        let table = if foreign { "FOREIGN TABLE" } else { "TABLE" };
        let sql = format!(
            "ALTER {table} {} DROP CONSTRAINT {}",
            id.parent_name(),
            Ident(&id.name)
        );
        let rank = if old.kind == ConstraintType::ForeignKey {
            3
        } else {
            4
        };
        let children = self.attached_to(id);
        Action::new(Verb::Drop, id, sql)
            .ranked(rank)
            .also_removes(children)
    }

    /// Constraints and indexes of partitions that go with that of the parent.
    fn attached_to(&self, id: &ObjectId) -> Vec<ObjectId> {
        let attached = |body: &Body| match body {
            Body::Constraint(c) => c
                .partition_of
                .as_ref()
                .is_some_and(|(s, t, n)| *s == id.schema && *t == id.parent && *n == id.name),
            Body::Index(i) => i
                .partition_of
                .as_ref()
                .is_some_and(|Parent(s, n)| *s == id.schema && *n == id.name),
            _ => false,
        };
        let own = |(part, body): (&ObjectId, &Body)| attached(body).then(|| part.clone());
        self.from.objects.iter().filter_map(own).collect()
    }

    fn make_constraint(&self, id: &ObjectId, new: &Constraint) -> Vec<Action> {
        let is_new_table = self.fates.makes(&id.table());
        let online =
            self.options.online == Online::Yes && !is_new_table && !self.is_partitioned(id);
        let keeps_rows_waiting =
            matches!(new.kind, ConstraintType::Check | ConstraintType::ForeignKey);
        let mut actions = match new.kind {
            _ if online && keeps_rows_waiting && new.validated => self.validated_apart(id, new),
            ConstraintType::PrimaryKey | ConstraintType::Unique if online => {
                self.through_index(id, new)
            }
            _ => {
                let sql = add_constraint(&self.writer, id, new);
                let mut action = Action::new(Verb::Create, id, sql);
                if !is_new_table {
                    action = action.hazards(self.hazards_of(id, new));
                }
                vec![action]
            }
        };
        if let Some(action) = actions.first_mut()
            && new.kind == ConstraintType::ForeignKey
        {
            action.rank = 52;
        }
        if new.kind.has_index() {
            actions = self.after_leaving_partitions(id, actions);
        }
        if let (ConstraintType::Exclusion, Some(tablespace)) = (new.kind, &new.tablespace) {
            let placed =
                self.alter_index_clause(id, &format!("SET TABLESPACE {}", Ident(tablespace)));
            actions.push(placed.not_providing().after([id.clone()]).ranked(59));
        }
        actions.extend(self.marks(id, new.clustered, new.replica_identity));
        actions
    }

    fn is_partitioned(&self, part: &ObjectId) -> bool {
        self.to
            .table(&part.table())
            .is_some_and(|t| t.partition_by.is_some())
    }

    fn hazards_of(&self, id: &ObjectId, new: &Constraint) -> Vec<Hazard> {
        let table = id.table();
        let mut hazards = Vec::new();
        match new.kind {
            ConstraintType::ForeignKey => {
                hazards.push(Hazard::lock(Lock::ShareRowExclusive, &table));
                if let Some(Parent(schema, name)) = &new.target {
                    hazards.push(Hazard::lock(
                        Lock::ShareRowExclusive,
                        Qualified { schema, name },
                    ));
                }
            }
            ConstraintType::PrimaryKey
            | ConstraintType::Unique
            | ConstraintType::Check
            | ConstraintType::Exclusion => {
                hazards.push(Hazard::lock(Lock::AccessExclusive, &table));
            }
        }
        if new.validated {
            hazards.push(Hazard::may_fail(format!(
                "rows of `{table}` break `{}`",
                id.name
            )));
        }
        hazards
    }

    /// Adds the constraint for new rows, then looks at the others under a weaker lock.
    fn validated_apart(&self, id: &ObjectId, new: &Constraint) -> Vec<Action> {
        let sql = format!("{} NOT VALID", add_constraint(&self.writer, id, new));
        let mut added = id.clone();
        added.args = "not valid".to_owned();
        let add = Action::new(Verb::Create, id, sql)
            .alone()
            .not_providing()
            .also_provides([added.clone()]);
        let needs: Vec<ObjectId> = self.to.needs(id).cloned().collect();
        vec![add.after(needs), self.validate(id).after([added]).alone()]
    }

    fn validate(&self, id: &ObjectId) -> Action {
        let sql = format!(
            "ALTER TABLE {} VALIDATE CONSTRAINT {}",
            id.parent_name(),
            Ident(&id.name)
        );
        Action::new(Verb::Alter, id, sql)
            .hazard(Hazard::may_fail(format!(
                "rows of `{}` break `{}`",
                id.table(),
                id.name
            )))
            .ranked(53)
    }

    /// Builds the index while others read and write, then makes it the constraint's.
    fn through_index(&self, id: &ObjectId, new: &Constraint) -> Vec<Action> {
        let (definition, timing) = split_timing(&new.definition);
        let (keyword, rest) = match new.kind {
            ConstraintType::PrimaryKey => ("PRIMARY KEY", definition.strip_prefix("PRIMARY KEY ")),
            _ => ("UNIQUE", definition.strip_prefix("UNIQUE ")),
        };
        let columns = rest.unwrap_or_default();
        let columns = match columns.strip_prefix("NULLS NOT DISTINCT ") {
            Some(listed) => format!("{listed} NULLS NOT DISTINCT"),
            None => columns.to_owned(),
        };
        let mut build = format!(
            "CREATE UNIQUE INDEX CONCURRENTLY {} ON {} {}{}",
            Ident(&id.name),
            id.parent_name(),
            self.writer.text(&columns),
            with_options(&new.options)
        );
        if let Some(tablespace) = &new.tablespace {
            build.push_str(&format!(" TABLESPACE {}", Ident(tablespace)));
        }
        let mut built = id.clone();
        built.args = "index".to_owned();
        let needs: Vec<ObjectId> = self.to.needs(id).cloned().collect();
        let build = Action::new(Verb::Create, id, build)
            .not_providing()
            .also_provides([built.clone()])
            .after(needs)
            .hazard(Hazard::may_fail(format!(
                "rows of `{}` are not unique",
                id.table()
            )))
            .alone();
        let attach = format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {keyword} USING INDEX {}{timing}",
            id.parent_name(),
            Ident(&id.name),
            Ident(&id.name)
        );
        vec![
            build,
            // Beside the statement that builds it, so that one revision reverts both.
            Action::new(Verb::Create, id, attach)
                .after([built])
                .ranked(51)
                .alone(),
        ]
    }

    fn alter_constraint(&self, id: &ObjectId, old: &Constraint, new: &Constraint) -> Vec<Action> {
        let mut actions = Vec::new();
        if !old.validated && new.validated && !comes_from_parent(new) {
            actions.push(self.validate(id));
        }
        if old.tablespace != new.tablespace {
            actions.push(self.move_index(id, new.tablespace.as_deref()));
        }
        for clause in storage_changes("", &old.options, &new.options) {
            actions.push(self.alter_index_clause(id, &clause));
        }
        actions.extend(self.marks(
            id,
            new.clustered && !old.clustered,
            new.replica_identity && !old.replica_identity,
        ));
        if old.clustered && !new.clustered && !self.another_is_clustered(id) {
            actions.push(self.without_cluster(id));
        }
        actions
    }

    fn move_index(&self, id: &ObjectId, tablespace: Option<&str>) -> Action {
        let name = Ident(tablespace.unwrap_or("pg_default"));
        self.alter_index_clause(id, &format!("SET TABLESPACE {name}"))
    }

    /// A statement about an index, which a constraint may have made.
    fn alter_index_clause(&self, id: &ObjectId, clause: &str) -> Action {
        let index = Qualified {
            schema: &id.schema,
            name: &id.name,
        };
        Action::new(Verb::Alter, id, format!("ALTER INDEX {index} {clause}"))
    }

    /// What a table says about one of its indexes.
    fn marks(&self, id: &ObjectId, clustered: bool, replica_identity: bool) -> Vec<Action> {
        let mut actions = Vec::new();
        let table = id.parent_name();
        if clustered {
            let sql = format!("ALTER TABLE {table} CLUSTER ON {}", Ident(&id.name));
            actions.push(Action::new(Verb::Alter, id, sql));
        }
        if replica_identity {
            let sql = format!(
                "ALTER TABLE {table} REPLICA IDENTITY USING INDEX {}",
                Ident(&id.name)
            );
            actions.push(Action::new(Verb::Alter, id, sql));
        }
        actions
            .into_iter()
            .map(|a| a.not_providing().after([id.clone()]).ranked(59))
            .collect()
    }

    fn another_is_clustered(&self, id: &ObjectId) -> bool {
        self.to.objects.iter().any(|(other, body)| {
            other.is_part_of(&id.table())
                && match body {
                    Body::Index(index) => index.clustered,
                    Body::Constraint(constraint) => constraint.clustered,
                    _ => false,
                }
        })
    }

    fn without_cluster(&self, id: &ObjectId) -> Action {
        let relation = self.relation_noun(id);
        let sql = format!("ALTER {relation} {} SET WITHOUT CLUSTER", id.parent_name());
        Action::new(Verb::Alter, id, sql)
    }

    fn relation_noun(&self, part: &ObjectId) -> &'static str {
        if self.to.table(&part.table()).is_some() {
            "TABLE"
        } else {
            "MATERIALIZED VIEW"
        }
    }

    pub(super) fn domain_constraint_actions(&self, id: &ObjectId) -> Vec<Action> {
        let domain = ObjectId::new(Kind::Domain, &id.schema, &id.parent);
        let mut actions = Vec::new();
        if self.fates.drops(id)
            && !self.fates.drops(&domain)
            && self.fates.get(&domain) != Some(Fate::Swap)
        {
            let sql = format!(
                "ALTER DOMAIN {} DROP CONSTRAINT {}",
                id.parent_name(),
                Ident(&id.name)
            );
            actions.push(Action::new(Verb::Drop, id, sql));
        }
        if let (true, Some(new)) = (self.fates.makes(id), self.to.constraint(id)) {
            actions.push(self.add_to_domain(id, new));
        } else if let (Some(Fate::Alter), Some(_)) = (self.fates.get(id), self.to.constraint(id)) {
            let sql = format!(
                "ALTER DOMAIN {} VALIDATE CONSTRAINT {}",
                id.parent_name(),
                Ident(&id.name)
            );
            actions.push(Action::new(Verb::Alter, id, sql));
        }
        actions
    }

    pub(super) fn add_to_domain(&self, id: &ObjectId, new: &Constraint) -> Action {
        let sql = format!(
            "ALTER DOMAIN {} ADD CONSTRAINT {} {}",
            id.parent_name(),
            Ident(&id.name),
            self.writer.constraint(&new.definition)
        );
        let is_new = self
            .fates
            .makes(&ObjectId::new(Kind::Domain, &id.schema, &id.parent));
        let action = Action::new(Verb::Create, id, sql).ranked(31);
        if is_new {
            action
        } else {
            action.hazard(Hazard::may_fail(format!(
                "values of `{}` break `{}`",
                id.parent, id.name
            )))
        }
    }

    pub(super) fn index_actions(&self, id: &ObjectId) -> Vec<Action> {
        let index = |body: Option<&Body>| match body {
            Some(Body::Index(index)) => Some((**index).clone()),
            _ => None,
        };
        let (old, new) = (
            index(self.from.objects.get(id)),
            index(self.to.objects.get(id)),
        );
        let mut actions = Vec::new();
        if let (true, Some(old)) = (self.fates.drops(id), &old)
            && !self.goes_with_relation(id)
            && !self.goes_with_parent_index(old)
        {
            actions.push(self.drop_index(id, old));
        }
        if let (true, Some(new)) = (self.fates.makes(id), &new) {
            actions.extend(self.make_index(id, new));
        }
        if let (Some(Fate::Alter), Some(old), Some(new)) = (self.fates.get(id), &old, &new) {
            actions.extend(self.alter_index(id, old, new));
        }
        actions
    }

    fn goes_with_parent_index(&self, index: &Index) -> bool {
        let Some(Parent(schema, name)) = &index.partition_of else {
            return false;
        };
        self.from.objects.keys().any(|id| {
            id.kind == Kind::Index
                && id.schema == *schema
                && id.name == *name
                && self.fates.drops(id)
        })
    }

    fn drop_index(&self, id: &ObjectId, old: &Index) -> Action {
        let online = self.options.online == Online::Yes && !old.partitioned;
        let concurrently = if online { "CONCURRENTLY " } else { "" };
        let sql = format!("DROP INDEX {concurrently}{}", id.qualified());
        let action = Action::new(Verb::Drop, id, sql).also_removes(self.attached_to(id));
        if online { action.alone() } else { action }
    }

    fn make_index(&self, id: &ObjectId, new: &Index) -> Vec<Action> {
        let is_new = !self.from.objects.keys().any(|other| {
            other.name == id.parent && other.schema == id.schema && other.parent.is_empty()
        }) || self.fates.makes(&id.table())
            || self.fates.makes(&ObjectId::new(
                Kind::MaterializedView,
                &id.schema,
                &id.parent,
            ));
        let online = self.options.online == Online::Yes && !is_new && !new.partitioned;
        let sql = create_index(&self.writer, id, new, online);
        let mut action = Action::new(Verb::Create, id, sql);
        if new.is_unique && !is_new {
            action = action.hazard(Hazard::may_fail(format!(
                "rows of `{}` are not unique",
                id.table()
            )));
        }
        if online {
            action = action.alone();
        } else if !is_new {
            action = action.hazard(Hazard::lock(Lock::Share, id.table()));
        }
        if new.partitioned && !new.is_valid {
            // Attaching a partition would build an index for it.
            action = action.after(self.partitions_of(&id.table())).ranked(59);
        }
        let mut actions = vec![action];
        if new.is_unique {
            actions = self.after_leaving_partitions(id, actions);
        }
        for (column, target) in &new.statistics {
            actions.push(
                self.index_statistics(id, *column, *target)
                    .not_providing()
                    .after([id.clone()]),
            );
        }
        actions.extend(self.marks(id, new.clustered, new.replica_identity));
        actions
    }

    /// What is unique over a partitioned table is so in each partition: one that leaves may be
    /// partitioned by other columns, or be foreign, and goes first.
    fn after_leaving_partitions(&self, id: &ObjectId, actions: Vec<Action>) -> Vec<Action> {
        let leaving = self.leaving_partitions(&id.table());
        let wait = |action: Action| action.after(leaving.iter().cloned());
        actions.into_iter().map(wait).collect()
    }

    /// Partitions at any depth that are detached or dropped and could refuse what is unique.
    fn leaving_partitions(&self, table: &ObjectId) -> Vec<ObjectId> {
        let is_partition = |child: &Table| {
            let mut parents = child.parents.iter();
            child.is_partition() && parents.any(|p| p.0 == table.schema && p.1 == table.name)
        };
        let mut found = Vec::new();
        let parent = self.from.table(table);
        if parent.is_none_or(|parent| parent.partition_by.is_none()) {
            return found;
        }
        for (id, old) in self.from.tables().filter(|(_, child)| is_partition(child)) {
            let stays = |new: &Table| new.parents == old.parents && !self.fates.drops(id);
            let refuses = old.partition_by.is_some() || old.is_foreign;
            if refuses && !self.to.table(id).is_some_and(stays) {
                found.push(id.clone());
            }
            found.extend(self.leaving_partitions(id));
        }
        found
    }

    fn partitions_of(&self, table: &ObjectId) -> Vec<ObjectId> {
        let is_child = |child: &Table| {
            child
                .parents
                .iter()
                .any(|p| p.0 == table.schema && p.1 == table.name)
        };
        let children = self.to.tables().filter(|(_, child)| is_child(child));
        children
            .map(|(id, _)| super::parents::attached(id))
            .collect()
    }

    fn index_statistics(&self, id: &ObjectId, column: i16, target: i32) -> Action {
        let sql = format!(
            "ALTER INDEX {} ALTER COLUMN {column} SET STATISTICS {target}",
            id.qualified()
        );
        Action::new(Verb::Alter, id, sql).ranked(55)
    }

    fn alter_index(&self, id: &ObjectId, old: &Index, new: &Index) -> Vec<Action> {
        let mut actions = Vec::new();
        if old.tablespace != new.tablespace {
            actions.push(self.move_index(id, new.tablespace.as_deref()));
        }
        for (column, target) in new
            .statistics
            .iter()
            .filter(|s| !old.statistics.contains(s))
        {
            actions.push(self.index_statistics(id, *column, *target));
        }
        let kept: Vec<i16> = new.statistics.iter().map(|(column, _)| *column).collect();
        for (column, _) in old
            .statistics
            .iter()
            .filter(|(column, _)| !kept.contains(column))
        {
            actions.push(self.index_statistics(id, *column, -1));
        }
        actions.extend(self.marks(
            id,
            new.clustered && !old.clustered,
            new.replica_identity && !old.replica_identity,
        ));
        if old.clustered && !new.clustered && !self.another_is_clustered(id) {
            actions.push(self.without_cluster(id));
        }
        if !old.is_valid && new.is_valid && !new.partitioned {
            let sql = format!("REINDEX INDEX {}", id.qualified());
            actions.push(
                Action::new(Verb::Alter, id, sql).hazard(Hazard::lock(Lock::Share, id.table())),
            );
        }
        actions
    }
}

/// Whether a constraint exists because a parent has it.
fn comes_from_parent(constraint: &Constraint) -> bool {
    constraint.inherited || constraint.partition_of.is_some()
}

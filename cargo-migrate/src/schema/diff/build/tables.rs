//! Tables: made with what belongs to them, changed clause by clause, dropped.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::Fate;
use crate::schema::hazard::{Hazard, Lock};
use crate::schema::model::{
    Body, Column, Constraint, ConstraintType, Kind, ObjectId, Parent, Sequence, Snapshot, Table,
};
use crate::schema::name::{Ident, Qualified};
use crate::schema::plan::Note;
use crate::schema::render::{
    ColumnParts, InlineConstraint, TableParts, Writer, column_clause, create_table,
    inline_constraint, option_changes, storage_option,
};

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

    fn create_table(&self, id: &ObjectId, table: &Table) -> Vec<Action> {
        let apart = table.is_partition();
        let mut provided: Vec<ObjectId> = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        let mut later: Vec<Action> = Vec::new();
        let inline = self.inline_constraints(id);
        let key = self.primary_key_columns(id);
        for (column_id, column) in self.to.columns_of(id) {
            provided.push(column_id.clone());
            // A child that inherits repeats only what it declares itself.
            if !self.is_written(column_id, column) {
                let has_key = key.contains(&column_id.name);
                later.extend(self.apart_from_parent(column_id, column, has_key));
                continue;
            }
            let own: Vec<String> = inline
                .iter()
                .filter_map(|(constraint, form)| match form {
                    InlineConstraint::OfColumn(clause)
                        if self.column_of(constraint).as_deref() == Some(&column_id.name) =>
                    {
                        Some(clause.clone())
                    }
                    _ => None,
                })
                .collect();
            let (clause, more) = self.column_parts(column_id, own, &key);
            lines.extend(typed_clause(table, column_id, column, &self.writer, clause));
            provided.extend(more);
        }
        provided.extend(inline.iter().map(|(constraint, _)| constraint.clone()));
        let constraints: Vec<String> = inline
            .into_iter()
            .filter_map(|(_, form)| match form {
                InlineConstraint::OfTable(line) => Some(line),
                InlineConstraint::OfColumn(_) => None,
            })
            .collect();
        let parts = TableParts {
            id,
            table,
            columns: lines,
            constraints,
            apart,
        };
        let sql = create_table(&self.writer, &parts);
        let parents = table
            .parents
            .iter()
            .map(|Parent(s, n)| ObjectId::new(Kind::Table, s, n));
        let mut actions = vec![
            Action::new(Verb::Create, id, sql)
                .also_provides(provided)
                .after(self.parent_columns(table))
                .after(parents.clone()),
        ];
        actions.extend(later);
        actions.extend(self.after_creation(id, table));
        for (column_id, _) in self.to.columns_of(id) {
            actions.extend(self.settings_after_creation(column_id));
        }
        if apart {
            actions.push(self.attach(id, table));
        }
        actions
    }

    /// The columns of a table's parents, which its own must fit as they are in the end.
    fn parent_columns(&self, table: &Table) -> Vec<ObjectId> {
        let parents = table.parents.iter();
        parents
            .map(|Parent(schema, name)| ObjectId::new(Kind::Table, schema, name))
            .flat_map(|parent| self.to.columns_of(&parent))
            .map(|(column, _)| column.clone())
            .collect()
    }

    /// A clause of `CREATE TABLE` or `ADD COLUMN` and what comes with it.
    pub(super) fn column_parts(
        &self,
        id: &ObjectId,
        constraints: Vec<String>,
        primary_key: &[String],
    ) -> (String, Vec<ObjectId>) {
        let column = self
            .to
            .column(id)
            .expect("callers pass a column of the new side");
        let default_id = id.with_kind(Kind::Default);
        let default = match self.to.objects.get(&default_id) {
            Some(Body::Default(default)) if self.default_comes_with_column(&default_id) => {
                Some(default.expression.as_str())
            }
            _ => None,
        };
        let serial = self.serial_sequence(id, column, default);
        let identity = self.identity_sequence(self.to, id);
        let mut provided: Vec<ObjectId> = default.map(|_| default_id).into_iter().collect();
        if let Some(sequence) = &serial {
            provided.push(sequence.with_kind(Kind::SequenceOwner));
            provided.push(sequence.clone());
        }
        provided.extend(identity.map(|(sequence, _)| sequence.clone()));
        let parts = ColumnParts {
            id,
            column,
            default,
            identity,
            serial: serial.is_some(),
            constraints,
            implied_not_null: primary_key.contains(&id.name),
        };
        (column_clause(&self.writer, &parts), provided)
    }

    fn inline_constraints(&self, table: &ObjectId) -> Vec<(ObjectId, InlineConstraint)> {
        let mut inline: Vec<(ConstraintType, ObjectId, InlineConstraint)> = Vec::new();
        for (id, body) in self.to.parts_of(table, Kind::Constraint) {
            if let Body::Constraint(constraint) = body
                && self.constraint_comes_with_table(id, constraint)
            {
                let free = self.name_is_free(id);
                let mut form = inline_constraint(&self.writer, id, constraint, free);
                if !self.stands_beside_column(id, constraint) {
                    form = form.beside_the_columns(&self.writer, constraint);
                }
                inline.push((constraint.kind, id.clone(), form));
            }
        }
        inline.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        inline.into_iter().map(|(_, id, form)| (id, form)).collect()
    }

    /// Whether the first column of a constraint has a clause that can hold it.
    fn stands_beside_column(&self, id: &ObjectId, constraint: &Constraint) -> bool {
        constraint.columns.first().is_some_and(|name| {
            let column_id = ObjectId::of(Kind::Column, &id.schema, &id.parent, name);
            let column = self.to.column(&column_id);
            column.is_some_and(|column| self.is_written(&column_id, column))
        })
    }

    /// Whether PostgreSQL would give a constraint its usual name: nothing else in the schema has it.
    fn name_is_free(&self, id: &ObjectId) -> bool {
        let clashes = |other: &ObjectId| {
            other != id
                && other.schema == id.schema
                && other.name == id.name
                && other.kind != Kind::Column
        };
        let had = self.from.objects.keys().any(|other| {
            other.schema == id.schema && other.name == id.name && other.kind != Kind::Column
        });
        !had && !self.to.objects.keys().any(clashes)
    }

    fn column_of(&self, constraint: &ObjectId) -> Option<String> {
        self.to
            .constraint(constraint)
            .and_then(|c| c.columns.first().cloned())
    }

    fn primary_key_columns(&self, table: &ObjectId) -> Vec<String> {
        self.to
            .parts_of(table, Kind::Constraint)
            .filter_map(|(id, body)| match body {
                Body::Constraint(c)
                    if c.kind == ConstraintType::PrimaryKey
                        && self.constraint_comes_with_table(id, c) =>
                {
                    Some(c.columns.clone())
                }
                _ => None,
            })
            .flatten()
            .collect()
    }

    /// What `CREATE TABLE` can't say.
    fn after_creation(&self, id: &ObjectId, table: &Table) -> Vec<Action> {
        let mut plain = table.clone();
        plain.row_security = false;
        plain.force_row_security = false;
        plain.replica_identity = "d".to_owned();
        self.security(id, &plain, table)
            .into_iter()
            .chain(self.replica_identity(id, &plain, table))
            .map(|action| {
                Action {
                    removes: Default::default(),
                    ..action
                }
                .after([id.clone()])
                .not_providing()
            })
            .collect()
    }

    fn attach(&self, id: &ObjectId, table: &Table) -> Action {
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
        let parts = [Kind::Index, Kind::Constraint];
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

    fn alter_table_clause(&self, id: &ObjectId, clause: &str) -> Action {
        let is_foreign = self.to.table(id).is_some_and(|table| table.is_foreign);
        let kind = if is_foreign { "FOREIGN TABLE" } else { "TABLE" };
        Action::new(
            Verb::Alter,
            id,
            format!("ALTER {kind} {} {clause}", id.qualified()),
        )
    }

    fn storage(&self, id: &ObjectId, old: &Table, new: &Table) -> Vec<Action> {
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
        let set: Vec<String> = new
            .iter()
            .filter(|option| !old.contains(option))
            .map(|option| format!("{prefix}{}", storage_option(option)))
            .collect();
        let name = |option: &String| option.split('=').next().unwrap_or_default().to_owned();
        let kept: Vec<String> = new.iter().map(name).collect();
        let reset: Vec<String> = old
            .iter()
            .map(name)
            .filter(|option| !kept.contains(option))
            .map(|option| format!("{prefix}{option}"))
            .collect();
        let mut actions = Vec::new();
        if !reset.is_empty() {
            actions.push(self.alter_table_clause(id, &format!("RESET ({})", reset.join(", "))));
        }
        if !set.is_empty() {
            actions.push(self.alter_table_clause(id, &format!("SET ({})", set.join(", "))));
        }
        actions
    }

    fn parents(&self, id: &ObjectId, old: &Table, new: &Table) -> Vec<Action> {
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

    fn security(&self, id: &ObjectId, old: &Table, new: &Table) -> Vec<Action> {
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

    fn replica_identity(&self, id: &ObjectId, old: &Table, new: &Table) -> Vec<Action> {
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

    /// Says where the order of columns can't become that of the target.
    pub(super) fn note_column_orders(&self, notes: &mut Vec<Note>) {
        for (id, _) in self.to.tables().filter(|(id, _)| !self.fates.makes(id)) {
            let wanted: Vec<&str> = self
                .to
                .columns_of(id)
                .iter()
                .map(|(c, _)| c.name.as_str())
                .collect();
            let kept = self.from.columns_of(id);
            let kept = kept
                .iter()
                .map(|(c, _)| *c)
                .filter(|c| self.to.objects.contains_key(*c) && !self.fates.drops(c));
            let added = self.to.columns_of(id);
            let added = added
                .iter()
                .map(|(c, _)| *c)
                .filter(|c| self.fates.makes(c));
            let result: Vec<&str> = kept.chain(added).map(|c| c.name.as_str()).collect();
            if result != wanted {
                notes.push(Note::ColumnOrder { table: id.clone() });
            }
        }
    }
}

/// What a typed table says about a column: only what its type doesn't.
fn typed_clause(
    table: &Table,
    id: &ObjectId,
    column: &Column,
    writer: &Writer,
    clause: String,
) -> Option<String> {
    if table.of_type.is_none() {
        return Some(clause);
    }
    let name = Ident(&id.name);
    let typed = format!("{name} {}", writer.data_type(&column.data_type));
    let rest = clause.strip_prefix(&typed).unwrap_or_default().trim();
    (!rest.is_empty()).then(|| format!("{name} WITH OPTIONS {rest}"))
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

/// A mark that a partition is attached, which an index that waits for its partitions needs.
pub(super) fn attached(partition: &ObjectId) -> ObjectId {
    ObjectId {
        args: "attached".to_owned(),
        ..partition.clone()
    }
}

/// A mark that a table, and what follows it, is logged or unlogged as it will be.
fn persistent(table: &ObjectId) -> ObjectId {
    ObjectId {
        args: "persistent".to_owned(),
        ..table.clone()
    }
}

/// A mark that a table has no type any more.
fn untyped(table: &ObjectId) -> ObjectId {
    ObjectId {
        args: "untyped".to_owned(),
        ..table.clone()
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

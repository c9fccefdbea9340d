//! `CREATE TABLE`, with what can stand in it.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::model::{
    Body, Column, Constraint, ConstraintType, Kind, ObjectId, Parent, Table,
};
use crate::schema::name::Ident;
use crate::schema::render::{
    ColumnParts, InlineConstraint, TableParts, Writer, column_clause, create_table,
    inline_constraint,
};

impl Context<'_> {
    pub(super) fn create_table(&self, id: &ObjectId, table: &Table) -> Vec<Action> {
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

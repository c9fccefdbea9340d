//! Columns and their defaults: one statement for each thing that changes.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::{Fate, changes_type};
use crate::schema::diff::options::Online;
use crate::schema::hazard::{Hazard, Lock};
use crate::schema::model::{Body, Column, ConstraintType, Kind, ObjectId, Snapshot};
use crate::schema::name::Ident;
use crate::schema::plan::Note;
use crate::schema::render::{
    collate, compression_name, default_text, identity_clause, named_not_null, option_changes,
    storage_option,
};

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

    /// Gives existing rows their value, then refuses null.
    fn backfill(&self, id: &ObjectId, expression: &str) -> Vec<Action> {
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

    fn refuse_null_after_addition(&self, id: &ObjectId) -> Vec<Action> {
        let steps = self.refuse_null_online(id).into_iter();
        steps
            .map(|step| step.not_providing().after([id.clone()]))
            .collect()
    }

    /// What neither `CREATE TABLE` nor `ADD COLUMN` can say.
    pub(super) fn settings_after_creation(&self, id: &ObjectId) -> Vec<Action> {
        let Some(new) = self.to.column(id) else {
            return Vec::new();
        };
        let plain = Column {
            storage: None,
            statistics: None,
            options: Vec::new(),
            ..new.clone()
        };
        self.settings(id, &plain, new)
            .into_iter()
            .map(|action| action.not_providing().after([id.clone()]))
            .collect()
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

    fn parent_changes_too(&self, id: &ObjectId) -> bool {
        let parents = self
            .to
            .table(&id.table())
            .map(|t| t.parents.clone())
            .unwrap_or_default();
        parents.iter().any(|parent| {
            let column = ObjectId::of(Kind::Column, &parent.0, &parent.1, &id.name);
            self.fates.get(&column).is_some() || self.fates.recast.contains(&column)
        })
    }

    fn alter_column_clause(&self, id: &ObjectId, clause: &str) -> Action {
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

    fn is_foreign_table(&self, column: &ObjectId) -> bool {
        let table = self.to.table(&column.table());
        table.is_some_and(|table| table.is_foreign)
    }

    fn change_type(&self, id: &ObjectId, old: &Column, new: &Column) -> Action {
        let data_type = self.writer.data_type(&new.data_type);
        let collation = collate(&self.writer, &new.collation);
        // A foreign table holds nothing to convert.
        if self.is_foreign_table(id) {
            return self.alter_column_clause(id, &format!("TYPE {data_type}{collation}"));
        }
        let conversion = Conversion::between(&old.data_type, &new.data_type);
        let using = match conversion {
            Conversion::Implicit { .. } => String::new(),
            Conversion::Explicit => format!(" USING {}::{data_type}", Ident(&id.name)),
            Conversion::Wrapped => {
                let name = Ident(&id.name);
                format!(" USING CASE WHEN {name} IS NOT NULL THEN ARRAY[{name}]::{data_type} END")
            }
            Conversion::ThroughText => {
                let array = if is_array(&old.data_type) && is_array(&new.data_type) {
                    "[]"
                } else {
                    ""
                };
                format!(" USING {}::text{array}::{data_type}", Ident(&id.name))
            }
        };
        let mut action =
            self.alter_column_clause(id, &format!("TYPE {data_type}{collation}{using}"));
        if conversion != (Conversion::Implicit { rewrites: false }) {
            action = action
                .hazard(Hazard::lock(Lock::AccessExclusive, id.table()))
                .hazard(Hazard::rewrite(id.table()));
        }
        action.hazards(narrowing(id, &old.data_type, &new.data_type, conversion))
    }

    /// Moves a column over to the type that took the place of its own.
    pub(super) fn recast_column(&self, id: &ObjectId) -> Vec<Action> {
        let Some(new) = self.to.column(id) else {
            return Vec::new();
        };
        if new.inherited && self.parent_changes_too(id) {
            return Vec::new();
        }
        let data_type = self.writer.data_type(&new.data_type);
        let collation = collate(&self.writer, &new.collation);
        // Only the collation is swapped beneath a column of a type that is PostgreSQL's own.
        if !new.data_type.contains('.') || self.is_foreign_table(id) {
            return vec![self.alter_column_clause(id, &format!("TYPE {data_type}{collation}"))];
        }
        let array = if new.data_type.ends_with("[]") {
            "[]"
        } else {
            ""
        };
        let name = Ident(&id.name);
        let using = match self.row_of_attributes(id, new) {
            Some(row) => format!("USING {row}"),
            None => format!("USING {name}::text{array}::{data_type}"),
        };
        let mut actions = Vec::new();
        let mut needs = Vec::new();
        if self.is_of_range(id) {
            // The functions that a range brings have its name: an old one can't wait aside.
            let clause = format!("TYPE text{array} USING {name}::text{array}");
            needs.push(as_text(id));
            actions.push(
                self.alter_column_clause(id, &clause)
                    .not_providing()
                    .also_provides(needs.clone())
                    .ranked(9),
            );
        }
        let action = self
            .alter_column_clause(id, &format!("TYPE {data_type}{collation} {using}"))
            .after(needs)
            .hazard(Hazard::lock(Lock::AccessExclusive, id.table()))
            .hazard(Hazard::rewrite(id.table()))
            .hazard(Hazard::may_fail(format!(
                "`{id}` holds a value that the new type hasn't"
            )));
        actions.push(action.hazards(self.lost_attributes(id)));
        actions
    }

    /// What a value of a composite type doesn't keep, or holds under another name in an array.
    fn lost_attributes(&self, id: &ObjectId) -> Vec<Hazard> {
        let names = |snapshot: &Snapshot| -> Vec<String> {
            let composite = self.from.needs(id).find(|on| on.kind == Kind::Composite);
            match composite.and_then(|on| snapshot.objects.get(on)) {
                Some(Body::Composite(c)) => c.attributes.iter().map(|a| a.name.clone()).collect(),
                _ => Vec::new(),
            }
        };
        let (old, new) = (names(self.from), names(self.to));
        let lost = old.iter().filter(|name| !new.contains(name));
        lost.map(|name| Hazard::loss(format!("`{name}` of all values of `{id}`")))
            .collect()
    }

    /// The value of a composite type with other attributes, one by one.
    fn row_of_attributes(&self, id: &ObjectId, column: &Column) -> Option<String> {
        if is_array(&column.data_type) {
            return None;
        }
        let composite = self.from.needs(id).find(|on| on.kind == Kind::Composite)?;
        let (Body::Composite(old), Body::Composite(new)) = (
            self.from.objects.get(composite)?,
            self.to.objects.get(composite)?,
        ) else {
            return None;
        };
        let name = Ident(&id.name);
        let values = new.attributes.iter().map(|attribute| {
            let before = old.attributes.iter().find(|a| a.name == attribute.name);
            let data_type = self.writer.data_type(&attribute.data_type);
            let value = format!("({name}).{}", Ident(&attribute.name));
            let conversion =
                before.map(|b| Conversion::between(&b.data_type, &attribute.data_type));
            match conversion {
                None => "NULL".to_owned(),
                Some(Conversion::ThroughText) => format!("{value}::text::{data_type}"),
                Some(_) => format!("{value}::{data_type}"),
            }
        });
        let values: Vec<String> = values.collect();
        let data_type = self.writer.data_type(&column.data_type);
        Some(format!(
            "CASE WHEN {name} IS DISTINCT FROM NULL THEN ROW({})::{data_type} END",
            values.join(", ")
        ))
    }

    /// Whether a column's type is a range that is made anew.
    fn is_of_range(&self, id: &ObjectId) -> bool {
        let is_remade =
            |on: &&ObjectId| on.kind == Kind::Range && self.fates.get(on) == Some(Fate::Swap);
        self.from.needs(id).any(|on| is_remade(&on))
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

    fn nullability(&self, id: &ObjectId, old: &Column, new: &Column) -> Vec<Action> {
        if old.not_null == new.not_null {
            return self.name_of_not_null(id, old, new);
        }
        if !new.not_null {
            let action = self.alter_column_clause(id, "DROP NOT NULL");
            return vec![action.ranked(if self.loses_key(id) { 41 } else { 42 })];
        }
        if self.gains_key(id) {
            return Vec::new();
        }
        if self.options.online == Online::Yes {
            return self.refuse_null_online(id);
        }
        let mut actions = Vec::new();
        let mut set = self
            .refuse_null(id, new)
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

    /// The constraint keeps its name when a table or column is renamed.
    fn name_of_not_null(&self, id: &ObjectId, old: &Column, new: &Column) -> Vec<Action> {
        let (Some(before), Some(after)) = (&old.not_null_name, &new.not_null_name) else {
            return Vec::new();
        };
        if before == after || new.inherited {
            return Vec::new();
        }
        let sql = format!(
            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
            id.parent_name(),
            Ident(before),
            Ident(after)
        );
        vec![Action::new(Verb::Alter, id, sql)]
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
            actions.push(if n == 4 {
                action
            } else {
                action.not_providing()
            });
        }
        actions
    }

    /// Whether a new primary key says the same; `SET NOT NULL` of its own would only repeat it.
    fn gains_key(&self, id: &ObjectId) -> bool {
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

    fn settings(&self, id: &ObjectId, old: &Column, new: &Column) -> Vec<Action> {
        let mut actions = Vec::new();
        if old.storage != new.storage {
            // Without one of its own a column has its type's, which has no keyword before 16.
            let clause = new.storage.as_deref().map_or("EXTENDED", storage_name);
            actions.push(self.alter_column_clause(id, &format!("SET STORAGE {clause}")));
        }
        if old.compression != new.compression && self.to.server_version >= 140_000 {
            let clause = new
                .compression
                .as_deref()
                .map_or("default", compression_name);
            actions.push(self.alter_column_clause(id, &format!("SET COMPRESSION {clause}")));
        }
        if old.statistics != new.statistics {
            actions.push(self.alter_column_clause(
                id,
                &format!("SET STATISTICS {}", new.statistics.unwrap_or(-1)),
            ));
        }
        if old.foreign_options != new.foreign_options {
            let clause = option_changes(&old.foreign_options, &new.foreign_options);
            actions.push(self.alter_column_clause(id, &format!("OPTIONS ({clause})")));
        }
        let set: Vec<String> = new
            .options
            .iter()
            .filter(|option| !old.options.contains(option))
            .map(|option| storage_option(option))
            .collect();
        if !set.is_empty() {
            actions.push(self.alter_column_clause(id, &format!("SET ({})", set.join(", "))));
        }
        let name = |option: &String| option.split('=').next().unwrap_or_default().to_owned();
        let reset: Vec<String> = old
            .options
            .iter()
            .map(name)
            .filter(|option| !new.options.iter().any(|o| name(o) == *option))
            .collect();
        if !reset.is_empty() {
            actions.push(self.alter_column_clause(id, &format!("RESET ({})", reset.join(", "))));
        }
        actions
    }

    pub(super) fn default_actions(&self, id: &ObjectId) -> Vec<Action> {
        let column = id.with_kind(Kind::Column);
        let mut actions = Vec::new();
        let is_view = self.to.column(&column).is_none() && self.from.column(&column).is_none();
        if self.follows_parent(id) {
            return actions;
        }
        let goes = self.fates.drops(&column) || self.goes_with_relation(id);
        if self.fates.drops(id) && !goes {
            let sql = self.default_sql(id, is_view, "DROP DEFAULT");
            actions.push(Action::new(Verb::Drop, id, sql));
        }
        let comes = self.default_comes_with_column(id);
        let set = self.fates.makes(id) && !comes || self.fates.get(id) == Some(Fate::Alter);
        if let (true, Some(Body::Default(default))) = (set, self.to.objects.get(id)) {
            let data_type = self.to.column(&column).map_or("", |c| c.data_type.as_str());
            let text = self
                .writer
                .text(&default_text(&default.expression, data_type));
            let sql = self.default_sql(id, is_view, &format!("SET DEFAULT {text}"));
            let verb = if self.fates.makes(id) {
                Verb::Create
            } else {
                Verb::Alter
            };
            actions.push(Action::new(verb, id, sql));
        }
        actions
    }

    pub(super) fn default_sql(&self, id: &ObjectId, is_view: bool, clause: &str) -> String {
        let relation = match (is_view, self.children_differ(id)) {
            (true, _) => "VIEW",
            (false, true) => "TABLE ONLY",
            (false, false) => "TABLE",
        };
        format!(
            "ALTER {relation} {} ALTER COLUMN {} {clause}",
            id.parent_name(),
            Ident(&id.name)
        )
    }
}

/// A mark that a column has its new type.
fn retyped(column: &ObjectId) -> ObjectId {
    ObjectId {
        args: "retyped".to_owned(),
        ..column.clone()
    }
}

/// A mark that a column holds texts until its type is there again.
pub(super) fn as_text(column: &ObjectId) -> ObjectId {
    ObjectId {
        args: "as text".to_owned(),
        ..column.clone()
    }
}

fn storage_name(code: &str) -> &'static str {
    match code {
        "p" => "PLAIN",
        "e" => "EXTERNAL",
        "m" => "MAIN",
        _ => "EXTENDED",
    }
}

/// How values of one type become values of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conversion {
    /// PostgreSQL converts on assignment.
    Implicit {
        /// Whether it writes the table anew.
        rewrites: bool,
    },
    /// A cast must be asked for.
    Explicit,
    /// A value becomes the only element of an array.
    Wrapped,
    /// There is no cast but over text.
    ThroughText,
}

impl Conversion {
    fn between(old: &str, new: &str) -> Self {
        let (a, b) = (base(old), base(new));
        let textual = |t: &str| matches!(t, "text" | "character varying" | "character");
        let numeric = |t: &str| {
            matches!(
                t,
                "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision"
            )
        };
        if let (Some(element), false) = (new.strip_suffix("[]"), is_array(old)) {
            return match Self::between(old, element) {
                Conversion::Implicit { .. } => Conversion::Wrapped,
                _ => Conversion::ThroughText,
            };
        }
        if is_array(old) && !is_array(new) {
            return Conversion::ThroughText;
        }
        if a == b || (textual(a) && textual(b)) {
            return Conversion::Implicit {
                rewrites: !widens(old, new),
            };
        }
        if textual(b) && !old.ends_with("[]") {
            return Conversion::Implicit { rewrites: true };
        }
        if numeric(a) && numeric(b)
            || a.starts_with("timestamp") && b.starts_with("timestamp")
            || a == "date" && b.starts_with("timestamp")
            || a.starts_with("timestamp") && b == "date"
        {
            return Conversion::Implicit { rewrites: true };
        }
        if has_cast(a, b) && !is_array(old) && !is_array(new) && !loses_zone(old, new) {
            return Conversion::Explicit;
        }
        Conversion::ThroughText
    }
}

/// Whether PostgreSQL has a cast that must be asked for; over text every value can be tried.
fn has_cast(old: &str, new: &str) -> bool {
    let textual = |t: &str| matches!(t, "text" | "character varying" | "character");
    let stamp = |t: &str| t.starts_with("timestamp");
    textual(old)
        || (stamp(old) || is_time(old)) && is_time(new)
        || matches!((old, new), ("integer", "boolean") | ("boolean", "integer"))
        || matches!((old, new), ("json", "jsonb") | ("jsonb", "json"))
        || matches!(
            (old, new),
            (
                "jsonb",
                "boolean"
                    | "smallint"
                    | "integer"
                    | "bigint"
                    | "numeric"
                    | "real"
                    | "double precision"
            )
        )
}

/// A time zone can't be made up.
fn loses_zone(old: &str, new: &str) -> bool {
    old.starts_with("timestamp")
        && old.ends_with("without time zone")
        && is_time(base(new))
        && new.ends_with("with time zone")
}

fn is_time(base: &str) -> bool {
    base == "time" || base.starts_with("time ")
}

fn is_array(data_type: &str) -> bool {
    data_type.ends_with("[]")
}

/// A type without its length and array marks.
fn base(data_type: &str) -> &str {
    data_type
        .split(['(', '['])
        .next()
        .unwrap_or(data_type)
        .trim()
}

fn lengths(data_type: &str) -> Option<Vec<i64>> {
    let (_, rest) = data_type.split_once('(')?;
    let (inside, _) = rest.split_once(')')?;
    Some(
        inside
            .split(',')
            .filter_map(|n| n.trim().parse().ok())
            .collect(),
    )
}

/// Whether every value of one type fits another of the same family without a look at the rows.
fn widens(old: &str, new: &str) -> bool {
    if base(new) == "character" || base(old) == "character" {
        return false;
    }
    match (lengths(old), lengths(new)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(a), Some(b)) => a.len() == b.len() && a.first() <= b.first() && a.get(1) == b.get(1),
    }
}

/// The hazards of values that may not fit: PostgreSQL refuses where no cast is asked for, and cuts
/// or rounds where one is.
fn narrowing(id: &ObjectId, old: &str, new: &str, conversion: Conversion) -> Vec<Hazard> {
    match conversion {
        Conversion::Implicit { .. } => {
            if rounds(old, new) {
                vec![Hazard::loss(format!(
                    "digits of `{id}` that {new} doesn't hold"
                ))]
            } else if fits(old, new) {
                Vec::new()
            } else {
                vec![Hazard::may_fail(format!(
                    "a value of `{id}` doesn't fit {new}"
                ))]
            }
        }
        Conversion::Wrapped => Vec::new(),
        Conversion::Explicit if cuts(old, new) => {
            vec![
                Hazard::loss(format!("what {new} doesn't hold of `{id}`")),
                Hazard::may_fail(format!("a value of `{id}` is no {new}")),
            ]
        }
        Conversion::Explicit | Conversion::ThroughText => {
            vec![Hazard::may_fail(format!("a value of `{id}` is no {new}"))]
        }
    }
}

fn fits(old: &str, new: &str) -> bool {
    let rank = |t: &str| match base(t) {
        "smallint" => 1,
        "integer" => 2,
        "bigint" => 3,
        "numeric" if lengths(t).is_none() => 4,
        _ => 0,
    };
    let textual = |t: &str| matches!(base(t), "text" | "character varying") && lengths(t).is_none();
    textual(new)
        || (rank(old) > 0 && rank(new) >= rank(old))
        || (base(old) == base(new) && widens(old, new))
}

/// Whether assignment rounds silently: fractions to whole numbers, times to dates, fewer digits.
fn rounds(old: &str, new: &str) -> bool {
    let whole = |t: &str| matches!(base(t), "smallint" | "integer" | "bigint");
    let fraction = |t: &str| matches!(base(t), "numeric" | "real" | "double precision");
    let scale = |t: &str| lengths(t).and_then(|l| l.get(1).copied());
    (fraction(old) && whole(new))
        || (base(old).starts_with("timestamp") && base(new) == "date")
        || (base(old) == "double precision" && base(new) == "real")
        || (base(old) == "numeric"
            && base(new) == "numeric"
            && lengths(new).is_some()
            && scale(new) < scale(old).or(Some(i64::MAX)))
        || (base(old).starts_with("timestamp")
            && base(new) == base(old)
            && lengths(new).is_some()
            && lengths(new) < lengths(old).or(Some(vec![6])))
}

/// Whether a cast that is asked for loses a part without an error.
fn cuts(old: &str, new: &str) -> bool {
    matches!(base(new), "boolean")
        || lengths(new).is_some() && !matches!(base(old), "uuid")
        || base(old) == "jsonb" && base(new) != "json"
        || base(old) == "json" && base(new) == "jsonb"
        || base(old).starts_with("timestamp") && base(new).starts_with("time ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_varchar_needs_no_rewrite() {
        assert!(widens("character varying(10)", "character varying(20)"));
        assert!(widens("character varying(10)", "text"));
        assert!(!widens("character varying(20)", "character varying(10)"));
        assert!(!widens("numeric(10,2)", "numeric(12,3)"));
        assert!(widens("numeric(10,2)", "numeric(12,2)"));
    }

    #[test]
    fn whole_numbers_fit_into_wider_ones() {
        assert!(fits("integer", "bigint"));
        assert!(!fits("bigint", "integer"));
        assert!(rounds("numeric(10,2)", "integer"));
        assert!(rounds("timestamp with time zone", "date"));
    }
}

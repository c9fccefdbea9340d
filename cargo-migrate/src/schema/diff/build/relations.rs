//! Views and sequences.

use super::Context;
use crate::schema::diff::action::{Action, Verb};
use crate::schema::diff::fate::Fate;
use crate::schema::hazard::Hazard;
use crate::schema::model::{Body, Kind, ObjectId, Sequence, View, ViewSetting};
use crate::schema::name::{Ident, Qualified};
use crate::schema::render::{
    alter_view_column, create, create_view, limits, noun, storage_changes,
};

impl Context<'_> {
    pub(super) fn view_actions(&self, id: &ObjectId) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.fates.drops(id) {
            let parts = self
                .from
                .objects
                .keys()
                .filter(|part| part.is_part_of(id) && self.goes_with_relation(part));
            let sql = format!("DROP {} {}", noun(id.kind), id.qualified());
            actions.push(
                Action::new(Verb::Drop, id, sql).also_removes(parts.cloned().collect::<Vec<_>>()),
            );
        }
        let view = |body: Option<&Body>| match body {
            Some(Body::View(view)) => Some((**view).clone()),
            _ => None,
        };
        let Some(new) = view(self.to.objects.get(id)) else {
            return actions;
        };
        if self.fates.makes(id) {
            let mut statements = create_view(&self.writer, id, &new, false).into_iter();
            actions.extend(
                statements
                    .next()
                    .map(|sql| Action::new(Verb::Create, id, sql)),
            );
            actions.extend(statements.map(|sql| {
                Action::new(Verb::Alter, id, sql)
                    .not_providing()
                    .after([id.clone()])
            }));
        } else if let (Some(Fate::Alter), Some(old)) =
            (self.fates.get(id), view(self.from.objects.get(id)))
        {
            actions.extend(self.alter_view(id, &old, &new));
        }
        actions
    }

    fn alter_view(&self, id: &ObjectId, old: &View, new: &View) -> Vec<Action> {
        if old.definition != new.definition {
            // The options are part of the statement: those that are not named are reset.
            let statements = create_view(&self.writer, id, new, true);
            return statements
                .into_iter()
                .map(|sql| Action::new(Verb::Alter, id, sql))
                .collect();
        }
        let whole = storage_changes("", &old.options, &new.options).into_iter();
        let whole =
            whole.map(|clause| format!("ALTER {} {} {clause}", noun(id.kind), id.qualified()));
        let is_reset = |one: &&ViewSetting| {
            let replaced = |new: &ViewSetting| new.column == one.column && new.reset == one.reset;
            !new.settings.iter().any(replaced)
        };
        let gone = old.settings.iter().filter(is_reset);
        let gone = gone.map(|one| alter_view_column(id, &one.column, &one.reset));
        let added = (new.settings.iter()).filter(|one| !old.settings.contains(one));
        let added = added.map(|one| alter_view_column(id, &one.column, &one.set));
        let statements = whole.chain(gone).chain(added);
        statements
            .map(|sql| Action::new(Verb::Alter, id, sql))
            .collect()
    }

    pub(super) fn sequence_actions(&self, id: &ObjectId) -> Vec<Action> {
        let sequence = |body: Option<&Body>| match body {
            Some(Body::Sequence(sequence)) => Some(sequence.clone()),
            _ => None,
        };
        let (old, new) = (
            sequence(self.from.objects.get(id)),
            sequence(self.to.objects.get(id)),
        );
        let mut actions = Vec::new();
        if let (true, Some(old)) = (self.fates.drops(id), &old)
            && !self.sequence_goes_with_column(id, old)
        {
            let mut owner = vec![];
            if self.fates.drops(&id.with_kind(Kind::SequenceOwner)) {
                owner.push(id.with_kind(Kind::SequenceOwner));
            }
            actions.push(
                Action::new(Verb::Drop, id, format!("DROP SEQUENCE {}", id.qualified()))
                    .also_removes(owner)
                    .hazard(Hazard::loss(format!("the position of `{id}`")))
                    .ranked(7),
            );
        }
        if let (true, Some(new)) = (self.fates.makes(id), &new)
            && !new.identity
            && !self.comes_as_serial(id, new)
        {
            let body = Body::Sequence(new.clone());
            let statements = create(&self.writer, id, &body);
            actions.extend(
                statements
                    .into_iter()
                    .map(|sql| Action::new(Verb::Create, id, sql)),
            );
        }
        if let (Some(Fate::Alter), Some(old), Some(new)) = (self.fates.get(id), &old, &new) {
            actions.extend(alter_sequence(id, old, new));
        }
        actions
    }

    /// Whether `serial` makes the sequence.
    fn comes_as_serial(&self, id: &ObjectId, sequence: &Sequence) -> bool {
        let Some((schema, table, name)) = &sequence.owned_by else {
            return false;
        };
        let column_id = ObjectId::of(Kind::Column, schema, table, name);
        let default_id = column_id.with_kind(Kind::Default);
        let default = match self.to.objects.get(&default_id) {
            Some(Body::Default(default)) if self.default_comes_with_column(&default_id) => {
                Some(default.expression.as_str())
            }
            _ => None,
        };
        self.fates.makes(&column_id)
            && self.to.column(&column_id).is_some_and(|column| {
                self.serial_sequence(&column_id, column, default).as_ref() == Some(id)
            })
    }

    pub(super) fn owner_actions(&self, id: &ObjectId) -> Vec<Action> {
        let sequence_id = id.with_kind(Kind::Sequence);
        let mut actions = Vec::new();
        if self.fates.drops(id) && !self.fates.drops(&sequence_id) {
            let sql = format!("ALTER SEQUENCE {} OWNED BY NONE", sequence_id.qualified());
            actions.push(Action::new(Verb::Drop, id, sql));
        }
        let needed = self.fates.makes(id) || self.fates.get(id) == Some(Fate::Alter);
        if let (true, Some(Body::Owner(owner)), Some(Body::Sequence(sequence))) = (
            needed,
            self.to.objects.get(id),
            self.to.objects.get(&sequence_id),
        ) && !self.comes_as_serial(&sequence_id, sequence)
        {
            let (schema, table, column) = &owner.column;
            let sql = format!(
                "ALTER SEQUENCE {} OWNED BY {}.{}",
                sequence_id.qualified(),
                Qualified {
                    schema,
                    name: table
                },
                Ident(column)
            );
            let verb = if self.fates.makes(id) {
                Verb::Create
            } else {
                Verb::Alter
            };
            actions.push(Action::new(verb, id, sql));
        }
        actions
    }
}

fn alter_sequence(id: &ObjectId, old: &Sequence, new: &Sequence) -> Vec<Action> {
    let mut clauses = Vec::new();
    if old.data_type != new.data_type {
        clauses.push(format!("AS {}", new.data_type));
    }
    if old.increment != new.increment {
        clauses.push(format!("INCREMENT BY {}", new.increment));
    }
    // A limit that is the old type's becomes the new type's by itself.
    let (old_limits, new_limits) = (limits(&old.data_type), limits(&new.data_type));
    let retyped = old.data_type != new.data_type;
    let follows = |old: i64, new: i64, old_limit: i64, new_limit: i64| {
        retyped && old == old_limit && new == new_limit
    };
    if old.min != new.min && !follows(old.min, new.min, old_limits.0, new_limits.0) {
        clauses.push(format!("MINVALUE {}", new.min));
    }
    if old.max != new.max && !follows(old.max, new.max, old_limits.1, new_limits.1) {
        clauses.push(format!("MAXVALUE {}", new.max));
    }
    if old.start != new.start {
        clauses.push(format!("START WITH {}", new.start));
    }
    // No position of the old sequence is one of the new.
    let is_disjoint = new.max < old.min || new.min > old.max;
    if is_disjoint {
        clauses.push("RESTART".to_owned());
    }
    if old.cache != new.cache {
        clauses.push(format!("CACHE {}", new.cache));
    }
    if old.cycle != new.cycle {
        clauses.push(if new.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    let mut actions = Vec::new();
    if !clauses.is_empty() {
        let sql = format!("ALTER SEQUENCE {} {}", id.qualified(), clauses.join(" "));
        let action = Action::new(Verb::Alter, id, sql);
        let narrower = new.max < old.max || new.min > old.min;
        actions.push(if is_disjoint {
            action.hazard(Hazard::loss(format!("the position of `{id}`")))
        } else if narrower {
            action.hazard(Hazard::may_fail(format!(
                "the position of `{id}` is beyond its new limits"
            )))
        } else {
            action
        });
    }
    if old.unlogged != new.unlogged {
        let logged = if new.unlogged { "UNLOGGED" } else { "LOGGED" };
        let sql = format!("ALTER SEQUENCE {} SET {logged}", id.qualified());
        actions.push(Action::new(Verb::Alter, id, sql));
    }
    actions
}

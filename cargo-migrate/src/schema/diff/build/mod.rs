//! Turns fates into ordered statements.

mod absorb;
mod column_settings;
mod columns;
mod comments;
mod constraints;
mod conversion;
mod create_table;
mod defaults;
mod edges;
mod grants;
mod inherited;
mod not_null;
mod others;
mod parents;
mod relations;
mod retype;
mod table_storage;
mod tables;
mod types;

use std::collections::BTreeSet;

use super::action::Action;
use super::fate::{self, Fates};
use super::moves::Moved;
use super::options::{Online, Options};
use crate::schema::lex::TokenKind;
use crate::schema::model::{Body, Kind, ObjectId, Snapshot};
use crate::schema::order::Cycle;
use crate::schema::plan::{Note, Plan, PlanError, Transaction};
use crate::schema::render::Writer;

pub(crate) use columns::drop_column;
pub(crate) use others::create_schema;
pub(crate) use tables::drop_whole_table;

/// What every builder of actions looks at.
pub(crate) struct Context<'a> {
    pub(crate) from: &'a Snapshot,
    pub(crate) to: &'a Snapshot,
    pub(crate) fates: Fates,
    pub(crate) options: &'a Options,
    pub(crate) writer: Writer,
    /// Constraints and defaults that get a statement of their own, because of a circle.
    pub(crate) expelled: BTreeSet<ObjectId>,
    /// Enums whose values are added in place.
    pub(crate) swapped: BTreeSet<ObjectId>,
}

/// Builds the plan; tries again where objects wait for each other in a circle that a statement of
/// its own for a constraint or a default opens, or where a new enum value is used at once.
pub(crate) fn build(
    moved: &Moved<'_>,
    to: &Snapshot,
    options: &Options,
) -> Result<Plan, PlanError> {
    let mut expelled = BTreeSet::new();
    let mut swapped = BTreeSet::new();
    loop {
        let context = Context {
            from: &moved.from,
            to,
            fates: fate::decide(&moved.from, to, &swapped),
            options,
            writer: Writer {
                shadowed: &moved.from.shadowed | &to.shadowed,
            },
            expelled: expelled.clone(),
            swapped: swapped.clone(),
        };
        let mut notes = Vec::new();
        let actions = context.actions(&mut notes);
        let used = context.values_used_at_once(&actions);
        if options.online == Online::No && !used.is_empty() {
            swapped.extend(used);
            continue;
        }
        match context.ordered(actions) {
            Ok(ordered) => return Ok(finish(moved, ordered, notes)),
            Err(Circle { openings, .. }) if !openings.is_subset(&expelled) => {
                expelled.extend(openings);
            }
            Err(Circle { objects, .. }) => return Err(PlanError::Unorderable { objects }),
        }
    }
}

/// Whether a part of a table can have a statement of its own, beside that of its table.
fn can_stand_apart(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Constraint | Kind::Default | Kind::Index | Kind::Rule | Kind::Trigger | Kind::Policy
    )
}

/// Objects that wait for each other, and what could be taken out of them.
struct Circle {
    objects: Vec<ObjectId>,
    openings: BTreeSet<ObjectId>,
}

fn finish(moved: &Moved<'_>, ordered: Vec<Action>, notes: Vec<Note>) -> Plan {
    let mut plan = Plan {
        statements: moved.statements.clone(),
        notes,
        ..Plan::default()
    };
    for action in ordered {
        let mut statement = action.statement;
        statement.hazards.sort();
        statement.hazards.dedup();
        plan.statements.push(statement);
    }
    plan
}

impl Context<'_> {
    fn actions(&self, notes: &mut Vec<Note>) -> Vec<Action> {
        let mut actions = Vec::new();
        for id in self.fates.of.keys() {
            actions.extend(self.actions_for(id, notes));
        }
        for column in self
            .fates
            .recast
            .iter()
            .filter(|id| self.fates.get(id).is_none())
        {
            actions.extend(self.recast_column(column));
        }
        actions.extend(self.comment_actions());
        actions.extend(self.grant_actions());
        self.note_column_orders(notes);
        self.note_declarations(notes);
        actions
    }

    fn actions_for(&self, id: &ObjectId, notes: &mut Vec<Note>) -> Vec<Action> {
        match id.kind {
            Kind::Table => self.table_actions(id, notes),
            Kind::Column => self.column_actions(id, notes),
            Kind::Default => self.default_actions(id),
            Kind::Constraint => self.constraint_actions(id),
            Kind::DomainConstraint => self.domain_constraint_actions(id),
            Kind::Index => self.index_actions(id),
            Kind::Sequence => self.sequence_actions(id),
            Kind::SequenceOwner => self.owner_actions(id),
            Kind::View | Kind::MaterializedView => self.view_actions(id),
            Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range | Kind::Collation => {
                self.type_actions(id)
            }
            _ => self.other_actions(id),
        }
    }

    /// Enums that get a value which another statement of this plan uses: inside one transaction
    /// PostgreSQL refuses that.
    fn values_used_at_once(&self, actions: &[Action]) -> BTreeSet<ObjectId> {
        let mut used = BTreeSet::new();
        for (id, body) in &self.to.objects {
            let Body::Enum(new) = body else { continue };
            let Some(Body::Enum(old)) = self.from.objects.get(id) else {
                continue;
            };
            if self.swapped.contains(id) {
                continue;
            }
            let added = new
                .values
                .iter()
                .filter(|value| !old.values.contains(value));
            let literals: BTreeSet<String> =
                added.map(|v| crate::schema::name::literal(v)).collect();
            if !literals.is_empty() && actions.iter().any(|a| self.uses_value(a, id, &literals)) {
                used.insert(id.clone());
            }
        }
        used
    }

    fn uses_value(&self, action: &Action, enum_id: &ObjectId, literals: &BTreeSet<String>) -> bool {
        if action.statement.object == *enum_id {
            return false;
        }
        let is_plpgsql = match self.to.objects.get(&action.statement.object) {
            Some(Body::Routine(routine)) => routine.language == "plpgsql",
            _ => false,
        };
        if is_plpgsql {
            return false;
        }
        let named = |sql: &str| {
            crate::schema::lex::tokens(sql).iter().any(|t| {
                t.kind == TokenKind::Text
                    && (literals.contains(t.text)
                        || (t.text.starts_with('$')
                            && literals.iter().any(|l| t.text.contains(l.as_str()))))
            })
        };
        named(&action.statement.sql)
    }

    fn ordered(&self, actions: Vec<Action>) -> Result<Vec<Action>, Circle> {
        let keys: Vec<_> = actions.iter().map(Action::key).collect();
        let apart = |at: usize| actions[at].statement.transaction == Transaction::Alone;
        match self.edges(&actions).sort(&keys, apart) {
            Ok(order) => {
                let mut actions: Vec<Option<Action>> = actions.into_iter().map(Some).collect();
                Ok(order
                    .into_iter()
                    .filter_map(|at| actions[at].take())
                    .collect())
            }
            Err(Cycle(places)) => Err(self.circle(&actions, &places)),
        }
    }

    /// What in the actions of a circle could have a statement of its own: foreign keys before
    /// everything else.
    fn circle(&self, actions: &[Action], places: &[usize]) -> Circle {
        let objects: Vec<ObjectId> = places
            .iter()
            .map(|at| actions[*at].statement.object.clone())
            .collect();
        let inside: BTreeSet<&ObjectId> = places
            .iter()
            .flat_map(|at| actions[*at].provides.iter().chain(&actions[*at].removes))
            .collect();
        let parts: BTreeSet<ObjectId> = inside
            .iter()
            .filter(|id| can_stand_apart(id.kind))
            .filter(|id| !self.expelled.contains(**id))
            .map(|id| (*id).clone())
            .collect();
        let keys: BTreeSet<ObjectId> = parts
            .iter()
            .filter(|id| self.is_foreign_key(id))
            .cloned()
            .collect();
        let others: BTreeSet<ObjectId> = parts
            .iter()
            .filter(|id| !self.has_index(id))
            .cloned()
            .collect();
        let openings = [keys, others, parts]
            .into_iter()
            .find(|set| !set.is_empty())
            .unwrap_or_default();
        Circle { objects, openings }
    }
}

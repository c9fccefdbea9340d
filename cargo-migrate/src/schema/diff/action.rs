//! One step of a plan before it has its place.

use std::collections::BTreeSet;

use crate::schema::hazard::Hazard;
use crate::schema::model::{Kind, ObjectId};
use crate::schema::plan::{ChangeKind, Statement, Transaction};

/// What is done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// It gets another name.
    Rename,
    /// It is made.
    Create,
    /// It is changed in place.
    Alter,
    /// It is removed.
    Drop,
    /// Its comment changes.
    Comment,
    /// Existing rows get a value.
    Backfill,
    /// A role gets a privilege.
    Grant,
    /// A role loses a privilege.
    Revoke,
}

impl Verb {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Verb::Rename => "rename",
            Verb::Create => "create",
            Verb::Alter => "alter",
            Verb::Drop => "drop",
            Verb::Comment => "comment",
            Verb::Backfill => "backfill",
            Verb::Grant => "grant",
            Verb::Revoke => "revoke",
        }
    }
}

/// A statement and what it means for the order.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) statement: Statement,
    /// What it brings into its final state.
    pub(crate) provides: BTreeSet<ObjectId>,
    /// What exists no more afterwards.
    pub(crate) removes: BTreeSet<ObjectId>,
    /// Objects whose final state it needs, beyond what the catalog's edges say.
    pub(crate) needs: BTreeSet<ObjectId>,
    /// Its place among actions that could come at the same time.
    pub(crate) rank: u8,
    /// Its place among those of one table.
    pub(crate) position: i16,
}

impl Action {
    pub(crate) fn new(verb: Verb, object: &ObjectId, sql: String) -> Self {
        let statement = Statement {
            sql,
            kind: ChangeKind {
                verb,
                kind: object.kind,
            },
            object: object.clone(),
            hazards: Vec::new(),
            transaction: Transaction::InTransaction,
        };
        let own = BTreeSet::from([object.clone()]);
        let (provides, removes) = match verb {
            Verb::Drop => (BTreeSet::new(), own),
            Verb::Create | Verb::Alter => (own, BTreeSet::new()),
            Verb::Rename | Verb::Comment | Verb::Backfill | Verb::Grant | Verb::Revoke => {
                Default::default()
            }
        };
        let rank = rank(verb, object.kind);
        Action {
            statement,
            provides,
            removes,
            needs: BTreeSet::new(),
            rank,
            position: 0,
        }
    }

    pub(crate) fn hazard(mut self, hazard: Hazard) -> Self {
        self.statement.hazards.push(hazard);
        self
    }

    pub(crate) fn hazards(mut self, hazards: Vec<Hazard>) -> Self {
        self.statement.hazards.extend(hazards);
        self
    }

    pub(crate) fn also_provides(mut self, ids: impl IntoIterator<Item = ObjectId>) -> Self {
        self.provides.extend(ids);
        self
    }

    pub(crate) fn also_removes(mut self, ids: impl IntoIterator<Item = ObjectId>) -> Self {
        self.removes.extend(ids);
        self
    }

    /// For a step after which its object isn't in its final state, or was there before.
    pub(crate) fn not_providing(mut self) -> Self {
        self.provides.remove(&self.statement.object);
        self
    }

    /// For a step that drops something else than its object's final state.
    pub(crate) fn not_removing(mut self) -> Self {
        self.removes.remove(&self.statement.object);
        self
    }

    pub(crate) fn after(mut self, ids: impl IntoIterator<Item = ObjectId>) -> Self {
        self.needs.extend(ids);
        self
    }

    pub(crate) fn at(mut self, position: i16) -> Self {
        self.position = position;
        self
    }

    pub(crate) fn ranked(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    pub(crate) fn alone(mut self) -> Self {
        self.statement.transaction = Transaction::Alone;
        self
    }

    /// What decides between actions that could come at the same time.
    pub(crate) fn key(&self) -> (u8, String, i16, ObjectId) {
        let object = &self.statement.object;
        let table = if object.parent.is_empty() {
            &object.name
        } else {
            &object.parent
        };
        (
            self.rank,
            format!("{}.{table}", object.schema),
            self.position,
            object.clone(),
        )
    }
}

/// The order that a person would choose where nothing forces another: what others stand on is
/// dropped late and made early.
fn rank(verb: Verb, kind: Kind) -> u8 {
    match verb {
        Verb::Rename => 0,
        Verb::Drop => drop_rank(kind),
        Verb::Create | Verb::Alter | Verb::Backfill => make_rank(kind),
        Verb::Comment | Verb::Grant | Verb::Revoke => make_rank(kind).max(70),
    }
}

fn drop_rank(kind: Kind) -> u8 {
    match kind {
        Kind::EventTrigger | Kind::Publication | Kind::Subscription => 1,
        Kind::Policy | Kind::Trigger | Kind::Rule => 2,
        Kind::View | Kind::MaterializedView => 3,
        Kind::Constraint | Kind::DomainConstraint => 4,
        Kind::Index | Kind::Statistics => 5,
        Kind::Default | Kind::SequenceOwner => 6,
        Kind::Column => 80,
        Kind::Table => 82,
        Kind::Sequence => 84,
        Kind::Routine | Kind::Aggregate | Kind::Operator => 86,
        Kind::Schema => 99,
        Kind::Extension => 98,
        _ => 88,
    }
}

fn make_rank(kind: Kind) -> u8 {
    match kind {
        Kind::Schema => 10,
        Kind::Extension => 11,
        Kind::Table => 40,
        Kind::Column => 42,
        Kind::Default => 43,
        Kind::SequenceOwner => 44,
        Kind::Constraint => 50,
        Kind::Index => 54,
        Kind::Statistics => 55,
        Kind::View | Kind::MaterializedView => 56,
        Kind::Rule | Kind::Trigger => 60,
        Kind::Policy => 61,
        Kind::EventTrigger | Kind::Publication | Kind::Subscription => 65,
        Kind::Sequence => 34,
        Kind::Routine => 36,
        // What is new before them does not get them.
        Kind::DefaultPrivileges => 75,
        Kind::Aggregate => 37,
        _ => 30,
    }
}

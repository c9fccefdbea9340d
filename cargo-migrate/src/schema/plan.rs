//! The public entry: two snapshots in, ordered statements out.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use super::diff::action::Verb;
use super::diff::options::{EmptyTarget, Grants, Options, Rename};
use super::diff::pairing::{self, Ambiguity};
use super::diff::{build, moves};
use super::hazard::Hazard;
use super::model::{Body, Kind, NotCompared, ObjectId, Snapshot};
use super::name::PUBLIC;

/// How a statement stands to transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transaction {
    /// It runs in one transaction with its neighbours.
    InTransaction,
    /// It runs outside of any transaction, or in one of its own that ends before the next statement.
    Alone,
}

/// What a statement does to which kind of object; displayed as `add-column`, `create-table`, ….
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeKind {
    /// What is done.
    pub verb: Verb,
    /// To what.
    pub kind: Kind,
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match (self.verb, self.kind) {
            (Verb::Create, Kind::Column | Kind::Constraint | Kind::EnumValue) => "add",
            (verb, _) => verb.word(),
        };
        write!(f, "{verb}-{}", self.kind.noun().replace(' ', "-"))
    }
}

/// One statement of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The SQL, without the semicolon at its end.
    pub sql: String,
    /// What it does.
    pub kind: ChangeKind,
    /// The object that it is about.
    pub object: ObjectId,
    /// Its dangers, sorted.
    pub hazards: Vec<Hazard>,
    /// Whether it can share a transaction.
    pub transaction: Transaction,
}

/// Something that a reader of the plan should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The columns will stand in another order than in the target: PostgreSQL only appends.
    ColumnOrder {
        /// The table.
        table: ObjectId,
    },
    /// A new column refuses null and nothing says what existing rows get; see
    /// [`Options::backfill`].
    BackfillWanted {
        /// The column.
        column: ObjectId,
    },
    /// A difference that no statement removes.
    Unchanged {
        /// The object.
        object: ObjectId,
        /// Why it stays.
        why: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::ColumnOrder { table } => write!(
                f,
                "the columns of `{table}` stand in another order afterwards: PostgreSQL appends new ones"
            ),
            Note::BackfillWanted { column } => write!(
                f,
                "`{column}` refuses null: without a value for existing rows the statement fails on a table with rows"
            ),
            Note::Unchanged { object, why } => write!(f, "{} stays: {why}", object.describe()),
        }
    }
}

/// The way from one schema to another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The statements in the order in which they run.
    pub statements: Vec<Statement>,
    /// The renames among them, in the names of the two sides.
    pub renames: Vec<Rename>,
    /// What may be a rename and is planned as a drop.
    pub ambiguities: Vec<Ambiguity>,
    /// What else to know.
    pub notes: Vec<Note>,
    /// What either side has and no comparison looks at.
    pub not_compared: Vec<NotCompared>,
}

impl Plan {
    /// Whether the two schemas are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The renames for the plan of the way back.
    #[must_use]
    pub fn inverted_renames(&self) -> Vec<Rename> {
        self.renames.iter().map(Rename::inverted).collect()
    }

    /// The statements as one script.
    #[must_use]
    pub fn script(&self) -> String {
        let statements: Vec<String> = self
            .statements
            .iter()
            .map(|statement| format!("{};\n", statement.sql))
            .collect();
        statements.join("\n")
    }
}

/// Why there is no plan.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PlanError {
    /// The target has no object at all.
    #[error(
        "the desired schema is empty: that would drop everything, {}",
        first_of(objects)
    )]
    EmptyTarget {
        /// What there is, without the parts of tables.
        objects: Vec<ObjectId>,
    },
    /// A told rename names nothing.
    #[error("no object is called `{name}`, which a rename names")]
    UnknownRename {
        /// The name.
        name: String,
    },
    /// Objects need each other in a circle.
    #[error("no order of statements exists: {} need each other", list(objects))]
    Unorderable {
        /// The objects of the circle.
        objects: Vec<ObjectId>,
    },
}

/// The objects that a person would count: no parts of tables, nothing that a column owns.
fn whole_objects(snapshot: &Snapshot) -> Vec<ObjectId> {
    let is_whole = |id: &ObjectId, body: &Body| {
        let is_owned = matches!(body, Body::Sequence(s) if s.identity || s.owned_by.is_some());
        let is_part = !id.parent.is_empty() || id.kind == Kind::SequenceOwner;
        let is_public = id.kind == Kind::Schema && id.name == PUBLIC;
        !is_owned && !is_part && !is_public
    };
    let whole = snapshot.objects.iter();
    let whole = whole.filter(|(id, body)| is_whole(id, body));
    whole.map(|(id, _)| id.clone()).collect()
}

/// As many as fit on a line.
fn first_of(objects: &[ObjectId]) -> String {
    const MANY: usize = 3;
    match objects.len().saturating_sub(MANY) {
        0 => list(objects),
        rest => format!("{} and {rest} more", list(&objects[..MANY])),
    }
}

fn list(objects: &[ObjectId]) -> String {
    let names: Vec<String> = objects.iter().map(ObjectId::describe).collect();
    names.join(", ")
}

/// Plans the way from one schema to another. The same input gives the same plan, always.
///
/// The way back is `plan(to, from, …)` with [`Plan::inverted_renames`].
///
/// # Errors
/// [`PlanError`] where the target is empty and that isn't allowed, where a told rename names nothing,
/// or where no order of statements exists.
pub fn plan(from: &Snapshot, to: &Snapshot, options: &Options) -> Result<Plan, PlanError> {
    let from = visible(from, options);
    let to = visible(to, options);
    if to.is_empty() && !from.is_empty() && options.empty == EmptyTarget::Refused {
        return Err(PlanError::EmptyTarget {
            objects: whole_objects(&from),
        });
    }
    let paired = pairing::pair(&from, &to, options)?;
    let moved = moves::perform(&from, &to, &paired.renames);
    let mut plan = build::build(&moved, &to, options)?;
    plan.renames = moves::in_names_of_both_sides(paired.renames);
    plan.ambiguities = paired.ambiguities;
    announce(&mut plan);
    plan.not_compared = both(&from, &to);
    Ok(plan)
}

/// Says of an open question that drops nothing what it may cost: data under another's name.
fn announce(plan: &mut Plan) {
    for ambiguity in &plan.ambiguities {
        let is_of = |s: &Statement| s.object == ambiguity.old;
        let is_drop = |s: &Statement| is_of(s) && s.kind.verb == Verb::Drop;
        if plan.statements.iter().any(is_drop) {
            continue;
        }
        let names: Vec<String> = ambiguity
            .candidates
            .iter()
            .map(|id| format!("`{id}`"))
            .collect();
        let what = format!(
            "the data of `{}`, if it has become {}",
            ambiguity.old,
            names.join(" or ")
        );
        let about = |s: &&mut Statement| is_of(s) || ambiguity.candidates.contains(&s.object);
        if let Some(statement) = plan.statements.iter_mut().find(about) {
            statement.hazards.push(Hazard::loss(what));
            statement.hazards.sort();
        }
    }
}

/// What the options let be seen of a snapshot.
fn visible<'a>(snapshot: &'a Snapshot, options: &Options) -> Cow<'a, Snapshot> {
    let mut visible = options.filter.apply(snapshot);
    let is_default = |id: &ObjectId| id.kind == Kind::DefaultPrivileges;
    if options.grants == Grants::Kept && visible.objects.keys().any(is_default) {
        visible.to_mut().objects.retain(|id, _| !is_default(id));
    }
    visible
}

fn both(from: &Snapshot, to: &Snapshot) -> Vec<NotCompared> {
    let mut all: Vec<NotCompared> = from
        .not_compared
        .iter()
        .chain(&to.not_compared)
        .cloned()
        .collect();
    all.sort();
    all.dedup();
    all
}

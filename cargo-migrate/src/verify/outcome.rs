//! What comes of walking a revision down again, and how two schemas are told apart.

use std::fmt;

use build_support::revision::RevisionId;

use crate::{
    failure::Failure,
    replay::ReplayError,
    schema::{Note, Options, Plan, Snapshot, plan},
};

/// What came of one revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Stair {
    /// The revision.
    pub id: RevisionId,
    /// What came of it.
    pub outcome: StairOutcome,
}

/// Whether a down script undoes its up script.
#[derive(Debug, Clone, PartialEq)]
pub enum StairOutcome {
    /// The schema is what it was.
    Restored,
    /// It is but for the order of columns, which PostgreSQL can't restore.
    ColumnOrder(Vec<String>),
    /// What stands between the schema after down and the one before up.
    Differs(Box<Plan>),
    /// The down script fails.
    DownFails(Box<ReplayError>),
    /// After down, the up script fails.
    UpAgainFails(Box<ReplayError>),
    /// After down and up the schema is another one than after up.
    UpAgainDiffers(Box<Plan>),
    /// There is no down script.
    NoDown,
    /// The revision says that it can't be reverted, and why.
    Irreversible(String),
    /// A repeatable script, run twice, leaves what it left the first time.
    Repeats,
    /// It runs once and not again.
    AgainFails(Box<ReplayError>),
    /// Run again, it leaves another schema.
    AgainDiffers(Box<Plan>),
}

impl StairOutcome {
    /// Whether it is as it should be: restored, or said to be impossible.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        match self {
            Self::Restored | Self::ColumnOrder(_) | Self::Irreversible(_) | Self::Repeats => true,
            Self::Differs(_)
            | Self::DownFails(_)
            | Self::UpAgainFails(_)
            | Self::UpAgainDiffers(_)
            | Self::AgainFails(_)
            | Self::AgainDiffers(_)
            | Self::NoDown => false,
        }
    }
}

impl StairOutcome {
    /// The outcome as one word, for JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Restored => "restored",
            Self::ColumnOrder(_) => "column-order",
            Self::Differs(_) => "differs",
            Self::DownFails(_) => "down-fails",
            Self::UpAgainFails(_) => "up-again-fails",
            Self::UpAgainDiffers(_) => "up-again-differs",
            Self::NoDown => "no-down",
            Self::Irreversible(_) => "irreversible",
            Self::Repeats => "repeats",
            Self::AgainFails(_) => "again-fails",
            Self::AgainDiffers(_) => "again-differs",
        }
    }
}

impl fmt::Display for StairOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Restored => f.write_str("down restores the schema"),
            Self::ColumnOrder(tables) => {
                write!(
                    f,
                    "down restores all but the order of columns in {}",
                    tables.join(", ")
                )
            }
            Self::Differs(plan) => {
                write!(
                    f,
                    "down does not give the schema back; it would still take:\n{}",
                    indented(plan)
                )
            }
            Self::DownFails(error) => write!(f, "down fails: {}", at_place(error)),
            Self::UpAgainFails(error) => write!(f, "up fails after down: {}", at_place(error)),
            Self::UpAgainDiffers(plan) => write!(
                f,
                "up after down builds another schema; it would still take:\n{}",
                indented(plan)
            ),
            Self::NoDown => f.write_str("there is no down script"),
            Self::Irreversible(why) => write!(f, "irreversible: {why}"),
            Self::Repeats => f.write_str("running it again changes nothing"),
            Self::AgainFails(error) => write!(f, "it runs once and not again: {}", at_place(error)),
            Self::AgainDiffers(plan) => write!(
                f,
                "running it again leaves another schema; it would still take:\n{}",
                indented(plan)
            ),
        }
    }
}

fn indented(plan: &Plan) -> String {
    let script = plan.script();
    let lines: Vec<String> = script
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| format!("    {line}"))
        .collect();
    lines.join("\n")
}

fn at_place(error: &ReplayError) -> String {
    match &error.place {
        Some(place) => format!("{place}: {error}"),
        None => error.to_string(),
    }
}

/// How two schemas stand to each other.
pub(super) enum Compared {
    Same,
    ColumnOrder(Vec<String>),
    Differs(Box<Plan>),
}

/// Whether two schemas are equal down to the order of columns: most are, and need no plan.
fn is_same(one: &Snapshot, other: &Snapshot) -> bool {
    one.objects == other.objects
        && one.comments == other.comments
        && one.grants == other.grants
        && one.dependencies == other.dependencies
}

/// What it takes to get from one schema to the other.
pub(super) fn compared(from: &Snapshot, to: &Snapshot) -> Result<Compared, Failure> {
    if is_same(from, to) {
        return Ok(Compared::Same);
    }
    // What is dropped and made anew is no rename here: the way does not matter, the end does.
    let options = Options::default().allow_empty().no_renames().grants();
    let way = plan(from, to, &options)?;
    if !way.is_empty() {
        return Ok(Compared::Differs(Box::new(way)));
    }
    let tables: Vec<String> = way
        .notes
        .iter()
        .filter_map(|note| match note {
            Note::ColumnOrder { table } => Some(table.to_string()),
            Note::BackfillWanted { .. } | Note::Unchanged { .. } => None,
        })
        .collect();
    Ok(if tables.is_empty() {
        Compared::Same
    } else {
        Compared::ColumnOrder(tables)
    })
}

//! The stairway: each revision up, down and up again in a scratch database, the schemas compared.
//!
//! A step that restores the schema is walked on one database. Where it does not, the next one goes
//! on from a copy that was made before, so that one bad down script spoils no other.

use std::fmt;

use build_support::{
    graph::{Graph, Node},
    revision::RevisionId,
};

use crate::{
    failure::Failure,
    replay::{self, ReplayError},
    schema::{Note, Options, Plan, Snapshot, plan},
    server::Scratch,
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
}

impl StairOutcome {
    /// Whether it is as it should be: restored, or said to be impossible.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        match self {
            Self::Restored | Self::ColumnOrder(_) | Self::Irreversible(_) => true,
            Self::Differs(_)
            | Self::DownFails(_)
            | Self::UpAgainFails(_)
            | Self::UpAgainDiffers(_)
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
                    "after down the schema is another one; this is missing:\n{}",
                    indented(plan)
                )
            }
            Self::DownFails(error) => write!(f, "down fails: {}", at_place(error)),
            Self::UpAgainFails(error) => write!(f, "up fails after down: {}", at_place(error)),
            Self::UpAgainDiffers(plan) => write!(
                f,
                "up after down builds another schema; this is missing:\n{}",
                indented(plan)
            ),
            Self::NoDown => f.write_str("there is no down script"),
            Self::Irreversible(why) => write!(f, "irreversible: {why}"),
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

/// Walks the stairs of `nodes`, each of which must stand after its parents, and tells each as it is
/// done. `before` are the revisions below the first.
///
/// # Errors
/// An up script that does not run at all, or a server that goes away.
pub fn stairway(
    scratch: &Scratch,
    graph: &Graph,
    before: &[Node],
    nodes: &[Node],
    tell: &mut dyn FnMut(&Stair),
) -> Result<Vec<Stair>, Failure> {
    let mut walk = Walk {
        scratch,
        database: scratch.fresh_database()?,
    };
    replay::run_up(&mut scratch.connect(&walk.database)?, graph, before)?;
    let mut below = walk.snapshot()?;
    let mut stairs = Vec::new();
    for node in nodes {
        let (outcome, above) = walk.stair(graph, *node, &below)?;
        let stair = Stair {
            id: graph.id(*node).clone(),
            outcome,
        };
        tell(&stair);
        stairs.push(stair);
        below = above;
    }
    scratch.drop_database(&walk.database)?;
    Ok(stairs)
}

/// A down script written from the schemas before and after a revision, and proved.
#[derive(Debug)]
pub struct GeneratedDown {
    /// The statements.
    pub plan: Plan,
    /// What came of running them.
    pub outcome: StairOutcome,
}

/// Writes the down script of a revision; `before` are the revisions below it.
///
/// # Errors
/// An up script that does not run, a server that goes away, or no plan.
pub fn generate_down(
    scratch: &Scratch,
    graph: &Graph,
    before: &[Node],
    node: Node,
) -> Result<GeneratedDown, Failure> {
    let database = scratch.fresh_database()?;
    let mut client = scratch.connect(&database)?;
    replay::run_up(&mut client, graph, before)?;
    let below = Snapshot::read(&mut client)?;
    replay::run_up(&mut client, graph, &[node])?;
    let above = Snapshot::read(&mut client)?;
    // Both are of one database: what was renamed is known, not guessed.
    let plan = plan(&above, &below, &Options::default().allow_empty())?;
    let outcome = match replay::run_plan(&mut client, &plan) {
        Err(error) => StairOutcome::DownFails(Box::new(error)),
        Ok(()) => match compared(&Snapshot::read(&mut client)?, &below)? {
            Compared::Same => StairOutcome::Restored,
            Compared::ColumnOrder(tables) => StairOutcome::ColumnOrder(tables),
            Compared::Differs(plan) => StairOutcome::Differs(plan),
        },
    };
    drop(client);
    scratch.drop_database(&database)?;
    Ok(GeneratedDown { plan, outcome })
}

struct Walk<'a> {
    scratch: &'a Scratch,
    database: String,
}

impl Walk<'_> {
    fn snapshot(&self) -> Result<Snapshot, Failure> {
        Ok(Snapshot::read(&mut self.scratch.connect(&self.database)?)?)
    }

    /// One revision; afterwards the database stands above it.
    fn stair(
        &mut self,
        graph: &Graph,
        node: Node,
        below: &Snapshot,
    ) -> Result<(StairOutcome, Snapshot), Failure> {
        let revision = graph.revision(node);
        let mut client = self.scratch.connect(&self.database)?;
        replay::run(&mut client, &revision.id, &revision.up)?;
        let above = Snapshot::read(&mut client)?;
        drop(client);
        let Some(down) = &revision.down else {
            let outcome = match &revision.irreversible {
                Some(why) => StairOutcome::Irreversible(why.clone()),
                None => StairOutcome::NoDown,
            };
            return Ok((outcome, above));
        };
        let safe = self.scratch.clone_database(&self.database)?;
        let mut client = self.scratch.connect(&self.database)?;
        let outcome = match replay::run(&mut client, &revision.id, down) {
            Err(error) => StairOutcome::DownFails(Box::new(error)),
            Ok(()) => match compared(&Snapshot::read(&mut client)?, below)? {
                Compared::Same => again(&mut client, graph, node, &above)?,
                Compared::ColumnOrder(tables) => match again(&mut client, graph, node, &above)? {
                    StairOutcome::Restored => StairOutcome::ColumnOrder(tables),
                    other => other,
                },
                Compared::Differs(plan) => StairOutcome::Differs(plan),
            },
        };
        drop(client);
        let spoilt = match outcome {
            StairOutcome::Restored => safe,
            _ => std::mem::replace(&mut self.database, safe),
        };
        self.scratch.drop_database(&spoilt)?;
        Ok((outcome, above))
    }
}

fn again(
    client: &mut postgres::Client,
    graph: &Graph,
    node: Node,
    above: &Snapshot,
) -> Result<StairOutcome, Failure> {
    let revision = graph.revision(node);
    if let Err(error) = replay::run(client, &revision.id, &revision.up) {
        return Ok(StairOutcome::UpAgainFails(Box::new(error)));
    }
    Ok(match compared(&Snapshot::read(client)?, above)? {
        Compared::Same | Compared::ColumnOrder(_) => StairOutcome::Restored,
        Compared::Differs(plan) => StairOutcome::UpAgainDiffers(plan),
    })
}

enum Compared {
    Same,
    ColumnOrder(Vec<String>),
    Differs(Box<Plan>),
}

/// What it takes to get from one schema to the other.
fn compared(from: &Snapshot, to: &Snapshot) -> Result<Compared, Failure> {
    // What is dropped and made anew is no rename here: the way does not matter, the end does.
    let way = plan(from, to, &Options::default().allow_empty().no_renames())?;
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

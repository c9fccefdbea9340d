//! The one place that calls the planner: two databases in, a script with its hazards out.

use std::time::{Duration, Instant};

use cargo_migrate::schema::{Note, Options, Plan, Snapshot, plan};

use super::case::Asked;
use crate::harness::Database;

/// A plan as it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The whole script, fit for one transaction.
    pub script: String,
    /// Its statements.
    pub statements: Vec<String>,
    /// Every hazard, in the order of the statements.
    pub hazards: Vec<String>,
    /// What stays different, and why.
    pub unchanged: Vec<String>,
    /// Time of both reads and the plan.
    pub time: Duration,
}

/// A schema as read, with the time that it took.
#[derive(Debug)]
pub struct Reading {
    snapshot: Snapshot,
    time: Duration,
}

impl Reading {
    /// The major version of the server.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.snapshot.server_version / 10_000
    }
}

/// Reads the schema of a database on a connection of its own.
///
/// # Errors
/// Why it can't be read.
pub fn read(database: &Database) -> Result<Reading, String> {
    let mut client = database.client();
    let begin = Instant::now();
    let snapshot = Snapshot::read(&mut client).map_err(|error| error.to_string())?;
    Ok(Reading {
        snapshot,
        time: begin.elapsed(),
    })
}

/// Plans from one reading to another.
///
/// # Errors
/// Why there is no plan.
pub fn plan_from(
    start: &Reading,
    target: &Reading,
    renames: &[(String, String)],
    asked: Asked,
) -> Result<Planned, String> {
    let begin = Instant::now();
    let plan = plan(&start.snapshot, &target.snapshot, &options(renames, asked))
        .map_err(|error| error.to_string())?;
    Ok(planned(&plan, start.time + target.time + begin.elapsed()))
}

/// Reads both databases and plans from one to the other.
///
/// # Errors
/// Why there is no plan.
pub fn plan_between(
    from: &Database,
    to: &Database,
    renames: &[(String, String)],
    asked: Asked,
) -> Result<Planned, String> {
    plan_from(&read(from)?, &read(to)?, renames, asked)
}

fn options(renames: &[(String, String)], asked: Asked) -> Options {
    let options = match asked {
        Asked::Nothing => Options::default().allow_empty(),
        Asked::Grants => Options::default().allow_empty().grants(),
    };
    let told = renames.iter();
    told.fold(options, |options, (old, new)| options.rename(old, new))
}

fn planned(plan: &Plan, time: Duration) -> Planned {
    let statements: Vec<String> = plan.statements.iter().map(|one| one.sql.clone()).collect();
    let hazards = plan
        .statements
        .iter()
        .flat_map(|one| &one.hazards)
        .map(ToString::to_string);
    let unchanged = plan
        .notes
        .iter()
        .filter(|note| matches!(note, Note::Unchanged { .. }));
    Planned {
        unchanged: unchanged.map(ToString::to_string).collect(),
        script: plan.script(),
        hazards: hazards.collect(),
        statements,
        time,
    }
}

//! The score of the diff over a real history: each step there and back, from two live databases.
//!
//! A worker keeps the databases of revision k and k+1 alive, the second cloned from the first, so
//! that what people kept is known by oid. Each plan is applied to a copy of its start.

use std::sync::Mutex;
use std::time::Duration;

use super::case::Asked;
use super::database::{dump_of, run};
use super::dump::{Dump, Equality};
use super::history::{History, HistoryError, label};
use super::identity::{Identities, Moved};
use super::planner::{self, Planned, Reading};
use super::verdict::{Direction, Outcome, Verdict};
use crate::harness::Database;
use build_support::graph::Node;

/// What the planner knows beside the two schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knowledge {
    /// Whether it is told what was renamed.
    pub renames: Renames,
    /// Whether the two databases share the oids of what stayed.
    pub kinship: Kinship,
}

/// Whether the planner is told what was renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renames {
    /// Two databases and nothing else.
    Untold,
    /// Every renamed table and column, as its oid says.
    Told,
}

/// Whether the two databases share oids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinship {
    /// One is a template copy of the other.
    Copies,
    /// Each was built by its own replay.
    Strangers,
}

/// A part of a history that one worker takes.
#[derive(Debug, Clone, Copy)]
struct Stretch<'a> {
    history: &'a History,
    first: usize,
    end: usize,
    every: usize,
}

/// What came of the steps of histories.
#[derive(Debug, Default)]
pub struct Score {
    /// In the order of the steps.
    pub verdicts: Vec<Verdict>,
    /// The revisions at which a history ended, because this server can't run them.
    pub ends: Vec<HistoryError>,
}

/// Scores histories on `workers` threads; of each, every `every`-th step.
///
/// # Panics
/// Where the server goes away.
#[must_use]
pub fn score(histories: &[History], knowledge: Knowledge, every: usize, workers: usize) -> Score {
    let waiting = Mutex::new(stretches(histories, every, workers));
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let taken = waiting.lock().expect("no worker panicked").pop();
                    let Some((number, stretch)) = taken else {
                        break;
                    };
                    let mut verdicts = Vec::new();
                    let end = walk(stretch, knowledge, &mut verdicts).err();
                    done.lock()
                        .expect("no worker panicked")
                        .push((number, verdicts, end));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no worker panicked");
    done.sort_by_key(|(number, ..)| *number);
    let mut score = Score::default();
    for (_, verdicts, end) in done {
        score.verdicts.extend(verdicts);
        // Each worker on the history comes to the same end.
        score
            .ends
            .extend(end.filter(|end| !score.ends.contains(end)));
    }
    score
}

/// As many stretches of a history as there are workers, numbered in the order of the answer.
fn stretches(histories: &[History], every: usize, workers: usize) -> Vec<(usize, Stretch<'_>)> {
    let mut found = Vec::new();
    for history in histories {
        let parts = if history.steps.len() < 20 { 1 } else { workers };
        let size = history.steps.len().div_ceil(parts).max(1);
        for first in (0..history.steps.len()).step_by(size) {
            let end = (first + size).min(history.steps.len());
            found.push((
                found.len(),
                Stretch {
                    history,
                    first,
                    end,
                    every,
                },
            ));
        }
    }
    found
}

fn walk(
    stretch: Stretch<'_>,
    knowledge: Knowledge,
    verdicts: &mut Vec<Verdict>,
) -> Result<(), HistoryError> {
    let mirror = match knowledge.kinship {
        Kinship::Copies => None,
        Kinship::Strangers => Some(Database::fresh()),
    };
    let mut stand = None;
    let mut database = Database::fresh();
    let history = stretch.history;
    for (number, step) in history.steps[..stretch.end].iter().copied().enumerate() {
        if number < stretch.first || number % stretch.every != 0 {
            history.apply(step, &database)?;
            advance(history, mirror.as_ref(), step)?;
            stand = None;
            continue;
        }
        let before = stand
            .take()
            .unwrap_or_else(|| Stand::take(&database, mirror.as_ref()));
        let next = database.copy();
        history.apply(step, &next)?;
        advance(history, mirror.as_ref(), step)?;
        let after = Stand::take(&next, mirror.as_ref());
        let there = Leg {
            history,
            step,
            knowledge,
            direction: Direction::Up,
        };
        verdicts.push(there.judge(&database, &before, &after));
        let back = Leg {
            direction: Direction::Down,
            ..there
        };
        verdicts.push(back.judge(&next, &after, &before));
        (database, stand) = (next, Some(after));
    }
    Ok(())
}

fn advance(history: &History, mirror: Option<&Database>, step: Node) -> Result<(), HistoryError> {
    mirror.map_or(Ok(()), |database| history.apply(step, database))
}

/// The state after one revision, read once for the step that leads to it and the one after.
struct Stand {
    dump: Dump,
    identities: Identities,
    /// As the planner sees it where this is the start.
    start: Result<Reading, String>,
    /// As it sees it where this is the target and the databases are strangers.
    stranger: Option<Result<Reading, String>>,
}

impl Stand {
    fn take(database: &Database, mirror: Option<&Database>) -> Self {
        Self {
            dump: dump_of(database),
            identities: Identities::read(&mut database.client()).expect("the catalog is readable"),
            start: planner::read(database),
            stranger: mirror.map(planner::read),
        }
    }

    fn target(&self) -> Result<&Reading, String> {
        self.stranger
            .as_ref()
            .unwrap_or(&self.start)
            .as_ref()
            .map_err(Clone::clone)
    }
}

/// One step in one direction.
#[derive(Clone, Copy)]
struct Leg<'a> {
    history: &'a History,
    step: Node,
    knowledge: Knowledge,
    direction: Direction,
}

impl Leg<'_> {
    fn judge(&self, database: &Database, from: &Stand, to: &Stand) -> Verdict {
        let mut verdict = Verdict {
            history: self.history.name.clone(),
            step: label(self.history.revision(self.step)),
            direction: self.direction,
            outcome: Outcome::Exact,
            losses: Vec::new(),
            hazards: Vec::new(),
            time: Duration::ZERO,
            objects: to.dump.len(),
            changes: from.dump != to.dump,
            renames: !from.identities.moved(&to.identities).is_empty(),
        };
        match self.plan(from, to) {
            Err(why) => verdict.outcome = Outcome::Refused(why),
            Ok(planned) => {
                (verdict.outcome, verdict.losses) = try_out(&planned, database, from, to);
                verdict.time = planned.time;
                verdict.hazards = planned.hazards;
            }
        }
        verdict
    }

    fn plan(&self, from: &Stand, to: &Stand) -> Result<Planned, String> {
        let told = match self.knowledge.renames {
            Renames::Untold => Vec::new(),
            Renames::Told => told(&from.identities.moved(&to.identities)),
        };
        planner::plan_from(
            from.start.as_ref().map_err(Clone::clone)?,
            to.target()?,
            &told,
            Asked::Grants,
        )
    }
}

fn try_out(
    planned: &Planned,
    database: &Database,
    from: &Stand,
    to: &Stand,
) -> (Outcome, Vec<String>) {
    let copy = database.copy();
    if let Err(why) = run(&copy, &planned.script) {
        return (
            Outcome::Failed(format!("{why}\n{}", planned.script)),
            Vec::new(),
        );
    }
    let reached = Identities::read(&mut copy.client()).expect("the catalog is readable");
    let outcome = match to.dump.compare(&dump_of(&copy)) {
        Equality::Exact => Outcome::Exact,
        Equality::Different(text) => Outcome::Different(text),
        Equality::NotNullNames(tables) => {
            Outcome::Different(format!("names of what refuses null in {tables:?}"))
        }
        Equality::ColumnOrder(_) => match from.identities.misordered(&to.identities, &reached) {
            tables if tables.is_empty() => Outcome::ColumnOrder,
            tables => Outcome::Different(format!("order of new columns in {tables:?}")),
        },
    };
    (outcome, from.identities.losses(&to.identities, &reached))
}

/// The renames as a user tells them.
fn told(moved: &[Moved]) -> Vec<(String, String)> {
    moved
        .iter()
        .map(|one| match one {
            Moved::Table(old, new) => (qualified(old), qualified(new)),
            Moved::Column(table, old, new) => {
                let table = qualified(table);
                (format!("{table}.{old}"), format!("{table}.{new}"))
            }
        })
        .collect()
}

fn qualified(name: &(String, String)) -> String {
    format!("{}.{}", name.0, name.1)
}

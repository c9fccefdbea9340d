//! What came of a plan over one step of a history, and the table of many.

use std::fmt::Write as _;
use std::time::Duration;

/// Which way a plan goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the state before a revision to the one after it.
    Up,
    /// Back.
    Down,
}

/// What a plan made of its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The dump equals the target's.
    Exact,
    /// It does but for a column order that PostgreSQL can't restore.
    ColumnOrder,
    /// The planner stopped and said why.
    Refused(String),
    /// The server refused a statement.
    Failed(String),
    /// The dump says what differs.
    Different(String),
}

/// The judgement of one plan.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The history.
    pub history: String,
    /// The revision.
    pub step: String,
    /// Its direction.
    pub direction: Direction,
    /// What came of it.
    pub outcome: Outcome,
    /// What people kept and the plan did not.
    pub losses: Vec<String>,
    /// The plan's hazards.
    pub hazards: Vec<String>,
    /// Time of both reads and the plan.
    pub time: Duration,
    /// How many objects a dump of the target holds.
    pub objects: usize,
    /// Whether the revision changes the schema.
    pub changes: bool,
    /// Whether it renames a table or a column.
    pub renames: bool,
}

impl Verdict {
    /// Whether the schema came out right.
    #[must_use]
    pub fn is_right(&self) -> bool {
        matches!(self.outcome, Outcome::Exact | Outcome::ColumnOrder)
    }

    /// Whether the planner stopped.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Refused(_))
    }

    /// Whether kept data went without a word.
    #[must_use]
    pub fn is_silent_loss(&self) -> bool {
        !self.losses.is_empty() && !self.hazards.iter().any(|one| one.starts_with("data-loss"))
    }

    /// The lines that say what is wrong, nothing where all is right.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        if self.is_right() && self.losses.is_empty() {
            return None;
        }
        let mut text = format!("{} {} {:?}: ", self.history, self.step, self.direction);
        let _ = match &self.outcome {
            Outcome::Exact | Outcome::ColumnOrder => writeln!(text, "right, but"),
            Outcome::Refused(why) => writeln!(text, "refused: {why}"),
            Outcome::Failed(why) => writeln!(text, "does not apply: {why}"),
            Outcome::Different(why) => writeln!(text, "differs\n{}", first_lines(why, 12)),
        };
        let word = if self.is_silent_loss() {
            "SILENT LOSS"
        } else {
            "announced loss"
        };
        for loss in &self.losses {
            let _ = writeln!(text, "  {word}: {loss}");
        }
        Some(text)
    }
}

fn first_lines(text: &str, count: usize) -> String {
    text.lines().take(count).collect::<Vec<_>>().join("\n")
}

/// The table of a score, one line a history and direction.
#[must_use]
pub fn table(verdicts: &[Verdict]) -> String {
    let mut text = format!(
        "{:<16} {:<4} {:>6} {:>7} {:>7} {:>7} {:>8} {:>7} {:>7} {:>9} {:>9}\n",
        "history",
        "way",
        "steps",
        "right",
        "%",
        "exact",
        "refused",
        "lossy",
        "silent",
        "median s",
        "max s"
    );
    let mut histories: Vec<&str> = verdicts.iter().map(|one| one.history.as_str()).collect();
    histories.dedup();
    for history in histories {
        for direction in [Direction::Up, Direction::Down] {
            let of = |one: &&Verdict| one.history == history && one.direction == direction;
            line(
                &mut text,
                history,
                direction,
                &verdicts.iter().filter(of).collect::<Vec<_>>(),
            );
        }
    }
    text
}

fn line(text: &mut String, history: &str, direction: Direction, verdicts: &[&Verdict]) {
    let count = |test: &dyn Fn(&Verdict) -> bool| verdicts.iter().filter(|one| test(one)).count();
    let right = count(&Verdict::is_right);
    let mut times: Vec<Duration> = verdicts.iter().map(|one| one.time).collect();
    times.sort();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let share = 100.0 * right as f64 / verdicts.len().max(1) as f64;
    let _ = writeln!(
        text,
        "{history:<16} {:<4} {:>6} {right:>7} {share:>7.1} {:>7} {:>8} {:>7} {:>7} {:>9.3} {:>9.3}",
        format!("{direction:?}").to_lowercase(),
        verdicts.len(),
        count(&|one| one.outcome == Outcome::Exact),
        count(&|one| matches!(one.outcome, Outcome::Refused(_))),
        count(&|one| !one.losses.is_empty()),
        count(&Verdict::is_silent_loss),
        median.as_secs_f64(),
        times.last().copied().unwrap_or_default().as_secs_f64(),
    );
}

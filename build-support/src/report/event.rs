//! The lines of a command that works: one event each, the last one `done`.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::words;
use crate::{
    engine::{Action, Done, Event, PlannedStep, Report},
    revision::Direction,
};

/// One line of JSON; its `Display` is the line for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventLine {
    /// What would be done: a dry run.
    Planned {
        /// The revision.
        id: String,
        /// Its slug.
        slug: String,
        /// `up` or `down`.
        direction: &'static str,
    },
    /// A revision was applied.
    Applied(Finished),
    /// A revision was reverted.
    Reverted(Finished),
    /// A revision was recorded, or its record removed, without running it.
    Stamped(Finished),
    /// A statement is done in batches, and came this far.
    Batch {
        /// The revision.
        id: String,
        /// Which statement, begins at 1.
        statement: usize,
        /// How many rows were gone through so far.
        rows: u64,
        /// About how many the table has; 0 where that is not known.
        estimate: u64,
        /// How many a second this run goes through.
        rows_per_second: u64,
    },
    /// The end of a run.
    Done {
        /// The applied revisions that no applied one stands on.
        heads: Vec<String>,
        /// How many steps the run did.
        count: usize,
        /// How many of them were repeatable scripts.
        #[serde(skip)]
        scripts: usize,
    },
}

/// A step that is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finished {
    /// The revision.
    pub id: String,
    /// Its slug.
    pub slug: String,
    /// How long it took.
    pub duration_ms: u64,
    /// Whether its record was taken away.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

impl EventLine {
    /// A step that is done.
    pub fn finished(done: &Done) -> Self {
        let finished = Finished {
            id: done.id.to_string(),
            slug: done.slug.clone(),
            duration_ms: u64::try_from(done.duration.as_millis()).unwrap_or(u64::MAX),
            removed: done.action == Action::Unstamped,
        };
        match done.action {
            Action::Applied => Self::Applied(finished),
            Action::Reverted => Self::Reverted(finished),
            Action::Stamped | Action::Unstamped => Self::Stamped(finished),
        }
    }

    /// A step that would be done.
    pub fn planned(step: &PlannedStep) -> Self {
        Self::Planned {
            id: step.id.to_string(),
            slug: step.slug.clone(),
            direction: match step.direction {
                Direction::Up => "up",
                Direction::Down => "down",
            },
        }
    }

    /// How far a batched statement came; `None` of any other event.
    pub fn batch(event: &Event) -> Option<Self> {
        let Event::Batch {
            id,
            statement,
            done,
            estimate,
            per_second,
            ..
        } = event
        else {
            return None;
        };
        Some(Self::Batch {
            id: id.to_string(),
            statement: *statement,
            rows: *done,
            estimate: *estimate,
            rows_per_second: *per_second,
        })
    }

    /// The end of a run.
    pub fn done(report: &Report) -> Self {
        Self::Done {
            heads: report.heads.iter().map(ToString::to_string).collect(),
            count: report.done.len(),
            scripts: report
                .done
                .iter()
                .filter(|done| done.id.is_repeatable())
                .count(),
        }
    }
}

impl fmt::Display for EventLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned {
                id,
                slug,
                direction,
            } => {
                let verb = if *direction == "up" {
                    "apply"
                } else {
                    "revert"
                };
                write!(f, "{verb} {id} {slug}")
            }
            Self::Applied(step) => write!(f, "applied {} {} ({})", step.id, step.slug, step.took()),
            Self::Reverted(step) => {
                write!(f, "reverted {} {} ({})", step.id, step.slug, step.took())
            }
            Self::Stamped(step) if step.removed => {
                write!(f, "unstamped {} {}", step.id, step.slug)
            }
            Self::Stamped(step) => write!(f, "stamped {} {}", step.id, step.slug),
            Self::Batch {
                id,
                rows,
                estimate,
                rows_per_second,
                ..
            } => {
                // The server's guess may be old.
                let of = match estimate >= rows {
                    true => format!(" of about {estimate}"),
                    false => String::new(),
                };
                write!(
                    f,
                    "`{id}`: {rows}{of} rows gone through, {rows_per_second} a second"
                )
            }
            Self::Done {
                heads,
                count,
                scripts,
            } => {
                let at = match heads.as_slice() {
                    [] => "the base".to_owned(),
                    heads => {
                        let quoted: Vec<String> =
                            heads.iter().map(|id| format!("`{id}`")).collect();
                        quoted.join(", ")
                    }
                };
                match count {
                    0 => write!(f, "nothing to do: the database is at {at}"),
                    number => {
                        let what = steps_done(number - scripts, *scripts);
                        write!(f, "{what} done: the database is at {at}")
                    }
                }
            }
        }
    }
}

/// How many revisions and repeatable scripts, in words.
fn steps_done(revisions: usize, scripts: usize) -> String {
    let (of_revisions, of_scripts) = (
        words::count(revisions, "revision"),
        words::count(scripts, "repeatable script"),
    );
    match (revisions, scripts) {
        (_, 0) => of_revisions,
        (0, _) => of_scripts,
        (_, _) => format!("{of_revisions} and {of_scripts}"),
    }
}

impl Finished {
    fn took(&self) -> String {
        words::duration_text(Duration::from_millis(self.duration_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(action: Action) -> Done {
        Done {
            id: "7".parse().expect("an id"),
            slug: "add_x".to_owned(),
            action,
            duration: Duration::from_millis(12),
        }
    }

    fn both(line: &EventLine) -> String {
        let json = serde_json::to_string(line).expect("plain fields");
        format!("{line}\n{json}")
    }

    #[test]
    fn a_step_is_one_line_with_the_event_first() {
        insta::assert_snapshot!(both(&EventLine::finished(&done(Action::Applied))), @r#"
        applied 7 add_x (12 ms)
        {"event":"applied","id":"7","slug":"add_x","duration_ms":12}
        "#);
        insta::assert_snapshot!(both(&EventLine::finished(&done(Action::Unstamped))), @r#"
        unstamped 7 add_x
        {"event":"stamped","id":"7","slug":"add_x","duration_ms":12,"removed":true}
        "#);
    }

    #[test]
    fn the_last_line_says_where_the_database_is() {
        let report = Report {
            done: vec![done(Action::Applied)],
            heads: vec!["7".parse().expect("an id")],
            ..Report::default()
        };
        insta::assert_snapshot!(both(&EventLine::done(&report)), @r#"
        1 revision done: the database is at `7`
        {"event":"done","heads":["7"],"count":1}
        "#);
        assert_eq!(
            EventLine::done(&Report::default()).to_string(),
            "nothing to do: the database is at the base"
        );
    }
}

//! The lines of a command that works: one event each, the last one `done`.

use std::time::Duration;

use serde::Serialize;

use crate::revision::RevisionId;

/// One line of JSON.
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
    /// The end of a run.
    Done {
        /// The applied revisions that no applied one stands on.
        heads: Vec<String>,
        /// How many revisions the run did.
        count: usize,
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
}

impl Finished {
    /// The step of one revision.
    pub fn new(id: &RevisionId, slug: &str, duration: Duration) -> Self {
        Self {
            id: id.to_string(),
            slug: slug.to_owned(),
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_is_the_first_field() {
        let id = "7".parse().expect("an id");
        let line = EventLine::Applied(Finished::new(&id, "add_x", Duration::from_millis(12)));
        let json = serde_json::to_string(&line).expect("plain fields");
        assert_eq!(
            json,
            r#"{"event":"applied","id":"7","slug":"add_x","duration_ms":12}"#
        );
        let line = EventLine::Done {
            heads: vec!["7".to_owned()],
            count: 1,
        };
        let json = serde_json::to_string(&line).expect("plain fields");
        assert_eq!(json, r#"{"event":"done","heads":["7"],"count":1}"#);
    }
}

//! Telling of batches: there may be thousands, and a line every few seconds is enough.

use std::time::{Duration, Instant};

use super::EventLine;
use crate::engine::Event;

/// How long to be silent between two lines.
const SILENCE: Duration = Duration::from_secs(5);

/// Hears of every batch, and tells of some: one every few seconds, and the last of each statement.
#[derive(Debug, Default)]
pub struct Batches {
    last: Option<EventLine>,
    told: Option<Instant>,
}

impl Batches {
    /// The line that is due at this event, if one is.
    pub fn hear(&mut self, event: &Event, now: Instant) -> Option<EventLine> {
        match event {
            Event::Batch { .. } => {
                let began = *self.told.get_or_insert(now);
                self.last = EventLine::batch(event);
                if now.duration_since(began) < SILENCE {
                    return None;
                }
                self.told = Some(now);
                self.last.take()
            }
            Event::Statement { .. } => {
                self.told = None;
                self.last.take()
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(done: u64) -> Event {
        Event::Batch {
            id: "7".parse().expect("an id"),
            statement: 1,
            rows: 10,
            done,
            estimate: 200,
            per_second: 50,
        }
    }

    #[test]
    fn a_line_comes_every_few_seconds_and_at_the_end() {
        let (mut batches, began) = (Batches::default(), Instant::now());
        let mut hear = |event: &Event, seconds| {
            let line = batches.hear(event, began + Duration::from_secs(seconds));
            line.map(|line| line.to_string())
        };
        assert_eq!(hear(&batch(10), 0), None);
        assert_eq!(hear(&batch(20), 3), None);
        assert_eq!(
            hear(&batch(30), 6).as_deref(),
            Some("`7`: 30 of about 200 rows gone through, 50 a second")
        );
        assert_eq!(hear(&batch(40), 7), None);
        let end = Event::Statement {
            id: "7".parse().expect("an id"),
            index: 1,
            count: 1,
        };
        assert_eq!(
            hear(&end, 8).as_deref(),
            Some("`7`: 40 of about 200 rows gone through, 50 a second")
        );
        assert_eq!(hear(&end, 9), None);
    }
}

//! What the programs that take figures share.

use std::time::Duration;

/// The one in the middle: a machine's hiccup moves it little. There must be at least one.
#[must_use]
pub fn median(all: impl Iterator<Item = Duration>) -> Duration {
    let mut all: Vec<Duration> = all.collect();
    all.sort();
    all[all.len() / 2]
}

/// Milliseconds, with their fractions.
#[must_use]
pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

//! An observer that is ready made: what a run does, as events of `tracing`.

use tracing::{debug, info, warn};

use crate::{
    engine::{Action, Event},
    revision::Direction,
};

/// Tells [`mod@tracing`] what happens: what was done at `INFO`, a try again at `WARN`, all else at
/// `DEBUG`. The target is `build_support`; revisions, slugs and durations are fields.
///
/// ```no_run
/// # fn start(
/// #     migrations: build_support::Migrations,
/// #     mut client: impl build_support::driver::Driver,
/// # ) -> Result<(), build_support::Error> {
/// migrations.observer(build_support::observe::tracing()).run(&mut client)?;
/// # Ok(())
/// # }
/// ```
pub fn tracing() -> impl FnMut(&Event) + Send + 'static {
    tell
}

/// The target of all events.
const TARGET: &str = "build_support";

fn tell(event: &Event) {
    match event {
        Event::Planned { steps } => {
            debug!(target: TARGET, count = steps.len(), "the plan of revisions stands");
        }
        Event::Waiting { waited, holder } => {
            let holder = holder.as_ref().map(tracing::field::display);
            let waited_ms = milliseconds(*waited);
            info!(target: TARGET, waited_ms, holder, "waiting for the lock of the history");
        }
        Event::Started { step, index, count } => {
            let (revision, slug) = (step.id.as_str(), step.slug.as_str());
            let direction = match step.direction {
                Direction::Up => "up",
                Direction::Down => "down",
            };
            debug!(target: TARGET, revision, slug, direction, index, count, "a revision begins");
        }
        Event::Statement { id, index, count } => {
            let revision = id.as_str();
            debug!(target: TARGET, revision, index, count, "a statement is done");
        }
        Event::Alone => warn!(target: TARGET, "no synchronous standby is there to commit with"),
        Event::Batch { id, done, rows, .. } => {
            let revision = id.as_str();
            debug!(target: TARGET, revision, rows, done, "a batch of rows is committed");
        }
        Event::Paused { id, reason } => {
            let revision = id.as_str();
            debug!(target: TARGET, revision, reason, "the next batch waits");
        }
        Event::Retrying { id, reason, after } => {
            let (revision, after_ms) = (id.as_str(), milliseconds(*after));
            warn!(target: TARGET, revision, reason, after_ms, "a revision will be tried again");
        }
        Event::Lost { reason } => {
            warn!(target: TARGET, reason, "the connection was lost and is opened again");
        }
        Event::Finished(done) => {
            let (revision, slug) = (done.id.as_str(), done.slug.as_str());
            let duration_ms = milliseconds(done.duration);
            let action = match done.action {
                Action::Applied => "applied",
                Action::Reverted => "reverted",
                Action::Stamped => "stamped",
                Action::Unstamped => "unstamped",
            };
            info!(target: TARGET, revision, slug, action, duration_ms, "a revision is done");
        }
    }
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{
        fmt::Write as _,
        sync::{Arc, Mutex},
        time::Duration,
    };

    use tracing::{
        Metadata, Subscriber,
        field::{Field, Visit},
        span,
    };

    use super::*;
    use crate::engine::Done;

    /// Keeps one line for each event.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<String>>);

    impl Subscriber for Lines {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn enter(&self, _: &span::Id) {}
        fn exit(&self, _: &span::Id) {}
        fn event(&self, event: &tracing::Event<'_>) {
            let mut line = Line(format!("{}", event.metadata().level()));
            event.record(&mut line);
            let mut lines = self.0.lock().expect("no thread has panicked");
            writeln!(lines, "{}", line.0).expect("memory");
        }
    }

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            write!(self.0, " {}={value:?}", field.name()).expect("memory");
        }
    }

    #[test]
    fn revisions_slugs_and_durations_are_fields() {
        let lines = Lines::default();
        let mut observer = tracing();
        tracing::subscriber::with_default(lines.clone(), || {
            observer(&Event::Retrying {
                id: "2".parse().expect("an id"),
                reason: "deadlock detected".to_owned(),
                after: Duration::from_millis(120),
            });
            observer(&Event::Finished(Done {
                id: "2".parse().expect("an id"),
                slug: "orders".to_owned(),
                action: Action::Applied,
                duration: Duration::from_millis(7),
            }));
        });
        let lines = lines.0.lock().expect("no thread has panicked").clone();
        insta::assert_snapshot!(lines, @r#"
        WARN message=a revision will be tried again revision="2" reason="deadlock detected" after_ms=120
        INFO message=a revision is done revision="2" slug="orders" action="applied" duration_ms=7
        "#);
    }
}

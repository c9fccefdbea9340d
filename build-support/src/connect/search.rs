//! Which server is tried next, in which way, and what came of those before. Does no I/O, so that
//! the blocking and the asynchronous connection behave alike.

use std::collections::VecDeque;

use super::connector::{self, Connector};
use super::endpoint::Endpoint;
use super::error::{Attempt, Class, Error};
use super::modes::TargetSessionAttrs;
use super::session;
use super::settings::Settings;

/// A search for a server that will do.
pub(super) struct Search<'a> {
    settings: &'a Settings,
    places: VecDeque<Place>,
    ways: VecDeque<Connector>,
    current: Option<Place>,
    /// What came of the ways to the current server so far.
    failed: Option<Attempt>,
    attempts: Vec<Attempt>,
}

/// A server, and what it must be.
#[derive(Clone)]
struct Place {
    endpoint: Endpoint,
    wanted: TargetSessionAttrs,
}

/// One thing to try.
pub(super) struct Trial {
    pub(super) endpoint: Endpoint,
    pub(super) wanted: TargetSessionAttrs,
    pub(super) connector: Connector,
}

impl<'a> Search<'a> {
    pub(super) fn new(settings: &'a Settings) -> Self {
        let mut places = VecDeque::new();
        for wanted in session::passes(settings.target_session_attrs) {
            let endpoints = settings.endpoints.iter().map(Endpoint::settled).collect();
            let endpoints = session::ordered(settings.load_balance_hosts, endpoints);
            places.extend(endpoints.into_iter().map(|endpoint| Place {
                endpoint,
                wanted: *wanted,
            }));
        }
        Self {
            settings,
            places,
            ways: VecDeque::new(),
            current: None,
            failed: None,
            attempts: Vec::new(),
        }
    }

    /// Returns what to try next; `None` when all is tried.
    pub(super) fn next(&mut self) -> Option<Trial> {
        while self.ways.is_empty() {
            let place = self.places.pop_front()?;
            match connector::ladder(self.settings, &place.endpoint) {
                Ok(ways) => self.ways = ways.into(),
                Err(attempt) => self.give_up(attempt),
            }
            self.current = Some(place);
        }
        let Place { endpoint, wanted } = self.current.clone()?;
        Some(Trial {
            endpoint,
            wanted,
            connector: self.ways.pop_front()?,
        })
    }

    /// Takes in what came of the last trial, which was made in the named way.
    pub(super) fn failed(&mut self, way: &str, attempt: Attempt) {
        let both = match self.failed.take() {
            Some(first) => first.then(way, attempt),
            None => attempt,
        };
        if connector::next_may_help(&both) && !self.ways.is_empty() {
            self.failed = Some(both);
        } else {
            self.give_up(both);
        }
    }

    /// Leaves the current server.
    fn give_up(&mut self, attempt: Attempt) {
        self.ways.clear();
        if is_final(attempt.class) {
            self.places.clear();
        }
        self.attempts.push(attempt);
    }

    /// Returns what to say when nothing is left to try.
    pub(super) fn error(self) -> Error {
        Error::new(self.settings, self.attempts)
    }
}

/// As libpq: a server that let us no further than its door is an answer, other hosts are not asked.
fn is_final(class: Class) -> bool {
    matches!(
        class,
        Class::Authentication | Class::NoPassword | Class::NoSuchDatabase | Class::TlsMissing
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(trial: &Trial, class: Class) -> Attempt {
        Attempt::new(&trial.endpoint, class, "no")
    }

    /// Lets every trial fail in the same way and lists them.
    fn trials(text: &str, class: Class) -> Vec<String> {
        let settings = Settings::parse(text).expect("settings");
        let mut search = Search::new(&settings);
        let mut trials = Vec::new();
        while let Some(trial) = search.next() {
            let way = trial.connector.encryption();
            trials.push(format!("{} {} {way}", trial.endpoint, trial.wanted));
            search.failed(way, attempt(&trial, class));
        }
        assert!(!search.error().attempts().is_empty());
        trials
    }

    #[test]
    fn each_host_is_tried_once_in_each_round() {
        assert_eq!(
            trials(
                "host=a,b sslmode=disable target_session_attrs=prefer-standby",
                Class::Refused
            ),
            [
                "a:5432 standby without TLS",
                "b:5432 standby without TLS",
                "a:5432 any without TLS",
                "b:5432 any without TLS",
            ]
        );
    }

    #[test]
    fn a_wrong_password_ends_the_search() {
        assert_eq!(
            trials("host=a,b sslmode=disable", Class::Authentication),
            ["a:5432 any without TLS"]
        );
    }

    #[cfg(feature = "tls")]
    #[test]
    fn the_other_way_is_tried_where_tls_was_the_obstacle() {
        for (mode, ways) in [
            (
                "allow",
                &["a:5432 any without TLS", "a:5432 any with TLS"][..],
            ),
            ("prefer", &["a:5432 any with TLS", "a:5432 any without TLS"]),
            ("require", &["a:5432 any with TLS"]),
        ] {
            assert_eq!(
                trials(&format!("host=a sslmode={mode}"), Class::Tls),
                ways,
                "{mode}"
            );
        }
        assert_eq!(trials("host=a sslmode=prefer", Class::Refused).len(), 1);
    }
}

//! The id of a new revision: a time stamp of 14 digits, the next one that is free.

use build_support::revision::{InvalidId, RevisionId};
use jiff::{Timestamp, ToSpan as _, civil::DateTime, tz::TimeZone};

/// An id or a time zone that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// No such time zone.
    #[error("there is no time zone `{name}`")]
    Zone {
        /// What `file-timezone` says.
        name: String,
    },
    /// Characters that an id can't hold.
    #[error(transparent)]
    Invalid(#[from] InvalidId),
    /// Letters: only diesel's old folders have them.
    #[error("`{text}` is not a revision id: it must be an integer")]
    NotANumber {
        /// What was given.
        text: String,
    },
    /// Another revision has it.
    #[error("the id `{id}` is taken: the revision `{other}` has the same number")]
    Taken {
        /// What was given.
        id: RevisionId,
        /// Who has it.
        other: RevisionId,
    },
    /// The calendar ends.
    #[error("the clock is beyond the calendar")]
    Clock,
}

/// The time zone of this name, in any case.
///
/// # Errors
/// When there is none.
pub fn zone(name: &str) -> Result<TimeZone, IdError> {
    TimeZone::get(name).map_err(|_| IdError::Zone {
        name: name.to_owned(),
    })
}

/// The id for this second in this zone, or the next second whose id nobody has. Where `floor` is
/// ahead of the clock, the first one after it.
///
/// # Errors
/// When the calendar ends before one is free.
pub fn next_id(
    now: Timestamp,
    zone: &TimeZone,
    taken: &[RevisionId],
    floor: Option<&RevisionId>,
) -> Result<RevisionId, IdError> {
    let now = now.to_zoned(zone.clone()).datetime();
    let is_free = |id: &RevisionId| !taken.iter().any(|other| other.same_number(id));
    let ahead = floor.filter(|floor| **floor > spelled(now));
    let found = match ahead.map(|floor| (floor, DateTime::strptime(FORMAT, floor.as_str()))) {
        Some((floor, Ok(time))) => seconds(time).chain(numbers(floor)).find(is_free),
        Some((floor, Err(_))) => numbers(floor).find(is_free),
        None => seconds(now).find(is_free),
    };
    found.ok_or(IdError::Clock)
}

/// How an id spells a second.
const FORMAT: &str = "%Y%m%d%H%M%S";

fn spelled(time: DateTime) -> RevisionId {
    let text = time.strftime(FORMAT).to_string();
    text.parse().expect("a time of our calendar is digits")
}

fn seconds(from: DateTime) -> impl Iterator<Item = RevisionId> {
    let next = |time: &DateTime| time.checked_add(1.second()).ok();
    std::iter::successors(Some(from), next).map(spelled)
}

/// The numbers from one on: what is no time can be counted on all the same.
fn numbers(from: &RevisionId) -> impl Iterator<Item = RevisionId> {
    let from = from.as_str().parse::<u128>().ok();
    let next = |number: &u128| number.checked_add(1);
    std::iter::successors(from, next).map(|number| {
        let text = number.to_string();
        text.parse().expect("a number is digits")
    })
}

/// The id that the user chose.
///
/// # Errors
/// When it is no integer or another revision has it.
pub fn chosen_id(text: &str, taken: &[RevisionId]) -> Result<RevisionId, IdError> {
    let id: RevisionId = match text.parse() {
        Ok(id) => id,
        // Letters in front hide that there is nothing else wrong.
        Err(InvalidId { illegal, .. }) if illegal.is_empty() => {
            return Err(IdError::NotANumber {
                text: text.to_owned(),
            });
        }
        Err(error) => return Err(error.into()),
    };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(IdError::NotANumber {
            text: text.to_owned(),
        });
    }
    match taken.iter().find(|other| other.same_number(&id)) {
        Some(other) => Err(IdError::Taken {
            other: other.clone(),
            id,
        }),
        None => Ok(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &[&str]) -> Vec<RevisionId> {
        texts
            .iter()
            .map(|text| text.parse().expect("an id"))
            .collect()
    }

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    #[test]
    fn an_id_is_the_time_in_its_zone() {
        let id = |name: &str| {
            let zone = zone(name).expect("a zone");
            next_id(at("2012-07-25T15:08:05Z"), &zone, &[], None)
                .expect("an id")
                .to_string()
        };
        assert_eq!(id("UTC"), "20120725150805");
        assert_eq!(id("EST5EDT"), "20120725110805");
        assert_eq!(id("est5edt"), "20120725110805");
        let error = zone("Middle/Earth").expect_err("no zone").to_string();
        assert_eq!(error, "there is no time zone `Middle/Earth`");
    }

    #[test]
    fn a_taken_second_gives_the_next_free_one() {
        let taken = ids(&["20261231235959", "020270101000000"]);
        let id = next_id(at("2026-12-31T23:59:59Z"), &TimeZone::UTC, &taken, None);
        let id = id.expect("an id");
        assert_eq!(id.as_str(), "20270101000001");
    }

    #[test]
    fn a_folder_that_is_ahead_of_the_clock_gives_the_next_after_it() {
        let after = |floor: &str| {
            let taken = ids(&[floor]);
            next_id(
                at("2026-12-31T12:00:00Z"),
                &TimeZone::UTC,
                &taken,
                taken.first(),
            )
            .map(|id| id.to_string())
        };
        assert_eq!(after("7").as_deref(), Ok("20261231120000"));
        assert_eq!(after("20271231235959").as_deref(), Ok("20280101000000"));
        assert_eq!(after("99999999999999").as_deref(), Ok("100000000000000"));
        assert_eq!(after("1798718400000").as_deref(), Ok("20261231120000"));
        assert_eq!(
            after("20261231120000000").as_deref(),
            Ok("20261231120000001")
        );
        assert_eq!(after("99991231235959").as_deref(), Ok("99991231235960"));
    }

    #[test]
    fn a_chosen_id_is_a_free_integer() {
        let refused = |text| {
            chosen_id(text, &ids(&["7"]))
                .expect_err("refused")
                .to_string()
        };
        assert_eq!(
            chosen_id("0042", &ids(&["7"])).expect("an id").as_str(),
            "0042"
        );
        assert_eq!(
            refused("a@b-c+d:"),
            "`a@b-c+d:` is not a revision id: it holds `@`, `-`, `+`, `:`"
        );
        assert_eq!(
            refused("12ab"),
            "`12ab` is not a revision id: it must be an integer"
        );
        assert_eq!(
            refused("ab"),
            "`ab` is not a revision id: it must be an integer"
        );
        assert_eq!(
            refused("007"),
            "the id `007` is taken: the revision `7` has the same number"
        );
    }
}

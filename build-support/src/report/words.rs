//! Small texts that several answers share.

use std::time::Duration;

use crate::{engine::is_variable, revision::HAZARDS, suggest::nearest};

/// A number with its noun: `1 revision`, `2 revisions`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// A duration in whole milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A duration as a person reads it: `12 ms`, `3.4 s`, `5 min 02 s`.
pub fn duration_text(duration: Duration) -> String {
    let ms = duration.as_millis();
    match ms {
        0..=999 => format!("{ms} ms"),
        1000..=59_999 => format!("{:.1} s", duration.as_secs_f64()),
        _ => {
            let seconds = duration.as_secs();
            format!("{} min {:02} s", seconds / 60, seconds % 60)
        }
    }
}

/// The history's time, `2026-11-22T20:15:30.123Z`, as a person reads it.
pub fn time_text(time: &str) -> String {
    time.split(['.', 'Z'])
        .next()
        .unwrap_or(time)
        .replace('T', " ")
}

/// Reads `NAME=VALUE`, where the name can be the second part of a PostgreSQL setting's.
pub fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| "write `NAME=VALUE`".to_owned())?;
    match is_variable(name) {
        true => Ok((name.to_owned(), value.to_owned())),
        false => Err("a name has letters, digits and `_`".to_owned()),
    }
}

/// Reads the name of a hazard that `--allow` accepts; one that is nearly ours is refused, as in a file.
pub fn hazard(text: &str) -> Result<String, String> {
    match nearest(text, HAZARDS) {
        Some(nearest) if !HAZARDS.contains(&text) => Err(format!(
            "there is no such hazard: did you mean `{nearest}`?"
        )),
        Some(_) | None => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_take_the_unit_that_fits() {
        assert_eq!(duration_text(Duration::from_millis(12)), "12 ms");
        assert_eq!(duration_text(Duration::from_millis(3400)), "3.4 s");
        assert_eq!(duration_text(Duration::from_secs(302)), "5 min 02 s");
    }

    #[test]
    fn times_lose_their_fraction() {
        assert_eq!(time_text("2026-11-22T20:15:30.123Z"), "2026-11-22 20:15:30");
    }

    #[test]
    fn a_value_may_hold_an_equals_sign_and_a_name_may_not_be_odd() {
        assert_eq!(
            variable("region=a=b"),
            Ok(("region".to_owned(), "a=b".to_owned()))
        );
        assert!(variable("region").is_err());
        assert!(variable("a-b=c").is_err());
    }
}

//! Durations as PostgreSQL's settings spell them: `5s`, `500ms`, `2min`, `1h`, and `0`.

use std::time::Duration;

/// PostgreSQL keeps its timeouts as a 32-bit number of milliseconds.
const MOST: u64 = i32::MAX as u64;

/// Reads a duration; `None` where the unit is missing, unknown, or the time too long.
///
/// ```
/// use std::time::Duration;
/// use build_support::source::parse_duration;
/// assert_eq!(parse_duration("2min"), Some(Duration::from_secs(120)));
/// assert_eq!(parse_duration("0"), Some(Duration::ZERO));
/// assert_eq!(parse_duration("5"), None);
/// ```
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let unit = match unit.trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "" if number == 0 => 1,
        _ => return None,
    };
    let milliseconds = number.checked_mul(unit).filter(|&time| time <= MOST)?;
    Some(Duration::from_millis(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_needed_but_for_zero() {
        let read = |text| parse_duration(text).map(|time| time.as_millis());
        assert_eq!(read("500ms"), Some(500));
        assert_eq!(read("5s"), Some(5_000));
        assert_eq!(read("1h"), Some(3_600_000));
        assert_eq!(read("0"), Some(0));
        for wrong in [
            "",
            "5",
            "5 parsecs",
            "-1s",
            "1.5s",
            "s",
            "30d",
            "99999999999999999999s",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

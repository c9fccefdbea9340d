//! The arguments before clap sees them: cargo's own `migrate`, and ranges that begin with a minus.

use std::ffi::OsString;

/// Stands for the minus of a range such as `-3:current`, which clap would take for a flag.
const MINUS: char = '\u{2212}';

/// Drops the `migrate` that cargo puts in front, and marks ranges that begin with `-N`.
pub(super) fn normalise(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|first| first == "migrate") {
        arguments.remove(1);
    }
    arguments.into_iter().map(mark_range).collect()
}

fn mark_range(argument: OsString) -> OsString {
    let marked = argument.to_str().and_then(|text| {
        let rest = text.strip_prefix('-')?;
        let (number, _) = rest.split_once(':')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| format!("{MINUS}{rest}"))
    });
    marked.map_or(argument, OsString::from)
}

/// Reads the name of a revision, a target or a range: use it as `value_parser` together with
/// `allow_negative_numbers`, so that `-1` and `-3:current` need no `--`.
pub fn revision_name(text: &str) -> Result<String, String> {
    let text = match text.strip_prefix(MINUS) {
        Some(rest) => format!("-{rest}"),
        None => text.to_owned(),
    };
    if text.is_empty() {
        Err("a revision has a name".to_owned())
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(arguments: &[&str]) -> Vec<String> {
        let arguments = normalise(arguments.iter().map(OsString::from).collect());
        arguments
            .into_iter()
            .filter_map(|text| text.into_string().ok())
            .collect()
    }

    #[test]
    fn the_word_that_cargo_adds_is_dropped_once() {
        assert_eq!(
            normalised(&["cargo-migrate", "migrate", "up"]),
            ["cargo-migrate", "up"]
        );
        assert_eq!(
            normalised(&["cargo-migrate", "up", "migrate"]),
            ["cargo-migrate", "up", "migrate"]
        );
    }

    #[test]
    fn a_range_keeps_its_minus() {
        let marked = &normalised(&["cargo-migrate", "history", "-3:current"])[2];
        assert!(!marked.starts_with('-'));
        assert_eq!(revision_name(marked).as_deref(), Ok("-3:current"));
        assert_eq!(normalised(&["cargo-migrate", "-x:y"])[1], "-x:y");
    }
}

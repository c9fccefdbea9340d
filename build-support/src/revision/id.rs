//! The id of a revision: only a name, except that two names of one number clash.

use std::{cmp::Ordering, fmt, str::FromStr};

/// The name of a revision: digits, and letters where diesel counts in hexadecimal.
///
/// It keeps its spelling (`007` stays `007`). [`RevisionId::same_number`] tells whether two
/// spellings are one number, which is refused inside one folder.
///
/// ```
/// use build_support::revision::RevisionId;
/// let id: RevisionId = "0042".parse()?;
/// assert_eq!(id.as_str(), "0042");
/// assert!(id.same_number(&"42".parse()?));
/// # Ok::<(), build_support::revision::InvalidId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RevisionId(String);

/// What the file of a repeatable script begins with.
pub(crate) const REPEATABLE: &str = "R__";

/// The text can't be the id of a revision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a revision id: {}", reason(illegal))]
pub struct InvalidId {
    /// What was given.
    pub text: String,
    /// The characters that an id may not hold, in order of appearance.
    pub illegal: Vec<char>,
}

fn reason(illegal: &[char]) -> String {
    if illegal.is_empty() {
        return "it must begin with a digit".to_owned();
    }
    let named: Vec<String> = illegal.iter().map(|c| format!("`{c}`")).collect();
    format!("it holds {}", named.join(", "))
}

impl RevisionId {
    /// The id as it was spelled.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are the same number, whatever their leading zeros.
    pub fn same_number(&self, other: &Self) -> bool {
        self.significant() == other.significant()
    }

    /// The spelling without leading zeros: what two ids must not share.
    pub fn significant(&self) -> &str {
        let trimmed = self.0.trim_start_matches('0');
        if trimmed.is_empty() { "0" } else { trimmed }
    }

    /// The name under which the history records a repeatable script: `R__<name>`, which no file of a
    /// revision can have.
    pub fn of_repeatable(name: &str) -> Self {
        Self(format!("{REPEATABLE}{name}"))
    }

    /// Reads an id, or the name of a repeatable script, as the history holds them.
    pub(crate) fn recorded(text: &str) -> Option<Self> {
        match text.strip_prefix(REPEATABLE) {
            Some(name) => Some(Self::of_repeatable(name)),
            None => text.parse().ok(),
        }
    }

    /// Whether it is the name of a repeatable script.
    pub fn is_repeatable(&self) -> bool {
        self.0.starts_with(REPEATABLE)
    }

    /// Compares as text, as diesel orders its folders.
    pub fn cmp_text(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl FromStr for RevisionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut illegal = Vec::new();
        for c in text.chars() {
            if !c.is_ascii_alphanumeric() && !illegal.contains(&c) {
                illegal.push(c);
            }
        }
        let begins_well = text.starts_with(|c: char| c.is_ascii_digit());
        if begins_well && illegal.is_empty() {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId {
                text: text.to_owned(),
                illegal,
            })
        }
    }
}

/// By number; equal numbers by spelling, so that the order is total.
impl Ord for RevisionId {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.significant(), other.significant());
        a.len()
            .cmp(&b.len())
            .then_with(|| a.cmp(b))
            .then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for RevisionId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> RevisionId {
        text.parse().expect("a valid id")
    }

    #[test]
    fn ids_order_by_number_not_by_text() {
        let mut ids = [id("10"), id("9"), id("20261122201530"), id("0011")];
        ids.sort();
        assert_eq!(
            ids.map(|i| i.to_string()),
            ["9", "10", "0011", "20261122201530"]
        );
    }

    #[test]
    fn an_id_names_every_illegal_character_once() {
        let error = "1@2-3+4:5@".parse::<RevisionId>().expect_err("illegal");
        assert_eq!(
            error.to_string(),
            "`1@2-3+4:5@` is not a revision id: it holds `@`, `-`, `+`, `:`"
        );
        assert!("".parse::<RevisionId>().is_err());
        assert!("abc".parse::<RevisionId>().is_err());
    }

    #[test]
    fn the_name_of_a_repeatable_script_is_never_read_as_an_id() {
        let name = RevisionId::of_repeatable("all views");
        assert_eq!(name.as_str(), "R__all views");
        assert!(name.is_repeatable() && !id("1").is_repeatable());
        assert!("R__a".parse::<RevisionId>().is_err());
        assert_eq!(RevisionId::recorded("R__all views"), Some(name));
        assert_eq!(RevisionId::recorded("12"), Some(id("12")));
    }

    #[test]
    fn zero_and_its_spellings_are_one_number() {
        assert!(id("0").same_number(&id("000")));
        assert!(!id("0").same_number(&id("1")));
    }
}

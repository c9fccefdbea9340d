//! The near word: what a misspelt one was most likely meant to be.

/// The candidate that is nearest to `word`, where one is near enough to be meant.
///
/// ```
/// use build_support::suggest::nearest;
/// assert_eq!(nearest("revise", ["revises", "label"]), Some("revises"));
/// assert_eq!(nearest("colour", ["revises", "label"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let word = plain(word);
    let limit = |candidate: &str| 1 + candidate.chars().count() / 4;
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 2 * limit(candidate))
        .map(|candidate| (distance(&word, &plain(candidate)), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= limit(candidate))
        .map(|(_, candidate)| candidate)
}

/// How many letters to add, drop, change or swap with a neighbour to get from one to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let from: Vec<char> = from.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, &letter) in from.iter().enumerate() {
        let mut next = vec![line + 1];
        for (column, &other) in to.iter().enumerate() {
            let changed = row[column] + usize::from(letter != other);
            let mut least = changed.min(row[column + 1] + 1).min(next[column] + 1);
            let swapped =
                line > 0 && column > 0 && letter == to[column - 1] && from[line - 1] == other;
            if swapped {
                least = least.min(before[column - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_dropped_added_changed_and_swapped_are_found() {
        let keys = ["revises", "depends-on", "lock-timeout", "label"];
        for (typed, meant) in [
            ("revise", "revises"),
            ("revisess", "revises"),
            ("rveises", "revises"),
            ("depends_on", "depends-on"),
            ("Lock-Timeout", "lock-timeout"),
            ("lable", "label"),
        ] {
            assert_eq!(nearest(typed, keys), Some(meant), "{typed}");
        }
        assert_eq!(nearest("phone", keys), None);
        assert_eq!(distance("", "abc"), 3);
    }
}

//! The word that was probably meant.

/// The candidate nearest to `word`, if one is near enough to be a slip of the keyboard.
pub fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(2);
    let scored = candidates
        .into_iter()
        .map(|name| (distance(word, name), name));
    let best = scored.min_by_key(|&(distance, _)| distance)?;
    (best.0 <= limit).then_some(best.1)
}

/// How many characters must be added, removed, changed or swapped.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_a_different_word_is_not() {
        let names = ["history-table", "history-schema", "dir"];
        assert_eq!(near("histroy-table", names), Some("history-table"));
        assert_eq!(near("history_schema", names), Some("history-schema"));
        assert_eq!(near("dirs", names), Some("dir"));
        assert_eq!(near("colour", names), None);
    }
}

//! Where the lines of a script begin, so that each of many statements is placed at once.

/// The lines of a text.
pub(super) struct Lines<'a> {
    text: &'a str,
    begins: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds them.
    pub(super) fn of(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let begins = std::iter::once(0).chain(ends).collect();
        Self { text, begins }
    }

    /// The line and the column of a byte, as [`build_support::Place`] counts them.
    pub(super) fn at(&self, offset: usize) -> (usize, usize) {
        let line = self.begins.partition_point(|&begin| begin <= offset);
        let before = &self.text[self.begins[line - 1]..offset];
        (line, before.chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use build_support::Place;

    use super::*;

    #[test]
    fn a_byte_is_where_a_place_says() {
        let text = "SELECT 'é';\n\n  SELECT 2;\r\nSELECT 3";
        let lines = Lines::of(text);
        for (offset, _) in text.char_indices() {
            let place = Place::at("a.sql", text, offset);
            assert_eq!(lines.at(offset), (place.line, place.column), "{offset}");
        }
    }
}

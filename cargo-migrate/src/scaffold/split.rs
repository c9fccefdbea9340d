//! Splits text at a character that stands outside quotes and brackets.

/// A part of a text and the byte where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

/// What encloses the characters that follow.
#[derive(Default)]
pub(super) struct Nesting {
    quote: Option<char>,
    depth: usize,
}

impl Nesting {
    /// Takes one character; tells whether it stands at the top level.
    ///
    /// A doubled quote closes and opens again, which comes to the same.
    pub(super) fn takes(&mut self, c: char) -> bool {
        match (self.quote, c) {
            (Some(quote), _) if c == quote => self.quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => self.quote = Some(c),
            (None, '(' | '[' | '{') => self.depth += 1,
            (None, ')' | ']' | '}') => self.depth = self.depth.saturating_sub(1),
            (None, _) => return self.depth == 0,
        }
        false
    }

    /// What is still open at the end: the quote, or a bracket.
    pub(super) fn open(&self) -> Option<char> {
        self.quote.or((self.depth > 0).then_some('('))
    }
}

/// The parts between the separators at the top level; at least one.
pub(super) fn top_level(text: &str, separator: char) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut nesting, mut from) = (Nesting::default(), 0);
    for (at, c) in text.char_indices() {
        if nesting.takes(c) && c == separator {
            parts.push(Part {
                text: &text[from..at],
                at: from,
            });
            from = at + c.len_utf8();
        }
    }
    parts.push(Part {
        text: &text[from..],
        at: from,
    });
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_quotes_and_brackets_do_not_split() {
        let parts: Vec<_> = top_level("a:b(c:d)[:]:'e:''f':\"g:\"", ':')
            .into_iter()
            .map(|part| (part.at, part.text))
            .collect();
        assert_eq!(
            parts,
            [(0, "a"), (2, "b(c:d)[:]"), (12, "'e:''f'"), (20, "\"g:\"")]
        );
    }
}

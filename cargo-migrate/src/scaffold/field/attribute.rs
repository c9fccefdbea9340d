//! The words after a field's name and type.

use crate::config::near;

/// What one part of a field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attribute {
    NotNull,
    Unique,
    PrimaryKey,
    Index,
    References,
    OnDelete,
    Default,
    Backfill,
}

/// Every attribute as it is written, up to where its argument begins.
const WORDS: [(Attribute, &str); 8] = [
    (Attribute::NotNull, "not-null"),
    (Attribute::Unique, "unique"),
    (Attribute::PrimaryKey, "primary-key"),
    (Attribute::Index, "index"),
    (Attribute::References, "references("),
    (Attribute::OnDelete, "on-delete="),
    (Attribute::Default, "default="),
    (Attribute::Backfill, "backfill="),
];

/// Names of types that look like a slip in an attribute, and are none.
const TYPES: [&str; 3] = ["inet", "uint", "uuid"];

impl Attribute {
    /// The attribute of a part and its argument, which is empty where it takes none.
    pub(super) fn read(part: &str) -> Option<(Self, &str)> {
        let part = part.trim();
        WORDS.iter().find_map(|&(attribute, word)| {
            let argument = part.strip_prefix(word)?;
            let whole = argument.is_empty() || word.ends_with(['(', '=']);
            whole.then_some((attribute, argument))
        })
    }

    /// As the user writes it.
    pub(super) fn word(self) -> &'static str {
        let row = WORDS.iter().find(|(attribute, _)| *attribute == self);
        row.map_or("", |(_, word)| word.trim_end_matches(['(', '=']))
    }

    /// Whether its argument is SQL that reaches to the end of the field.
    pub(super) fn takes_the_rest(self) -> bool {
        matches!(self, Self::Default | Self::Backfill)
    }
}

/// The attribute that was probably meant by a part that is none.
pub(super) fn nearest(part: &str) -> Option<&'static str> {
    let word = part.split(['(', '=']).next().unwrap_or(part).trim();
    let word = word.to_lowercase().replace([' ', '_'], "-");
    if TYPES.contains(&word.as_str()) {
        return None;
    }
    near(&word, WORDS.map(|(attribute, _)| attribute.word()))
}

//! The digest of a set of applied revisions: one value that says "nothing to do".

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::{Checksum, RevisionId};

/// SHA-256 over the sorted ids and checksums of a set of revisions.
///
/// The build script computes it for the embedded set, the history keeps it for the applied set:
/// when the two are equal, a start needs no more than that one comparison.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Digest(String);

/// What the digest knows of one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMark<'a> {
    /// Its id.
    pub id: &'a RevisionId,
    /// The checksum of its up script.
    pub checksum: &'a Checksum,
    /// Whether it stopped half way: such a set never equals a whole one.
    pub partial: bool,
}

impl Digest {
    /// The digest of a set, in any order.
    pub fn of<'a>(marks: impl IntoIterator<Item = AppliedMark<'a>>) -> Self {
        let mut marks: Vec<_> = marks.into_iter().collect();
        marks.sort_by(|a, b| a.id.cmp_text(b.id));
        let mut hash = Sha256::new();
        for mark in marks {
            let state = if mark.partial { " partial" } else { "" };
            hash.update(format!("{} {}{state}\n", mark.id, mark.checksum).as_bytes());
        }
        Self(
            hash.finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    /// A digest that was computed before: by the build script, or read from the history.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_set_does_not_matter_but_a_half_applied_revision_does() {
        let (one, two) = ("1".parse().expect("id"), "2".parse().expect("id"));
        let sum = Checksum::of("x");
        let mark = |id, partial| AppliedMark {
            id,
            checksum: &sum,
            partial,
        };
        let both = Digest::of([mark(&one, false), mark(&two, false)]);
        assert_eq!(both, Digest::of([mark(&two, false), mark(&one, false)]));
        assert_ne!(both, Digest::of([mark(&one, false), mark(&two, true)]));
        assert_ne!(both, Digest::of([mark(&one, false)]));
    }
}

//! The digest of a set of applied revisions: one value that says "nothing to do".

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::{Checksum, RevisionId};

/// A sum over the SHA-256 of each revision's id and checksum.
///
/// The build script computes it for the embedded set, the history keeps it for the applied set:
/// when the two are equal, a start needs no more than that one comparison. It is a sum, not a hash
/// over a list, so that one revision more or less costs the same at ten revisions and at ten
/// thousand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Digest([u64; 4]);

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

impl AppliedMark<'_> {
    fn lanes(&self) -> [u64; 4] {
        let state = if self.partial { " partial" } else { "" };
        let hash = Sha256::digest(format!("{} {}{state}\n", self.id, self.checksum));
        let mut lanes = [0; 4];
        for (lane, bytes) in lanes.iter_mut().zip(hash.chunks_exact(8)) {
            let bytes = bytes.try_into().expect("chunks of eight bytes");
            *lane = u64::from_be_bytes(bytes);
        }
        lanes
    }
}

impl Digest {
    /// The digest of a set, in any order; of the empty set it is zero.
    pub fn of<'a>(marks: impl IntoIterator<Item = AppliedMark<'a>>) -> Self {
        let mut digest = Self::default();
        marks.into_iter().for_each(|mark| digest.add(&mark));
        digest
    }

    /// Reads the 64 hexadecimal digits that [`fmt::Display`] writes.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut lanes = [0; 4];
        for (index, lane) in lanes.iter_mut().enumerate() {
            *lane = u64::from_str_radix(&text[16 * index..16 * (index + 1)], 16).ok()?;
        }
        Some(Self(lanes))
    }

    /// Takes a revision in.
    pub fn add(&mut self, mark: &AppliedMark<'_>) {
        for (sum, lane) in self.0.iter_mut().zip(mark.lanes()) {
            *sum = sum.wrapping_add(lane);
        }
    }

    /// Takes a revision out.
    pub fn remove(&mut self, mark: &AppliedMark<'_>) {
        for (sum, lane) in self.0.iter_mut().zip(mark.lanes()) {
            *sum = sum.wrapping_sub(lane);
        }
    }
}

/// The digests that the history keeps.
///
/// `whole` is what a start compares: revisions and repeatable scripts. `revisions` is what a script
/// for another day can promise, since it can't know which repeatable scripts have run by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digests {
    /// Of revisions and repeatable scripts.
    pub whole: Digest,
    /// Of the revisions alone.
    pub revisions: Digest,
}

impl Digests {
    /// The digests of a set, in any order.
    pub fn of<'a>(marks: impl IntoIterator<Item = AppliedMark<'a>>) -> Self {
        let mut digests = Self::default();
        marks.into_iter().for_each(|mark| digests.add(&mark));
        digests
    }

    /// Takes a revision or a script in.
    pub fn add(&mut self, mark: &AppliedMark<'_>) {
        self.whole.add(mark);
        if !mark.id.is_repeatable() {
            self.revisions.add(mark);
        }
    }

    /// Takes a revision or a script out.
    pub fn remove(&mut self, mark: &AppliedMark<'_>) {
        self.whole.remove(mark);
        if !mark.id.is_repeatable() {
            self.revisions.remove(mark);
        }
    }

    /// Takes all repeatable scripts out.
    pub fn forget_repeatable(&mut self) {
        self.whole = self.revisions;
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|lane| write!(f, "{lane:016x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
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

    #[test]
    fn what_is_added_and_removed_again_leaves_no_trace() {
        let (id, sum) = ("7".parse().expect("id"), Checksum::of("x"));
        let mark = AppliedMark {
            id: &id,
            checksum: &sum,
            partial: false,
        };
        let mut digest = Digest::of([mark.clone()]);
        digest.remove(&mark);
        assert_eq!(digest, Digest::default());
        assert_eq!(digest.to_string(), "0".repeat(64));
    }
}

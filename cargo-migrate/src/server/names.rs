//! Names that nobody else has.

use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Twelve random hexadecimal digits, from the keys of a hash map: enough against chance.
pub(super) fn random() -> String {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hex(&hasher.finish().to_be_bytes()[..6])
}

/// Two hexadecimal digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_differ() {
        assert_ne!(random(), random());
        assert_eq!(random().len(), 12);
    }
}

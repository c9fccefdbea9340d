//! The checksum of a script: SHA-256 over its canonical text.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// SHA-256 over a script, blind to line endings, a BOM and trailing white space, and to nothing else.
///
/// ```
/// use build_support::revision::Checksum;
/// assert_eq!(Checksum::of("SELECT 1;\r\n"), Checksum::of("\u{feff}SELECT 1;  \n\n"));
/// assert_ne!(Checksum::of("SELECT 1;"), Checksum::of("SELECT  1;"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// The checksum of a file's text.
    pub fn of(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end();
        let mut hash = Sha256::new();
        for (index, line) in lines(text).enumerate() {
            if index > 0 {
                hash.update(b"\n");
            }
            hash.update(line.trim_end().as_bytes());
        }
        Self(hash.finalize().into())
    }

    /// Reads the 64 hexadecimal digits that [`fmt::Display`] writes.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// The lines of a text, whose ends are `\n`, `\r\n` or `\r`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_endings_do_not_matter() {
        let unix = Checksum::of("a\nb\n");
        assert_eq!(unix, Checksum::of("a\r\nb\r\n"));
        assert_eq!(unix, Checksum::of("a\rb"));
    }

    #[test]
    fn white_space_at_the_end_of_a_line_does_not_matter_but_inside_it_does() {
        assert_eq!(Checksum::of("a \nb\t\n\n"), Checksum::of("a\nb"));
        assert_ne!(Checksum::of("a\n\nb"), Checksum::of("a\nb"));
        assert_ne!(Checksum::of(" a"), Checksum::of("a"));
    }

    #[test]
    fn hexadecimal_reads_back() {
        let sum = Checksum::of("x");
        assert_eq!(Checksum::from_hex(&sum.to_string()), Some(sum));
        assert_eq!(Checksum::from_hex("zz"), None);
    }
}

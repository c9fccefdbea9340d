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
        let mut sum = RunningChecksum::default();
        sum.add(text.strip_prefix('\u{feff}').unwrap_or(text));
        sum.so_far()
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

/// The checksum of a text that comes in parts.
#[derive(Clone, Default)]
pub(crate) struct RunningChecksum {
    hash: Sha256,
    /// White space that counts only if something follows.
    blank: String,
}

impl RunningChecksum {
    /// Adds what follows.
    pub(crate) fn add(&mut self, part: &str) {
        let body = part.trim_start();
        let (blank, body) = (&part[..part.len() - body.len()], body.trim_end());
        self.blank.push_str(blank);
        if body.is_empty() {
            return;
        }
        self.add_blank();
        for (index, line) in lines(body).enumerate() {
            if index > 0 {
                self.hash.update(b"\n");
            }
            self.hash.update(line.trim_end().as_bytes());
        }
        self.blank.push_str(&part[blank.len() + body.len()..]);
    }

    /// The white space before what comes next: line ends are all alike, and before them is nothing.
    fn add_blank(&mut self) {
        if self.blank.is_empty() {
            return;
        }
        let unix = self.blank.replace("\r\n", "\n").replace('\r', "\n");
        let (ends, last) = unix.rsplit_once('\n').map_or((0, &*unix), |(ends, last)| {
            (ends.matches('\n').count() + 1, last)
        });
        (0..ends).for_each(|_| self.hash.update(b"\n"));
        self.hash.update(last.as_bytes());
        self.blank.clear();
    }

    /// The checksum of all that was added.
    pub(crate) fn so_far(&self) -> Checksum {
        Checksum(self.hash.clone().finalize().into())
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_have_the_checksum_of_the_whole(parts in prop::collection::vec("[a-b \r\n\u{a0}]{0,6}", 0..6)) {
            let mut sum = RunningChecksum::default();
            parts.iter().for_each(|part| sum.add(part));
            let canonical: Vec<String> = parts.concat().replace("\r\n", "\n").replace('\r', "\n")
                .split('\n').map(|line| line.trim_end().to_owned()).collect();
            let canonical = canonical.join("\n");
            prop_assert_eq!(sum.so_far(), Checksum(Sha256::digest(canonical.trim_end()).into()));
        }
    }

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

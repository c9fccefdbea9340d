//! From bytes to text: UTF-8 without a BOM, NUL bytes and characters that hide what is written.

use std::{borrow::Cow, path::Path};

use super::{Findings, Text};
use crate::Place;

pub(super) const BOM: &str = "\u{feff}";

/// A text that can't be read, or reads otherwise than it looks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Bytes that are no UTF-8.
    #[error("byte {offset} is not UTF-8")]
    NotUtf8 {
        /// Counted from 0 in the file.
        offset: usize,
    },
    /// A NUL byte.
    #[error("byte {offset} is NUL, which PostgreSQL's texts can't hold")]
    Nul {
        /// Counted from 0 in the file.
        offset: usize,
    },
    /// A character that changes the direction of writing.
    #[error("the control character U+{:04X} at byte {offset} changes the direction of writing, so that the text is not what it looks like", u32::from(*character))]
    Bidirectional {
        /// Which one.
        character: char,
        /// Counted from 0 in the file.
        offset: usize,
    },
}

impl DecodeError {
    pub(super) fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::NotUtf8 { .. } => "save the file as UTF-8",
            Self::Nul { .. } => {
                "delete the byte, or write `'\\x00'::bytea`; UTF-16 files have many of them: save the file as UTF-8"
            }
            Self::Bidirectional { .. } => {
                "delete it; inside a string write `U&'\\202E'` with the character's number"
            }
        };
        vec![hint.to_owned()]
    }
}

/// The text of a file without its BOM; `None` where it is none.
pub(super) fn decode(
    path: &Path,
    bytes: Cow<'static, [u8]>,
    findings: &mut Findings,
) -> Option<Cow<'static, str>> {
    let text = match text_of(bytes) {
        Ok(text) => text,
        Err((bytes, offset)) => {
            let place = place_in_bytes(path, &bytes, offset);
            findings.error(place, DecodeError::NotUtf8 { offset });
            return None;
        }
    };
    let removed = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[removed..]),
        Cow::Owned(mut text) => {
            text.drain(..removed);
            Cow::Owned(text)
        }
    };
    if let Some((at, error)) = hidden(&text, removed) {
        let text = &text;
        findings.error(Text { path, text }.place(at), error);
        return None;
    }
    Some(text)
}

/// The bytes as a text, or with the offset of the first that is none.
fn text_of(bytes: Cow<'static, [u8]>) -> Result<Cow<'static, str>, (Cow<'static, [u8]>, usize)> {
    match bytes {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => Err((Cow::Borrowed(bytes), error.valid_up_to())),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                Err((Cow::Owned(error.into_bytes()), offset))
            }
        },
    }
}

/// The first character that PostgreSQL or the reader's eye can't take.
pub(super) fn hidden(text: &str, removed: usize) -> Option<(usize, DecodeError)> {
    let nul = text.find('\0');
    if let Some(at) = nul {
        let offset = at + removed;
        return Some((at, DecodeError::Nul { offset }));
    }
    if text.is_ascii() {
        return None;
    }
    // The embeddings, overrides and isolates; the plain direction marks are part of real texts.
    let is_control = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let (at, character) = text.char_indices().find(|&(_, c)| is_control(c))?;
    let offset = at + removed;
    Some((at, DecodeError::Bidirectional { character, offset }))
}

/// The place of a byte in a file that is no text: its good part is, up to there.
fn place_in_bytes(path: &Path, bytes: &[u8], offset: usize) -> Place {
    let good = String::from_utf8_lossy(&bytes[..offset]);
    Place::at(path, good.strip_prefix(BOM).unwrap_or(&good), offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(bytes: &[u8]) -> String {
        let mut findings = Findings::default();
        assert_eq!(
            decode(Path::new("a.sql"), bytes.to_vec().into(), &mut findings),
            None
        );
        findings.errors[0].to_string()
    }

    #[test]
    fn a_bom_is_taken_off() {
        let mut findings = Findings::default();
        let text = decode(
            Path::new("a"),
            b"\xEF\xBB\xBFSELECT 1".as_slice().into(),
            &mut findings,
        );
        assert_eq!(text.as_deref(), Some("SELECT 1"));
    }

    #[test]
    fn bad_bytes_are_named_with_their_offset_in_the_file() {
        assert_eq!(error(b"ab\nc\xFFd"), "a.sql:2:2: byte 4 is not UTF-8");
        assert_eq!(
            error(b"\xEF\xBB\xBFa\0"),
            "a.sql:1:2: byte 4 is NUL, which PostgreSQL's texts can't hold"
        );
        assert_eq!(
            error("é\u{202e}".as_bytes()),
            "a.sql:1:2: the control character U+202E at byte 2 changes the direction of writing, \
             so that the text is not what it looks like"
        );
    }
}

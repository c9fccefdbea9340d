//! Percent-encoding of the parts of a URL.

use std::fmt::Write as _;

/// Why a part of a URL could not be decoded; never carries the part itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Malformed {
    /// `%` is not followed by two hexadecimal digits, or stands for NUL.
    Escape,
    /// The bytes are not UTF-8.
    Utf8,
}

/// Decodes `%XX`; everything else, `+` too, stands for itself.
pub(super) fn decode(text: &str) -> Result<String, Malformed> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = tail;
            continue;
        }
        let digits = tail.get(..2).ok_or(Malformed::Escape)?;
        bytes.push(hexadecimal(digits).ok_or(Malformed::Escape)?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).map_err(|_| Malformed::Utf8)
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let high = char::from(digits[0]).to_digit(16)?;
    let low = char::from(digits[1]).to_digit(16)?;
    u8::try_from(high * 16 + low).ok().filter(|&byte| byte != 0)
}

/// Encodes all but the characters that need it nowhere in a URL.
pub(super) fn encode(text: &str) -> String {
    encode_except(text, "")
}

/// Encodes a value of the query, where `/` and `:` may stay readable.
pub(super) fn encode_value(text: &str) -> String {
    encode_except(text, "/:,")
}

fn encode_except(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let character = char::from(byte);
        if byte.is_ascii_alphanumeric() || "-._~".contains(character) || kept.contains(character) {
            out.push(character);
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_it_encodes() {
        let text = "a b/ü%&=@:+";
        assert_eq!(encode(text), "a%20b%2F%C3%BC%25%26%3D%40%3A%2B");
        assert_eq!(decode(&encode(text)), Ok(text.to_owned()));
    }

    #[test]
    fn refuses_what_is_not_an_escape() {
        for text in ["%", "%4", "%zz", "a%0", "%00"] {
            assert_eq!(decode(text), Err(Malformed::Escape), "{text}");
        }
        assert_eq!(decode("%ff"), Err(Malformed::Utf8));
    }
}

//! A password in memory: shown as `***` wherever it is printed by accident.

use std::fmt;

use super::percent;

/// What stands in the place of a password.
pub(super) const MASK: &str = "***";

/// A value that is never printed: `Debug` and `Display` write `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a password in.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// Returns the password itself, for handing it to a driver or a child process.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Replaces every form of the password in a text that comes from elsewhere.
    ///
    /// A password that equals one of `public` (the user's or the database's name, as on many a
    /// development server) is left alone: masking it would only garble the message.
    pub(super) fn redact(&self, text: &str, public: &[&str]) -> String {
        if self.0.is_empty() || public.contains(&self.0.as_str()) {
            return text.to_owned();
        }
        let encoded = percent::encode(&self.0);
        text.replace(&self.0, MASK)
            .replace(&encoded, MASK)
            .replace(&encoded.to_ascii_lowercase(), MASK)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_debug_nor_display_shows_it() {
        let secret = Secret::new("canary");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
    }

    #[test]
    fn every_form_is_redacted() {
        let secret = Secret::new("p@ss/w");
        let text = "raw p@ss/w, upper p%40ss%2Fw, lower p%40ss%2fw";
        assert_eq!(secret.redact(text, &[]), "raw ***, upper ***, lower ***");
    }

    #[test]
    fn a_password_equal_to_a_public_name_leaves_the_message_readable() {
        let secret = Secret::new("postgres");
        let text = "role \"postgres\" does not exist";
        assert_eq!(secret.redact(text, &["postgres"]), text);
    }
}

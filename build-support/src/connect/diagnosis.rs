//! The errors of this module in the shape that the commands render.

use super::error::Error;
use super::settings_error::SettingsError;
use crate::diagnostic::{Diagnose, Diagnostic, Exit};

impl Diagnose for Error {
    fn diagnose(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(Exit::User, self.headline());
        diagnostic.sqlstate = self.sqlstate().map(str::to_owned);
        diagnostic.hints = self.hints();
        if let [_, _, ..] = self.attempts() {
            diagnostic.notes = self
                .attempts()
                .iter()
                .map(|one| format!("at {one}"))
                .collect();
        }
        diagnostic
    }
}

impl Diagnose for SettingsError {
    fn diagnose(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(Exit::User, self.to_string());
        diagnostic.hints = self.hints();
        diagnostic
    }
}

//! How a command fails: what is shown, and the exit code with it.

use std::ops::{Deref, DerefMut};

use build_support::{Diagnose, Diagnostic, Exit};

/// The result of a command.
pub type Outcome = Result<Exit, Failure>;

/// A diagnostic on its way to the terminal; `?` makes one of every module's error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(Box<Diagnostic>);

impl Failure {
    /// A failure of the user, the configuration or the environment: exit 1.
    pub fn user(message: impl Into<String>) -> Self {
        Diagnostic::new(Exit::User, message).into()
    }

    /// A command line that can be read but makes no sense: exit 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Diagnostic::new(Exit::Usage, message).into()
    }

    /// A fault of ours: exit 70.
    pub fn fault(message: impl Into<String>) -> Self {
        Diagnostic::new(Exit::Fault, message).into()
    }

    /// Adds what the user can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Adds what is worth knowing.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }
}

impl<E: Diagnose> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error.diagnose()))
    }
}

impl Deref for Failure {
    type Target = Diagnostic;

    fn deref(&self) -> &Diagnostic {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Diagnostic {
        &mut self.0
    }
}

//! The process's surroundings, read once at the start: no other module asks the system for them.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    io::IsTerminal as _,
    path::PathBuf,
};

use jiff::Timestamp;

/// Variables, working folder, terminal and clock.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The environment variables, as they are.
    pub variables: BTreeMap<OsString, OsString>,
    /// The folder that the command was called in.
    pub folder: PathBuf,
    /// Whether a person can be asked.
    pub attended: Attended,
    /// What tells the time.
    pub clock: Clock,
}

/// Whether somebody is there to answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attended {
    /// Standard input and standard error are a terminal.
    Yes,
    /// A script, a pipe or a CI job.
    No,
}

/// What tells the time; tests fix it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The system's.
    System,
    /// Stands still.
    Fixed(Timestamp),
}

impl Clock {
    /// The time now.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(time) => time,
        }
    }
}

impl Environment {
    /// The surroundings of this process.
    pub fn of_process() -> Self {
        let attended = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Self {
            variables: std::env::vars_os().collect(),
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            attended: if attended {
                Attended::Yes
            } else {
                Attended::No
            },
            clock: Clock::System,
        }
    }

    /// Nothing set, nobody there, in the given folder: for tests.
    pub fn bare(folder: impl Into<PathBuf>) -> Self {
        Self {
            variables: BTreeMap::new(),
            folder: folder.into(),
            attended: Attended::No,
            clock: Clock::Fixed(Timestamp::UNIX_EPOCH),
        }
    }

    /// The value of a variable that is set, not empty, and text.
    pub fn text(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(OsStr::new(name))?.to_str()?;
        (!value.is_empty()).then_some(value)
    }

    /// Whether this is a CI job: `CI` is set to anything but an empty text, `0` or `false`.
    pub fn is_ci(&self) -> bool {
        self.text("CI")
            .is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
    }

    /// The variables whose names and values are text.
    pub fn text_variables(&self) -> BTreeMap<String, String> {
        let pairs = self.variables.iter();
        pairs
            .filter_map(|(name, value)| Some((name.to_str()?.into(), value.to_str()?.into())))
            .collect()
    }
}

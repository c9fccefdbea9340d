//! How a command writes: format, colour, how much, and who answers questions.

use super::Answers;

/// The shape of what goes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Text for a person.
    #[default]
    Human,
    /// JSON: one object, or one a line for a command that works.
    Json,
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Also into a file or a pipe.
    Always,
    /// Not at all.
    Never,
}

impl ColorWhen {
    /// The same for the streams.
    pub fn choice(self) -> anstream::ColorChoice {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
    }
}

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// Errors and warnings.
    Quiet,
    /// What was done too.
    #[default]
    Normal,
    /// What led to it too.
    Verbose,
}

/// All that decides how a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TermOptions {
    /// The shape of the data.
    pub format: Format,
    /// When there is colour.
    pub color: ColorWhen,
    /// How much is said.
    pub verbosity: Verbosity,
    /// Who answers questions.
    pub answers: Answers,
}

//! How the errors of this module are shown, and what the user can do about each.

use build_support::{Diagnose, Diagnostic, Exit};

use super::{
    clock::IdError,
    file::WriteError,
    init::InitError,
    name::AmbiguousName,
    render::{ContextError, RenderError, WordsError},
    tool::ToolError,
};

fn plain(error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::new(Exit::User, error.to_string())
}

impl Diagnose for RenderError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = plain(self);
        match self {
            Self::Name(error) => ambiguous(diagnostic, error),
            Self::Field(_) => diagnostic.hint(
                "a field is `name[:type][:not-null][:unique][:primary-key][:index]\
                 [:references(table[.column])][:on-delete=…][:default=EXPR][:backfill=EXPR]`",
            ),
            Self::Words(error) => words(diagnostic, error),
            Self::Context(error) => context(diagnostic, error),
            Self::Unknown { near, .. } => match near {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                None => diagnostic.hint("`cargo migrate list-templates` lists them"),
            },
            Self::Template { .. } => {
                diagnostic.hint("mend the template in the project's `template-dir`")
            }
        }
    }
}

fn ambiguous(diagnostic: Diagnostic, error: &AmbiguousName) -> Diagnostic {
    let with_readings = error
        .readings
        .iter()
        .fold(diagnostic, |diagnostic, reading| {
            diagnostic.note(format!("one is {reading}"))
        });
    with_readings.hint("put the names in double quotes: `rename_\"old\"_to_\"new\"_in_table`")
}

fn words(diagnostic: Diagnostic, error: &WordsError) -> Diagnostic {
    let example = |diagnostic: Diagnostic, example: &str| {
        diagnostic.hint(format!("for example: `cargo migrate new {example}`"))
    };
    match error {
        WordsError::Missing { example: text, .. } | WordsError::Part { example: text, .. } => {
            example(diagnostic, text)
        }
        WordsError::None { template, .. } if *template == "empty" => diagnostic
            .hint("the name says no table: `add_…_to_TABLE`, `create_TABLE`, `add_index_on_TABLE`")
            .hint("`cargo migrate list-templates` shows what a name can say"),
        WordsError::None { .. } | WordsError::Timestamps { .. } | WordsError::Identifier { .. } => {
            diagnostic
        }
    }
}

fn context(diagnostic: Diagnostic, error: &ContextError) -> Diagnostic {
    match error {
        ContextError::Id => {
            diagnostic.hint("make it the primary key: `id:…:primary-key`, or leave it away")
        }
        ContextError::HalfUnique { .. } => {
            diagnostic.hint("write `:unique` at each of its columns, or at none")
        }
        ContextError::Backfill { .. } => diagnostic.hint("use `:default=EXPR`"),
        ContextError::Schema { .. } => {
            diagnostic.hint("write `ALTER TABLE … SET SCHEMA …` into an empty revision")
        }
        ContextError::Identifier { .. }
        | ContextError::Twice { .. }
        | ContextError::TwiceLabel { .. }
        | ContextError::Enum { .. }
        | ContextError::PrimaryKeys { .. } => diagnostic,
    }
}

impl Diagnose for IdError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = plain(self);
        match self {
            Self::Zone { .. } => {
                diagnostic.hint("`file-timezone` takes names such as `UTC` or `Europe/Berlin`")
            }
            Self::Invalid(_) | Self::NotANumber { .. } | Self::Taken { .. } => {
                diagnostic.hint("leave `--rev-id` away, and the time is the id")
            }
            Self::Clock => diagnostic,
        }
    }
}

impl Diagnose for WriteError {
    fn diagnose(&self) -> Diagnostic {
        plain(self).note("no file was written")
    }
}

impl Diagnose for ToolError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = plain(self);
        match self {
            Self::Failed { .. } => diagnostic.note("the files stay as they are"),
            Self::Unreadable { .. } | Self::Start { .. } => {
                diagnostic.hint("commands stand in `post-write`, editors in `VISUAL` and `EDITOR`")
            }
        }
    }
}

impl Diagnose for InitError {
    fn diagnose(&self) -> Diagnostic {
        plain(self)
    }
}

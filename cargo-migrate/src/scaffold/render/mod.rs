//! Fills a template in: from a name and fields to the text of an up and a down script.

mod columns;
mod context;
mod engine;
mod words;

pub use self::{
    context::ContextError,
    engine::{Choice, Templates, cut},
    words::WordsError,
};
use super::{
    field::FieldError,
    name::{AmbiguousName, infer, parts_for},
};

/// What a new revision is to hold.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The name that the user gave it.
    pub name: &'a str,
    /// The words after the name.
    pub words: &'a [String],
    /// The template that the user chose; else the name says which.
    pub template: Option<&'a str>,
    /// Whether a new table gets `created_at` and `updated_at`.
    pub timestamps: Timestamps,
}

/// Whether a new table says when a row was made and changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timestamps {
    /// It does not.
    #[default]
    Absent,
    /// By `created_at` and `updated_at`.
    Present,
}

/// The two scripts of a revision, without the head that names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scripts {
    /// What applies it.
    pub up: Half,
    /// What reverts it; nothing where there is no such script.
    pub down: Option<Half>,
    /// What the user should think of.
    pub hints: Vec<String>,
}

/// One direction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Half {
    /// `key=value` of the directives for its head.
    pub directives: Vec<String>,
    /// The SQL, ending in a line feed.
    pub body: String,
}

/// A revision that can't be written from what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The name has several readings.
    #[error(transparent)]
    Name(#[from] AmbiguousName),
    /// A field can't be read.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The words after the name do not fit the template.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// What the words say can't be put together.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// No template has this name.
    #[error("there is no template `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The template that was probably meant.
        near: Option<String>,
    },
    /// A template does not hold what minijinja reads.
    #[error("template `{name}`{}: {source}", line(source))]
    Template {
        /// The template, or its file.
        name: String,
        /// What minijinja says.
        source: minijinja::Error,
    },
}

fn line(error: &minijinja::Error) -> String {
    error
        .line()
        .map_or_else(String::new, |line| format!(", line {line}"))
}

/// Writes the scripts that a request asks for.
///
/// # Errors
/// When the name, a field or a template can't be read, or they do not fit together.
pub fn render(request: &Request<'_>, templates: &Templates) -> Result<Scripts, RenderError> {
    let (choice, parts) = match request.template {
        Some(name) => {
            let choice = templates.choose(name)?;
            let parts = parts_for(choice.builtin(), request.name)?;
            (choice, parts)
        }
        None => {
            let intent = infer(request.name, !request.words.is_empty())?;
            (Choice::Builtin(intent.template), intent.parts)
        }
    };
    let material = words::read(&choice, parts, request)?;
    let choice = match request.template {
        None => choice.refined(&material.fields),
        Some(_) => choice,
    };
    let context = context::build(&material, request)?;
    let mut scripts = templates.fill(&choice, context.values)?;
    scripts.hints = context.hints;
    Ok(scripts)
}

#[cfg(test)]
mod tests;

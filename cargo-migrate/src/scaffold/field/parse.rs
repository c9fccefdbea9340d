//! Reads a field. Errors name the field, the character, and the word that was probably meant.

use super::{
    super::{
        ident::{Identifier, InvalidIdentifier, Name},
        split::{Nesting, Part, top_level},
    },
    EnumType, Field, FieldType, OnDelete, Reference,
    attribute::{Attribute, nearest},
};

/// A field that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field `{field}`, character {column}: {kind}")]
pub struct FieldError {
    /// The field as it was given.
    pub field: String,
    /// The character where it goes wrong, from 1.
    pub column: usize,
    /// What is wrong.
    pub kind: FieldErrorKind,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldErrorKind {
    /// A name of a column, table or type.
    #[error("{0}")]
    Name(InvalidIdentifier),
    /// Neither an attribute nor a type.
    #[error("`{word}` is neither a type nor an attribute{}", meant(*.near))]
    Unknown {
        /// The part.
        word: String,
        /// The attribute that was probably meant.
        near: Option<&'static str>,
    },
    /// A second type.
    #[error("`{word}` is a second type, after `{first}`{}", meant(*.near))]
    SecondType {
        /// The part.
        word: String,
        /// The type before it.
        first: String,
        /// The attribute that was probably meant.
        near: Option<&'static str>,
    },
    /// An attribute that stands twice.
    #[error("`{0}` stands twice")]
    Twice(&'static str),
    /// An attribute without its argument.
    #[error("`{0}` needs a value")]
    Missing(&'static str),
    /// Nothing between two colons.
    #[error("there is nothing between two colons")]
    Empty,
    /// A bracket or a quote that is not closed.
    #[error("`{0}` is not closed")]
    Open(char),
    /// An attribute behind SQL that reaches to the end of the field.
    #[error(
        "`{word}` stands after `{after}=`, whose SQL reaches to the end of the field: put it before"
    )]
    AfterSql {
        /// The attribute that would be taken as SQL.
        word: &'static str,
        /// The attribute whose SQL it is in.
        after: &'static str,
    },
    /// Not an action.
    #[error("`{0}` is no action: one of cascade, restrict, set-null, set-default, no-action")]
    Action(String),
    /// `on-delete` alone.
    #[error("`on-delete` needs `references(…)`")]
    ActionAlone,
    /// `on-delete=set-null` on a column that can't be NULL.
    #[error("`on-delete=set-null` can't work on a `not-null` column")]
    SetNullOnNotNull,
    /// An enum without a label.
    #[error(
        "`enum(…)` needs the name of the type and its labels: `enum(user_status,pending,active)`"
    )]
    NoLabels,
    /// A label that an enum has already.
    #[error("the label `{0}` stands twice")]
    TwiceLabel(String),
}

fn meant(near: Option<&'static str>) -> String {
    near.map_or_else(String::new, |word| format!(": did you mean `{word}`?"))
}

impl From<InvalidIdentifier> for FieldErrorKind {
    fn from(error: InvalidIdentifier) -> Self {
        Self::Name(error)
    }
}

/// An error and the byte of the field where it is.
type At<T> = Result<T, (usize, FieldErrorKind)>;

impl Field {
    /// Reads one field.
    ///
    /// ```
    /// use cargo_migrate::scaffold::Field;
    /// let field = Field::parse("price:numeric(10,2):not-null:default=0")?;
    /// assert_eq!(field.type_sql(), "numeric(10,2)");
    /// assert!(field.not_null);
    /// # Ok::<(), cargo_migrate::scaffold::field::FieldError>(())
    /// ```
    ///
    /// # Errors
    /// When it does not fit the grammar.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        read(text).map_err(|(at, kind)| FieldError {
            field: text.to_owned(),
            column: text[..at].chars().count() + 1,
            kind,
        })
    }
}

fn read(text: &str) -> At<Field> {
    let parts = parts(text)?;
    let (first, rest) = parts.split_first().ok_or((0, FieldErrorKind::Empty))?;
    let name = Identifier::parse(first.text).map_err(|error| (first.at, error.into()))?;
    let mut reader = Reader {
        field: Field::named(name),
        on_delete: None,
    };
    for part in rest {
        reader.take(*part)?;
    }
    reader.finish()
}

/// The parts of a field: between colons, except that SQL goes on to the end or to `:backfill=`.
fn parts(text: &str) -> At<Vec<Part<'_>>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for part in top_level(text, ':') {
        match parts.last_mut() {
            Some(last) if in_sql(last, part) => {
                last.text = &text[last.at..part.at + part.text.len()];
            }
            _ => parts.push(part),
        }
    }
    for part in &parts {
        closed(*part)?;
    }
    Ok(parts)
}

/// Whether a part belongs to the SQL of the one before.
fn in_sql(before: &Part<'_>, part: Part<'_>) -> bool {
    let sql = |text| Attribute::read(text).filter(|(attribute, _)| attribute.takes_the_rest());
    let ends_in_a_cast = before.text.ends_with(':');
    sql(before.text).is_some() && (ends_in_a_cast || sql(part.text).is_none())
}

fn closed(part: Part<'_>) -> At<()> {
    let mut nesting = Nesting::default();
    for c in part.text.chars() {
        nesting.takes(c);
    }
    match nesting.open() {
        Some(c) => Err((part.at, FieldErrorKind::Open(c))),
        None => Ok(()),
    }
}

struct Reader {
    field: Field,
    on_delete: Option<(usize, OnDelete)>,
}

impl Reader {
    fn take(&mut self, part: Part<'_>) -> At<()> {
        if part.text.trim().is_empty() {
            return Err((part.at, FieldErrorKind::Empty));
        }
        match Attribute::read(part.text) {
            Some((attribute, argument)) => self.attribute(attribute, argument.trim(), part),
            None => self.kind(part),
        }
    }

    fn attribute(&mut self, attribute: Attribute, argument: &str, part: Part<'_>) -> At<()> {
        let at = part.at;
        let field = &mut self.field;
        let twice = match attribute {
            Attribute::NotNull => std::mem::replace(&mut field.not_null, true),
            Attribute::Unique => std::mem::replace(&mut field.unique, true),
            Attribute::PrimaryKey => std::mem::replace(&mut field.primary_key, true),
            Attribute::Index => std::mem::replace(&mut field.index, true),
            Attribute::References => {
                let argument = argument.strip_suffix(')').unwrap_or(argument);
                field.references.replace(reference(argument, at)?).is_some()
            }
            Attribute::OnDelete => {
                let action = (at, action(argument, at)?);
                self.on_delete.replace(action).is_some()
            }
            Attribute::Default => field
                .default
                .replace(sql(attribute, argument, at)?)
                .is_some(),
            Attribute::Backfill => field
                .backfill
                .replace(sql(attribute, argument, at)?)
                .is_some(),
        };
        if twice {
            return Err((at, FieldErrorKind::Twice(attribute.word())));
        }
        Ok(())
    }

    fn kind(&mut self, part: Part<'_>) -> At<()> {
        let word = part.text.trim();
        let near = nearest(word);
        if let Some(near) = near.filter(|near| *near == word) {
            return Err((part.at, FieldErrorKind::Missing(near)));
        }
        if self.field.kind != FieldType::Unstated {
            let first = self.field.type_sql();
            let word = word.to_owned();
            return Err((part.at, FieldErrorKind::SecondType { word, first, near }));
        }
        if near.is_some() || !is_type(word) {
            let word = word.to_owned();
            return Err((part.at, FieldErrorKind::Unknown { word, near }));
        }
        self.field.kind = match word.strip_prefix("enum(") {
            Some(rest) => FieldType::Enum(enum_type(rest, part.at)?),
            None => FieldType::Sql(word.to_owned()),
        };
        Ok(())
    }

    fn finish(mut self) -> At<Field> {
        let Some((at, action)) = self.on_delete else {
            return Ok(self.field);
        };
        if self.field.not_null && action == OnDelete::SetNull {
            return Err((at, FieldErrorKind::SetNullOnNotNull));
        }
        match &mut self.field.references {
            Some(reference) => reference.on_delete = Some(action),
            None => return Err((at, FieldErrorKind::ActionAlone)),
        }
        Ok(self.field)
    }
}

/// Whether a text can be a type: `numeric(10,2)`, `text[]`, `timestamp with time zone`,
/// `sales."Money"`.
fn is_type(text: &str) -> bool {
    let mut nesting = Nesting::default();
    let starts_well = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '"'));
    starts_well
        && text.chars().all(|c| {
            let bare = nesting.takes(c);
            !bare || c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | ' ' | '%')
        })
}

fn enum_type(rest: &str, at: usize) -> At<EnumType> {
    let arguments = rest
        .strip_suffix(')')
        .ok_or((at, FieldErrorKind::NoLabels))?;
    let parts = top_level(arguments, ',');
    let (name, labels) = parts.split_first().ok_or((at, FieldErrorKind::NoLabels))?;
    let start = at + "enum(".len();
    if labels.is_empty() {
        return Err((at, FieldErrorKind::NoLabels));
    }
    let name = Name::parse(name.text).map_err(|error| (start, error.into()))?;
    let mut read: Vec<String> = Vec::new();
    for label in labels {
        let text = unquoted(label.text);
        if text.is_empty() {
            return Err((start + label.at, FieldErrorKind::NoLabels));
        }
        if read.contains(&text) {
            return Err((start + label.at, FieldErrorKind::TwiceLabel(text)));
        }
        read.push(text);
    }
    Ok(EnumType { name, labels: read })
}

/// A label without the quotes that it may have.
pub(crate) fn unquoted(text: &str) -> String {
    let text = text.trim();
    for quote in ['\'', '"'] {
        let inner = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner.replace(&quote.to_string().repeat(2), &quote.to_string());
        }
    }
    text.to_owned()
}

/// `table`, `table.column` or `schema.table.column`.
fn reference(text: &str, at: usize) -> At<Reference> {
    let failed = |error: InvalidIdentifier| (at, FieldErrorKind::Name(error));
    let parts = top_level(text, '.');
    let (table, column) = match parts.split_last() {
        Some((column, [_, ..])) => (&text[..column.at - 1], Some(column.text)),
        _ => (text, None),
    };
    Ok(Reference {
        table: Name::parse(table).map_err(failed)?,
        column: column.map(Identifier::parse).transpose().map_err(failed)?,
        on_delete: None,
    })
}

fn action(text: &str, at: usize) -> At<OnDelete> {
    let word = text.to_lowercase().replace([' ', '_'], "-");
    let row = OnDelete::ALL.iter().find(|(_, name, _)| *name == word);
    row.map(|(action, _, _)| *action)
        .ok_or_else(|| (at, FieldErrorKind::Action(text.to_owned())))
}

/// SQL to the end of the field, unless it ends in what was meant as an attribute.
fn sql(attribute: Attribute, text: &str, at: usize) -> At<String> {
    let after = attribute.word();
    if text.is_empty() {
        return Err((at, FieldErrorKind::Missing(after)));
    }
    for pair in top_level(text, ':').windows(2) {
        let a_cast = pair.iter().any(|part| part.text.is_empty());
        if !a_cast && let Some((word, _)) = Attribute::read(pair[1].text) {
            let word = word.word();
            let at = at + after.len() + 1 + pair[1].at;
            return Err((at, FieldErrorKind::AfterSql { word, after }));
        }
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;

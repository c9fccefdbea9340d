//! What the words after a revision's name are: fields or labels, as its template takes them.

use cargo_migrate_templates::{Fields, Template};

use super::{
    super::{
        field::{Field, FieldType, unquoted},
        ident::{Identifier, InvalidIdentifier},
        name::Parts,
    },
    Choice, RenderError, Request, Timestamps,
};

/// Everything that the user said, read.
#[derive(Debug)]
pub(super) struct Material {
    pub(super) parts: Parts,
    pub(super) kind: Option<Fields>,
    pub(super) fields: Vec<Field>,
    /// The columns that the name alone told of, whose types are not known.
    pub(super) unstated: Vec<Identifier>,
    pub(super) labels: Vec<String>,
}

/// Words that do not fit the template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// The template takes no words.
    #[error("the template `{template}` takes no fields, and there is `{word}`")]
    None {
        /// The template.
        template: &'static str,
        /// The first word.
        word: String,
    },
    /// The template needs words.
    #[error("the template `{template}` needs {what}")]
    Missing {
        /// The template.
        template: &'static str,
        /// What it needs.
        what: &'static str,
        /// How it is called right.
        example: &'static str,
    },
    /// The name does not say what the template needs.
    #[error("the name `{name}` does not say the {part} for the template `{template}`")]
    Part {
        /// The name.
        name: String,
        /// What is missing: `table`, `type`, `old`….
        part: String,
        /// The template.
        template: &'static str,
        /// A name that would.
        example: &'static str,
    },
    /// `--timestamps` where no table is made.
    #[error("`--timestamps` is for a new table, and the template `{template}` makes none")]
    Timestamps {
        /// The template.
        template: String,
    },
    /// A part of the name is not an identifier.
    #[error("the name `{name}`: {source}")]
    Identifier {
        /// The name of the revision.
        name: String,
        /// What is wrong.
        source: InvalidIdentifier,
    },
}

/// Reads the words as the template takes them.
pub(super) fn read(
    choice: &Choice,
    parts: Parts,
    request: &Request<'_>,
) -> Result<Material, RenderError> {
    let template = choice.builtin();
    let kind = template.map(|template| template.fields);
    let mut material = Material {
        parts,
        kind,
        fields: Vec::new(),
        unstated: Vec::new(),
        labels: Vec::new(),
    };
    material.take(kind, request)?;
    if let Some(template) = template {
        material.check(template, request)?;
    }
    if request.timestamps == Timestamps::Present && !matches!(kind, None | Some(Fields::Table)) {
        let template = choice.name().to_owned();
        return Err(WordsError::Timestamps { template }.into());
    }
    Ok(material)
}

impl Material {
    fn take(&mut self, kind: Option<Fields>, request: &Request<'_>) -> Result<(), RenderError> {
        match kind {
            Some(Fields::Labels | Fields::KnownLabels) => {
                self.labels = request.words.iter().map(|word| unquoted(word)).collect();
                let from_name = self.parts.get("labels").map(|text| unquoted(text));
                if self.labels.is_empty() {
                    self.labels.extend(from_name);
                }
            }
            None | Some(_) => {
                for word in request.words {
                    self.fields.push(Field::parse(word)?);
                }
                if self.fields.is_empty() {
                    self.take_columns_of_the_name(request)?;
                }
            }
        }
        Ok(())
    }

    fn take_columns_of_the_name(&mut self, request: &Request<'_>) -> Result<(), WordsError> {
        let Some(columns) = self.parts.get("columns") else {
            return Ok(());
        };
        for column in columns.split("_and_") {
            let name = Identifier::parse(column).map_err(|source| WordsError::Identifier {
                name: request.name.to_owned(),
                source,
            })?;
            self.unstated.push(name.clone());
            self.fields.push(Field::named(name));
        }
        Ok(())
    }

    fn check(&self, template: &'static Template, request: &Request<'_>) -> Result<(), WordsError> {
        if let (Fields::None, Some(word)) = (template.fields, request.words.first()) {
            let word = word.clone();
            return Err(WordsError::None {
                template: template.name,
                word,
            });
        }
        if let Some(part) = self.missing_part(template) {
            return Err(WordsError::Part {
                name: request.name.to_owned(),
                part,
                template: template.name,
                example: template.example,
            });
        }
        match self.missing_words(template.fields) {
            Some(what) => Err(WordsError::Missing {
                template: template.name,
                what,
                example: template.example,
            }),
            None => Ok(()),
        }
    }

    /// What the template takes from the name and the name does not have.
    fn missing_part(&self, template: &Template) -> Option<String> {
        if template.fields == Fields::Rows && self.fields.is_empty() {
            return None;
        }
        let columns_need_a_table = match template.fields {
            Fields::None | Fields::Labels | Fields::KnownLabels => "",
            Fields::Table
            | Fields::Columns
            | Fields::BackfilledColumns
            | Fields::EnumColumns
            | Fields::ReferencingColumns
            | Fields::References
            | Fields::Keys
            | Fields::Filled
            | Fields::Rows => "{table}",
        };
        let pattern = match template.fields {
            Fields::Rows => columns_need_a_table,
            _ => template
                .patterns
                .first()
                .copied()
                .unwrap_or(columns_need_a_table),
        };
        pattern
            .split('_')
            .filter_map(|word| word.strip_prefix('{')?.strip_suffix('}'))
            .filter(|part| !matches!(*part, "columns" | "labels"))
            .find(|part| !self.parts.contains_key(part))
            .map(str::to_owned)
    }

    fn missing_words(&self, fields: Fields) -> Option<&'static str> {
        let has = |test: fn(&Field) -> bool| self.fields.iter().any(test);
        match fields {
            Fields::None | Fields::Table | Fields::Rows | Fields::KnownLabels => None,
            Fields::Columns => self.fields.is_empty().then_some("columns"),
            Fields::BackfilledColumns => (!has(|field| field.not_null && field.backfill.is_some()))
                .then_some("a column with `:not-null` and `:backfill=…`"),
            Fields::EnumColumns => (!has(|field| matches!(field.kind, FieldType::Enum(_))))
                .then_some("a column with `:enum(type,label,…)`"),
            Fields::ReferencingColumns => (!has(|field| field.references.is_some()))
                .then_some("a column with `:references(table.column)`"),
            Fields::References => {
                let all = self.fields.iter().all(|field| field.references.is_some());
                (self.fields.is_empty() || !all)
                    .then_some("columns, each with `:references(table.column)`")
            }
            Fields::Keys | Fields::Filled => self.fields.is_empty().then_some("columns"),
            Fields::Labels => self.labels.is_empty().then_some("labels"),
        }
    }
}

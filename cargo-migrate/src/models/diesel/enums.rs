//! Enums with `diesel_derive_enum::DbEnum`, old and new spelling of its attributes.

use std::sync::Arc;

use syn::{Attribute, Expr, ItemEnum, Lit, Meta, Variant, ext::IdentExt as _};

use crate::models::{
    attrs::Attrs,
    case::Case,
    error::Error,
    fragment::Fragment,
    site::SourceText,
    value::{EnumType, Label},
};

/// An enum type, and the SQL type's Rust name that stands for it in `table!`.
pub(crate) struct DbEnum {
    pub(crate) found: EnumType,
    pub(crate) sql_type: String,
    /// Whether the SQL type is declared elsewhere, which then tells its name.
    pub(crate) existing: bool,
}

/// Reads an enum with `DbEnum`.
pub(crate) fn read_db_enum(source: &Arc<SourceText>, item: &ItemEnum) -> Result<DbEnum, Error> {
    let rust = Fragment::of_span(item.ident.unraw().to_string(), source, item.ident.span());
    let existing = option(
        source,
        &item.attrs,
        "existing_type_path",
        "ExistingTypePath",
    )?;
    let style = option(source, &item.attrs, "value_style", "DbValueStyle")?;
    let name = option(source, &item.attrs, "pg_type", "PgType")?;
    let style = style.map_or(Ok(Case::Snake), |style| {
        Case::parse(&style.text).ok_or_else(|| {
            Error::at(
                &style.site,
                format!("there is no spelling `{}`", style.text),
            )
            .hint(format!("there are {}", Case::NAMES))
        })
    })?;
    let sql_type = match &existing {
        Some(path) => path
            .text
            .rsplit("::")
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned(),
        None => format!("{}Mapping", rust.text),
    };
    let own = Fragment::new(Case::Snake.apply(&rust.text), rust.site.clone());
    let labels = item.variants.iter();
    let found = EnumType {
        name: name.unwrap_or(own),
        rust,
        schema: None,
        was: None,
        comment: None,
        labels: labels
            .map(|variant| label(source, variant, style))
            .collect::<Result<_, _>>()?,
    };
    Ok(DbEnum {
        found,
        sql_type,
        existing: existing.is_some(),
    })
}

fn label(source: &Arc<SourceText>, variant: &Variant, style: Case) -> Result<Label, Error> {
    let rust = variant.ident.unraw().to_string();
    let own = Fragment::of_span(style.apply(&rust), source, variant.ident.span());
    let renamed = option(source, &variant.attrs, "rename", "db_rename")?;
    Ok(Label {
        name: renamed.unwrap_or(own),
        was: None,
    })
}

/// `#[db_enum(new = "…")]` or `#[old = "…"]`.
fn option(
    source: &Arc<SourceText>,
    attributes: &[Attribute],
    new: &str,
    old: &str,
) -> Result<Option<Fragment>, Error> {
    if let Some(text) = Attrs::read(source, attributes, "db_enum")?.take_text(new)? {
        return Ok(Some(text));
    }
    Ok(attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident(old) => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(Fragment::of_string(source, text)),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }))
}

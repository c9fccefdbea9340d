//! An enum with `#[derive(Enum)]`.

use std::sync::Arc;

use syn::{Attribute, Fields, ItemEnum, Variant, ext::IdentExt as _};

use super::table::{case, comment};
use crate::models::{
    attrs::{Attrs, doc_comment},
    case::Case,
    derives,
    error::Error,
    fragment::Fragment,
    site::SourceText,
    value::{EnumType, Label},
};

/// Reads an enum as an enum type.
pub(crate) fn read_enum(source: &Arc<SourceText>, item: &ItemEnum) -> Result<EnumType, Error> {
    let rust = Fragment::of_span(item.ident.unraw().to_string(), source, item.ident.span());
    let mut attrs = Attrs::read(source, &item.attrs, "enum_type")?;
    let theirs = Driver::read(source, &item.attrs)?;
    let name = match attrs.take_text("name")?.or(theirs.name) {
        Some(name) => name,
        None => Fragment::new(Case::Snake.apply(&rust.text), rust.site.clone()),
    };
    let spelling = match attrs.take_text("rename_all")?.or(theirs.rename_all) {
        Some(name) => case(&name)?,
        None => theirs.default_case,
    };
    let labels = item.variants.iter();
    let found = EnumType {
        rust,
        schema: attrs.take_text("schema")?,
        name,
        was: attrs.take_text("was")?,
        comment: comment(&mut attrs)?.or_else(|| doc_comment(source, &item.attrs)),
        labels: labels
            .map(|variant| label(source, variant, spelling))
            .collect::<Result<_, _>>()?,
    };
    attrs.finish(&["name", "schema", "was", "rename_all", "comment"])?;
    Ok(found)
}

fn label(source: &Arc<SourceText>, variant: &Variant, spelling: Case) -> Result<Label, Error> {
    let rust = variant.ident.unraw().to_string();
    let own = Fragment::of_span(spelling.apply(&rust), source, variant.ident.span());
    if !matches!(variant.fields, Fields::Unit) {
        return Err(Error::at(&own.site, format!("`{rust}` holds fields"))
            .hint("the variants of an enum type hold nothing; keep such data in `Json`"));
    }
    let mut attrs = Attrs::read(source, &variant.attrs, "variant")?;
    let sqlx = Attrs::read(source, &variant.attrs, "sqlx")?.take_text("rename")?;
    let postgres = Attrs::read(source, &variant.attrs, "postgres")?.take_text("name")?;
    let name = attrs.take_text("name")?.or(sqlx).or(postgres);
    let label = Label {
        name: name.unwrap_or(own),
        was: attrs.take_text("was")?,
    };
    attrs.finish(&["name", "was"])?;
    Ok(label)
}

/// What sqlx's or postgres-types' derive beside ours was told.
struct Driver {
    name: Option<Fragment>,
    rename_all: Option<Fragment>,
    /// Both write a variant as Rust spells it; alone, ours is `snake_case`.
    default_case: Case,
}

impl Driver {
    fn read(source: &Arc<SourceText>, attributes: &[Attribute]) -> Result<Self, Error> {
        let mut sqlx = Attrs::read(source, attributes, "sqlx")?;
        let mut postgres = Attrs::read(source, attributes, "postgres")?;
        let maps = ["Type", "ToSql", "FromSql"]
            .iter()
            .any(|name| derives::has(attributes, name));
        Ok(Self {
            name: sqlx.take_text("type_name")?.or(postgres.take_text("name")?),
            rename_all: sqlx
                .take_text("rename_all")?
                .or(postgres.take_text("rename_all")?),
            default_case: if maps { Case::Verbatim } else { Case::Snake },
        })
    }
}

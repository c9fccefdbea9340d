//! Enums and newtypes of entities: `DeriveActiveEnum`, `DeriveValueType`, `FromJsonQueryResult`.

use std::sync::Arc;

use syn::{Fields, ItemEnum, ItemStruct, Variant, ext::IdentExt as _};

use super::column_type;
use crate::models::{
    attrs::Attrs,
    case::Case,
    derives,
    error::Error,
    fragment::Fragment,
    rust_type,
    site::{Site, SourceText},
    value::{Alias, Base, DataType, EnumType, Label},
};

/// An active enum is an enum type, or stands for the text or number that it is stored as.
pub(crate) enum ActiveEnum {
    /// `db_type = "Enum"`
    Type(EnumType),
    /// Any other `db_type`.
    Stored(Alias),
}

/// Reads an enum with `DeriveActiveEnum`.
pub(crate) fn read_active_enum(
    source: &Arc<SourceText>,
    item: &ItemEnum,
) -> Result<ActiveEnum, Error> {
    let rust = Fragment::of_span(item.ident.unraw().to_string(), source, item.ident.span());
    let mut attrs = Attrs::read(source, &item.attrs, "sea_orm")?;
    let Some(db_type) = attrs.take_text("db_type")? else {
        return Err(Error::at(&rust.site, "the active enum has no `db_type`")
            .hint("add `#[sea_orm(rs_type = \"String\", db_type = \"Enum\")]`"));
    };
    if db_type.text != "Enum" {
        let data_type = column_type::parse(&db_type)?;
        return Ok(ActiveEnum::Stored(Alias { rust, data_type }));
    }
    let name = attrs.take_text("enum_name")?;
    let case = attrs.take_text("rename_all")?;
    let case = case.and_then(|name| Case::parse(&name.text));
    let labels = item.variants.iter();
    Ok(ActiveEnum::Type(EnumType {
        name: name
            .unwrap_or_else(|| Fragment::new(Case::Pascal.apply(&rust.text), rust.site.clone())),
        rust,
        schema: None,
        was: None,
        comment: None,
        labels: labels
            .map(|variant| label(source, variant, case))
            .collect::<Result<_, _>>()?,
    }))
}

fn label(source: &Arc<SourceText>, variant: &Variant, case: Option<Case>) -> Result<Label, Error> {
    let rust = variant.ident.unraw().to_string();
    let site = Site::of_span(source, variant.ident.span());
    let mut attrs = Attrs::read(source, &variant.attrs, "sea_orm")?;
    let value = attrs.take_text("string_value")?;
    let rename = attrs.take_text("rename")?;
    let case = rename.and_then(|name| Case::parse(&name.text)).or(case);
    Ok(Label {
        name: value
            .unwrap_or_else(|| Fragment::new(case.unwrap_or(Case::Verbatim).apply(&rust), site)),
        was: None,
    })
}

/// Reads what a column type of the application's own stands for.
pub(crate) fn read_value_type(
    source: &Arc<SourceText>,
    item: &ItemStruct,
) -> Result<Option<Alias>, Error> {
    let rust = Fragment::of_span(item.ident.unraw().to_string(), source, item.ident.span());
    if derives::has(&item.attrs, "FromJsonQueryResult") {
        let data_type = DataType {
            base: Base::Sql("json".to_owned()),
            dimensions: 0,
            site: rust.site.clone(),
        };
        return Ok(Some(Alias { rust, data_type }));
    }
    if !derives::has(&item.attrs, "DeriveValueType") {
        return Ok(None);
    }
    let mut attrs = Attrs::read(source, &item.attrs, "sea_orm")?;
    let data_type = match (attrs.take_text("column_type")?, &item.fields) {
        (Some(text), _) => column_type::parse(&text)?,
        (None, Fields::Unnamed(fields)) if fields.unnamed.len() == 1 => {
            let inner = &fields.unnamed[0].ty;
            column_type::of_rust(rust_type::data_type(source, inner), inner)
        }
        (None, _) => return Ok(None),
    };
    Ok(Some(Alias { rust, data_type }))
}

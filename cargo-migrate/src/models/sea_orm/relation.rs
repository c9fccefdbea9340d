//! Foreign keys: the `belongs_to` of a relation field and of a `Relation` enum.

use std::sync::Arc;

use syn::{Field, ItemEnum, Type};

use super::entity::type_argument;
use crate::models::{
    attrs::Attrs,
    case::Case,
    error::Error,
    fragment::Fragment,
    site::{Site, SourceText},
    value::{Deferral, ForeignKey, Target},
};

/// The entity that a relation field leads to (`HasOne<super::user::Entity>`).
pub(super) fn related(rust: &Type) -> Option<String> {
    let (name, inner) = type_argument(rust)?;
    if !["HasOne", "HasMany", "BelongsTo"].contains(&name.as_str()) {
        return None;
    }
    let inner = match type_argument(inner) {
        Some((option, entity)) if option == "Option" => entity,
        _ => inner,
    };
    let Type::Path(path) = inner else { return None };
    let segments = path.path.segments.iter();
    Some(
        segments
            .map(|s| s.ident.to_string())
            .collect::<Vec<_>>()
            .join("::"),
    )
}

/// The foreign key of a relation field, if the column is on this side.
pub(super) fn of_field(
    source: &Arc<SourceText>,
    field: &Field,
    attrs: &mut Attrs,
    entity: &str,
) -> Result<Option<ForeignKey>, Error> {
    let belongs_to = attrs.take_flag("belongs_to")?;
    let self_ref = attrs.take_flag("self_ref")?;
    let via = attrs.take("via").is_some();
    if attrs.take_flag("skip_fk")? || via || !(belongs_to || self_ref) {
        return Ok(None);
    }
    let ident = field.ident.as_ref().expect("the fields are named");
    let site = Site::of_span(source, ident.span());
    foreign_key(attrs, entity, &site)
}

/// The foreign keys of a `Relation` enum.
pub(crate) fn read_relations(
    source: &Arc<SourceText>,
    item: &ItemEnum,
) -> Result<Vec<ForeignKey>, Error> {
    let mut keys = Vec::new();
    for variant in &item.variants {
        let mut attrs = Attrs::read(source, &variant.attrs, "sea_orm")?;
        let Some(entity) = attrs.take_text("belongs_to")? else {
            continue;
        };
        if !attrs.take_flag("skip_fk")? {
            keys.extend(foreign_key(&mut attrs, &entity.text, &entity.site)?);
        }
    }
    Ok(keys)
}

/// `from`, `to` and the actions; a relation without `from` has its column on the other side.
fn foreign_key(attrs: &mut Attrs, entity: &str, site: &Site) -> Result<Option<ForeignKey>, Error> {
    let Some(from) = attrs.take_text("from")? else {
        return Ok(None);
    };
    let to = attrs.take_text("to")?;
    Ok(Some(ForeignKey {
        name: attrs.take_text("fk_name")?,
        columns: columns(&from),
        target: Target {
            table: entity.to_owned(),
            schema: None,
            columns: to.iter().flat_map(columns).map(|name| name.text).collect(),
            site: site.clone(),
        },
        on_delete: action(attrs, "on_delete")?,
        on_update: action(attrs, "on_update")?,
        match_full: false,
        deferral: Deferral::None,
        site: site.clone(),
    }))
}

/// The columns of `user_id`, `Column::UserId` or `(user_id, post_id)`, as Rust fields spell them.
fn columns(text: &Fragment) -> Vec<Fragment> {
    let inner = text.text.trim().trim_matches(['(', ')']);
    inner
        .split(',')
        .map(|path| path.rsplit("::").next().unwrap_or(path).trim())
        .filter(|name| !name.is_empty())
        .map(|name| Fragment::new(Case::Snake.apply(name), text.site.clone()))
        .collect()
}

/// `Cascade` and its like as SQL.
fn action(attrs: &mut Attrs, name: &str) -> Result<Option<Fragment>, Error> {
    let text = attrs.take_text(name)?;
    Ok(text.map(|text| Fragment::new(Case::Snake.apply(&text.text).replace('_', " "), text.site)))
}

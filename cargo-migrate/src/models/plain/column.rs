//! A field of a struct with `#[derive(Table)]`.

use std::sync::Arc;

use syn::{Field, ext::IdentExt as _};

use super::{constraint, table::comment};
use crate::models::{
    attrs::{Attr, Attrs, Value, doc_comment},
    case::Case,
    error::Error,
    fragment::Fragment,
    rust_type,
    site::{Site, SourceText},
    value::{
        Base, Check, Column, ColumnValue, DataType, ForeignKey, Identity, IdentityKind, Key, Table,
    },
};

/// What `#[column(…)]` may hold.
const KNOWN: &[&str] = &[
    "name",
    "type",
    "was",
    "backfill",
    "primary_key",
    "identity",
    "default",
    "generated",
    "virtual_generated",
    "unique",
    "index",
    "references",
    "on_delete",
    "on_update",
    "foreign_key",
    "match_full",
    "deferrable",
    "initially_deferred",
    "check",
    "collate",
    "storage",
    "compression",
    "statistics",
    "nullable",
    "not_null",
    "comment",
    "skip",
];

/// Reads a field as a column, with the constraints and indexes that it declares.
pub(super) fn read_field(
    source: &Arc<SourceText>,
    field: &Field,
    case: Case,
    table: &mut Table,
) -> Result<(), Error> {
    let ident = field.ident.as_ref().expect("the fields are named");
    let mut attrs = Attrs::read(source, &field.attrs, "column")?;
    let mut theirs = Attrs::read(source, &field.attrs, "sqlx")?;
    if attrs.take_flag("skip")? || theirs.take_flag("skip")? {
        return Ok(());
    }
    let rust = ident.unraw().to_string();
    let site = Site::of_span(source, ident.span());
    let name = match (attrs.take_text("name")?, theirs.take_text("rename")?) {
        (Some(name), _) | (None, Some(name)) => name,
        (None, None) => Fragment::new(case.apply(&rust), site.clone()),
    };
    add_constraints(&mut attrs, &name, &site, table)?;
    let mut column = read_column(source, field, &mut attrs, name)?;
    column.field = rust;
    attrs.finish(KNOWN)?;
    table.columns.push(column);
    Ok(())
}

fn read_column(
    source: &Arc<SourceText>,
    field: &Field,
    attrs: &mut Attrs,
    name: Fragment,
) -> Result<Column, Error> {
    let (optional, data_type) = column_type(source, field, attrs)?;
    Ok(Column {
        field: String::new(),
        name,
        was: attrs.take_text("was")?,
        backfill: attrs.take_text("backfill")?,
        data_type,
        not_null: nullability(attrs, optional)?,
        collate: attrs.take_text("collate")?,
        value: value(attrs)?,
        check: checks(attrs)?,
        comment: comment(attrs)?.or_else(|| doc_comment(source, &field.attrs)),
        storage: attrs.take_text("storage")?,
        compression: attrs.take_text("compression")?,
        statistics: attrs.take_text("statistics")?,
        extra: None,
    })
}

/// `type = "…"`, else what the Rust type stands for.
fn column_type(
    source: &Arc<SourceText>,
    field: &Field,
    attrs: &mut Attrs,
) -> Result<(bool, DataType), Error> {
    let rust = rust_type::field_type(source, &field.ty);
    let data_type = match attrs.take_text("type")? {
        Some(sql) => DataType {
            base: Base::Sql(sql.text),
            dimensions: 0,
            site: sql.site,
        },
        None => rust.data_type,
    };
    Ok((rust.optional, data_type))
}

/// Whether the column is `NOT NULL`: `nullable` and `not_null` go before `Option`.
fn nullability(attrs: &mut Attrs, optional: bool) -> Result<bool, Error> {
    let nullable = attrs.take("nullable");
    let not_null = attrs.take("not_null");
    match (nullable, not_null) {
        (Some(nullable), Some(not_null)) => Err(Error::at(
            &not_null.site,
            "a column can't be `nullable` and `not_null`",
        )
        .with_other("the other one", &nullable.site)),
        (Some(nullable), None) => Ok(!nullable.flag()?),
        (None, Some(not_null)) => not_null.flag(),
        (None, None) => Ok(!optional),
    }
}

/// Where a value comes from when none is given; at most one of the ways.
fn value(attrs: &mut Attrs) -> Result<ColumnValue, Error> {
    let ways = ["default", "identity", "generated", "virtual_generated"];
    let mut given = ways
        .into_iter()
        .filter_map(|way| attrs.take(way))
        .collect::<Vec<_>>();
    let Some(way) = given.pop() else {
        return Ok(ColumnValue::None);
    };
    if let Some(other) = given.pop() {
        let message = format!("a column can't have `{}` and `{}`", other.name, way.name);
        return Err(Error::at(&way.site, message).with_other("the other one", &other.site));
    }
    Ok(match way.name.as_str() {
        "default" => ColumnValue::Default(way.text()?),
        "generated" => ColumnValue::Stored(way.text()?),
        "virtual_generated" => ColumnValue::Virtual(way.text()?),
        _ => ColumnValue::Identity(identity(way)?),
    })
}

/// `identity`, `identity = "by default"`, `identity("always", start = 100)`.
fn identity(attr: Attr) -> Result<Identity, Error> {
    let site = attr.site;
    let (kind, options) = match attr.value {
        Value::Flag => (None, Vec::new()),
        Value::Literal(kind) => (Some(kind), Vec::new()),
        Value::List(mut items) => {
            let bare = items.iter().position(|item| item.name.is_empty());
            let kind = bare
                .map(|at| items.remove(at))
                .map(Attr::text)
                .transpose()?;
            (kind, items)
        }
    };
    let kind = kind.map_or(Ok(IdentityKind::Always), |kind| identity_kind(&kind))?;
    let options = options
        .into_iter()
        .map(sequence_option)
        .collect::<Result<Vec<_>, _>>()?
        .join(" ");
    Ok(Identity {
        kind,
        options,
        site,
    })
}

fn identity_kind(kind: &Fragment) -> Result<IdentityKind, Error> {
    match kind.text.to_lowercase().replace('_', " ").as_str() {
        "always" | "true" => Ok(IdentityKind::Always),
        "by default" => Ok(IdentityKind::ByDefault),
        _ => Err(
            Error::at(&kind.site, format!("there is no identity `{}`", kind.text))
                .hint("write `identity`, or `identity = \"by default\"`"),
        ),
    }
}

/// `start = 100` as SQL: `START 100`.
fn sequence_option(attr: Attr) -> Result<String, Error> {
    let known = [
        "start",
        "increment",
        "min_value",
        "max_value",
        "cache",
        "cycle",
    ];
    if !known.contains(&attr.name.as_str()) {
        return Err(Error::at(
            &attr.site,
            format!("`identity` has no option `{}`", attr.name),
        )
        .hint(format!("it has `{}`", known.join("`, `"))));
    }
    let keyword = attr.name.replace('_', "").to_uppercase();
    match attr.value {
        Value::Flag => Ok(keyword),
        Value::Literal(_) | Value::List(_) => Ok(format!("{keyword} {}", attr.text()?.text)),
    }
}

fn checks(attrs: &mut Attrs) -> Result<Vec<Check>, Error> {
    let all = attrs.take_all("check");
    all.into_iter().map(constraint::check).collect()
}

/// What a column declares for its table.
fn add_constraints(
    attrs: &mut Attrs,
    name: &Fragment,
    site: &Site,
    table: &mut Table,
) -> Result<(), Error> {
    let column = Fragment::new(&name.text, site.clone());
    if attrs.take_flag("primary_key")? {
        let key = table
            .primary_key
            .get_or_insert_with(|| Key::of(Vec::new(), None, site.clone()));
        key.columns.push(column.clone());
    }
    if let Some(attr) = attrs.take("unique") {
        table.uniques.extend(constraint::column_key(attr, &column)?);
    }
    for attr in attrs.take_all("index") {
        let index = constraint::index(attr, vec![column.clone()])?;
        table.indexes.push(index);
    }
    table.foreign_keys.extend(foreign_key(attrs, &column)?);
    Ok(())
}

/// `references(users.id)` with its details.
fn foreign_key(attrs: &mut Attrs, column: &Fragment) -> Result<Option<ForeignKey>, Error> {
    let Some(attr) = attrs.take("references") else {
        return no_foreign_key(attrs).map(|()| None);
    };
    let site = attr.site.clone();
    Ok(Some(ForeignKey {
        name: attrs.take_text("foreign_key")?,
        columns: vec![column.clone()],
        target: constraint::target(attr)?,
        on_delete: attrs.take_text("on_delete")?,
        on_update: attrs.take_text("on_update")?,
        match_full: attrs.take_flag("match_full")?,
        deferral: constraint::deferral(attrs)?,
        site,
    }))
}

/// Refuses the details of a foreign key where there is none.
fn no_foreign_key(attrs: &mut Attrs) -> Result<(), Error> {
    let details = [
        "on_delete",
        "on_update",
        "foreign_key",
        "match_full",
        "deferrable",
        "initially_deferred",
    ];
    match details.into_iter().find_map(|name| attrs.take(name)) {
        None => Ok(()),
        Some(detail) => Err(Error::at(
            &detail.site,
            format!("`{}` needs `references`", detail.name),
        )
        .hint("add `references(table.column)`")),
    }
}

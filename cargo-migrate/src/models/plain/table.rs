//! A struct with `#[derive(Table)]`.

use std::sync::Arc;

use syn::{Fields, ItemStruct, ext::IdentExt as _};

use super::{column, constraint};
use crate::models::{
    attrs::{Attr, Attrs, Value, doc_comment},
    case::Case,
    error::Error,
    fragment::Fragment,
    site::SourceText,
    value::{Dialect, Key, Options, Table},
};

/// What `#[table(…)]` may hold.
const KNOWN: &[&str] = &[
    "name",
    "schema",
    "was",
    "comment",
    "primary_key",
    "unique",
    "check",
    "exclude",
    "foreign_key",
    "index",
    "rename_all",
    "unlogged",
    "inherits",
    "partition_by",
    "with",
    "tablespace",
];

/// Reads a struct as a table.
pub(crate) fn read_struct(source: &Arc<SourceText>, item: &ItemStruct) -> Result<Table, Error> {
    let rust = Fragment::of_span(item.ident.unraw().to_string(), source, item.ident.span());
    let mut attrs = Attrs::read(source, &item.attrs, "table")?;
    let name = match attrs.take_text("name")? {
        Some(name) => name,
        None => Fragment::new(Case::Snake.apply(&rust.text), rust.site.clone()),
    };
    let mut table = Table::new(Dialect::Plain, rust, name);
    table.schema = attrs.take_text("schema")?;
    table.was = attrs.take_text("was")?;
    table.comment = comment(&mut attrs)?.or_else(|| doc_comment(source, &item.attrs));
    table.options = options(&mut attrs)?;
    let case = column_case(source, item, &mut attrs)?;
    read_fields(source, item, case, &mut table)?;
    read_constraints(&mut attrs, &mut table)?;
    attrs.finish(KNOWN)?;
    Ok(table)
}

/// `comment = "…"`.
pub(super) fn comment(attrs: &mut Attrs) -> Result<Option<Fragment>, Error> {
    attrs.take_text("comment")
}

fn options(attrs: &mut Attrs) -> Result<Options, Error> {
    Ok(Options {
        unlogged: attrs.take_flag("unlogged")?,
        inherits: attrs.take_text("inherits")?,
        partition_by: attrs.take_text("partition_by")?,
        with: attrs.take_text("with")?,
        tablespace: attrs.take_text("tablespace")?,
    })
}

/// Our `rename_all`, else sqlx's.
fn column_case(
    source: &Arc<SourceText>,
    item: &ItemStruct,
    attrs: &mut Attrs,
) -> Result<Case, Error> {
    let ours = attrs.take_text("rename_all")?;
    let theirs = Attrs::read(source, &item.attrs, "sqlx")?.take_text("rename_all")?;
    ours.or(theirs)
        .map_or(Ok(Case::Verbatim), |name| case(&name))
}

/// The spelling that a `rename_all` names.
pub(super) fn case(name: &Fragment) -> Result<Case, Error> {
    Case::parse(&name.text).ok_or_else(|| {
        Error::at(&name.site, format!("there is no spelling `{}`", name.text))
            .hint(format!("there are {}", Case::NAMES))
    })
}

fn read_fields(
    source: &Arc<SourceText>,
    item: &ItemStruct,
    case: Case,
    table: &mut Table,
) -> Result<(), Error> {
    let Fields::Named(fields) = &item.fields else {
        return Err(Error::at(
            &table.rust.site,
            format!(
                "`{}` has no named fields, so it is no table",
                table.rust.text
            ),
        )
        .hint("derive `Table` on a struct with named fields"));
    };
    for field in &fields.named {
        column::read_field(source, field, case, table)?;
    }
    Ok(())
}

fn read_constraints(attrs: &mut Attrs, table: &mut Table) -> Result<(), Error> {
    for attr in attrs.take_all("primary_key") {
        add_primary_key(attr, table)?;
    }
    for attr in attrs.take_all("unique") {
        table.uniques.push(constraint::key(attr)?);
    }
    for attr in attrs.take_all("check") {
        table.checks.push(constraint::check(attr)?);
    }
    for attr in attrs.take_all("exclude") {
        table.exclusions.push(constraint::exclusion(attr)?);
    }
    for attr in attrs.take_all("foreign_key") {
        table.foreign_keys.push(constraint::foreign_key(attr)?);
    }
    for attr in attrs.take_all("index") {
        table.indexes.push(constraint::index(attr, Vec::new())?);
    }
    Ok(())
}

/// The table's own primary key; columns that say `primary_key` too would be a second one, unless
/// it only names theirs.
fn add_primary_key(attr: Attr, table: &mut Table) -> Result<(), Error> {
    let site = attr.site.clone();
    let mut key = match attr.value {
        Value::Literal(name) => Key::of(Vec::new(), Some(name), site.clone()),
        Value::Flag | Value::List(_) => constraint::key(attr)?,
    };
    if let Some(of_columns) = table.primary_key.take() {
        if !key.columns.is_empty() {
            return Err(Error::at(&site, "the table has two primary keys")
                .with_other("the other one", &of_columns.site)
                .hint("keep `primary_key` on the columns or on the table"));
        }
        key.columns = of_columns.columns;
    }
    if key.columns.is_empty() {
        return Err(Error::at(&site, "the primary key has no columns")
            .hint("write `primary_key(a, b)`, or `primary_key` on a field"));
    }
    table.primary_key = Some(key);
    Ok(())
}

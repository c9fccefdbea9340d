//! `table!` and `joinable!`.

use std::sync::Arc;

use proc_macro2::TokenStream;
use syn::{
    Attribute, Ident, Lit, Meta, Token, Type, braced,
    ext::IdentExt as _,
    parenthesized,
    parse::{ParseStream, Parser as _},
    token,
};

use super::sql_type;
use crate::models::{
    attrs::{doc_comment, syntax},
    error::Error,
    fragment::Fragment,
    site::{Site, SourceText},
    value::{
        Base, Column, ColumnValue, Deferral, Dialect, ForeignKey, Identity, IdentityKind, Key,
        Table, Target,
    },
};

/// Reads the tokens of a `table!`.
pub(crate) fn read_table(source: &Arc<SourceText>, tokens: &TokenStream) -> Result<Table, Error> {
    let parser = |input: ParseStream<'_>| parse_table(source, input);
    let mut table = parser
        .parse2(tokens.clone())
        .map_err(|error| syntax(source, &error).hint("write it as `diesel print-schema` does"))?;
    count_up(&mut table);
    Ok(table)
}

fn parse_table(source: &Arc<SourceText>, input: ParseStream<'_>) -> syn::Result<Table> {
    let mut attributes = input.call(Attribute::parse_outer)?;
    while input.peek(Token![use]) {
        input.parse::<syn::ItemUse>()?;
    }
    attributes.extend(input.call(Attribute::parse_outer)?);
    let (schema, ident) = parse_name(source, input)?;
    let name = sql_name(source, &attributes).unwrap_or_else(|| ident.clone());
    let mut table = Table::new(Dialect::Diesel, ident.clone(), name);
    table.schema = schema;
    table.comment = doc_comment(source, &attributes);
    let key = parse_key(source, input)?.unwrap_or_else(|| vec![Fragment::new("id", ident.site)]);
    let content;
    braced!(content in input);
    while !content.is_empty() {
        table.columns.push(parse_column(source, &content)?);
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    let columns = key.into_iter().map(|column| as_column(&table, column));
    let columns: Vec<Fragment> = columns.collect();
    let site = columns[0].site.clone();
    table.primary_key = Some(Key::of(columns, None, site));
    Ok(table)
}

/// `users` or `app.users`.
fn parse_name(
    source: &Arc<SourceText>,
    input: ParseStream<'_>,
) -> syn::Result<(Option<Fragment>, Fragment)> {
    let first = ident(source, input)?;
    if input.parse::<Option<Token![.]>>()?.is_none() {
        return Ok((None, first));
    }
    let schema = (first.text != "public").then_some(first);
    Ok((schema, ident(source, input)?))
}

fn ident(source: &Arc<SourceText>, input: ParseStream<'_>) -> syn::Result<Fragment> {
    let ident = input.call(Ident::parse_any)?;
    Ok(Fragment::of_span(
        ident.unraw().to_string(),
        source,
        ident.span(),
    ))
}

/// `(id, other)`.
fn parse_key(
    source: &Arc<SourceText>,
    input: ParseStream<'_>,
) -> syn::Result<Option<Vec<Fragment>>> {
    if !input.peek(token::Paren) {
        return Ok(None);
    }
    let content;
    parenthesized!(content in input);
    let mut names = Vec::new();
    while !content.is_empty() {
        names.push(ident(source, &content)?);
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(Some(names).filter(|names| !names.is_empty()))
}

/// A key names a column as Rust does, which `sql_name` may spell otherwise in the database.
fn as_column(table: &Table, name: Fragment) -> Fragment {
    let column = table
        .columns
        .iter()
        .find(|column| column.field == name.text);
    match column {
        Some(column) => Fragment::new(&column.name.text, name.site),
        None => name,
    }
}

/// `#[sql_name = "type"] kind -> Nullable<Varchar>`
fn parse_column(source: &Arc<SourceText>, input: ParseStream<'_>) -> syn::Result<Column> {
    let attributes = input.call(Attribute::parse_outer)?;
    let field = ident(source, input)?;
    input.parse::<Token![->]>()?;
    let rust: Type = input.parse()?;
    let length = max_length(&attributes);
    let mapped = sql_type::column_type(source, &rust, length);
    Ok(Column {
        name: sql_name(source, &attributes).unwrap_or_else(|| field.clone()),
        field: field.text,
        was: None,
        data_type: mapped.data_type,
        not_null: !mapped.optional,
        collate: None,
        value: ColumnValue::None,
        check: Vec::new(),
        comment: doc_comment(source, &attributes),
        storage: None,
        compression: None,
        statistics: None,
        extra: None,
    })
}

/// The literal of `#[name = …]`.
fn value(attributes: &[Attribute], name: &str) -> Option<Lit> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident(name) => match &pair.value {
                syn::Expr::Lit(literal) => Some(literal.lit.clone()),
                _ => None,
            },
            _ => None,
        })
}

fn sql_name(source: &Arc<SourceText>, attributes: &[Attribute]) -> Option<Fragment> {
    let literal = value(attributes, "sql_name")?;
    Some(Fragment::of_literal(source, &literal))
}

fn max_length(attributes: &[Attribute]) -> Option<String> {
    match value(attributes, "max_length")? {
        Lit::Int(number) => Some(number.base10_digits().to_owned()),
        _ => None,
    }
}

/// A single integer key counts itself up: `table!` can't say so, and an `INSERT` that gives the
/// value still works.
fn count_up(table: &mut Table) {
    let Some([only]) = table.primary_key.as_ref().map(|key| key.columns.as_slice()) else {
        return;
    };
    let (name, site) = (only.text.clone(), only.site.clone());
    let is_integer = |base: &Base| {
        let integers = ["smallint", "integer", "bigint"];
        matches!(base, Base::Sql(sql) if integers.contains(&sql.as_str()))
    };
    let column = table.columns.iter_mut().find(|c| c.name.text == name);
    if let Some(column) = column.filter(|c| is_integer(&c.data_type.base)) {
        column.value = ColumnValue::Identity(Identity {
            kind: IdentityKind::ByDefault,
            options: String::new(),
            site,
        });
    }
}

/// `joinable!(posts -> users (user_id))`: the child table, as Rust names it, and its key.
pub(crate) struct Joinable {
    pub(crate) child: Fragment,
    pub(crate) key: ForeignKey,
}

/// Reads the tokens of a `joinable!`.
pub(crate) fn read_joinable(
    source: &Arc<SourceText>,
    tokens: &TokenStream,
) -> Result<Joinable, Error> {
    let parser = |input: ParseStream<'_>| {
        let child = path(source, input)?;
        input.parse::<Token![->]>()?;
        let parent = path(source, input)?;
        let content;
        parenthesized!(content in input);
        let column = ident(source, &content)?;
        Ok((child, parent, column))
    };
    let (child, parent, column) = parser.parse2(tokens.clone()).map_err(|error| {
        syntax(source, &error).hint("write `joinable!(child -> parent (column))`")
    })?;
    let site = column.site.clone();
    let key = ForeignKey {
        name: None,
        columns: vec![column],
        target: Target {
            table: parent.text,
            schema: None,
            columns: Vec::new(),
            site: parent.site,
        },
        on_delete: None,
        on_update: None,
        match_full: false,
        deferral: Deferral::None,
        site,
    };
    Ok(Joinable { child, key })
}

/// The last segment of a path.
fn path(source: &Arc<SourceText>, input: ParseStream<'_>) -> syn::Result<Fragment> {
    let path = input.call(syn::Path::parse_mod_style)?;
    let last = path.segments.last().expect("a path has a segment");
    let site = Site::of_span(source, last.ident.span());
    Ok(Fragment::new(last.ident.unraw().to_string(), site))
}

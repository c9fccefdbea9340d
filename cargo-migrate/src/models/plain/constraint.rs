//! Keys, checks, exclusions, foreign keys and indexes, as attributes write them.

use crate::models::{
    attrs::{Attr, Attrs, Value},
    error::Error,
    fragment::Fragment,
    site::Site,
    value::{Check, Deferral, ForeignKey, Index, Key, Target},
};

impl Key {
    /// A key without anything special.
    pub(crate) fn of(columns: Vec<Fragment>, name: Option<Fragment>, site: Site) -> Self {
        Self {
            name,
            columns,
            include: Vec::new(),
            nulls_not_distinct: false,
            deferral: Deferral::None,
            site,
        }
    }
}

/// The arguments in the parentheses of an attribute, with what a bare value would mean.
fn details(attr: Attr, of: &'static str, bare: &str) -> Result<Attrs, Error> {
    match attr.value {
        Value::List(items) => Ok(Attrs::of_list(items, of)),
        Value::Literal(text) => {
            let site = text.site.clone();
            let item = Attr {
                name: bare.to_owned(),
                site,
                value: Value::Literal(text),
            };
            Ok(Attrs::of_list(vec![item], of))
        }
        Value::Flag => Ok(Attrs::of_list(Vec::new(), of)),
    }
}

/// `deferrable` and `initially_deferred`.
pub(super) fn deferral(attrs: &mut Attrs) -> Result<Deferral, Error> {
    let deferrable = attrs.take_flag("deferrable")?;
    let deferred = attrs.take_flag("initially_deferred")?;
    Ok(match (deferrable, deferred) {
        (_, true) => Deferral::InitiallyDeferred,
        (true, false) => Deferral::Deferrable,
        (false, false) => Deferral::None,
    })
}

/// `unique(a, b)`, `unique(columns(a, b), name = "…")`.
pub(super) fn key(attr: Attr) -> Result<Key, Error> {
    let site = attr.site.clone();
    let name = attr.name.clone();
    let key = key_details(attr)?;
    if key.columns.is_empty() {
        return Err(Error::at(&site, format!("`{name}` has no columns"))
            .hint(format!("write `{name}(a, b)`")));
    }
    Ok(key)
}

fn key_details(attr: Attr) -> Result<Key, Error> {
    const KNOWN: [&str; 6] = [
        "columns",
        "name",
        "include",
        "nulls_not_distinct",
        "deferrable",
        "initially_deferred",
    ];
    let site = attr.site.clone();
    let mut attrs = details(attr, "unique", "columns")?;
    let mut key = Key::of(attrs.take_names("columns")?, attrs.take_text("name")?, site);
    key.include = attrs.take_names("include")?;
    key.columns.extend(attrs.take_bare(&KNOWN));
    key.nulls_not_distinct = attrs.take_flag("nulls_not_distinct")?;
    key.deferral = deferral(&mut attrs)?;
    attrs.finish(&KNOWN)?;
    Ok(key)
}

/// `unique`, `unique = "name"`, `unique(name = "…", …)` on a column; nothing for `unique = false`.
pub(super) fn column_key(attr: Attr, column: &Fragment) -> Result<Option<Key>, Error> {
    let site = attr.site.clone();
    match &attr.value {
        Value::Literal(text) if text.text == "true" => {
            Ok(Some(Key::of(vec![column.clone()], None, site)))
        }
        Value::Literal(text) if text.text == "false" => Ok(None),
        Value::Literal(name) => Ok(Some(Key::of(
            vec![column.clone()],
            Some(name.clone()),
            site,
        ))),
        Value::Flag | Value::List(_) => {
            let mut key = key_details(attr)?;
            if key.columns.is_empty() {
                key.columns.push(column.clone());
            }
            Ok(Some(key))
        }
    }
}

/// `check = "…"`, `check("…")`, `check(expression = "…", name = "…", no_inherit)`.
pub(super) fn check(attr: Attr) -> Result<Check, Error> {
    expression(attr, "check", "expression")
}

/// `exclude("USING …")`, `exclude(using = "…", name = "…")`.
pub(super) fn exclusion(attr: Attr) -> Result<Check, Error> {
    expression(attr, "exclude", "using")
}

fn expression(attr: Attr, of: &'static str, key: &'static str) -> Result<Check, Error> {
    let site = attr.site.clone();
    let mut attrs = details(attr, of, key)?;
    let name = attrs.take_text("name")?;
    let no_inherit = attrs.take_flag("no_inherit")?;
    let bare = attrs.take_text("")?;
    let Some(expression) = attrs.take_text(key)?.or(bare) else {
        return Err(
            Error::at(&site, format!("`{of}` says nothing")).hint(format!("write `{of}(\"…\")`"))
        );
    };
    attrs.finish(&[key, "name", "no_inherit"])?;
    Ok(Check {
        name,
        expression,
        no_inherit,
    })
}

/// `foreign_key(columns(a, b), references = "other(x, y)", …)`.
pub(super) fn foreign_key(attr: Attr) -> Result<ForeignKey, Error> {
    let site = attr.site.clone();
    let incomplete = |what: &str| {
        Error::at(&site, format!("the foreign key has no `{what}`"))
            .hint("write `foreign_key(columns(a, b), references = \"other(x, y)\")`")
    };
    let mut attrs = details(attr, "foreign_key", "columns")?;
    let target = attrs
        .take("references")
        .ok_or_else(|| incomplete("references"))?;
    let key = ForeignKey {
        name: attrs.take_text("name")?,
        columns: attrs.take_names("columns")?,
        target: self::target(target)?,
        on_delete: attrs.take_text("on_delete")?,
        on_update: attrs.take_text("on_update")?,
        match_full: attrs.take_flag("match_full")?,
        deferral: deferral(&mut attrs)?,
        site: site.clone(),
    };
    attrs.finish(&[
        "columns",
        "references",
        "name",
        "on_delete",
        "on_update",
        "match_full",
        "deferrable",
        "initially_deferred",
    ])?;
    if key.columns.is_empty() {
        return Err(incomplete("columns"));
    }
    Ok(key)
}

/// `references(users.id)`, `references(User::id)`, `references = "app.users(id)"`, `references(users)`.
pub(super) fn target(attr: Attr) -> Result<Target, Error> {
    let site = attr.site.clone();
    let wrong = || {
        Error::at(&site, "`references` needs a table")
            .hint("write `references(users.id)` or `references = \"users(id)\"`")
    };
    let mut names = attr.names().map_err(|_| wrong())?;
    let text = names.pop().filter(|_| names.is_empty()).ok_or_else(wrong)?;
    parse_target(&text).ok_or_else(wrong)
}

/// Reads a target: with parentheses they hold the columns, else what follows the last dot is one.
fn parse_target(text: &Fragment) -> Option<Target> {
    let (path, columns) = match text.text.split_once('(') {
        Some((path, columns)) => (path.trim(), Some(columns.trim().strip_suffix(')')?)),
        None => (text.text.trim(), None),
    };
    let path = path.replace("::", ".");
    let mut parts: Vec<String> = path.split('.').map(unquoted).collect();
    let columns = match columns {
        Some(columns) => columns.split(',').map(unquoted).collect(),
        None if parts.len() > 1 => parts.pop().into_iter().collect(),
        None => Vec::new(),
    };
    let table = parts.pop()?;
    let target = Target {
        table,
        schema: parts.pop(),
        columns,
        site: text.site.clone(),
    };
    let complete = parts.is_empty()
        && !target.table.is_empty()
        && target.columns.iter().all(|column| !column.is_empty());
    complete.then_some(target)
}

/// A name without the quotes that it was given.
fn unquoted(name: &str) -> String {
    let name = name.trim();
    let inner = name.strip_prefix('"').and_then(|n| n.strip_suffix('"'));
    inner.map_or_else(|| name.to_owned(), |inner| inner.replace("\"\"", "\""))
}

/// `index(…)` on a table, or `index`, `index = "name"`, `index(…)` on the column `of`.
pub(super) fn index(attr: Attr, of: Vec<Fragment>) -> Result<Index, Error> {
    const KNOWN: [&str; 9] = [
        "columns",
        "name",
        "unique",
        "method",
        "expression",
        "include",
        "nulls_not_distinct",
        "with",
        "where",
    ];
    let site = attr.site.clone();
    let mut attrs = details(
        attr,
        "index",
        if of.is_empty() { "columns" } else { "name" },
    )?;
    let columns = attrs.take_names("columns")?;
    let mut index = Index {
        name: attrs.take_text("name")?,
        unique: attrs.take_flag("unique")?,
        method: attrs.take_text("method")?,
        columns: if columns.is_empty() { of } else { columns },
        expression: attrs.take_text("expression")?,
        include: attrs.take_names("include")?,
        nulls_not_distinct: attrs.take_flag("nulls_not_distinct")?,
        with: attrs.take_text("with")?,
        predicate: attrs.take_text("where")?,
        site: site.clone(),
    };
    index.columns.extend(attrs.take_bare(&KNOWN));
    attrs.finish(&KNOWN)?;
    if index.columns.is_empty() && index.expression.is_none() {
        return Err(Error::at(&site, "the index has no columns")
            .hint("write `index(columns(a, b))` or `index(expression = \"lower(a)\")`"));
    }
    Ok(index)
}

//! The struct of an entity: `DeriveEntityModel`.

use std::sync::Arc;

use syn::{Field, Fields, ItemStruct, Type, ext::IdentExt as _};

use super::{column_type, relation};
use crate::models::{
    attrs::{Attrs, Value},
    case::Case,
    error::Error,
    fragment::Fragment,
    rust_type,
    site::{Site, SourceText},
    value::{
        Base, Column, ColumnValue, DataType, Dialect, Identity, IdentityKind, Index, Key, Table,
    },
};

/// Reads an entity's struct as a table; `module` is the Rust module that it stands in.
pub(crate) fn read_entity(
    source: &Arc<SourceText>,
    item: &ItemStruct,
    module: &str,
) -> Result<Table, Error> {
    let rust = Fragment::of_span(module, source, item.ident.span());
    let mut attrs = Attrs::read(source, &item.attrs, "sea_orm")?;
    let Some(name) = attrs.take_text("table_name")? else {
        return Err(Error::at(&rust.site, "the entity has no `table_name`")
            .hint("add `#[sea_orm(table_name = \"…\")]`"));
    };
    let mut table = Table::new(Dialect::SeaOrm, rust, name);
    table.module = module.to_owned();
    table.schema = attrs.take_text("schema_name")?;
    table.comment = attrs.take_text("comment")?;
    let case = attrs.take_text("rename_all")?;
    let case = case.and_then(|name| Case::parse(&name.text));
    let Fields::Named(fields) = &item.fields else {
        return Err(Error::at(&table.rust.site, "an entity needs named fields"));
    };
    let mut state = Reading {
        source,
        case: case.unwrap_or(Case::Snake),
        auto_increment: true,
        unique_keys: Vec::new(),
    };
    for field in &fields.named {
        state.read_field(field, &mut table)?;
    }
    state.finish(&mut table);
    Ok(table)
}

/// What is known while the fields are read.
struct Reading<'a> {
    source: &'a Arc<SourceText>,
    case: Case,
    auto_increment: bool,
    unique_keys: Vec<(Fragment, Vec<Fragment>)>,
}

impl Reading<'_> {
    fn read_field(&mut self, field: &Field, table: &mut Table) -> Result<(), Error> {
        let mut attrs = Attrs::read(self.source, &field.attrs, "sea_orm")?;
        if attrs.take("ignore").is_some() {
            return Ok(());
        }
        if let Some(entity) = relation::related(&field.ty) {
            let key = relation::of_field(self.source, field, &mut attrs, &entity)?;
            table.foreign_keys.extend(key);
            return Ok(());
        }
        self.read_column(field, &mut attrs, table)
    }

    fn read_column(
        &mut self,
        field: &Field,
        attrs: &mut Attrs,
        table: &mut Table,
    ) -> Result<(), Error> {
        let ident = field.ident.as_ref().expect("the fields are named");
        let rust = ident.unraw().to_string();
        let site = Site::of_span(self.source, ident.span());
        let name = attrs
            .take_text("column_name")?
            .unwrap_or_else(|| Fragment::new(self.case.apply(&rust), site.clone()));
        let mapped = rust_type::field_type(self.source, &field.ty);
        let nullable = attrs.take_flag("nullable")? || mapped.optional;
        let data_type = match attrs.take_text("column_type")? {
            Some(text) => column_type::parse(&text)?,
            None => column_type::of_rust(mapped.data_type, &field.ty),
        };
        self.read_keys(attrs, &name, &data_type, &site, table)?;
        table.columns.push(Column {
            field: rust,
            name,
            was: attrs.take_text("renamed_from")?,
            backfill: None,
            data_type,
            not_null: !nullable,
            collate: None,
            value: default(attrs)?,
            check: Vec::new(),
            comment: attrs.take_text("comment")?,
            storage: None,
            compression: None,
            statistics: None,
            extra: attrs.take_text("extra")?,
        });
        Ok(())
    }

    fn read_keys(
        &mut self,
        attrs: &mut Attrs,
        name: &Fragment,
        data_type: &DataType,
        site: &Site,
        table: &mut Table,
    ) -> Result<(), Error> {
        let column = Fragment::new(&name.text, site.clone());
        if attrs.take_flag("primary_key")? {
            let key = table
                .primary_key
                .get_or_insert_with(|| Key::of(Vec::new(), None, site.clone()));
            key.columns.push(column.clone());
            let given = attrs.take("auto_increment");
            self.auto_increment &= match given {
                Some(attr) => attr.flag()?,
                None => is_counted(data_type),
            };
        }
        if attrs.take_flag("unique")? {
            let key = Key::of(vec![column.clone()], None, site.clone());
            table.uniques.push(key);
        } else if attrs.take_flag("indexed")? {
            let index_name = format!("idx-{}-{}", table.name.text, name.text);
            let index = index(index_name, false, vec![column.clone()], site);
            table.indexes.push(index);
        }
        for key in attrs.take_all("unique_key") {
            self.add_unique_key(key.text()?, column.clone());
        }
        Ok(())
    }

    fn add_unique_key(&mut self, key: Fragment, column: Fragment) {
        let known = self
            .unique_keys
            .iter_mut()
            .find(|(k, _)| k.text == key.text);
        match known {
            Some((_, columns)) => columns.push(column),
            None => self.unique_keys.push((key, vec![column])),
        }
    }

    /// Adds what only the whole entity tells: the identity of a single key, the unique keys.
    fn finish(self, table: &mut Table) {
        let table_name = table.name.text.clone();
        for (key, columns) in self.unique_keys {
            let name = format!("idx-{table_name}-{}", key.text);
            table.indexes.push(index(name, true, columns, &key.site));
        }
        let Some(key) = &mut table.primary_key else {
            return;
        };
        if key.columns.len() > 1 {
            let name = format!("pk-{table_name}");
            key.name = Some(Fragment::new(name, key.site.clone()));
        } else if self.auto_increment {
            let name = key.columns[0].text.clone();
            let column = table.columns.iter_mut().find(|c| c.name.text == name);
            let column = column.expect("the key was read from this column");
            column.value = ColumnValue::Identity(Identity {
                kind: IdentityKind::ByDefault,
                options: String::new(),
                site: key.site.clone(),
            });
        }
    }
}

/// Whether SeaORM counts a primary key of this type up by itself.
fn is_counted(data_type: &DataType) -> bool {
    let counted = ["smallint", "integer", "bigint"];
    data_type.dimensions == 0
        && matches!(&data_type.base, Base::Sql(name) if counted.contains(&name.as_str()))
}

fn index(name: String, unique: bool, columns: Vec<Fragment>, site: &Site) -> Index {
    Index {
        name: Some(Fragment::new(name, site.clone())),
        unique,
        method: None,
        columns,
        expression: None,
        include: Vec::new(),
        nulls_not_distinct: false,
        with: None,
        predicate: None,
        site: site.clone(),
    }
}

/// `default_value = 1`, `default_expr = "Expr::current_timestamp()"`.
fn default(attrs: &mut Attrs) -> Result<ColumnValue, Error> {
    if let Some(attr) = attrs.take("default_value") {
        let text = match &attr.value {
            Value::Literal(text) => text.clone(),
            Value::Flag | Value::List(_) => attr.text()?,
        };
        return Ok(ColumnValue::Default(as_sql_literal(text)));
    }
    match attrs.take_text("default_expr")? {
        None => Ok(ColumnValue::None),
        Some(text) => default_expression(&text).map(ColumnValue::Default),
    }
}

/// A Rust literal as SQL: texts are quoted, numbers and flags are not.
fn as_sql_literal(literal: Fragment) -> Fragment {
    if !literal.is_string {
        return literal;
    }
    let quoted = format!("'{}'", literal.text.replace('\'', "''"));
    Fragment::new(quoted, literal.site)
}

/// The expressions of sea-query that stand for one piece of SQL.
fn default_expression(text: &Fragment) -> Result<Fragment, Error> {
    let unknown = || {
        Error::at(
            &text.site,
            format!("can't tell which SQL `{}` is", text.text),
        )
        .hint("use `Expr::current_timestamp()` or `Expr::cust(\"…\")`")
    };
    let compact: String = text.text.split_whitespace().collect();
    let known = match compact.as_str() {
        "Expr::current_timestamp()" => Some("CURRENT_TIMESTAMP"),
        "Expr::current_date()" => Some("CURRENT_DATE"),
        "Expr::current_time()" => Some("CURRENT_TIME"),
        _ => None,
    };
    if let Some(known) = known {
        return Ok(Fragment::new(known, text.site.clone()));
    }
    let call: syn::ExprCall = syn::parse_str(&text.text).map_err(|_| unknown())?;
    let argument = call.args.first().and_then(literal).ok_or_else(unknown)?;
    let syn::Expr::Path(function) = &*call.func else {
        return Err(unknown());
    };
    let name = function.path.segments.last().map(|s| s.ident.to_string());
    match (name.as_deref(), argument) {
        (Some("cust"), syn::Lit::Str(sql)) => Ok(Fragment::new(sql.value(), text.site.clone())),
        (Some("val" | "value"), syn::Lit::Str(value)) => {
            let quoted = format!("'{}'", value.value().replace('\'', "''"));
            Ok(Fragment::new(quoted, text.site.clone()))
        }
        (Some("val" | "value"), syn::Lit::Int(value)) => {
            Ok(Fragment::new(value.base10_digits(), text.site.clone()))
        }
        (Some("val" | "value"), syn::Lit::Bool(value)) => {
            Ok(Fragment::new(value.value.to_string(), text.site.clone()))
        }
        _ => Err(unknown()),
    }
}

fn literal(expression: &syn::Expr) -> Option<syn::Lit> {
    match expression {
        syn::Expr::Lit(literal) => Some(literal.lit.clone()),
        _ => None,
    }
}

/// The type argument of `HasOne<…>` and its like.
pub(super) fn type_argument(rust: &Type) -> Option<(String, &Type)> {
    let Type::Path(path) = rust else { return None };
    let segment = path.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) => Some((segment.ident.to_string(), inner)),
        _ => None,
    }
}

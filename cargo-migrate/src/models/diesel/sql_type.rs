//! Diesel's SQL types, and the application's own that `#[diesel(postgres_type(…))]` names.

use std::sync::Arc;

use syn::{GenericArgument, ItemStruct, PathArguments, Type, ext::IdentExt as _};

use crate::models::{
    attrs::{Attrs, Value},
    error::Error,
    fragment::Fragment,
    quote::quote,
    rust_type::FieldType,
    site::{Site, SourceText},
    value::{Alias, Base, DataType},
};

/// Maps a column's type.
pub(super) fn column_type(
    source: &Arc<SourceText>,
    rust: &Type,
    length: Option<String>,
) -> FieldType {
    let site = Site::of_span(source, syn::spanned::Spanned::span(rust));
    let (mut name, mut inner) = parts(rust);
    let optional = name == "Nullable";
    let mut dimensions = 0;
    while let ("Nullable" | "Array", Some(next)) = (name.as_str(), inner) {
        dimensions += usize::from(name == "Array");
        (name, inner) = parts(next);
    }
    let base = match (builtin(&name), ranges(&name, inner)) {
        (_, Some(range)) => Base::Sql(range.to_owned()),
        (Some(sql), None) => {
            Base::Sql(length.map_or_else(|| sql.to_owned(), |length| format!("{sql}({length})")))
        }
        (None, None) => Base::Named(name),
    };
    FieldType {
        optional,
        data_type: DataType {
            base,
            dimensions,
            site,
        },
    }
}

/// The last name of a type's path and its argument.
fn parts(rust: &Type) -> (String, Option<&Type>) {
    let Type::Path(path) = rust else {
        return (String::new(), None);
    };
    let Some(segment) = path.path.segments.last() else {
        return (String::new(), None);
    };
    let inner = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(inner)) => Some(inner),
            _ => None,
        },
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    };
    (segment.ident.unraw().to_string(), inner)
}

fn builtin(name: &str) -> Option<&'static str> {
    Some(match name {
        "Bool" => "boolean",
        "SmallInt" | "Int2" | "SmallSerial" => "smallint",
        "Integer" | "Int4" | "Serial" => "integer",
        "BigInt" | "Int8" | "BigSerial" | "Bigserial" => "bigint",
        "Float" | "Float4" => "real",
        "Double" | "Float8" => "double precision",
        "Numeric" | "Decimal" => "numeric",
        "Text" => "text",
        "VarChar" | "Varchar" => "varchar",
        "Bpchar" | "BpChar" | "Char" => "char",
        "CChar" => "\"char\"",
        "Citext" => "citext",
        "Binary" | "Bytea" => "bytea",
        "Date" => "date",
        "Time" => "time without time zone",
        "Timestamp" => "timestamp without time zone",
        "Timestamptz" => "timestamp with time zone",
        "Interval" => "interval",
        "Uuid" => "uuid",
        "Json" => "json",
        "Jsonb" => "jsonb",
        "Inet" => "inet",
        "Cidr" => "cidr",
        "MacAddr" | "Macaddr" => "macaddr",
        "MacAddr8" | "Macaddr8" => "macaddr8",
        "Money" => "money",
        "Oid" => "oid",
        "PgLsn" => "pg_lsn",
        "TsVector" | "Tsvector" => "tsvector",
        "TsQuery" | "Tsquery" => "tsquery",
        "Geometry" => "geometry",
        "Geography" => "geography",
        "Vector" => "vector",
        "Ltree" => "ltree",
        _ => return None,
    })
}

/// `Range<Int4>`, `Multirange<Date>` and the aliases `Int4range`, `Datemultirange`.
fn ranges(name: &str, inner: Option<&Type>) -> Option<&'static str> {
    const RANGES: [(&str, &str, &str); 6] = [
        ("integer", "int4range", "int4multirange"),
        ("bigint", "int8range", "int8multirange"),
        ("numeric", "numrange", "nummultirange"),
        ("date", "daterange", "datemultirange"),
        ("timestamp without time zone", "tsrange", "tsmultirange"),
        ("timestamp with time zone", "tstzrange", "tstzmultirange"),
    ];
    if let Some(inner) = inner {
        let (bound, _) = parts(inner);
        let bound = builtin(&bound)?;
        let (_, range, multirange) = RANGES.iter().find(|(of, _, _)| *of == bound)?;
        return match name {
            "Range" => Some(range),
            "Multirange" => Some(multirange),
            _ => None,
        };
    }
    let lower = name.to_lowercase();
    let names = RANGES.iter().flat_map(|(_, range, multi)| [*range, *multi]);
    let mut names = names.filter(|known| *known == lower);
    names.next()
}

/// Reads a struct with `#[diesel(postgres_type(name = "user_status", schema = "app"))]`.
pub(crate) fn read_sql_type(
    source: &Arc<SourceText>,
    item: &ItemStruct,
) -> Result<Option<Alias>, Error> {
    let mut attrs = Attrs::read(source, &item.attrs, "diesel")?;
    let Some(attr) = attrs.take("postgres_type") else {
        return Ok(None);
    };
    let Value::List(items) = attr.value else {
        return Ok(None);
    };
    let mut details = Attrs::of_list(items, "postgres_type");
    let Some(name) = details.take_text("name")? else {
        return Ok(None);
    };
    let schema = details.take_text("schema")?;
    let sql = match schema.filter(|schema| schema.text != "public") {
        Some(schema) => format!("{}.{}", quote(&schema.text), quote(&name.text)),
        None => quote(&name.text),
    };
    let rust = Fragment::of_span(item.ident.unraw().to_string(), source, item.ident.span());
    Ok(Some(Alias {
        rust,
        data_type: DataType {
            base: Base::Sql(sql),
            dimensions: 0,
            site: name.site,
        },
    }))
}

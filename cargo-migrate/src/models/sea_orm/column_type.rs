//! `column_type = "…"`, and the Rust types that SeaORM maps otherwise than the drivers do.

use syn::{Expr, Lit, Type};

use crate::models::{
    error::Error,
    fragment::Fragment,
    value::{Base, DataType},
};

/// The type of a field without `column_type`.
pub(super) fn of_rust(mut mapped: DataType, rust: &Type) -> DataType {
    if let Some(name) = own_name(&innermost(rust)) {
        mapped.base = Base::Sql(name.to_owned());
    }
    mapped
}

/// The name inside `Option`s and `Vec`s.
fn innermost(rust: &Type) -> String {
    let Type::Path(path) = rust else {
        return String::new();
    };
    let Some(segment) = path.path.segments.last() else {
        return String::new();
    };
    let name = segment.ident.to_string();
    if let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments
        && ["Option", "Vec"].contains(&name.as_str())
        && let Some(syn::GenericArgument::Type(inner)) = arguments.args.first()
    {
        let inner = innermost(inner);
        // Bytes stay bytes: there is no array of them.
        return if name == "Vec" && inner == "u8" {
            "Vec<u8>".to_owned()
        } else {
            inner
        };
    }
    name
}

/// Types that sea-query writes in its own way on PostgreSQL.
fn own_name(rust: &str) -> Option<&'static str> {
    Some(match rust {
        "String" => "varchar",
        "char" => "char",
        "i8" | "u8" => "smallint",
        "u16" => "integer",
        "u32" | "u64" => "bigint",
        "Json" | "JsonValue" | "Value" => "json",
        "ChronoUnixTimestamp"
        | "ChronoUnixTimestampMillis"
        | "TimeUnixTimestamp"
        | "TimeUnixTimestampMillis" => "bigint",
        "TextUuid" => "text",
        "PgVector" | "Vector" => "vector",
        _ => return None,
    })
}

/// Reads `column_type = "String(StringLen::N(255))"`.
pub(super) fn parse(text: &Fragment) -> Result<DataType, Error> {
    let unknown = || {
        Error::at(
            &text.site,
            format!("there is no column type `{}`", text.text),
        )
        .hint("use a variant of SeaORM's `ColumnType`, such as `Text` or `custom(\"citext\")`")
    };
    let expression: Expr = syn::parse_str(&text.text).map_err(|_| unknown())?;
    let (name, dimensions) = of_expression(&expression).ok_or_else(unknown)?;
    Ok(DataType {
        base: Base::Sql(name),
        dimensions,
        site: text.site.clone(),
    })
}

fn of_expression(expression: &Expr) -> Option<(String, usize)> {
    let (name, arguments) = variant(expression)?;
    let first = arguments.first();
    let numbers = first.map(numbers).unwrap_or_default();
    let sized = |base: &str| match numbers.as_slice() {
        [] => base.to_owned(),
        numbers => format!("{base}({})", numbers.join(", ")),
    };
    let sql = match name.as_str() {
        "Char" | "char" => sized("char"),
        "String" | "string" | "string_len" => sized("varchar"),
        "Text" => "text".to_owned(),
        "TinyInteger" | "TinyUnsigned" | "SmallInteger" => "smallint".to_owned(),
        "Integer" | "SmallUnsigned" => "integer".to_owned(),
        "BigInteger" | "Unsigned" | "BigUnsigned" => "bigint".to_owned(),
        "Float" => "real".to_owned(),
        "Double" => "double precision".to_owned(),
        "Decimal" | "decimal" => sized("numeric"),
        "Money" | "money" => "money".to_owned(),
        "DateTime" | "Timestamp" => "timestamp without time zone".to_owned(),
        "TimestampWithTimeZone" => "timestamp with time zone".to_owned(),
        "Time" => "time without time zone".to_owned(),
        "Date" => "date".to_owned(),
        "Interval" => "interval".to_owned(),
        "Binary" | "VarBinary" | "Blob" | "blob" | "binary" | "var_binary" => "bytea".to_owned(),
        "Bit" => sized("bit"),
        "VarBit" => sized("varbit"),
        "Boolean" => "boolean".to_owned(),
        "Json" => "json".to_owned(),
        "JsonBinary" => "jsonb".to_owned(),
        "Uuid" => "uuid".to_owned(),
        "Vector" => sized("vector"),
        "Cidr" => "cidr".to_owned(),
        "Inet" => "inet".to_owned(),
        "MacAddr" => "macaddr".to_owned(),
        "LTree" => "ltree".to_owned(),
        "Custom" | "custom" | "Enum" => string(first?)?,
        "Array" => {
            let (element, dimensions) = of_expression(unwrapped(first?))?;
            return Some((element, dimensions + 1));
        }
        _ => return None,
    };
    Some((sql, 0))
}

/// The variant's name and arguments: `Text`, `ColumnType::Text`, `Decimal(Some((10, 2)))`.
fn variant(expression: &Expr) -> Option<(String, Vec<Expr>)> {
    match expression {
        Expr::Path(path) => Some((path.path.segments.last()?.ident.to_string(), Vec::new())),
        Expr::Call(call) => {
            let (name, _) = variant(&call.func)?;
            Some((name, call.args.iter().cloned().collect()))
        }
        _ => None,
    }
}

/// The numbers in `255`, `Some(3)`, `StringLen::N(255)`, `Some((10, 2))`.
fn numbers(expression: &Expr) -> Vec<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => vec![number.base10_digits().to_owned()],
            _ => Vec::new(),
        },
        Expr::Call(call) => call.args.iter().flat_map(numbers).collect(),
        Expr::Tuple(tuple) => tuple.elems.iter().flat_map(numbers).collect(),
        Expr::Paren(paren) => numbers(&paren.expr),
        _ => Vec::new(),
    }
}

/// What stands inside `RcOrArc::new(…)`, `Arc::new(…)`, `SeaRc::new(…)`.
fn unwrapped(expression: &Expr) -> &Expr {
    match expression {
        Expr::Call(call) => match (&*call.func, call.args.first()) {
            (Expr::Path(path), Some(inner))
                if path.path.segments.last().is_some_and(|s| s.ident == "new") =>
            {
                inner
            }
            _ => expression,
        },
        _ => expression,
    }
}

/// The text of `"citext"`, `"citext".into()`, `Alias::new("citext")`, `"a".to_owned()`.
fn string(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        Expr::MethodCall(call) => string(&call.receiver),
        Expr::Call(call) => call.args.first().and_then(string),
        _ => None,
    }
}

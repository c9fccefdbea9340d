//! Which PostgreSQL type a Rust type is, as `postgres-types` and `sqlx` map them.
//!
//! A path counts by its last segment, since a file's imports are not followed; where two crates
//! use one name for different types, the generics or the qualifying path decide.

use std::sync::Arc;

use syn::{GenericArgument, PathArguments, PathSegment, Type};

use super::{
    site::{Site, SourceText},
    value::{Base, DataType},
};

/// A field's type: whether it is an `Option`, and what is inside.
pub(crate) struct FieldType {
    pub(crate) optional: bool,
    pub(crate) data_type: DataType,
}

/// Maps a field's type.
pub(crate) fn field_type(source: &Arc<SourceText>, field: &Type) -> FieldType {
    let (optional, inner) = match generic(peel(field), "Option") {
        Some(inner) => (true, inner),
        None => (false, field),
    };
    FieldType {
        optional,
        data_type: data_type(source, inner),
    }
}

/// Maps a type that is not an `Option`.
pub(crate) fn data_type(source: &Arc<SourceText>, rust: &Type) -> DataType {
    let site = Site::of_span(source, syn::spanned::Spanned::span(rust));
    let mut dimensions = 0;
    let mut rust = peel(rust);
    while let Some(element) = element(rust) {
        if is_byte(element) {
            return DataType {
                base: sql("bytea"),
                dimensions,
                site,
            };
        }
        dimensions += 1;
        // An array's elements are nullable in PostgreSQL whatever the model says.
        rust = generic(peel(element), "Option").map_or(peel(element), peel);
    }
    DataType {
        base: base(rust, site.text()),
        dimensions,
        site,
    }
}

/// Leaves out references, boxes and parentheses.
fn peel(rust: &Type) -> &Type {
    match rust {
        Type::Reference(reference) => peel(&reference.elem),
        Type::Paren(paren) => peel(&paren.elem),
        Type::Group(group) => peel(&group.elem),
        _ => match ["Box", "Arc", "Rc", "Cow", "Secret", "SecretBox"]
            .iter()
            .find_map(|wrapper| generic(rust, wrapper))
        {
            Some(inner) => peel(inner),
            None => rust,
        },
    }
}

/// The last segment of a path.
fn last_segment(rust: &Type) -> Option<&PathSegment> {
    match rust {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The type arguments of a path's last segment.
fn arguments(segment: &PathSegment) -> Vec<&Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(inner) => Some(inner),
                _ => None,
            })
            .collect(),
        PathArguments::None | PathArguments::Parenthesized(_) => Vec::new(),
    }
}

/// `T` of `name<T>`.
fn generic<'a>(rust: &'a Type, name: &str) -> Option<&'a Type> {
    let segment = last_segment(rust).filter(|segment| segment.ident == name)?;
    arguments(segment).first().copied()
}

/// `T` of what is stored as an array: `Vec<T>`, `[T; N]`, `[T]`, `HashSet<T>`, `BTreeSet<T>`.
fn element(rust: &Type) -> Option<&Type> {
    match rust {
        Type::Array(array) => Some(&array.elem),
        Type::Slice(slice) => Some(&slice.elem),
        _ => ["Vec", "VecDeque", "HashSet", "BTreeSet", "SmallVec"]
            .iter()
            .find_map(|name| generic(rust, name)),
    }
}

fn is_byte(rust: &Type) -> bool {
    last_segment(rust).is_some_and(|segment| segment.ident == "u8")
}

fn sql(name: &str) -> Base {
    Base::Sql(name.to_owned())
}

fn base(rust: &Type, written: &str) -> Base {
    let Some(segment) = last_segment(rust) else {
        return Base::Impossible {
            rust: written.to_owned(),
            hint: "say which type the column has: `#[column(type = \"…\")]`".to_owned(),
        };
    };
    let name = segment.ident.to_string();
    let inside = arguments(segment);
    if let Some(known) = by_name(&name, !inside.is_empty()) {
        return sql(known);
    }
    if let Some(known) = by_path(rust, &name) {
        return sql(known);
    }
    if let Some(range) = range(&name, &inside) {
        return sql(range);
    }
    match instead_of(&name) {
        Some(hint) => Base::Impossible {
            rust: written.to_owned(),
            hint: format!("{hint}, or say which type the column has: `#[column(type = \"…\")]`"),
        },
        None => Base::Named(name),
    }
}

/// Names that say it all.
fn by_name(name: &str, has_arguments: bool) -> Option<&'static str> {
    Some(match name {
        "bool" => "boolean",
        "i8" => "\"char\"",
        "i16" | "NonZeroI16" => "smallint",
        "i32" | "NonZeroI32" => "integer",
        "i64" | "NonZeroI64" => "bigint",
        "u32" | "Oid" => "oid",
        "f32" => "real",
        "f64" => "double precision",
        "String" | "str" | "CompactString" | "SmolStr" | "SecretString" => "text",
        "PgCiText" | "CiText" => "citext",
        "Bytes" | "BytesMut" => "bytea",
        "Uuid" => "uuid",
        "Value" | "Json" | "JsonValue" | "RawValue" => "jsonb",
        "Decimal" | "BigDecimal" => "numeric",
        "PgMoney" => "money",
        "SystemTime" | "OffsetDateTime" | "UtcDateTime" => "timestamp with time zone",
        // jiff has `Timestamp`, chrono `DateTime<Tz>`; jiff's `civil::DateTime` and SeaORM's alias
        // have no generics and no time zone.
        "Timestamp"
        | "DateTimeUtc"
        | "DateTimeLocal"
        | "DateTimeWithTimeZone"
        | "TimeDateTimeWithTimeZone"
        | "ChronoDateTimeUtc" => "timestamp with time zone",
        "DateTime" if has_arguments => "timestamp with time zone",
        "DateTime" | "NaiveDateTime" | "PrimitiveDateTime" | "TimeDateTime" => {
            "timestamp without time zone"
        }
        "NaiveDate" | "Date" | "TimeDate" => "date",
        "NaiveTime" | "Time" | "TimeTime" => "time without time zone",
        "PgTimeTz" => "time with time zone",
        "Duration" | "TimeDelta" | "PgInterval" | "Interval" | "Span" | "SignedDuration" => {
            "interval"
        }
        "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "IpNetwork" | "Ipv4Network" | "Ipv6Network"
        | "IpInet" | "Ipv4Inet" | "Ipv6Inet" | "IpNet" | "Ipv4Net" | "Ipv6Net" => "inet",
        "IpCidr" | "Ipv4Cidr" | "Ipv6Cidr" => "cidr",
        "MacAddress" | "MacAddr6" => "macaddr",
        "MacAddr8" => "macaddr8",
        "BitVec" => "bit varying",
        "PgLsn" => "pg_lsn",
        "PgLTree" => "ltree",
        "PgLQuery" => "lquery",
        "PgHstore" => "hstore",
        "PgCube" => "cube",
        "PgPoint" => "point",
        "PgLine" => "line",
        "PgLSeg" => "lseg",
        "PgBox" => "box",
        "PgPath" => "path",
        "PgPolygon" => "polygon",
        "PgCircle" => "circle",
        "HashMap" | "BTreeMap" => "hstore",
        _ => return None,
    })
}

/// Names that are too common to count without the crate before them.
fn by_path(rust: &Type, name: &str) -> Option<&'static str> {
    let Type::Path(path) = rust else { return None };
    let first = path.path.segments.first()?.ident.to_string();
    Some(match (first.as_str(), name) {
        ("geo_types", "Point") => "point",
        ("geo_types", "Rect") => "box",
        ("geo_types", "LineString") => "path",
        ("pgvector", "Vector") => "vector",
        ("pgvector", "HalfVector") => "halfvec",
        ("pgvector", "SparseVector") => "sparsevec",
        _ => return None,
    })
}

/// `PgRange<T>` of sqlx, `Range<T>` of postgres_range, and their bounds.
fn range(name: &str, inside: &[&Type]) -> Option<&'static str> {
    if !["PgRange", "Range", "RangeInclusive"].contains(&name) {
        return None;
    }
    let bound = last_segment(peel(inside.first()?))?;
    match by_name(&bound.ident.to_string(), !arguments(bound).is_empty())? {
        "integer" => Some("int4range"),
        "bigint" => Some("int8range"),
        "numeric" => Some("numrange"),
        "date" => Some("daterange"),
        "timestamp without time zone" => Some("tsrange"),
        "timestamp with time zone" => Some("tstzrange"),
        _ => None,
    }
}

/// Types without a counterpart, and what to use.
fn instead_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "u8" => "PostgreSQL has no unsigned integers: use `i16`",
        "u16" => "PostgreSQL has no unsigned integers: use `i32`",
        "u64" | "usize" => "PostgreSQL has no unsigned integers: use `i64`",
        "isize" => "its size differs between machines: use `i64`",
        "i128" | "u128" => "PostgreSQL has no integer of that size: use `Decimal`",
        "char" => "use `String`",
        "Zoned" => "PostgreSQL keeps no time zone with a time: use `Timestamp`",
        "Instant" => "an `Instant` is of one process only: use `SystemTime`",
        "Option" => "an `Option` inside an `Option` has no meaning in a table",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(rust: &str) -> String {
        let source = SourceText::new("a.rs", rust);
        let parsed: Type = syn::parse_str(rust).unwrap();
        let field = field_type(&source, &parsed);
        let base = match field.data_type.base {
            Base::Sql(name) => name,
            Base::Named(name) => format!("named {name}"),
            Base::Impossible { hint, .. } => format!("impossible: {hint}"),
        };
        let null = if field.optional { " NULL" } else { "" };
        format!("{base}{}{null}", "[]".repeat(field.data_type.dimensions))
    }

    fn table(types: &[&str]) -> String {
        let row = |rust: &&str| format!("{rust} -> {}\n", mapped(rust));
        types.iter().map(row).collect()
    }

    #[test]
    fn numbers_and_texts_map_as_the_drivers_map_them() {
        insta::assert_snapshot!(table(&[
            "bool", "i8", "i16", "i32", "i64", "u32", "f32", "f64", "String", "&'static str",
            "Box<str>", "Cow<'a, str>", "Uuid", "uuid::Uuid", "rust_decimal::Decimal", "BigDecimal",
            "serde_json::Value", "Json<Settings>", "sqlx::types::Json<Settings>",
            "HashMap<String, Option<String>>",
        ]), @r#"
        bool -> boolean
        i8 -> "char"
        i16 -> smallint
        i32 -> integer
        i64 -> bigint
        u32 -> oid
        f32 -> real
        f64 -> double precision
        String -> text
        &'static str -> text
        Box<str> -> text
        Cow<'a, str> -> text
        Uuid -> uuid
        uuid::Uuid -> uuid
        rust_decimal::Decimal -> numeric
        BigDecimal -> numeric
        serde_json::Value -> jsonb
        Json<Settings> -> jsonb
        sqlx::types::Json<Settings> -> jsonb
        HashMap<String, Option<String>> -> hstore
        "#);
    }

    #[test]
    fn times_of_chrono_time_jiff_and_std_map_by_their_zone() {
        insta::assert_snapshot!(table(&[
            "SystemTime", "chrono::DateTime<chrono::Utc>", "DateTime<FixedOffset>",
            "NaiveDateTime", "NaiveDate", "NaiveTime", "time::OffsetDateTime",
            "PrimitiveDateTime", "time::Date", "time::Time", "jiff::Timestamp",
            "jiff::civil::DateTime", "jiff::civil::Date", "jiff::civil::Time", "jiff::Span",
            "std::time::Duration", "PgInterval", "PgTimeTz",
        ]), @r"
        SystemTime -> timestamp with time zone
        chrono::DateTime<chrono::Utc> -> timestamp with time zone
        DateTime<FixedOffset> -> timestamp with time zone
        NaiveDateTime -> timestamp without time zone
        NaiveDate -> date
        NaiveTime -> time without time zone
        time::OffsetDateTime -> timestamp with time zone
        PrimitiveDateTime -> timestamp without time zone
        time::Date -> date
        time::Time -> time without time zone
        jiff::Timestamp -> timestamp with time zone
        jiff::civil::DateTime -> timestamp without time zone
        jiff::civil::Date -> date
        jiff::civil::Time -> time without time zone
        jiff::Span -> interval
        std::time::Duration -> interval
        PgInterval -> interval
        PgTimeTz -> time with time zone
        ");
    }

    #[test]
    fn networks_geometry_and_ranges_map() {
        insta::assert_snapshot!(table(&[
            "IpAddr", "std::net::IpAddr", "IpNetwork", "cidr::IpCidr", "MacAddress", "BitVec",
            "PgLsn", "geo_types::Point<f64>", "PgPolygon", "PgLTree", "pgvector::Vector",
            "PgRange<i32>", "PgRange<DateTime<Utc>>", "Range<NaiveDate>", "PgRange<Decimal>",
        ]), @r"
        IpAddr -> inet
        std::net::IpAddr -> inet
        IpNetwork -> inet
        cidr::IpCidr -> cidr
        MacAddress -> macaddr
        BitVec -> bit varying
        PgLsn -> pg_lsn
        geo_types::Point<f64> -> point
        PgPolygon -> polygon
        PgLTree -> ltree
        pgvector::Vector -> vector
        PgRange<i32> -> int4range
        PgRange<DateTime<Utc>> -> tstzrange
        Range<NaiveDate> -> daterange
        PgRange<Decimal> -> numrange
        ");
    }

    #[test]
    fn arrays_and_options_wrap_and_bytes_are_bytea() {
        insta::assert_snapshot!(table(&[
            "Vec<String>", "Option<Vec<i64>>", "Vec<Option<i32>>", "[f64; 3]", "Vec<Vec<i32>>",
            "Vec<u8>", "[u8; 32]", "&'a [u8]", "Vec<Vec<u8>>", "Option<String>", "Box<[String]>",
            "Vec<UserStatus>", "Option<crate::user::UserStatus>", "Option<Box<str>>",
        ]), @r"
        Vec<String> -> text[]
        Option<Vec<i64>> -> bigint[] NULL
        Vec<Option<i32>> -> integer[]
        [f64; 3] -> double precision[]
        Vec<Vec<i32>> -> integer[][]
        Vec<u8> -> bytea
        [u8; 32] -> bytea
        &'a [u8] -> bytea
        Vec<Vec<u8>> -> bytea[]
        Option<String> -> text NULL
        Box<[String]> -> text[]
        Vec<UserStatus> -> named UserStatus[]
        Option<crate::user::UserStatus> -> named UserStatus NULL
        Option<Box<str>> -> text NULL
        ");
    }

    #[test]
    fn types_without_a_counterpart_say_what_to_use() {
        insta::assert_snapshot!(table(&["u64", "u8", "char", "jiff::Zoned", "(i32, i32)"]), @r#"
        u64 -> impossible: PostgreSQL has no unsigned integers: use `i64`, or say which type the column has: `#[column(type = "…")]`
        u8 -> impossible: PostgreSQL has no unsigned integers: use `i16`, or say which type the column has: `#[column(type = "…")]`
        char -> impossible: use `String`, or say which type the column has: `#[column(type = "…")]`
        jiff::Zoned -> impossible: PostgreSQL keeps no time zone with a time: use `Timestamp`, or say which type the column has: `#[column(type = "…")]`
        (i32, i32) -> impossible: say which type the column has: `#[column(type = "…")]`
        "#);
    }
}

//! Names as SQL writes them: quoted only where they have to be.

use build_support::sql::Identifier;

/// Words that can't stand unquoted for a table, a column or a type.
/// <https://www.postgresql.org/docs/current/sql-keywords-appendix.html>
const RESERVED: &str = "all analyse analyze and any array as asc asymmetric authorization between \
bigint binary bit boolean both case cast char character check coalesce collate collation column \
concurrently constraint create cross current_catalog current_date current_role current_schema \
current_time current_timestamp current_user dec decimal default deferrable desc distinct do else \
end except exists extract false fetch float for foreign freeze from full grant greatest group \
grouping having ilike in initially inner inout int integer intersect interval into is isnull join \
lateral leading least left like limit localtime localtimestamp national natural nchar none \
normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay \
placing position precision primary real references returning right row select session_user setof \
similar smallint some substring symmetric system_user table tablesample then time timestamp to \
trailing treat trim true union unique user using values varchar variadic verbose when where \
window with";

/// A name, quoted where it has to be.
pub(crate) fn quote(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !RESERVED.split(' ').any(|word| word == name);
    if is_plain {
        name.to_owned()
    } else {
        Identifier(name).to_string()
    }
}

//! Identifiers as PostgreSQL writes them: quoted only where needed, qualified only outside `public`.

use std::fmt;

/// The schema whose objects are written without a prefix.
pub(crate) const PUBLIC: &str = "public";

/// Keywords that can't stand for every kind of name unquoted, PostgreSQL 13 to 18 together.
/// <https://www.postgresql.org/docs/current/sql-keywords-appendix.html>
const KEYWORDS: &str = "all analyse analyze and any array as asc asymmetric authorization between \
bigint binary bit boolean both case cast char character check coalesce collate collation column \
concurrently constraint create cross current_catalog current_date current_role current_schema \
current_time current_timestamp current_user dec decimal default deferrable desc distinct do else \
end except exists extract false fetch float for foreign freeze from full grant greatest group \
grouping having ilike in initially inner inout int integer intersect interval into is isnull join \
json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar \
json_serialize json_table json_value lateral leading least left like limit localtime \
localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric \
offset on only or order out outer overlaps overlay placing position precision primary real \
references returning right row select session_user setof similar smallint some substring \
symmetric system_user table tablesample then time timestamp to trailing treat trim true union \
unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat \
xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

/// One identifier, displayed quoted where PostgreSQL needs it.
#[derive(Debug, Clone, Copy)]
pub struct Ident<'a>(pub &'a str);

impl fmt::Display for Ident<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain(self.0) {
            f.write_str(self.0)
        } else {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        }
    }
}

/// A name in a schema, displayed without the schema when that is `public`.
#[derive(Debug, Clone, Copy)]
pub struct Qualified<'a> {
    /// The schema.
    pub schema: &'a str,
    /// The name in it.
    pub name: &'a str,
}

impl fmt::Display for Qualified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.schema.is_empty() && self.schema != PUBLIC {
            write!(f, "{}.", Ident(self.schema))?;
        }
        write!(f, "{}", Ident(self.name))
    }
}

/// A string constant. `E''` is used where a backslash is in it, so that it means the same under
/// every setting of `standard_conforming_strings`.
pub(crate) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') {
        format!("E'{}'", quoted.replace('\\', "\\\\"))
    } else {
        format!("'{quoted}'")
    }
}

fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    let starts_plain = bytes
        .next()
        .is_some_and(|b| b.is_ascii_lowercase() || b == b'_');
    starts_plain
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !is_keyword(name)
}

pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.split(' ').any(|keyword| keyword == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(name: &str) -> String {
        Ident(name).to_string()
    }

    #[test]
    fn plain_names_stay_bare() {
        assert_eq!(quoted("user_id2"), "user_id2");
        assert_eq!(quoted("_x"), "_x");
    }

    #[test]
    fn keywords_capitals_and_odd_characters_are_quoted() {
        assert_eq!(quoted("user"), "\"user\"");
        assert_eq!(quoted("userId"), "\"userId\"");
        assert_eq!(quoted("2nd"), "\"2nd\"");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(quoted(""), "\"\"");
    }

    #[test]
    fn only_other_schemas_are_written() {
        let shown = |schema, name| Qualified { schema, name }.to_string();
        assert_eq!(shown("public", "users"), "users");
        assert_eq!(shown("app", "order"), "app.\"order\"");
        assert_eq!(shown("", "event"), "event");
    }

    #[test]
    fn literals_double_quotes_and_escape_backslashes() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\b"), "E'a\\\\b'");
    }
}

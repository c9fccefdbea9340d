//! Columns as clauses of `CREATE TABLE` and `ADD COLUMN`.

use super::table::foreign_options;
use super::text::{Writer, default_text};
use crate::schema::model::{Column, ObjectId, Sequence};
use crate::schema::name::{Ident, Qualified};

/// What a column is written from.
pub(crate) struct ColumnParts<'a> {
    pub(crate) id: &'a ObjectId,
    pub(crate) column: &'a Column,
    /// The default, where it is written with the column.
    pub(crate) default: Option<&'a str>,
    /// The sequence of an identity column.
    pub(crate) identity: Option<(&'a ObjectId, &'a Sequence)>,
    /// Whether the sequence and its default are what `serial` makes.
    pub(crate) serial: bool,
    /// Constraints written with the column.
    pub(crate) constraints: Vec<String>,
    /// Whether `NOT NULL` goes without saying, because of a primary key.
    pub(crate) implied_not_null: bool,
}

/// `name type …`.
pub(crate) fn column_clause(writer: &Writer, parts: &ColumnParts<'_>) -> String {
    let column = parts.column;
    let mut clause = vec![Ident(&parts.id.name).to_string()];
    if parts.serial {
        clause.push(serial_name(&column.data_type).to_owned());
    } else {
        clause.push(writer.data_type(&column.data_type));
    }
    if let Some(compression) = &column.compression {
        clause.push(format!("COMPRESSION {}", compression_name(compression)));
    }
    if !column.foreign_options.is_empty() {
        clause.push(format!(
            "OPTIONS ({})",
            foreign_options(&column.foreign_options)
        ));
    }
    if let Some(collation) = &column.collation {
        clause.push(format!(
            "COLLATE {}",
            writer.text(&bare_collation(collation))
        ));
    }
    let implied = parts.serial || parts.implied_not_null || !column.identity.is_empty();
    match (column.not_null, named_not_null(parts.id, column)) {
        (true, Some(name)) => clause.push(format!("CONSTRAINT {} NOT NULL", Ident(name))),
        (true, None) if !implied => clause.push("NOT NULL".to_owned()),
        _ => {}
    }
    if let (Some(default), false) = (parts.default, parts.serial) {
        let expression = writer.text(&default_text(default, &column.data_type));
        clause.push(format!("DEFAULT {expression}"));
    }
    if let (false, Some(expression)) = (column.generated.is_empty(), &column.expression) {
        clause.push(generated_clause(writer, column, expression));
    }
    if let (false, Some((id, sequence))) = (column.identity.is_empty(), parts.identity) {
        clause.push(identity_clause(parts.id, column, id, sequence));
    }
    clause.extend(parts.constraints.iter().cloned());
    clause.join(" ")
}

/// The name of the constraint that refuses null, where it is not the one that PostgreSQL gives.
pub(crate) fn named_not_null<'a>(id: &ObjectId, column: &'a Column) -> Option<&'a str> {
    let implied = format!("{}_{}_not_null", id.parent, id.name);
    let name = column.not_null_name.as_deref();
    name.filter(|name| *name != implied)
}

fn generated_clause(writer: &Writer, column: &Column, expression: &str) -> String {
    let kind = if column.generated == "v" {
        "VIRTUAL"
    } else {
        "STORED"
    };
    format!(
        "GENERATED ALWAYS AS ({}) {kind}",
        unwrapped(&writer.text(expression))
    )
}

/// Without the parentheses that PostgreSQL prints around the whole.
fn unwrapped(expression: &str) -> String {
    let Some(inner) = expression
        .strip_prefix('(')
        .and_then(|e| e.strip_suffix(')'))
    else {
        return expression.to_owned();
    };
    let mut depth = 0i32;
    for token in crate::schema::lex::tokens(inner) {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return expression.to_owned();
        }
    }
    inner.to_owned()
}

/// `GENERATED … AS IDENTITY`, with what differs from the defaults.
pub(crate) fn identity_clause(
    column_id: &ObjectId,
    column: &Column,
    id: &ObjectId,
    sequence: &Sequence,
) -> String {
    let when = if column.identity == "a" {
        "ALWAYS"
    } else {
        "BY DEFAULT"
    };
    let mut options = Vec::new();
    if id.schema != column_id.schema || id.name != implied_sequence_name(column_id) {
        options.push(format!(
            "SEQUENCE NAME {}",
            Qualified {
                schema: &id.schema,
                name: &id.name
            }
        ));
    }
    // The sequence of an identity column has the column's type.
    let typed = Sequence {
        data_type: column.data_type.clone(),
        ..sequence.clone()
    };
    options.extend(sequence_options(&typed, &column.data_type));
    if options.is_empty() {
        format!("GENERATED {when} AS IDENTITY")
    } else {
        format!("GENERATED {when} AS IDENTITY ({})", options.join(" "))
    }
}

/// The name that PostgreSQL gives to the sequence of a column.
pub(crate) fn implied_sequence_name(column: &ObjectId) -> String {
    format!("{}_{}_seq", column.parent, column.name)
}

/// The options of a sequence that differ from what its type implies.
pub(crate) fn sequence_options(sequence: &Sequence, implied_type: &str) -> Vec<String> {
    let mut options = Vec::new();
    if sequence.data_type != implied_type {
        options.push(format!("AS {}", sequence.data_type));
    }
    let (lowest, highest) = limits(&sequence.data_type);
    let up = sequence.increment > 0;
    let (min, max) = if up { (1, highest) } else { (lowest, -1) };
    if sequence.increment != 1 {
        options.push(format!("INCREMENT BY {}", sequence.increment));
    }
    if sequence.min != min {
        options.push(format!("MINVALUE {}", sequence.min));
    }
    if sequence.max != max {
        options.push(format!("MAXVALUE {}", sequence.max));
    }
    let start = if up { sequence.min } else { sequence.max };
    if sequence.start != start {
        options.push(format!("START WITH {}", sequence.start));
    }
    if sequence.cache != 1 {
        options.push(format!("CACHE {}", sequence.cache));
    }
    if sequence.cycle {
        options.push("CYCLE".to_owned());
    }
    options
}

/// The lowest and the highest value of a sequence's type.
pub(crate) fn limits(data_type: &str) -> (i64, i64) {
    match data_type {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    }
}

fn serial_name(data_type: &str) -> &'static str {
    match data_type {
        "smallint" => "smallserial",
        "integer" => "serial",
        _ => "bigserial",
    }
}

pub(crate) fn compression_name(code: &str) -> &'static str {
    if code == "l" { "lz4" } else { "pglz" }
}

/// `pg_catalog."C"` is `"C"`.
pub(crate) fn bare_collation(collation: &str) -> String {
    collation
        .strip_prefix("pg_catalog.")
        .unwrap_or(collation)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence() -> Sequence {
        Sequence {
            data_type: "bigint".to_owned(),
            start: 1,
            increment: 1,
            min: 1,
            max: i64::MAX,
            cache: 1,
            cycle: false,
            unlogged: false,
            identity: false,
            owned_by: None,
        }
    }

    #[test]
    fn an_everyday_sequence_has_no_options() {
        assert!(sequence_options(&sequence(), "bigint").is_empty());
    }

    #[test]
    fn a_descending_sequence_has_the_limits_of_its_type() {
        let down = Sequence {
            increment: -1,
            min: i64::MIN,
            max: -1,
            start: -1,
            ..sequence()
        };
        assert_eq!(sequence_options(&down, "bigint"), ["INCREMENT BY -1"]);
    }

    #[test]
    fn parentheses_go_only_where_they_hold_the_whole() {
        assert_eq!(unwrapped("(a + b)"), "a + b");
        assert_eq!(unwrapped("(a) + (b)"), "(a) + (b)");
    }
}

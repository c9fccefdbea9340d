//! `CREATE TABLE` and the constraints of a table.

use super::text::Writer;
use crate::schema::model::{Constraint, ConstraintType, ObjectId, Parent, Table};
use crate::schema::name::{Ident, Qualified, literal};

/// What `CREATE TABLE` is written from.
pub(crate) struct TableParts<'a> {
    pub(crate) id: &'a ObjectId,
    pub(crate) table: &'a Table,
    /// The clauses of the columns.
    pub(crate) columns: Vec<String>,
    /// The constraints that are no column's own.
    pub(crate) constraints: Vec<String>,
    /// Whether a partition is made as a table of its own, to be attached.
    pub(crate) apart: bool,
}

/// `CREATE TABLE …`, one column a line.
pub(crate) fn create_table(writer: &Writer, parts: &TableParts<'_>) -> String {
    let table = parts.table;
    let kind = match (table.is_foreign, table.unlogged) {
        (true, _) => "FOREIGN TABLE",
        (false, true) => "UNLOGGED TABLE",
        (false, false) => "TABLE",
    };
    let mut sql = format!("CREATE {kind} {}", parts.id.qualified());
    let partition_of = table
        .parents
        .first()
        .filter(|_| table.is_partition() && !parts.apart);
    if let Some(Parent(schema, name)) = partition_of {
        sql.push_str(&format!(" PARTITION OF {}", Qualified { schema, name }));
    }
    if let Some(of_type) = &table.of_type {
        sql.push_str(&format!(" OF {}", writer.text(of_type)));
    }
    let lines: Vec<&str> = parts
        .columns
        .iter()
        .chain(&parts.constraints)
        .map(String::as_str)
        .collect();
    if !lines.is_empty() {
        sql.push_str(&format!(" (\n    {}\n)", lines.join(",\n    ")));
    } else if partition_of.is_none() && table.of_type.is_none() {
        sql.push_str(" ()");
    }
    if let (Some(bound), Some(_)) = (&table.partition_bound, partition_of) {
        sql.push_str(&format!("\n    {}", writer.text(bound)));
    }
    sql.push_str(&inherits(table));
    sql.push_str(&tail(writer, table));
    sql
}

fn inherits(table: &Table) -> String {
    if table.is_partition() || table.parents.is_empty() {
        return String::new();
    }
    let names: Vec<String> = table
        .parents
        .iter()
        .map(|Parent(schema, name)| Qualified { schema, name }.to_string())
        .collect();
    format!(" INHERITS ({})", names.join(", "))
}

fn tail(writer: &Writer, table: &Table) -> String {
    let mut tail = String::new();
    if let Some(key) = &table.partition_by {
        tail.push_str(&format!(" PARTITION BY {}", writer.text(key)));
    }
    if let Some(method) = &table.access_method {
        tail.push_str(&format!(" USING {}", Ident(method)));
    }
    let options = all_options(table);
    if !options.is_empty() {
        tail.push_str(&format!(" WITH ({})", options.join(", ")));
    }
    if let Some(tablespace) = &table.tablespace {
        tail.push_str(&format!(" TABLESPACE {}", Ident(tablespace)));
    }
    if let Some(server) = &table.server {
        tail.push_str(&format!(" SERVER {}", Ident(server)));
        if !table.foreign_options.is_empty() {
            tail.push_str(&format!(
                " OPTIONS ({})",
                foreign_options(&table.foreign_options)
            ));
        }
    }
    tail
}

/// Storage parameters, those of the TOAST table with their prefix.
pub(crate) fn all_options(table: &Table) -> Vec<String> {
    let own = table.options.iter().map(|option| storage_option(option));
    let toast = table
        .toast_options
        .iter()
        .map(|option| format!("toast.{}", storage_option(option)));
    own.chain(toast).collect()
}

/// `name=value` as SQL: values that are no plain words or numbers are quoted.
pub(crate) fn storage_option(option: &str) -> String {
    let Some((name, value)) = option.split_once('=') else {
        return option.to_owned();
    };
    let plain = value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
        && !value.is_empty();
    let value = if plain {
        value.to_owned()
    } else {
        literal(value)
    };
    format!("{name} = {value}")
}

/// `name 'value', …`.
pub(crate) fn foreign_options(options: &[String]) -> String {
    let written: Vec<String> = options
        .iter()
        .map(|option| {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            format!("{} {}", Ident(name), literal(value))
        })
        .collect();
    written.join(", ")
}

/// `ADD`, `SET` and `DROP` clauses that turn one list of foreign options into another.
pub(crate) fn option_changes(old: &[String], new: &[String]) -> String {
    let name = |option: &str| option.split('=').next().unwrap_or_default().to_owned();
    let mut clauses = Vec::new();
    for option in new.iter().filter(|option| !old.contains(option)) {
        let verb = if old.iter().any(|o| name(o) == name(option)) {
            "SET"
        } else {
            "ADD"
        };
        clauses.push(format!(
            "{verb} {}",
            foreign_options(std::slice::from_ref(option))
        ));
    }
    for option in old
        .iter()
        .filter(|o| !new.iter().any(|n| name(n) == name(o)))
    {
        clauses.push(format!("DROP {}", Ident(&name(option))));
    }
    clauses.join(", ")
}

/// How a constraint is written inside `CREATE TABLE`.
pub(crate) enum InlineConstraint {
    /// With its only column.
    OfColumn(String),
    /// On a line of its own.
    OfTable(String),
}

impl InlineConstraint {
    /// The same constraint on a line of its own, where its column has no clause.
    pub(crate) fn beside_the_columns(self, writer: &Writer, constraint: &Constraint) -> Self {
        match self {
            InlineConstraint::OfColumn(_) => {
                InlineConstraint::OfTable(constraint_definition(writer, constraint))
            }
            InlineConstraint::OfTable(line) => InlineConstraint::OfTable(line),
        }
    }
}

/// Writes a constraint for `CREATE TABLE`: unnamed where PostgreSQL gives that name by itself.
pub(crate) fn inline_constraint(
    writer: &Writer,
    id: &ObjectId,
    constraint: &Constraint,
    name_is_free: bool,
) -> InlineConstraint {
    let definition = constraint_definition(writer, constraint);
    let implied = name_is_free && implied_name(id, constraint).as_deref() == Some(&id.name);
    if !implied {
        let name = Ident(&id.name);
        return InlineConstraint::OfTable(format!("CONSTRAINT {name} {definition}"));
    }
    match column_form(constraint, &definition) {
        Some(clause) => InlineConstraint::OfColumn(clause),
        None => InlineConstraint::OfTable(definition),
    }
}

/// The clause of a constraint on a single column: without the list that names the column.
fn column_form(constraint: &Constraint, definition: &str) -> Option<String> {
    let [column] = constraint.columns.as_slice() else {
        return None;
    };
    let listed = |keyword: &str| format!("{keyword} ({})", Ident(column));
    let after = |keyword: &str| definition.strip_prefix(&listed(keyword)).map(str::to_owned);
    match constraint.kind {
        ConstraintType::PrimaryKey => after("PRIMARY KEY").map(|rest| format!("PRIMARY KEY{rest}")),
        ConstraintType::Unique => after("UNIQUE").map(|rest| format!("UNIQUE{rest}")),
        ConstraintType::ForeignKey => after("FOREIGN KEY").map(|rest| rest.trim_start().to_owned()),
        ConstraintType::Check => Some(definition.to_owned()),
        ConstraintType::Exclusion => None,
    }
}

/// The name that PostgreSQL gives to an unnamed constraint, where no other name is in its way and
/// nothing is too long.
fn implied_name(id: &ObjectId, constraint: &Constraint) -> Option<String> {
    let columns = constraint.columns.join("_");
    let name = match constraint.kind {
        ConstraintType::PrimaryKey => format!("{}_pkey", id.parent),
        ConstraintType::Unique => format!("{}_{columns}_key", id.parent),
        ConstraintType::ForeignKey => format!("{}_{columns}_fkey", id.parent),
        ConstraintType::Check if constraint.columns.len() == 1 => {
            format!("{}_{columns}_check", id.parent)
        }
        ConstraintType::Check | ConstraintType::Exclusion => return None,
    };
    (name.len() <= 63).then_some(name)
}

/// The definition of a constraint with what PostgreSQL does not print of a key's index: its parameters
/// and its tablespace.
fn constraint_definition(writer: &Writer, constraint: &Constraint) -> String {
    let (key, timing) = split_timing(&constraint.definition);
    let index = index_clauses(constraint);
    writer.constraint(&format!("{key}{index}{timing}"))
}

/// The definition of a key without what says when it is checked, and that.
pub(crate) fn split_timing(definition: &str) -> (&str, &str) {
    [" DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE"]
        .iter()
        .find_map(|timing| {
            let key = definition.strip_suffix(timing)?;
            Some(definition.split_at(key.len()))
        })
        .unwrap_or((definition, ""))
}

fn index_clauses(constraint: &Constraint) -> String {
    let tablespace = match (constraint.kind, &constraint.tablespace) {
        // It would have to stand before the predicate.
        (ConstraintType::Exclusion, _) | (_, None) => String::new(),
        (_, Some(name)) => format!(" USING INDEX TABLESPACE {}", Ident(name)),
    };
    format!("{}{tablespace}", with_options(&constraint.options))
}

/// ` WITH (…)`, where there are storage parameters.
pub(crate) fn with_options(options: &[String]) -> String {
    if options.is_empty() {
        return String::new();
    }
    let written: Vec<String> = options
        .iter()
        .map(|option| storage_option(option))
        .collect();
    format!(" WITH ({})", written.join(", "))
}

/// The clauses that turn one list of storage parameters into another, `RESET` before `SET`.
pub(crate) fn storage_changes(prefix: &str, old: &[String], new: &[String]) -> Vec<String> {
    let name = |option: &String| option.split('=').next().unwrap_or_default().to_owned();
    let kept: Vec<String> = new.iter().map(name).collect();
    let gone = old.iter().map(name).filter(|option| !kept.contains(option));
    let changed = new.iter().filter(|option| !old.contains(option));
    let lists = [
        ("RESET", gone.collect::<Vec<_>>()),
        (
            "SET",
            changed.map(|option| storage_option(option)).collect(),
        ),
    ];
    let clause = |(verb, list): (&str, Vec<String>)| {
        let list: Vec<String> = list
            .iter()
            .map(|option| format!("{prefix}{option}"))
            .collect();
        (!list.is_empty()).then(|| format!("{verb} ({})", list.join(", ")))
    };
    lists.into_iter().filter_map(clause).collect()
}

/// `ALTER TABLE … ADD CONSTRAINT …`.
pub(crate) fn add_constraint(writer: &Writer, id: &ObjectId, constraint: &Constraint) -> String {
    format!(
        "ALTER TABLE {} ADD CONSTRAINT {} {}",
        id.parent_name(),
        Ident(&id.name),
        constraint_definition(writer, constraint)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_values_of_storage_parameters_are_quoted() {
        assert_eq!(storage_option("fillfactor=70"), "fillfactor = 70");
        assert_eq!(storage_option("note=a b"), "note = 'a b'");
    }
}

//! A field on the command line: `name[:type][:not-null][:unique]…`, read into a value.

mod attribute;
mod parse;

use std::fmt;

pub(crate) use self::parse::unquoted;
pub use self::parse::{FieldError, FieldErrorKind};
use super::ident::{Identifier, Name};

/// One field: a column with what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The column.
    pub name: Identifier,
    /// Its type.
    pub kind: FieldType,
    /// `:not-null`.
    pub not_null: bool,
    /// `:unique`.
    pub unique: bool,
    /// `:primary-key`.
    pub primary_key: bool,
    /// `:index`.
    pub index: bool,
    /// `:references(table[.column])`.
    pub references: Option<Reference>,
    /// `:default=EXPR`, SQL.
    pub default: Option<String>,
    /// `:backfill=EXPR`, SQL: the value for rows that exist already.
    pub backfill: Option<String>,
}

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// None was given.
    Unstated,
    /// SQL, as it was given.
    Sql(String),
    /// `enum(name,label,…)`: a type that is made with the column.
    Enum(EnumType),
}

/// An enum type with its labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumType {
    /// The type.
    pub name: Name,
    /// Its labels, not quoted.
    pub labels: Vec<String>,
}

/// What a column references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The table.
    pub table: Name,
    /// The column; without one, the table's primary key.
    pub column: Option<Identifier>,
    /// `:on-delete=…`.
    pub on_delete: Option<OnDelete>,
}

/// What happens to a row when the row that it references goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// It goes too.
    Cascade,
    /// The other one can't go.
    Restrict,
    /// Its column becomes NULL.
    SetNull,
    /// Its column becomes the default.
    SetDefault,
    /// The other one can't go, checked at the end of the statement: PostgreSQL's default.
    NoAction,
}

impl OnDelete {
    /// Each with the word that the user writes and its SQL.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Cascade, "cascade", "CASCADE"),
        (Self::Restrict, "restrict", "RESTRICT"),
        (Self::SetNull, "set-null", "SET NULL"),
        (Self::SetDefault, "set-default", "SET DEFAULT"),
        (Self::NoAction, "no-action", "NO ACTION"),
    ];
}

impl fmt::Display for OnDelete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = Self::ALL.iter().find(|(action, _, _)| action == self);
        f.write_str(row.map_or("NO ACTION", |(_, _, sql)| sql))
    }
}

impl Field {
    /// A column of which only the name is known.
    pub fn named(name: Identifier) -> Self {
        Self {
            name,
            kind: FieldType::Unstated,
            not_null: false,
            unique: false,
            primary_key: false,
            index: false,
            references: None,
            default: None,
            backfill: None,
        }
    }

    /// The type as SQL. A column without one is `text`, and `bigint` where it references a table,
    /// as the `id` that `create_…` writes.
    pub fn type_sql(&self) -> String {
        match &self.kind {
            FieldType::Unstated if self.references.is_some() => "bigint".to_owned(),
            FieldType::Unstated => "text".to_owned(),
            FieldType::Sql(sql) => sql.clone(),
            FieldType::Enum(kind) => kind.name.to_string(),
        }
    }
}

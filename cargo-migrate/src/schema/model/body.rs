//! What an object is, apart from its name: the attributes that a schema dump shows.
//!
//! Expressions and definitions are the text that PostgreSQL prints under an empty search path.

use serde::Deserialize;

/// A parent of a table: schema and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Parent(pub String, pub String);

/// The attributes of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A schema has none.
    Schema,
    /// An extension.
    Extension(Extension),
    /// An enum type.
    Enum(Enum),
    /// A composite type.
    Composite(Composite),
    /// A domain.
    Domain(Domain),
    /// A sequence.
    Sequence(Sequence),
    /// Which column owns a sequence.
    Owner(Owner),
    /// A table.
    Table(Box<Table>),
    /// A column.
    Column(Box<Column>),
    /// The default of a column.
    Default(Expression),
    /// A constraint of a table or a domain.
    Constraint(Box<Constraint>),
    /// An index.
    Index(Box<Index>),
    /// A view or a materialized view.
    View(Box<View>),
    /// A function or a procedure.
    Routine(Box<Routine>),
    /// A policy.
    Policy(Policy),
    /// An extended statistics object.
    Statistics(Statistics),
    /// A foreign-data wrapper, a foreign server or a user mapping.
    Foreign(Foreign),
    /// Every kind that is created by its definition and never altered.
    Plain(Plain),
}

/// An extension. Its version is not compared: a dump doesn't hold it either.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Extension {
    /// The schema of its objects.
    pub in_schema: String,
}

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Enum {
    /// The values in their order.
    pub values: Vec<String>,
}

/// An attribute of a composite type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The type.
    pub data_type: String,
    /// The collation, where it is not the type's.
    pub collation: Option<String>,
}

/// A composite type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Composite {
    /// The attributes in their order.
    pub attributes: Vec<Attribute>,
}

/// A domain; its checks are objects of their own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Domain {
    /// The type beneath.
    pub base: String,
    /// The collation, where it is not the type's.
    pub collation: Option<String>,
    /// The default.
    pub default_value: Option<String>,
    /// Whether null is refused.
    pub not_null: bool,
}

/// A sequence, also that of an identity column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sequence {
    /// `smallint`, `integer` or `bigint`.
    pub data_type: String,
    /// The first value.
    pub start: i64,
    /// The step.
    pub increment: i64,
    /// The lowest value.
    pub min: i64,
    /// The highest value.
    pub max: i64,
    /// How many values a session takes at once.
    pub cache: i64,
    /// Whether it starts again at its end.
    pub cycle: bool,
    /// Whether it is unlogged.
    pub unlogged: bool,
    /// Whether it is the sequence of an identity column.
    #[serde(deserialize_with = "null_is_false")]
    pub identity: bool,
    /// Schema, table and column that own it.
    pub owned_by: Option<(String, String, String)>,
}

/// Which column owns a sequence: the sequence is dropped with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Schema, table and column.
    pub column: (String, String, String),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Table {
    /// Whether it is a foreign table.
    pub is_foreign: bool,
    /// Whether it is unlogged.
    pub unlogged: bool,
    /// The partition key, of a partitioned table.
    pub partition_by: Option<String>,
    /// The bound, of a partition.
    pub partition_bound: Option<String>,
    /// The partitioned table, or the tables that it inherits from.
    pub parents: Vec<Parent>,
    /// The composite type of a typed table.
    pub of_type: Option<String>,
    /// Storage parameters.
    pub options: Vec<String>,
    /// Storage parameters of the TOAST table.
    pub toast_options: Vec<String>,
    /// The access method, where it is not `heap`.
    pub access_method: Option<String>,
    /// The tablespace, where it is not the database's.
    pub tablespace: Option<String>,
    /// Whether row security is on.
    pub row_security: bool,
    /// Whether row security is on for the owner too.
    pub force_row_security: bool,
    /// `d` default, `n` nothing, `f` full, `i` index.
    pub replica_identity: String,
    /// The server, of a foreign table.
    pub server: Option<String>,
    /// The options of a foreign table.
    pub foreign_options: Vec<String>,
}

impl Table {
    /// Whether it is a partition of another table.
    #[must_use]
    pub fn is_partition(&self) -> bool {
        self.partition_bound.is_some()
    }
}

/// A column; its default is an object of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Column {
    /// The number that PostgreSQL gave it; never compared.
    pub position: i16,
    /// The type.
    pub data_type: String,
    /// The collation, where it is not the type's.
    pub collation: Option<String>,
    /// Whether null is refused.
    pub not_null: bool,
    /// The name of the constraint that refuses null, which PostgreSQL has since 18.
    #[serde(default)]
    pub not_null_name: Option<String>,
    /// Whether the table refuses null itself, and not only a parent; since 18, never compared.
    #[serde(default)]
    pub not_null_local: Option<bool>,
    /// `a` always, `d` by default, empty for none.
    pub identity: String,
    /// `s` stored, `v` virtual, empty for none.
    pub generated: String,
    /// The default or the generating expression.
    pub expression: Option<String>,
    /// The storage, where it is not the type's.
    pub storage: Option<String>,
    /// The compression, where one is set.
    pub compression: Option<String>,
    /// The statistics target, where one is set.
    pub statistics: Option<i32>,
    /// Attribute options (`n_distinct`).
    pub options: Vec<String>,
    /// Options of a foreign table's column.
    pub foreign_options: Vec<String>,
    /// Whether the table itself declares it.
    pub local: bool,
    /// Whether a parent has it.
    pub inherited: bool,
}

/// A default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Expression {
    /// The expression.
    pub expression: String,
}

/// The type of a constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum ConstraintType {
    /// A primary key.
    #[serde(rename = "p")]
    PrimaryKey,
    /// A unique constraint.
    #[serde(rename = "u")]
    Unique,
    /// A check.
    #[serde(rename = "c")]
    Check,
    /// A foreign key.
    #[serde(rename = "f")]
    ForeignKey,
    /// An exclusion constraint.
    #[serde(rename = "x")]
    Exclusion,
}

impl ConstraintType {
    /// Whether an index of the same name carries it.
    #[must_use]
    pub fn has_index(self) -> bool {
        match self {
            ConstraintType::PrimaryKey | ConstraintType::Unique | ConstraintType::Exclusion => true,
            ConstraintType::Check | ConstraintType::ForeignKey => false,
        }
    }
}

/// A constraint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Constraint {
    /// The type.
    #[serde(rename = "type")]
    pub kind: ConstraintType,
    /// The definition, from its keyword on.
    pub definition: String,
    /// Whether existing rows are known to keep it.
    pub validated: bool,
    /// Whether it exists only because a parent has it.
    pub inherited: bool,
    /// Whether its check can wait for the end of a transaction.
    pub is_deferrable: bool,
    /// The columns, in their order.
    #[serde(skip_deserializing)]
    pub columns: Vec<String>,
    /// The table that a foreign key points at.
    #[serde(default)]
    pub target: Option<Parent>,
    /// Whether `CLUSTER` uses its index.
    pub clustered: bool,
    /// Whether its index is the replica identity.
    pub replica_identity: bool,
    /// The storage parameters of a key's index.
    #[serde(default)]
    pub options: Vec<String>,
    /// The tablespace of its index.
    #[serde(default)]
    pub tablespace: Option<String>,
    /// The constraint of the partitioned table that it belongs to: schema, table, name.
    #[serde(default)]
    pub partition_of: Option<(String, String, String)>,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Index {
    /// Whether it is unique.
    pub is_unique: bool,
    /// The definition, from `USING` on.
    pub definition: String,
    /// Whether it is usable.
    pub is_valid: bool,
    /// Whether `CLUSTER` uses it.
    pub clustered: bool,
    /// Whether it is the replica identity.
    pub replica_identity: bool,
    /// Whether its table is partitioned.
    pub partitioned: bool,
    /// The tablespace.
    pub tablespace: Option<String>,
    /// The index of the partitioned table that it is attached to.
    pub partition_of: Option<Parent>,
    /// Statistics targets of expression columns.
    pub statistics: Vec<(i16, i32)>,
}

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ViewColumn {
    /// The name.
    pub name: String,
    /// The type.
    pub data_type: String,
    /// The collation, by number.
    pub collation: String,
}

/// A view or a materialized view.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct View {
    /// Whether it is materialized.
    pub materialized: bool,
    /// The query.
    pub definition: String,
    /// Options such as `security_invoker`.
    pub options: Vec<String>,
    /// The access method, where it is not `heap`.
    pub access_method: Option<String>,
    /// The tablespace, where it is not the database's.
    pub tablespace: Option<String>,
    /// Whether a materialized view holds rows.
    pub populated: bool,
    /// The columns.
    pub columns: Vec<ViewColumn>,
    /// What is said of columns of a materialized view.
    pub settings: Vec<ViewSetting>,
}

/// A clause about a column of a materialized view: its statistics target, its storage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ViewSetting {
    /// The column.
    pub column: String,
    /// What says it.
    pub set: String,
    /// What takes it back.
    pub reset: String,
}

/// A function or a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Routine {
    /// `f` function, `p` procedure, `w` window function.
    pub kind: String,
    /// The language.
    pub language: String,
    /// The arguments with names and defaults.
    pub arguments: String,
    /// The result type, of a function.
    pub result: Option<String>,
    /// The whole `CREATE OR REPLACE` statement.
    pub definition: String,
    /// The source text; empty where the body is SQL-standard.
    pub body: String,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Policy {
    /// `ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub command: String,
    /// Whether it is permissive.
    pub permissive: bool,
    /// The roles, as SQL.
    pub roles: Vec<String>,
    /// The `USING` expression.
    pub using_expression: Option<String>,
    /// The `WITH CHECK` expression.
    pub check_expression: Option<String>,
}

/// An extended statistics object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Statistics {
    /// The schema of its table.
    pub table_schema: String,
    /// Its table.
    pub table: String,
    /// The whole `CREATE STATISTICS` statement.
    pub definition: String,
    /// The statistics target, where one is set.
    pub target: Option<i32>,
}

/// What somebody else than the owner may do with an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Grant {
    /// The role as SQL, or `PUBLIC`.
    pub grantee: String,
    /// The privilege.
    pub privilege: String,
    /// Whether it can be passed on.
    pub grantable: bool,
}

/// A foreign-data wrapper, a foreign server or a user mapping.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Foreign {
    /// The wrapper, of a server.
    pub wrapper: Option<String>,
    /// The type, of a server.
    #[serde(rename = "type")]
    pub server_type: Option<String>,
    /// The version, of a server.
    pub version: Option<String>,
    /// The handler, of a wrapper, as SQL.
    pub handler: Option<String>,
    /// The validator, of a wrapper, as SQL.
    pub validator: Option<String>,
    /// The options, `name=value`.
    pub options: Vec<String>,
}

/// An object that is created by its definition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Plain {
    /// The whole statement that creates it.
    pub definition: String,
    /// `O` origin, `D` disabled, `R` replica, `A` always; for triggers and rules.
    #[serde(default)]
    pub enabled: Option<String>,
}

impl Body {
    /// The texts that name other objects, which a rename of those changes.
    pub(crate) fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Body::Schema | Body::Enum(_) | Body::Extension(_) => Vec::new(),
            Body::Composite(c) => c.attributes.iter_mut().map(|a| &mut a.data_type).collect(),
            Body::Domain(d) => std::iter::once(&mut d.base)
                .chain(&mut d.default_value)
                .collect(),
            Body::Sequence(_) | Body::Owner(_) => Vec::new(),
            Body::Table(t) => t.partition_by.iter_mut().chain(&mut t.of_type).collect(),
            Body::Column(c) => std::iter::once(&mut c.data_type)
                .chain(&mut c.expression)
                .collect(),
            Body::Default(d) => vec![&mut d.expression],
            Body::Constraint(c) => vec![&mut c.definition],
            Body::Index(i) => vec![&mut i.definition],
            Body::View(v) => std::iter::once(&mut v.definition)
                .chain(v.columns.iter_mut().map(|c| &mut c.data_type))
                .collect(),
            Body::Routine(r) => {
                let mut texts = vec![&mut r.definition, &mut r.arguments];
                texts.extend(&mut r.result);
                texts
            }
            Body::Policy(p) => p
                .using_expression
                .iter_mut()
                .chain(&mut p.check_expression)
                .collect(),
            Body::Statistics(s) => vec![&mut s.definition],
            Body::Foreign(f) => f.handler.iter_mut().chain(&mut f.validator).collect(),
            Body::Plain(p) => vec![&mut p.definition],
        }
    }
}

fn null_is_false<'de, D: serde::Deserializer<'de>>(input: D) -> Result<bool, D::Error> {
    Ok(Option::<bool>::deserialize(input)?.unwrap_or(false))
}

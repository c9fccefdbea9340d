//! Which object: its kind and its name. Ids are stable between snapshots and sort the same always.

use std::fmt;

use crate::schema::name::{Ident, PUBLIC, Qualified};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $noun:literal,)*) => {
        /// A kind of object. The order is the order in which new objects are written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The name in lower case, as in messages and patterns.
            #[must_use]
            pub fn noun(self) -> &'static str {
                match self { $(Kind::$kind => $noun,)* }
            }
        }
    };
}

kinds! {
    /// A schema.
    Schema "schema",
    /// An extension.
    Extension "extension",
    /// A procedural language.
    Language "language",
    /// A collation.
    Collation "collation",
    /// An enum type.
    Enum "enum",
    /// A value of an enum type.
    EnumValue "enum value",
    /// A composite type.
    Composite "composite type",
    /// A domain.
    Domain "domain",
    /// A check of a domain.
    DomainConstraint "domain constraint",
    /// A range type.
    Range "range type",
    /// A base type.
    BaseType "base type",
    /// A sequence.
    Sequence "sequence",
    /// A foreign-data wrapper.
    ForeignDataWrapper "foreign-data wrapper",
    /// A foreign server.
    Server "server",
    /// A user mapping of a foreign server.
    UserMapping "user mapping",
    /// A function or a procedure.
    Routine "function",
    /// An aggregate.
    Aggregate "aggregate",
    /// An operator.
    Operator "operator",
    /// An operator family.
    OperatorFamily "operator family",
    /// An operator class.
    OperatorClass "operator class",
    /// A cast.
    Cast "cast",
    /// A conversion of encodings.
    Conversion "conversion",
    /// A text search parser.
    TextSearchParser "text search parser",
    /// A text search template.
    TextSearchTemplate "text search template",
    /// A text search dictionary.
    TextSearchDictionary "text search dictionary",
    /// A text search configuration.
    TextSearchConfiguration "text search configuration",
    /// A transform.
    Transform "transform",
    /// An access method.
    AccessMethod "access method",
    /// A table, partitioned and foreign ones too.
    Table "table",
    /// A column of a table.
    Column "column",
    /// The default of a column.
    Default "default",
    /// Which column owns a sequence.
    SequenceOwner "sequence owner",
    /// A constraint of a table.
    Constraint "constraint",
    /// An index that no constraint owns.
    Index "index",
    /// A view.
    View "view",
    /// A materialized view.
    MaterializedView "materialized view",
    /// An extended statistics object.
    Statistics "statistics",
    /// A rule.
    Rule "rule",
    /// A trigger.
    Trigger "trigger",
    /// A policy of row security.
    Policy "policy",
    /// An event trigger.
    EventTrigger "event trigger",
    /// A publication.
    Publication "publication",
    /// A subscription.
    Subscription "subscription",
    /// Default privileges.
    DefaultPrivileges "default privileges",
}

/// Where a name must be free before an object can take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    /// Tables, views, sequences, indexes and composite types of a schema.
    Relation,
    /// Types of a schema, row types too.
    Type,
    /// Objects of this kind alone.
    Kind(Kind),
}

/// The identity of one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// The kind.
    pub kind: Kind,
    /// The schema; empty where the kind has none.
    pub schema: String,
    /// The table, view or domain that it belongs to; empty where it stands alone.
    pub parent: String,
    /// The name.
    pub name: String,
    /// The types of a routine's or an operator's arguments; empty elsewhere.
    pub args: String,
}

impl ObjectId {
    /// An object that stands alone in its schema.
    #[must_use]
    pub fn new(kind: Kind, schema: &str, name: &str) -> Self {
        Self::of(kind, schema, "", name)
    }

    /// An object that belongs to a table, view or domain.
    #[must_use]
    pub fn of(kind: Kind, schema: &str, parent: &str, name: &str) -> Self {
        ObjectId {
            kind,
            schema: schema.to_owned(),
            parent: parent.to_owned(),
            name: name.to_owned(),
            args: String::new(),
        }
    }

    /// The name as SQL, with its schema where that is not `public`.
    #[must_use]
    pub fn qualified(&self) -> Qualified<'_> {
        Qualified {
            schema: &self.schema,
            name: &self.name,
        }
    }

    /// The table, view or domain that it belongs to, as SQL.
    #[must_use]
    pub fn parent_name(&self) -> Qualified<'_> {
        Qualified {
            schema: &self.schema,
            name: &self.parent,
        }
    }

    /// The same place with another kind: a column and its default.
    #[must_use]
    pub fn with_kind(&self, kind: Kind) -> Self {
        ObjectId {
            kind,
            ..self.clone()
        }
    }

    /// The table that a column, constraint, … belongs to.
    #[must_use]
    pub fn table(&self) -> Self {
        Self::new(Kind::Table, &self.schema, &self.parent)
    }

    /// Whether it belongs to that relation or domain.
    #[must_use]
    pub fn is_part_of(&self, owner: &ObjectId) -> bool {
        !self.parent.is_empty() && self.schema == owner.schema && self.parent == owner.name
    }

    /// The kind and the name: ``column `users.email` ``.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("{} `{self}`", self.kind.noun())
    }

    /// The name spaces that it takes a name in, for what collides with it.
    #[must_use]
    pub fn spaces(&self, takes_index_name: bool) -> Vec<Space> {
        match self.kind {
            Kind::Table | Kind::View | Kind::MaterializedView | Kind::Composite => {
                vec![Space::Relation, Space::Type]
            }
            Kind::Sequence | Kind::Index => vec![Space::Relation],
            Kind::Constraint if takes_index_name => {
                vec![Space::Relation, Space::Kind(Kind::Constraint)]
            }
            Kind::Enum | Kind::Domain | Kind::Range | Kind::BaseType => vec![Space::Type],
            Kind::Routine | Kind::Aggregate => vec![Space::Kind(Kind::Routine)],
            other => vec![Space::Kind(other)],
        }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.schema.is_empty() && self.schema != PUBLIC {
            write!(f, "{}.", Ident(&self.schema))?;
        }
        if !self.parent.is_empty() {
            write!(f, "{}.", Ident(&self.parent))?;
        }
        write!(f, "{}", Ident(&self.name))?;
        match self.kind {
            Kind::Routine | Kind::Aggregate | Kind::Operator => write!(f, "({})", self.args),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_without_public() {
        let column = ObjectId::of(Kind::Column, "public", "users", "order");
        assert_eq!(column.describe(), "column `users.\"order\"`");
        let table = ObjectId::new(Kind::Table, "app", "users");
        assert_eq!(table.to_string(), "app.users");
    }

    #[test]
    fn a_primary_key_takes_the_name_of_its_index() {
        let key = ObjectId::of(Kind::Constraint, "public", "users", "users_pkey");
        assert!(key.spaces(true).contains(&Space::Relation));
        assert!(!key.spaces(false).contains(&Space::Relation));
    }
}

//! The relations of a database, and in which files their rows are.

use std::collections::BTreeMap;

use postgres::{Client, SimpleQueryMessage};
use serde::Serialize;

use crate::schema::name::Qualified;

/// A relation's number in `pg_class`.
pub(super) type Oid = u32;

/// What can be locked and written anew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Relation {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RelationKind,
    /// The file that holds it; 0 where there is none. Whoever writes it anew takes another one.
    #[serde(skip)]
    pub(super) file: u32,
    /// Of an index: its table; else 0.
    #[serde(skip)]
    pub(super) table: Oid,
}

/// The kinds of relations that are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// A table, partitioned or not.
    Table,
    /// A materialized view.
    MaterializedView,
    /// An index, partitioned or not.
    Index,
    /// A view.
    View,
    /// A sequence.
    Sequence,
    /// A foreign table.
    ForeignTable,
}

impl RelationKind {
    fn parse(letter: &str) -> Option<Self> {
        Some(match letter {
            "r" | "p" => Self::Table,
            "i" | "I" => Self::Index,
            "v" => Self::View,
            "m" => Self::MaterializedView,
            "S" => Self::Sequence,
            "f" => Self::ForeignTable,
            _ => return None,
        })
    }

    /// Its name in a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Index => "index",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Sequence => "sequence",
            Self::ForeignTable => "foreign table",
        }
    }

    /// Whether it holds rows or entries, which take long to write anew where there are many.
    const fn is_filled(self) -> bool {
        match self {
            Self::Table | Self::Index | Self::MaterializedView => true,
            Self::View | Self::Sequence | Self::ForeignTable => false,
        }
    }
}

impl std::fmt::Display for Relation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = Qualified {
            schema: &self.schema,
            name: &self.name,
        };
        write!(f, "{} `{name}`", self.kind.name())
    }
}

/// The relations of a database, without those of the system and temporary ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Relations(BTreeMap<Oid, Relation>);

impl Relations {
    /// Reads them as this session sees them, what it has not committed too.
    pub(super) fn read(client: &mut Client) -> Result<Self, postgres::Error> {
        let messages = client.simple_query(
            "SELECT c.oid, n.nspname, c.relname, c.relkind, c.relfilenode, \
                    COALESCE(i.indrelid, 0) \
             FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace \
             LEFT JOIN pg_catalog.pg_index i ON i.indexrelid OPERATOR(pg_catalog.=) c.oid \
             WHERE n.nspname OPERATOR(pg_catalog.<>) 'information_schema' \
               AND n.nspname OPERATOR(pg_catalog.!~) '^pg_' \
             ORDER BY c.oid",
        )?;
        let relation = |message: &SimpleQueryMessage| {
            let SimpleQueryMessage::Row(row) = message else {
                return None;
            };
            let number = |at: usize| row.get(at)?.parse::<u32>().ok();
            let relation = Relation {
                schema: row.get(1)?.to_owned(),
                name: row.get(2)?.to_owned(),
                kind: RelationKind::parse(row.get(3)?)?,
                file: number(4)?,
                table: number(5)?,
            };
            Some((number(0)?, relation))
        };
        Ok(Self(messages.iter().filter_map(relation).collect()))
    }

    /// The relation of this number.
    pub(super) fn get(&self, oid: Oid) -> Option<&Relation> {
        self.0.get(&oid)
    }

    /// Those that hold rows.
    pub(super) fn filled(&self) -> impl Iterator<Item = Oid> {
        let is_filled =
            |relation: &Relation| relation.kind.is_filled() && relation.kind != RelationKind::Index;
        let all = self.0.iter();
        all.filter(move |(_, relation)| is_filled(relation))
            .map(|(&oid, _)| oid)
    }

    /// Those of them that are in another file in `after`. An index that ALTER TABLE made anew has
    /// another number as well, but its table and name: from now on it is known by that number too.
    pub(super) fn rewritten(&mut self, before: &Self, after: &Self) -> Vec<Relation> {
        let mut rewritten = Vec::new();
        for (oid, old) in &before.0 {
            let Some(known) = self
                .0
                .get(oid)
                .filter(|known| known.kind.is_filled())
                .cloned()
            else {
                continue;
            };
            let Some((new_oid, new)) = after.successor(*oid, old) else {
                continue;
            };
            if old.file != 0 && new.file != old.file {
                rewritten.push(known.clone());
            }
            self.0.insert(new_oid, known);
        }
        rewritten.sort_by(|one, other| (one.kind, one).cmp(&(other.kind, other)));
        rewritten
    }

    fn successor(&self, oid: Oid, old: &Relation) -> Option<(Oid, &Relation)> {
        if let Some(same) = self.0.get(&oid) {
            return Some((oid, same));
        }
        let is_anew = |new: &&Relation| {
            old.kind == RelationKind::Index
                && (new.table, &new.schema, &new.name) == (old.table, &old.schema, &old.name)
        };
        let mut all = self.0.iter();
        all.find(|(_, new)| is_anew(new))
            .map(|(oid, new)| (*oid, new))
    }
}

//! All objects of one database and the edges between them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::{Body, Column, Constraint, Edges, Grant, Kind, ObjectId, Table};

/// The schema of one database at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// `server_version_num` of the server.
    pub server_version: u32,
    /// Every object that is compared.
    pub objects: BTreeMap<ObjectId, Body>,
    /// Comments by the object, or the column of a view, that they are on.
    pub comments: BTreeMap<ObjectId, String>,
    /// Privileges by the object, or the column, that they are on.
    pub grants: BTreeMap<ObjectId, BTreeSet<Grant>>,
    /// `pg_depend`: the first needs the second.
    pub dependencies: Edges,
    /// What was seen and is not compared.
    pub not_compared: Vec<NotCompared>,
    /// Names in `public` that mean something else when written without it.
    pub shadowed: BTreeSet<String>,
    /// Who the objects are beyond their names.
    pub(crate) lineage: super::super::catalog::lineage::Lineage,
}

/// An object that exists and that no comparison looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotCompared {
    /// The kind, in words.
    pub kind: String,
    /// The name.
    pub name: String,
}

impl Snapshot {
    /// Whether nothing but `public` is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects
            .keys()
            .all(|id| id.kind == Kind::Schema && id.name == "public")
    }

    /// Forgets the numbers that tell copies of one database apart from look-alikes: afterwards
    /// objects are paired by their names and definitions alone.
    pub fn forget_lineage(&mut self) {
        self.lineage = Default::default();
    }

    /// Every object of this or of the other snapshot, in their order, with what each side has: one
    /// walk over both is far cheaper than to look each name up.
    pub(crate) fn beside<'a>(
        &'a self,
        other: &'a Snapshot,
    ) -> impl Iterator<Item = (&'a ObjectId, Option<&'a Body>, Option<&'a Body>)> {
        let mut ours = self.objects.iter().peekable();
        let mut others = other.objects.iter().peekable();
        std::iter::from_fn(move || {
            let order = match (ours.peek(), others.peek()) {
                (Some((a, _)), Some((b, _))) => a.cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return None,
            };
            let our = ours.next_if(|_| order.is_le());
            let their = others.next_if(|_| order.is_ge());
            let id = our.or(their)?.0;
            Some((id, our.map(|o| o.1), their.map(|o| o.1)))
        })
    }

    /// The table of that id.
    pub(crate) fn table(&self, id: &ObjectId) -> Option<&Table> {
        match self.objects.get(id) {
            Some(Body::Table(table)) => Some(table),
            _ => None,
        }
    }

    /// The column of that id.
    pub(crate) fn column(&self, id: &ObjectId) -> Option<&Column> {
        match self.objects.get(id) {
            Some(Body::Column(column)) => Some(column),
            _ => None,
        }
    }

    /// The constraint of that id.
    pub(crate) fn constraint(&self, id: &ObjectId) -> Option<&Constraint> {
        match self.objects.get(id) {
            Some(Body::Constraint(constraint)) => Some(constraint),
            _ => None,
        }
    }

    /// The columns of a table in their order.
    pub(crate) fn columns_of<'a>(&'a self, table: &ObjectId) -> Vec<(&'a ObjectId, &'a Column)> {
        let mut columns: Vec<_> = self
            .parts_of(table, Kind::Column)
            .filter_map(|(id, body)| match body {
                Body::Column(column) => Some((id, &**column)),
                _ => None,
            })
            .collect();
        columns.sort_by_key(|(_, column)| column.position);
        columns
    }

    /// The parts of one kind that a relation has.
    pub(crate) fn parts_of<'a>(
        &'a self,
        owner: &ObjectId,
        kind: Kind,
    ) -> impl Iterator<Item = (&'a ObjectId, &'a Body)> + use<'a> {
        let first = ObjectId::of(kind, &owner.schema, &owner.name, "");
        let owner = owner.clone();
        self.objects
            .range(first..)
            .take_while(move |(id, _)| id.kind == kind && id.is_part_of(&owner))
    }

    /// The tables, in the order of their names.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (&ObjectId, &Table)> {
        self.objects.iter().filter_map(|(id, body)| match body {
            Body::Table(table) => Some((id, &**table)),
            _ => None,
        })
    }

    /// The objects that need this one.
    pub(crate) fn needed_by<'a>(&'a self, id: &'a ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        self.dependencies
            .iter()
            .filter(move |(_, on)| *on == id)
            .map(|(of, _)| of)
    }

    /// The objects that this one needs.
    pub(crate) fn needs<'a>(&'a self, id: &'a ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        self.dependencies.of(id)
    }
}

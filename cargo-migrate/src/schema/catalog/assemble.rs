//! Puts the rows together: numbers become ids, and the edges between numbers edges between ids.

use std::collections::HashMap;

use super::ReadOptions;
use crate::schema::model::{Body, Edges, Grant, Kind, NotCompared, ObjectId, Owner, Snapshot};

/// A catalog row: the catalog, the object's number, the column's number.
pub(super) type Address = (Class, u32, i32);

/// A catalog, as its place among those that were met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Class(usize);

/// What has been taken over so far.
pub(super) struct Assembly {
    snapshot: Snapshot,
    /// In the order in which they come, which is nearly their own: cheaper to order at once.
    objects: Vec<(ObjectId, Body)>,
    numbers: Vec<(ObjectId, (u32, i16))>,
    classes: Vec<String>,
    /// The object that a catalog row stands for, by its number among `objects`.
    numbered: HashMap<Address, usize>,
    aliases: HashMap<(Class, u32), Address>,
    edges: Vec<(Address, Address)>,
    /// Edges that no catalog row says.
    own_edges: Vec<(ObjectId, ObjectId)>,
    comments: Vec<(Address, String)>,
}

impl Assembly {
    pub(super) fn new(version: u32) -> Self {
        Assembly {
            snapshot: Snapshot {
                server_version: version,
                ..Snapshot::default()
            },
            objects: Vec::new(),
            numbers: Vec::new(),
            classes: Vec::new(),
            numbered: HashMap::new(),
            aliases: HashMap::new(),
            edges: Vec::new(),
            own_edges: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// The catalog of that name.
    pub(super) fn class(&mut self, name: &str) -> Class {
        let known = self.classes.iter().position(|class| class == name);
        Class(known.unwrap_or_else(|| {
            self.classes.push(name.to_owned());
            self.classes.len() - 1
        }))
    }

    /// The row of an object as a whole.
    pub(super) fn at(&mut self, class: &str, oid: u32) -> Address {
        (self.class(class), oid, 0)
    }

    /// Takes over an object, and gives it a number.
    pub(super) fn add(&mut self, address: Address, id: ObjectId, body: Body) -> usize {
        if matches!(id.kind, Kind::Table | Kind::Column) {
            let column = i16::try_from(address.2).unwrap_or(0);
            self.numbers.push((id.clone(), (address.1, column)));
        }
        let number = self.objects.len();
        self.locate(address, number);
        self.objects.push((id, body));
        number
    }

    /// Says which object another catalog row stands for.
    pub(super) fn locate(&mut self, address: Address, object: usize) {
        self.numbered.insert(address, object);
    }

    /// The name of the object that a catalog row stands for.
    pub(super) fn name_of(&self, address: Address) -> Option<String> {
        let number = self.numbered.get(&address)?;
        Some(self.objects[*number].0.name.clone())
    }

    /// Takes over which column owns a sequence.
    pub(super) fn own(&mut self, sequence: ObjectId, column: (String, String, String)) {
        let id = sequence.with_kind(Kind::SequenceOwner);
        let owner = ObjectId::of(Kind::Column, &column.0, &column.1, &column.2);
        self.own_edges.push((id.clone(), owner));
        self.own_edges.push((id.clone(), sequence));
        self.objects.push((id, Body::Owner(Owner { column })));
    }

    pub(super) fn alias(&mut self, from: (Class, u32), to: Address) {
        self.aliases.insert(from, to);
    }

    pub(super) fn edge(&mut self, of: Address, on: Address) {
        self.edges.push((of, on));
    }

    pub(super) fn comment(&mut self, on: Address, text: String) {
        self.comments.push((on, text));
    }

    /// Takes over the comment on something that is no object of its own: a column of a view.
    pub(super) fn comment_on(&mut self, id: ObjectId, text: String) {
        self.snapshot.comments.insert(id, text);
    }

    /// Takes over a privilege on the object of a catalog row.
    pub(super) fn grant(&mut self, on: &Address, grant: Grant) {
        if let Some(number) = self.numbered.get(on) {
            let id = self.objects[*number].0.clone();
            self.grant_on(id, grant);
        }
    }

    /// Takes over a privilege on an object, or on a column of a table or view.
    pub(super) fn grant_on(&mut self, id: ObjectId, grant: Grant) {
        self.snapshot.grants.entry(id).or_default().insert(grant);
    }

    pub(super) fn shadow(&mut self, name: String) {
        self.snapshot.shadowed.insert(name);
    }

    pub(super) fn not_compared(&mut self, object: NotCompared) {
        self.snapshot.not_compared.push(object);
    }

    /// The finished snapshot.
    pub(super) fn finish(mut self, options: &ReadOptions) -> Snapshot {
        self.attach_comments();
        let history = History(options);
        let places = self.put_in_order(&history);
        self.snapshot.comments.retain(|id, _| !history.has(id));
        self.snapshot.grants.retain(|id, _| !history.has(id));
        let numbers = std::mem::take(&mut self.numbers).into_iter();
        self.snapshot.lineage.numbers = numbers.filter(|(id, _)| !history.has(id)).collect();
        self.snapshot.dependencies = self.dependencies(&places);
        self.snapshot.not_compared.sort();
        self.snapshot
    }

    /// Puts the objects, but those of the history, into the snapshot; where each of them stands there.
    fn put_in_order(&mut self, history: &History<'_>) -> Vec<Option<usize>> {
        let objects = std::mem::take(&mut self.objects);
        let mut places = vec![None; objects.len()];
        let mut kept: Vec<(usize, (ObjectId, Body))> = objects
            .into_iter()
            .enumerate()
            .filter(|(_, (id, body))| !history.has(id) && !history.owns(body))
            .collect();
        kept.sort_by(|(_, (a, _)), (_, (b, _))| a.cmp(b));
        kept.dedup_by(|(_, (a, _)), (_, (b, _))| a == b);
        for (place, (number, _)) in kept.iter().enumerate() {
            places[*number] = Some(place);
        }
        self.snapshot.objects = kept.into_iter().map(|(_, object)| object).collect();
        places
    }

    /// All edges between objects.
    fn dependencies(&self, places: &[Option<usize>]) -> Edges {
        let ids: Vec<&ObjectId> = self.snapshot.objects.keys().collect();
        // A row that stands for no object that is compared has no place.
        let known = |address: &Address| places[self.follow(address)?];
        let catalog = (self.edges.iter()).filter_map(|(of, on)| Some((known(of)?, known(on)?)));
        let place = |id: &ObjectId| ids.binary_search(&id).ok();
        let own = (self.own_edges.iter()).filter_map(|(of, on)| Some((place(of)?, place(on)?)));
        let mut edges: Vec<(usize, usize)> = catalog.chain(own).collect();
        let owners = Owners::of(&self.snapshot);
        for (at, (id, body)) in self.snapshot.objects.iter().enumerate() {
            edges.extend(owners.supports(id, body).map(|on| (at, on)));
            if id.kind == Kind::Default {
                edges.extend(place(&id.with_kind(Kind::Column)).map(|on| (at, on)));
            }
        }
        // A sequence's owner is a fact of its own: the sequence itself comes first, then the column's
        // default, then the ownership.
        let is_ownership = |of: &ObjectId, on: &ObjectId| {
            of.kind == Kind::Sequence && matches!(on.kind, Kind::Column | Kind::Table)
        };
        edges.retain(|(of, on)| of != on && !is_ownership(ids[*of], ids[*on]));
        Edges::between(&ids, edges)
    }

    fn attach_comments(&mut self) {
        for (on, text) in std::mem::take(&mut self.comments) {
            if let Some(id) = self.comment_target(&on) {
                self.snapshot.comments.insert(id, text);
            }
        }
    }

    /// The index of a constraint is no object of its own, but has a comment of its own.
    fn comment_target(&self, on: &Address) -> Option<ObjectId> {
        let id = self.objects[self.follow(on)?].0.clone();
        let is_index = self.classes[on.0.0] == "pg_class" && id.kind == Kind::Constraint;
        Some(if is_index {
            id.with_kind(Kind::Index)
        } else {
            id
        })
    }

    /// The object that a catalog row stands for: itself, what it is a side of, or that of which it is
    /// a column.
    fn follow(&self, address: &Address) -> Option<usize> {
        let mut at = *address;
        // A row type's array leads over its element to the table: two steps at most.
        for _ in 0..4 {
            if let Some(found) = self.numbered.get(&at) {
                return Some(*found);
            }
            match self.aliases.get(&(at.0, at.1)) {
                Some(next) => at = *next,
                None if at.2 != 0 => at.2 = 0,
                None => return None,
            }
        }
        None
    }
}

/// A schema and a name in it.
type Name<'a> = (&'a str, &'a str);

/// Where those stand that others are parts of.
#[derive(Default)]
struct Owners<'a> {
    schemas: HashMap<&'a str, usize>,
    relations: HashMap<Name<'a>, usize>,
    domains: HashMap<Name<'a>, usize>,
    /// Indexes, and constraints that have one.
    indexes: HashMap<Name<'a>, usize>,
}

impl<'a> Owners<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let mut owners = Self::default();
        for (at, (id, body)) in snapshot.objects.iter().enumerate() {
            let name = (id.schema.as_str(), id.name.as_str());
            match (id.kind, body) {
                (Kind::Schema, _) => owners.schemas.insert(&id.name, at),
                (Kind::Table | Kind::View | Kind::MaterializedView, _) => {
                    owners.relations.insert(name, at)
                }
                (Kind::Domain, _) => owners.domains.insert(name, at),
                (Kind::Index, _) => owners.indexes.insert(name, at),
                (_, Body::Constraint(constraint)) if constraint.kind.has_index() => {
                    owners.indexes.insert(name, at)
                }
                _ => None,
            };
        }
        owners
    }

    /// What an object needs because of what it is: parts need what they are parts of, also where
    /// `pg_depend` says it only through a column.
    fn supports(&self, id: &'a ObjectId, body: &'a Body) -> impl Iterator<Item = usize> {
        let parent = (id.schema.as_str(), id.parent.as_str());
        let owner = match id.kind {
            _ if id.parent.is_empty() => None,
            Kind::DomainConstraint => self.domains.get(&parent),
            _ => self.relations.get(&parent),
        };
        let parted = match body {
            Body::Index(index) => index.partition_of.as_ref(),
            _ => None,
        };
        let parted = parted.and_then(|name| self.indexes.get(&(name.0.as_str(), name.1.as_str())));
        let schema = self.schemas.get(id.schema.as_str());
        owner.into_iter().chain(parted).chain(schema).copied()
    }
}

/// The tables that are this tool's own.
struct History<'o>(&'o ReadOptions);

impl History<'_> {
    /// Whether an object is one of them, or a part.
    fn has(&self, id: &ObjectId) -> bool {
        self.is_table(&id.schema, &id.name) || self.is_table(&id.schema, &id.parent)
    }

    /// Whether an object is one of their sequences.
    fn owns(&self, body: &Body) -> bool {
        let column = match body {
            Body::Sequence(sequence) => sequence.owned_by.as_ref(),
            Body::Owner(owner) => Some(&owner.column),
            _ => None,
        };
        column.is_some_and(|(schema, table, _)| self.is_table(schema, table))
    }

    fn is_table(&self, schema: &str, name: &str) -> bool {
        let named = self.0.history_table.as_ref();
        name.starts_with("cargo_migrate_") || named.is_some_and(|(s, n)| s == schema && n == name)
    }
}

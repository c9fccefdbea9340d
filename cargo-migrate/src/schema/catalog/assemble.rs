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
    ids: HashMap<Address, ObjectId>,
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
            ids: HashMap::new(),
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

    /// Takes over an object.
    pub(super) fn add(&mut self, address: Address, id: ObjectId, body: Body) {
        if matches!(id.kind, Kind::Table | Kind::Column) {
            let column = i16::try_from(address.2).unwrap_or(0);
            self.numbers.push((id.clone(), (address.1, column)));
        }
        self.locate(address, id.clone());
        self.objects.push((id, body));
    }

    /// Says which id a catalog row stands for.
    pub(super) fn locate(&mut self, address: Address, id: ObjectId) {
        self.ids.insert(address, id);
    }

    /// The name of the object that a catalog row stands for.
    pub(super) fn name_of(&self, address: Address) -> Option<String> {
        self.ids.get(&address).map(|id| id.name.clone())
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
        if let Some(id) = self.ids.get(on).cloned() {
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
        self.snapshot.objects = std::mem::take(&mut self.objects).into_iter().collect();
        self.snapshot.lineage.numbers = std::mem::take(&mut self.numbers).into_iter().collect();
        leave_out_history(&mut self.snapshot, options);
        self.snapshot.dependencies = self.dependencies();
        self.snapshot.not_compared.sort();
        self.snapshot
    }

    /// All edges between objects.
    fn dependencies(&self) -> Edges {
        let ids: Vec<&ObjectId> = self.snapshot.objects.keys().collect();
        let places: HashMap<&ObjectId, usize> =
            ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let place = |id: &ObjectId| places.get(id).copied();
        // An address that stands for no object that is compared has no place.
        let known: HashMap<Address, Option<usize>> = self
            .ids
            .iter()
            .map(|(address, id)| (*address, place(id)))
            .collect();
        let catalog = self.edges.iter().filter_map(|(of, on)| {
            let (of, on) = (self.follow(&known, of), self.follow(&known, on));
            Some(((*of?)?, (*on?)?))
        });
        let own = self
            .own_edges
            .iter()
            .filter_map(|(of, on)| Some((place(of)?, place(on)?)));
        let mut edges: Vec<(usize, usize)> = catalog.chain(own).collect();
        for (at, (id, body)) in self.snapshot.objects.iter().enumerate() {
            let supports = structural_supports(&self.snapshot, &places, id, body);
            edges.extend(supports.into_iter().map(|on| (at, on)));
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
        let id = self.follow(&self.ids, on)?.clone();
        let is_index = self.classes[on.0.0] == "pg_class" && id.kind == Kind::Constraint;
        Some(if is_index {
            id.with_kind(Kind::Index)
        } else {
            id
        })
    }

    /// What is known of a catalog row: of itself, of what it is a side of, or of the object of which
    /// it is a column.
    fn follow<'a, T>(&self, known: &'a HashMap<Address, T>, address: &Address) -> Option<&'a T> {
        let mut at = *address;
        // A row type's array leads over its element to the table: two steps at most.
        for _ in 0..4 {
            if let Some(found) = known.get(&at) {
                return Some(found);
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

/// What an object needs because of what it is: parts need what they are parts of, also where
/// `pg_depend` says it only through a column.
fn structural_supports(
    snapshot: &Snapshot,
    places: &HashMap<&ObjectId, usize>,
    id: &ObjectId,
    body: &Body,
) -> Vec<usize> {
    let place = |id: &ObjectId| places.get(id).copied();
    let mut supports = Vec::new();
    if !id.parent.is_empty() {
        supports.extend(owners_of(id).find_map(|owner| place(&owner)));
    }
    if id.kind == Kind::Default {
        supports.extend(place(&id.with_kind(Kind::Column)));
    }
    if let Body::Index(index) = body
        && let Some(parent) = &index.partition_of
    {
        supports.extend(index_named(snapshot, &parent.0, &parent.1).and_then(place));
    }
    if !id.schema.is_empty() {
        supports.extend(place(&ObjectId::new(Kind::Schema, "", &id.schema)));
    }
    supports
}

/// The relation or domain that a part may belong to.
fn owners_of(part: &ObjectId) -> impl Iterator<Item = ObjectId> {
    let kinds: &[Kind] = match part.kind {
        Kind::DomainConstraint => &[Kind::Domain],
        _ => &[Kind::Table, Kind::View, Kind::MaterializedView],
    };
    kinds
        .iter()
        .map(|kind| ObjectId::new(*kind, &part.schema, &part.parent))
}

/// The index of that name, or the constraint that has one.
fn index_named<'a>(snapshot: &'a Snapshot, schema: &str, name: &str) -> Option<&'a ObjectId> {
    let named = |id: &&ObjectId| {
        matches!(id.kind, Kind::Index | Kind::Constraint) && id.schema == schema && id.name == name
    };
    snapshot.objects.keys().find(named)
}

fn leave_out_history(snapshot: &mut Snapshot, options: &ReadOptions) {
    let ours = |schema: &str, name: &str| {
        name.starts_with("cargo_migrate_")
            || options
                .history_table
                .as_ref()
                .is_some_and(|(s, n)| s == schema && n == name)
    };
    let hidden = |id: &ObjectId| ours(&id.schema, &id.name) || ours(&id.schema, &id.parent);
    let owned = |body: &Body| match body {
        Body::Sequence(s) => s
            .owned_by
            .as_ref()
            .is_some_and(|(schema, table, _)| ours(schema, table)),
        Body::Owner(o) => ours(&o.column.0, &o.column.1),
        _ => false,
    };
    snapshot
        .objects
        .retain(|id, body| !hidden(id) && !owned(body));
    snapshot.comments.retain(|id, _| !hidden(id));
    snapshot.grants.retain(|id, _| !hidden(id));
    let objects = &snapshot.objects;
    snapshot
        .lineage
        .numbers
        .retain(|id, _| objects.contains_key(id));
}

//! Puts the rows together: numbers become ids, and the edges between numbers edges between ids.

use std::collections::{BTreeMap, BTreeSet};

use super::ReadOptions;
use crate::schema::model::{Body, Grant, Kind, NotCompared, ObjectId, Owner, Snapshot};

/// A catalog row: the catalog's name, the object's number, the column's number.
pub(super) type Address = (String, u32, i32);

/// What has been taken over so far.
pub(super) struct Assembly {
    snapshot: Snapshot,
    ids: BTreeMap<Address, ObjectId>,
    aliases: BTreeMap<(String, u32), Address>,
    edges: Vec<(Address, Address)>,
    comments: Vec<(Address, String)>,
}

impl Assembly {
    pub(super) fn new(version: u32) -> Self {
        Assembly {
            snapshot: Snapshot {
                server_version: version,
                ..Snapshot::default()
            },
            ids: BTreeMap::new(),
            aliases: BTreeMap::new(),
            edges: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// Takes over an object.
    pub(super) fn add(&mut self, address: Address, id: ObjectId, body: Body) {
        if matches!(id.kind, Kind::Table | Kind::Column) {
            let column = i16::try_from(address.2).unwrap_or(0);
            self.snapshot
                .lineage
                .numbers
                .insert(id.clone(), (address.1, column));
        }
        self.locate(address, id.clone());
        self.snapshot.objects.insert(id, body);
    }

    /// Says which id a catalog row stands for.
    pub(super) fn locate(&mut self, address: Address, id: ObjectId) {
        self.ids.insert(address, id);
    }

    /// Takes over which column owns a sequence.
    pub(super) fn own(&mut self, sequence: ObjectId, column: (String, String, String)) {
        let id = sequence.with_kind(Kind::SequenceOwner);
        let owner = ObjectId::of(Kind::Column, &column.0, &column.1, &column.2);
        self.snapshot.dependencies.insert((id.clone(), owner));
        self.snapshot.dependencies.insert((id.clone(), sequence));
        self.snapshot
            .objects
            .insert(id, Body::Owner(Owner { column }));
    }

    pub(super) fn alias(&mut self, from: (String, u32), to: Address) {
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
        self.connect();
        self.attach_comments();
        let mut snapshot = self.snapshot;
        add_structural_edges(&mut snapshot);
        leave_out_history(&mut snapshot, options);
        snapshot.not_compared.sort();
        snapshot
    }

    fn connect(&mut self) {
        let edges = std::mem::take(&mut self.edges);
        for (of, on) in edges {
            if let (Some(of), Some(on)) = (self.resolve(&of), self.resolve(&on))
                && of != on
            {
                self.snapshot.dependencies.insert((of, on));
            }
        }
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
        let id = self.ids.get(on).cloned().or_else(|| self.resolve(on))?;
        let is_index = on.0 == "pg_class" && id.kind == Kind::Constraint;
        Some(if is_index {
            id.with_kind(Kind::Index)
        } else {
            id
        })
    }

    /// The id of a catalog row: itself, what it is a side of, or the object of which it is a column.
    fn resolve(&self, address: &Address) -> Option<ObjectId> {
        let mut at = address.clone();
        // A row type's array leads over its element to the table: two steps at most.
        for _ in 0..4 {
            if let Some(id) = self.ids.get(&at) {
                return Some(id.clone());
            }
            match self.aliases.get(&(at.0.clone(), at.1)) {
                Some(next) => at = next.clone(),
                None if at.2 != 0 => at.2 = 0,
                None => return None,
            }
        }
        None
    }
}

/// Parts need what they are parts of, also where `pg_depend` says it only through a column.
fn add_structural_edges(snapshot: &mut Snapshot) {
    let mut edges: BTreeSet<(ObjectId, ObjectId)> = BTreeSet::new();
    for (id, body) in &snapshot.objects {
        if !id.parent.is_empty() {
            edges.extend(owner_of(snapshot, id).map(|owner| (id.clone(), owner)));
        }
        if id.kind == Kind::Default {
            edges.insert((id.clone(), id.with_kind(Kind::Column)));
        }
        if let Body::Index(index) = body
            && let Some(parent) = &index.partition_of
        {
            edges.extend(index_named(snapshot, &parent.0, &parent.1).map(|p| (id.clone(), p)));
        }
        if !id.schema.is_empty() {
            let schema = ObjectId::new(Kind::Schema, "", &id.schema);
            if snapshot.objects.contains_key(&schema) {
                edges.insert((id.clone(), schema));
            }
        }
    }
    snapshot.dependencies.extend(edges);
    // A sequence's owner is a fact of its own: the sequence itself comes first, then the column's
    // default, then the ownership.
    snapshot.dependencies.retain(|(of, on)| {
        !(of.kind == Kind::Sequence && matches!(on.kind, Kind::Column | Kind::Table))
    });
}

/// The relation or domain that a part belongs to.
fn owner_of(snapshot: &Snapshot, part: &ObjectId) -> Option<ObjectId> {
    let kinds: &[Kind] = match part.kind {
        Kind::DomainConstraint => &[Kind::Domain],
        _ => &[Kind::Table, Kind::View, Kind::MaterializedView],
    };
    kinds
        .iter()
        .map(|kind| ObjectId::new(*kind, &part.schema, &part.parent))
        .find(|owner| snapshot.objects.contains_key(owner))
}

/// The index of that name, or the constraint that has one.
fn index_named(snapshot: &Snapshot, schema: &str, name: &str) -> Option<ObjectId> {
    let named = |id: &&ObjectId| {
        matches!(id.kind, Kind::Index | Kind::Constraint) && id.schema == schema && id.name == name
    };
    snapshot.objects.keys().find(named).cloned()
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
        .dependencies
        .retain(|(of, on)| objects.contains_key(of) && objects.contains_key(on));
    snapshot
        .lineage
        .numbers
        .retain(|id, _| objects.contains_key(id));
}

//! What must come before what: the catalog's edges of both sides, names that must be free, and
//! what functions mention in their bodies.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::schema::diff::action::Action;
use crate::schema::diff::fate::Fate;
use crate::schema::diff::moves::has_index;
use crate::schema::lex::words;
use crate::schema::model::{Body, ConstraintType, Kind, ObjectId, Snapshot, Space};
use crate::schema::order::Graph;

type Places<'a> = BTreeMap<&'a ObjectId, Vec<usize>>;
type Name = (Space, String, String, String, String);

impl Context<'_> {
    /// The edges between actions.
    pub(super) fn edges(&self, actions: &[Action]) -> Graph {
        let mut graph = Graph::default();
        let providers = places(actions, |action| &action.provides);
        let removers = places(actions, |action| &action.removes);
        self.what_is_needed_first(&mut graph, &providers, actions);
        self.users_before_used(&mut graph, &providers, &removers);
        self.names_free_first(&mut graph, actions);
        for (at, action) in actions.iter().enumerate() {
            // What is gone in the end is needed gone.
            let firsts = action.needs.iter().filter_map(|id| {
                let is_gone = !self.to.objects.contains_key(id);
                let gone = removers.get(id).filter(|_| is_gone);
                providers.get(id).or(gone)
            });
            firsts.flatten().for_each(|first| graph.before(*first, at));
        }
        self.bodies(&mut graph, &providers);
        self.overloads_gone_first(&mut graph, actions);
        columns_in_order(&mut graph, actions);
        graph
    }

    fn what_is_needed_first(&self, graph: &mut Graph, providers: &Places<'_>, actions: &[Action]) {
        for (of, on) in self.to.dependencies.iter() {
            let (Some(users), Some(used)) = (providers.get(of), providers.get(on)) else {
                continue;
            };
            // The index of a partitioned table takes over those of its partitions, where it isn't
            // made with its table: then partitions are attached to it.
            let turned = is_index_of_partition(self.to, of, on);
            for (user, first) in users
                .iter()
                .flat_map(|u| used.iter().map(move |f| (*u, *f)))
            {
                match turned {
                    false => graph.before(first, user),
                    true if actions[first].statement.object == *on => graph.before(user, first),
                    true => {}
                }
            }
        }
    }

    fn users_before_used(&self, graph: &mut Graph, providers: &Places<'_>, removers: &Places<'_>) {
        for (of, on) in self.from.dependencies.iter() {
            let gone = removers.get(of).into_iter().flatten();
            let changed = providers
                .get(of)
                .filter(|_| self.is_changed_in_place(of) && self.fates.get(on) != Some(Fate::Swap))
                .into_iter()
                .flatten();
            let firsts: Vec<usize> = gone.clone().chain(changed).copied().collect();
            for b in removers.get(on).into_iter().flatten() {
                // What goes with one of several columns goes with whichever is dropped first.
                if removers.get(of).is_some_and(|places| places.contains(b)) {
                    continue;
                }
                firsts.iter().for_each(|a| graph.before(*a, *b));
            }
            if self.is_changed_in_place(on) {
                for b in providers.get(on).into_iter().flatten() {
                    gone.clone().for_each(|a| graph.before(*a, *b));
                }
            }
        }
    }

    fn is_changed_in_place(&self, id: &ObjectId) -> bool {
        self.fates.get(id) == Some(Fate::Alter) || self.fates.recast.contains(id)
    }

    fn names_free_first(&self, graph: &mut Graph, actions: &[Action]) {
        let mut freed: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
        for (at, action) in actions.iter().enumerate() {
            for id in &action.removes {
                for name in names(self.from, id) {
                    freed.entry(name).or_default().push(at);
                }
            }
        }
        for (at, action) in actions.iter().enumerate() {
            let made = action.provides.iter().filter(|id| self.fates.makes(id));
            for name in made.flat_map(|id| names(self.to, id)) {
                for first in freed.get(&name).into_iter().flatten() {
                    graph.before(*first, at);
                }
            }
        }
    }

    /// A call that fits two functions of one name is ambiguous: an old one goes before a new one comes.
    fn overloads_gone_first(&self, graph: &mut Graph, actions: &[Action]) {
        let is_called = |id: &&ObjectId| matches!(id.kind, Kind::Routine | Kind::Aggregate);
        let mut gone: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (at, action) in actions.iter().enumerate() {
            for id in action.removes.iter().filter(is_called) {
                gone.entry((&id.schema, &id.name)).or_default().push(at);
            }
        }
        for (at, action) in actions.iter().enumerate() {
            for id in action.provides.iter().filter(is_called) {
                for first in gone
                    .get(&(id.schema.as_str(), id.name.as_str()))
                    .into_iter()
                    .flatten()
                {
                    graph.preferably_before(*first, at);
                }
            }
        }
    }

    /// A body in a string has no edges in the catalog: the names in it are taken as hints.
    fn bodies(&self, graph: &mut Graph, providers: &Places<'_>) {
        let mut by_name: BTreeMap<&str, Vec<&ObjectId>> = BTreeMap::new();
        // Marks of steps have the names of their objects too.
        let is_object = |id: &&&ObjectId| self.to.objects.contains_key(**id);
        let named = providers.keys().filter(|id| can_be_mentioned(id.kind));
        for id in named.filter(is_object) {
            by_name.entry(&id.name).or_default().push(id);
        }
        for (id, at) in providers {
            let Some(Body::Routine(routine)) = self.to.objects.get(*id) else {
                continue;
            };
            for word in words(&routine.body) {
                for other in by_name
                    .get(word.as_str())
                    .into_iter()
                    .flatten()
                    .filter(|o| *o != id)
                {
                    for first in &providers[*other] {
                        at.iter()
                            .for_each(|then| graph.preferably_before(*first, *then));
                    }
                }
            }
        }
    }
}

fn can_be_mentioned(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Table
            | Kind::Column
            | Kind::View
            | Kind::MaterializedView
            | Kind::Routine
            | Kind::Aggregate
            | Kind::Enum
            | Kind::Domain
            | Kind::Composite
            | Kind::Sequence
    )
}

fn places<'a>(
    actions: &'a [Action],
    ids: impl Fn(&'a Action) -> &'a BTreeSet<ObjectId>,
) -> Places<'a> {
    let mut places: Places<'a> = BTreeMap::new();
    for (at, action) in actions.iter().enumerate() {
        for id in ids(action) {
            places.entry(id).or_default().push(at);
        }
    }
    places
}

fn names(snapshot: &Snapshot, id: &ObjectId) -> Vec<Name> {
    let is_key = snapshot
        .constraint(id)
        .is_some_and(|c| c.kind == ConstraintType::PrimaryKey);
    // A table has one primary key, whatever its name is.
    let key = is_key.then(|| {
        let space = Space::Kind(Kind::Table);
        (
            space,
            id.schema.clone(),
            id.parent.clone(),
            "primary key".to_owned(),
            String::new(),
        )
    });
    let own = id.spaces(has_index(snapshot, id)).into_iter().map(|space| {
        let parent = match space {
            Space::Kind(_) => id.parent.clone(),
            Space::Relation | Space::Type => String::new(),
        };
        (
            space,
            id.schema.clone(),
            parent,
            id.name.clone(),
            id.args.clone(),
        )
    });
    own.chain(key).collect()
}

fn is_index_of_partition(snapshot: &Snapshot, of: &ObjectId, on: &ObjectId) -> bool {
    let carries = |id: &ObjectId| id.kind == Kind::Index || has_index(snapshot, id);
    carries(of)
        && carries(on)
        && match snapshot.objects.get(of) {
            Some(Body::Index(index)) => index.partition_of.is_some(),
            Some(Body::Constraint(constraint)) => constraint.partition_of.is_some(),
            _ => false,
        }
}

/// New columns stand in the order in which they are added.
fn columns_in_order(graph: &mut Graph, actions: &[Action]) {
    let mut added: BTreeMap<(&str, &str), Vec<(i16, usize)>> = BTreeMap::new();
    for (at, action) in actions.iter().enumerate() {
        let object = &action.statement.object;
        if object.kind == Kind::Column && action.position > 0 {
            added
                .entry((&object.schema, &object.parent))
                .or_default()
                .push((action.position, at));
        }
    }
    for places in added.values_mut() {
        places.sort_unstable();
        for pair in places.windows(2) {
            graph.preferably_before(pair[0].1, pair[1].1);
        }
    }
}

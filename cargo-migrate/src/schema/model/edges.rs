//! What needs what: the edges between the objects of one snapshot.

use std::collections::HashMap;
use std::sync::Arc;

use super::ObjectId;

/// Pairs of objects of which the first needs the second, in order.
///
/// An object stands in many edges; its id is in memory once for all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edges(Vec<(Arc<ObjectId>, Arc<ObjectId>)>);

impl Edges {
    /// Edges between objects that are given by their places among `ids`, which are in order. To put
    /// tens of thousands of pairs of names in order would take longer than to read them.
    pub(crate) fn between(ids: &[&ObjectId], mut pairs: Vec<(usize, usize)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let ids: Vec<Arc<ObjectId>> = ids.iter().map(|id| Arc::new((*id).clone())).collect();
        let edge = |(of, on): (usize, usize)| (Arc::clone(&ids[of]), Arc::clone(&ids[on]));
        Self(pairs.into_iter().map(edge).collect())
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &ObjectId)> {
        self.0.iter().map(|(of, on)| (&**of, &**on))
    }

    /// What one object needs.
    pub fn of(&self, id: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        let range = |is_before: fn(&ObjectId, &ObjectId) -> bool| {
            self.0.partition_point(|(of, _)| is_before(of, id))
        };
        let (start, end) = (range(|of, id| of < id), range(|of, id| of <= id));
        self.0[start..end].iter().map(|(_, on)| &**on)
    }

    pub(crate) fn insert(&mut self, of: &ObjectId, on: &ObjectId) {
        let place = self
            .0
            .binary_search_by(|(a, b)| (&**a, &**b).cmp(&(of, on)));
        if let Err(at) = place {
            let edge = (Arc::new(of.clone()), Arc::new(on.clone()));
            self.0.insert(at, edge);
        }
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&ObjectId, &ObjectId) -> bool) {
        self.0.retain(|(of, on)| keep(of, on));
    }

    /// Gives objects other names.
    pub(crate) fn rename(&mut self, name: impl Fn(&ObjectId) -> ObjectId) {
        let mut renamed: HashMap<*const ObjectId, Arc<ObjectId>> = HashMap::new();
        let mut named = |id: &Arc<ObjectId>| {
            let new = renamed
                .entry(Arc::as_ptr(id))
                .or_insert_with(|| Arc::new(name(id)));
            Arc::clone(new)
        };
        // The old ids live until all are renamed: no two of them stand at one place.
        let edges: Vec<_> = self
            .0
            .iter()
            .map(|(of, on)| (named(of), named(on)))
            .collect();
        self.0 = edges;
        self.0.sort();
        self.0.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn id(name: &str) -> ObjectId {
        ObjectId::new(Kind::Table, "public", name)
    }

    fn names(edges: &Edges) -> Vec<(&str, &str)> {
        edges
            .iter()
            .map(|(of, on)| (of.name.as_str(), on.name.as_str()))
            .collect()
    }

    #[test]
    fn they_stand_in_order_and_once() {
        let (a, b, c) = (id("a"), id("b"), id("c"));
        let mut edges = Edges::between(&[&a, &b, &c], vec![(2, 0), (0, 1), (2, 0)]);
        edges.insert(&c, &b);
        edges.insert(&c, &b);
        assert_eq!(names(&edges), [("a", "b"), ("c", "a"), ("c", "b")]);
        assert_eq!(edges.of(&c).collect::<Vec<_>>(), [&a, &b]);
        assert_eq!(edges.of(&b).count(), 0);
    }

    #[test]
    fn renamed_objects_are_put_in_order_anew() {
        let (a, b) = (id("a"), id("b"));
        let mut edges = Edges::between(&[&a, &b], vec![(0, 1), (1, 0)]);
        edges.rename(|old| match old.name.as_str() {
            "a" => id("z"),
            _ => old.clone(),
        });
        assert_eq!(names(&edges), [("b", "z"), ("z", "b")]);
        edges.rename(|_| id("one"));
        assert_eq!(names(&edges), [("one", "one")]);
    }
}

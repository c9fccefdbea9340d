//! Squashed revisions: one that stands for many, whose files may still be there.
//!
//! The graph that everybody works with holds the squashed revision and not what it replaces. A
//! database in the middle of the replaced line goes on along the old files: [`Graph::expanded`] is
//! the graph for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Graph, GraphError, Node, build, walk::Along};
use crate::revision::{Layout, Reference, Replaces, Revision, RevisionId};

/// A revision that stands for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squash {
    /// The squashed revision.
    pub by: RevisionId,
    /// What it stands for; the last is the upper end.
    pub ids: Vec<RevisionId>,
}

/// Revisions without those that others stand for.
#[derive(Default)]
pub(super) struct Folded {
    pub(super) revisions: Vec<Revision>,
    pub(super) replaced: Vec<Revision>,
    pub(super) squashes: Vec<Squash>,
    /// For an id without a node the id that stands in for it.
    pub(super) stand_ins: BTreeMap<RevisionId, RevisionId>,
    pub(super) errors: Vec<GraphError>,
}

/// Puts aside what squashed revisions replace. Those in `open` are taken apart instead: they go, and
/// what they replace stays.
pub(super) fn fold(revisions: Vec<Revision>, open: &BTreeSet<RevisionId>) -> Folded {
    if revisions.iter().all(|revision| revision.replaces.is_none()) {
        return Folded {
            revisions,
            ..Folded::default()
        };
    }
    let mut folded = Folded::default();
    for revision in &revisions {
        let Some(replaces) = &revision.replaces else {
            continue;
        };
        match ids(revision, replaces, &revisions) {
            Ok(ids) => folded.note(&revision.id, ids, replaces, open),
            Err(error) => folded.errors.push(error),
        }
    }
    folded.sort();
    let closed: BTreeSet<&RevisionId> = folded.squashes.iter().flat_map(|s| &s.ids).collect();
    for revision in revisions {
        if open.contains(&revision.id) {
            continue;
        }
        match closed.contains(&revision.id) {
            true => folded.replaced.push(revision),
            false => folded.revisions.push(revision),
        }
    }
    folded
}

impl Folded {
    /// Each squashed revision before the one that replaces it in turn.
    fn sort(&mut self) {
        let stand_ins = &self.stand_ins;
        let depth = |id: &RevisionId| {
            let steps = std::iter::successors(Some(id), |id| stand_ins.get(id));
            steps.take(stand_ins.len() + 1).count()
        };
        self.squashes
            .sort_by_cached_key(|squash| std::cmp::Reverse(depth(&squash.by)));
    }

    fn note(
        &mut self,
        by: &RevisionId,
        ids: Vec<RevisionId>,
        replaces: &Replaces,
        open: &BTreeSet<RevisionId>,
    ) {
        if open.contains(by) {
            if let Some(upper) = ids.last() {
                self.stand_ins.insert(by.clone(), upper.clone());
            }
            return;
        }
        for id in &ids {
            let first = match self.stand_ins.insert(id.clone(), by.clone()) {
                _ if id == by => by.clone(),
                Some(first) => first,
                None => continue,
            };
            self.errors.push(GraphError::ReplacedTwice {
                replaced: id.clone(),
                first,
                second: by.clone(),
                place: replaces.range.place.clone(),
            });
        }
        let by = by.clone();
        self.squashes.push(Squash { by, ids });
    }
}

/// What a squashed revision stands for: as listed, else what lies between the ends.
fn ids(
    revision: &Revision,
    replaces: &Replaces,
    all: &[Revision],
) -> Result<Vec<RevisionId>, GraphError> {
    let unknown = |reference: &Reference, name: &str| GraphError::ReplacesUnknown {
        id: revision.id.clone(),
        name: name.to_owned(),
        place: reference.place.clone(),
    };
    if !replaces.ids.is_empty() {
        let id = |reference: &Reference| {
            let id = reference.name.parse();
            id.map_err(|_| unknown(reference, &reference.name))
        };
        return replaces.ids.iter().map(id).collect();
    }
    let range = &replaces.range;
    let (first, last) = range
        .name
        .split_once(':')
        .unwrap_or((&range.name, &range.name));
    let files = all.iter().filter(|other| other.replaces.is_none());
    let plain = Graph::lenient(files.cloned().collect()).unwrap_or_default();
    let find = |name: &str| {
        let node = name.parse().ok().and_then(|id| plain.find(&id));
        node.ok_or_else(|| unknown(range, name))
    };
    let (first, last) = (find(first)?, find(last)?);
    let above = plain.descendants([first], Along::Line);
    let within = plain.ancestors([last], Along::Line);
    let mut ids: Vec<RevisionId> = within
        .iter()
        .filter(|&node| above.contains(node) && node != last)
        .map(|node| plain.id(node).clone())
        .collect();
    ids.push(plain.id(last).clone());
    Ok(ids)
}

impl Graph {
    /// The squashed revisions among these, each before one that replaces it too.
    pub fn squashes(&self) -> &[Squash] {
        &self.squashes
    }

    /// The files of revisions that a squashed one stands for, where they are still there.
    pub fn replaced(&self) -> &[Revision] {
        &self.replaced
    }

    /// What a revision of ours stands for; nothing for most.
    pub fn replaced_by(&self, id: &RevisionId) -> &[RevisionId] {
        let squash = self.squashes.iter().find(|squash| squash.by == *id);
        squash.map_or(&[], |squash| &squash.ids)
    }

    /// The revision that stands in for one that was replaced.
    pub fn stand_in(&self, id: &RevisionId) -> Option<Node> {
        let mut id = id;
        // Each squashed revision may be replaced in turn; a circle is an error of its own.
        for _ in 0..=self.squashes.len() {
            id = self.stand_ins.get(id)?;
            if let Some(node) = self.find(id) {
                return Some(node);
            }
        }
        None
    }

    /// The graph in which some squashed revisions are taken apart: what they replace is there, and
    /// stands for them.
    #[must_use]
    pub fn expanded(&self, open: &BTreeSet<RevisionId>) -> Self {
        let mut all = self.revisions.to_vec();
        all.extend(self.replaced.iter().cloned());
        let expanded = build::build(all, build::Edges::Lenient, open);
        let expanded = expanded.unwrap_or_else(|_| self.clone());
        Self {
            repeatable: Arc::clone(&self.repeatable),
            ..expanded
        }
    }
}

/// The revisions in id order as they were before the squash: what has no file any more still tells
/// which revision without `revises` follows which.
pub(super) struct Line(Vec<(RevisionId, Node)>);

impl Line {
    pub(super) fn of(graph: &Graph) -> Self {
        let is_squash = |id: &RevisionId| graph.squashes.iter().any(|squash| squash.by == *id);
        let present = graph.nodes().map(|node| (graph.id(node).clone(), node));
        let mut line: Vec<(RevisionId, Node)> = present.filter(|(id, _)| !is_squash(id)).collect();
        for id in graph.stand_ins.keys().filter(|id| !is_squash(id)) {
            if let Some(node) = graph.stand_in(id) {
                line.push((id.clone(), node));
            }
        }
        let files = || graph.revisions.iter().chain(graph.replaced.iter());
        let layouts: BTreeMap<_, _> = files().map(|file| (&file.id, file.layout)).collect();
        // What has no file any more was like the others.
        let usual = match files().any(|file| file.layout == Layout::Diesel) {
            true => Layout::Diesel,
            false => Layout::Pair,
        };
        let is_diesel = |id: &RevisionId| *layouts.get(id).unwrap_or(&usual) == Layout::Diesel;
        let line = build::in_id_order(line, |(id, _)| id, |(id, _)| is_diesel(id));
        Self(line)
    }

    /// What a revision without `revises` follows.
    pub(super) fn previous(&self, node: Node) -> Option<Node> {
        let at = self.0.iter().position(|(_, other)| *other == node)?;
        Some(self.0.get(at.checked_sub(1)?)?.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{File, load};

    fn graph(files: &[(&str, &str)]) -> Result<Graph, Vec<GraphError>> {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            root: "m".into(),
            bytes: text.as_bytes().to_vec().into(),
        };
        let source = load(files.iter().map(file).collect()).expect("they load");
        Graph::new(source.revisions)
    }

    /// `id<parents` of each revision.
    fn shown(graph: &Graph) -> String {
        let one = |node: Node| {
            let parents: Vec<&str> = graph
                .parents(node)
                .iter()
                .map(|&parent| graph.id(parent).as_str())
                .collect();
            format!("{}<{}", graph.id(node), parents.join(","))
        };
        graph.nodes().map(one).collect::<Vec<_>>().join(" ")
    }

    const LISTED: &str =
        "-- migrate: revises=base replaces=1:3\n-- migrate: replaces=1,2,3\nSELECT 1;";

    fn open(id: &str) -> BTreeSet<RevisionId> {
        BTreeSet::from([id.parse().expect("an id")])
    }

    #[test]
    fn a_squashed_revision_stands_for_what_it_replaces_with_and_without_the_files() {
        let with = graph(&[
            ("1_a.sql", ""),
            ("2_b.sql", ""),
            ("3_c.sql", ""),
            ("4_d.sql", ""),
            ("5_e.sql", "-- migrate: revises=4"),
            ("9_squashed.sql", LISTED),
        ])
        .expect("a graph");
        assert_eq!(shown(&with), "4<9 5<4 9<");
        assert_eq!(with.replaced().len(), 3);
        let without = graph(&[
            ("4_d.sql", ""),
            ("5_e.sql", "-- migrate: revises=4"),
            ("9_squashed.sql", LISTED),
        ]);
        assert_eq!(shown(&without.expect("a graph")), "4<9 5<4 9<");
    }

    #[test]
    fn what_follows_or_needs_a_replaced_revision_follows_or_needs_the_squashed_one() {
        let graph = graph(&[
            ("1_a.sql", ""),
            ("2_b.sql", "-- migrate: revises=1"),
            ("3_c.sql", "-- migrate: revises=2"),
            ("6_d.sql", "-- migrate: revises=3"),
            ("7_e.sql", "-- migrate: revises=6 depends-on=2"),
            ("9_squashed.sql", LISTED),
            ("10_f.sql", "-- migrate: revises=9"),
        ])
        .expect("a graph");
        assert_eq!(shown(&graph), "6<9 7<6 9< 10<9");
        let nine = graph.find(&"9".parse().expect("an id")).expect("a node");
        let seven = graph.find(&"7".parse().expect("an id")).expect("a node");
        assert_eq!(graph.depends_on(seven), [nine]);
    }

    #[test]
    fn taken_apart_the_old_line_is_back_and_its_end_stands_for_the_squashed_revision() {
        let graph = graph(&[
            ("1_a.sql", ""),
            ("2_b.sql", ""),
            ("3_c.sql", ""),
            ("4_d.sql", ""),
            (
                "9_squashed.sql",
                "-- migrate: revises=base replaces=1:3\nSELECT 1;",
            ),
            ("10_f.sql", "-- migrate: revises=9"),
        ])
        .expect("a graph");
        assert_eq!(shown(&graph), "4<9 9< 10<9");
        assert_eq!(shown(&graph.expanded(&open("9"))), "1< 2<1 3<2 4<3 10<3");
    }

    #[test]
    fn a_squashed_revision_may_be_squashed_again() {
        let graph = graph(&[
            ("4_d.sql", ""),
            ("5_e.sql", ""),
            ("9_squashed.sql", LISTED),
            (
                "20_again.sql",
                "-- migrate: revises=base replaces=9:4\n-- migrate: replaces=9,4\nSELECT 1;",
            ),
        ])
        .expect("a graph");
        assert_eq!(shown(&graph), "5<20 20<");
        assert_eq!(shown(&graph.expanded(&open("20"))), "4<9 5<4 9<");
        let one = graph.stand_in(&"1".parse().expect("an id"));
        assert_eq!(one.map(|node| graph.id(node).as_str()), Some("20"));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let errors = |files: &[(&str, &str)]| -> Vec<String> {
            let errors = graph(files).expect_err("no graph");
            errors.iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            errors(&[("9_s.sql", "-- migrate: revises=base replaces=1:3")]),
            ["revision `9` replaces `1`, which has no file, and lists no ids"]
        );
        let twice = "-- migrate: revises=base replaces=1:2\n-- migrate: replaces=1,2";
        assert_eq!(
            errors(&[("8_s.sql", twice), ("9_s.sql", LISTED)]),
            [
                "revision `1` is replaced by both `8` and `9`",
                "revision `2` is replaced by both `8` and `9`"
            ]
        );
    }
}

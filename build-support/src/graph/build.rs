//! From what the files say to a graph, or to every reason why there is none.

use std::collections::{BTreeSet, HashMap};

use super::{Graph, GraphError, Node, labels, squash};
use crate::{
    place::Place,
    revision::{Layout, Reference, Revises, Revision, RevisionId},
};

/// What becomes of an edge whose other end is nowhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edges {
    Strict,
    Lenient,
}

pub(super) fn build(
    revisions: Vec<Revision>,
    missing: Edges,
    open: &BTreeSet<RevisionId>,
) -> Result<Graph, Vec<GraphError>> {
    let mut errors = clashes(&revisions);
    let squash::Folded {
        revisions,
        replaced,
        squashes,
        stand_ins,
        errors: folding,
    } = squash::fold(revisions, open);
    errors.extend(folding);
    let revisions = in_id_order(
        revisions,
        |revision| &revision.id,
        |revision| revision.layout == Layout::Diesel,
    );
    let by_id: HashMap<_, _> = revisions
        .iter()
        .enumerate()
        .map(|(at, r)| (r.id.clone(), Node(at)))
        .collect();
    let edges = revisions.iter().map(|_| super::Edges::default()).collect();
    let mut graph = Graph {
        revisions: revisions.into(),
        edges,
        by_id,
        labels: Default::default(),
        repeatable: Default::default(),
        label_sets: Vec::new(),
        squashes,
        replaced: replaced.into(),
        stand_ins,
    };
    declare_labels(&mut graph, &mut errors);
    connect(&mut graph, missing, &mut errors);
    if errors.is_empty() {
        errors = cycles(&graph);
    }
    if errors.is_empty() {
        labels::spread(&mut graph);
        Ok(graph)
    } else {
        Err(errors)
    }
}

/// Puts into id order: diesel orders its folders by text, every other tool by number. Where both are
/// mixed each keeps its own order, and the two lines meet by number.
pub(super) fn in_id_order<T>(
    items: Vec<T>,
    id: impl Fn(&T) -> &RevisionId,
    is_diesel: impl Fn(&T) -> bool,
) -> Vec<T> {
    let (mut by_text, mut by_number): (Vec<T>, Vec<T>) = items.into_iter().partition(is_diesel);
    by_text.sort_by(|a, b| id(a).cmp_text(id(b)));
    by_number.sort_by(|a, b| id(a).cmp(id(b)));
    let mut line = Vec::with_capacity(by_text.len() + by_number.len());
    let (mut texts, mut numbers) = (
        by_text.into_iter().peekable(),
        by_number.into_iter().peekable(),
    );
    while let Some(text) = texts.peek() {
        line.extend(
            numbers
                .next_if(|number| id(number) < id(text))
                .or_else(|| texts.next()),
        );
    }
    line.extend(numbers);
    line
}

fn clashes(revisions: &[Revision]) -> Vec<GraphError> {
    let mut seen: HashMap<&str, &Revision> = HashMap::with_capacity(revisions.len());
    let mut errors = Vec::new();
    for revision in revisions {
        if let Some(first) = seen.insert(revision.id.significant(), revision) {
            errors.push(GraphError::DuplicateId {
                first: first.id.clone(),
                second: revision.id.clone(),
                first_path: first.path().to_owned(),
                second_path: revision.path().to_owned(),
            });
        }
    }
    errors
}

fn declare_labels(graph: &mut Graph, errors: &mut Vec<GraphError>) {
    for node in graph.nodes() {
        for label in graph.revisions[node.0].labels.clone() {
            let Some(first) = graph.labels.get(&label.name).copied() else {
                graph.labels.insert(label.name, node);
                continue;
            };
            if first != node {
                errors.push(GraphError::DuplicateLabel {
                    label: label.name,
                    first: graph.id(first).clone(),
                    second: graph.id(node).clone(),
                    place: label.place,
                });
            }
        }
    }
}

/// Resolves every `revises` and `depends-on`.
fn connect(graph: &mut Graph, missing: Edges, errors: &mut Vec<GraphError>) {
    // Most folders have no squashed revision, and what comes before is the node before.
    let line = (!graph.squashes.is_empty()).then(|| squash::Line::of(graph));
    for node in graph.nodes() {
        let (parents, mut faults) = parents(graph, node, line.as_ref());
        let (depends_on, more) = dependencies(graph, node);
        faults.extend(more);
        let is_kept = |fault: &GraphError| missing == Edges::Strict || !is_missing(fault);
        errors.extend(faults.into_iter().filter(is_kept));
        link(graph, node, parents, depends_on);
    }
}

fn is_missing(error: &GraphError) -> bool {
    matches!(
        error,
        GraphError::MissingParent { .. } | GraphError::MissingDependency { .. }
    )
}

/// Nodes come in ascending order, so the lists of the other ends are in id order by themselves.
fn link(graph: &mut Graph, node: Node, parents: Vec<Node>, mut depends_on: Vec<Node>) {
    depends_on.retain(|needed| !parents.contains(needed));
    for parent in &parents {
        graph.edges[parent.0].children.push(node);
    }
    for needed in &depends_on {
        graph.edges[needed.0].dependents.push(node);
    }
    graph.edges[node.0].parents = parents;
    graph.edges[node.0].depends_on = depends_on;
}

fn parents(graph: &Graph, node: Node, line: Option<&squash::Line>) -> (Vec<Node>, Vec<GraphError>) {
    let listed = match &graph.revision(node).revises {
        Revises::Base => return (Vec::new(), Vec::new()),
        Revises::Previous => {
            let previous = match line {
                Some(line) => line.previous(node),
                None => node.0.checked_sub(1).map(Node),
            };
            return (previous.into_iter().collect(), Vec::new());
        }
        Revises::Listed(listed) => listed,
    };
    collect(
        listed
            .iter()
            .map(|reference| parent(graph, node, reference)),
    )
}

fn parent(graph: &Graph, node: Node, reference: &Reference) -> Result<Node, GraphError> {
    let (id, place) = (|| graph.id(node).clone(), || reference.place.clone());
    match by_id(graph, &reference.name) {
        Some(parent) if parent == node => Err(GraphError::SelfParent {
            id: id(),
            place: place(),
        }),
        Some(parent) => Ok(parent),
        None => {
            let near = near(graph, &reference.name);
            Err(GraphError::MissingParent {
                id: id(),
                name: reference.name.clone(),
                place: place(),
                near,
            })
        }
    }
}

fn dependencies(graph: &Graph, node: Node) -> (Vec<Node>, Vec<GraphError>) {
    let listed = &graph.revision(node).depends_on;
    collect(
        listed
            .iter()
            .map(|reference| dependency(graph, node, reference)),
    )
}

fn dependency(graph: &Graph, node: Node, reference: &Reference) -> Result<Node, GraphError> {
    let (id, place) = (|| graph.id(node).clone(), || reference.place.clone());
    match by_id(graph, &reference.name).or_else(|| graph.labelled(&reference.name)) {
        Some(needed) if needed == node => Err(GraphError::SelfDependency {
            id: id(),
            place: place(),
        }),
        Some(needed) => Ok(needed),
        None => {
            let near = near(graph, &reference.name);
            Err(GraphError::MissingDependency {
                id: id(),
                name: reference.name.clone(),
                place: place(),
                near,
            })
        }
    }
}

/// The nodes in id order and without repetition, and what went wrong.
fn collect(found: impl Iterator<Item = Result<Node, GraphError>>) -> (Vec<Node>, Vec<GraphError>) {
    let (mut nodes, mut errors) = (Vec::new(), Vec::new());
    for item in found {
        match item {
            Ok(node) => nodes.push(node),
            Err(error) => errors.push(error),
        }
    }
    nodes.sort_unstable();
    nodes.dedup();
    (nodes, errors)
}

fn by_id(graph: &Graph, name: &str) -> Option<Node> {
    let id = name.parse::<RevisionId>().ok()?;
    graph.find(&id).or_else(|| graph.stand_in(&id))
}

/// The one revision whose id begins so, is the same number, or whose slug it is.
fn near(graph: &Graph, name: &str) -> Option<RevisionId> {
    let number = name.parse::<RevisionId>().ok();
    let mut candidates = graph.revisions().iter().filter(|revision| {
        revision.id.as_str().starts_with(name)
            || revision.slug == name
            || number
                .as_ref()
                .is_some_and(|number| number.same_number(&revision.id))
    });
    let first = candidates.next()?;
    candidates.next().is_none().then(|| first.id.clone())
}

/// A cycle of parents, else one that dependencies close.
fn cycles(graph: &Graph) -> Vec<GraphError> {
    let unordered = |with_dependencies| -> Vec<Node> {
        let left = unreachable(graph, with_dependencies);
        graph.nodes().filter(|node| left[node.0]).collect()
    };
    let ids = |nodes: &[Node]| nodes.iter().map(|&node| graph.id(node).clone()).collect();
    // Who has no cycle at all, as nearly every folder, is looked at once.
    let by_needs = unordered(true);
    if by_needs.is_empty() {
        return Vec::new();
    }
    let by_parents = unordered(false);
    if !by_parents.is_empty() {
        return vec![GraphError::Cycle {
            ids: ids(&by_parents),
            place: first_place(graph, &by_parents, |revision| match &revision.revises {
                Revises::Listed(parents) => parents.first(),
                Revises::Previous | Revises::Base => None,
            }),
        }];
    }
    vec![GraphError::DependencyCycle {
        ids: ids(&by_needs),
        place: first_place(graph, &by_needs, |revision| revision.depends_on.first()),
    }]
}

/// Where the first of some revisions names another, else its file.
fn first_place(
    graph: &Graph,
    nodes: &[Node],
    reference: impl Fn(&Revision) -> Option<&Reference>,
) -> Place {
    let revisions = || nodes.iter().map(|&node| graph.revision(node));
    let named = revisions().find_map(reference);
    match named {
        Some(reference) => reference.place.clone(),
        None => Place::file(graph.revision(nodes[0]).path()),
    }
}

/// What no order from the roots upwards reaches: the cycles and all above them.
fn unreachable(graph: &Graph, with_dependencies: bool) -> Vec<bool> {
    let needs = |edges: &super::Edges| {
        edges.parents.len()
            + if with_dependencies {
                edges.depends_on.len()
            } else {
                0
            }
    };
    let mut waiting: Vec<usize> = graph.edges.iter().map(needs).collect();
    let mut ready: Vec<Node> = graph.nodes().filter(|node| waiting[node.0] == 0).collect();
    let mut left = vec![true; graph.len()];
    while let Some(node) = ready.pop() {
        left[node.0] = false;
        let dependents = if with_dependencies {
            graph.dependents(node)
        } else {
            &[]
        };
        for &above in graph.children(node).iter().chain(dependents) {
            waiting[above.0] -= 1;
            if waiting[above.0] == 0 {
                ready.push(above);
            }
        }
    }
    left
}

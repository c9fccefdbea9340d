//! Our revisions and what the database recorded, seen as one graph.

use std::collections::{BTreeMap, BTreeSet};

use super::{EngineError, Moved, OnUnknown, Options, OtherSlug, Standing, Stuck, standing::counts};
use crate::{
    graph::{Graph, Node, NodeSet, walk::Along},
    history::{Applied, State},
    place::Place,
    plan,
    revision::{
        Layout, Phase, Reference, Revises, Revision, RevisionId, Script, TransactionMode, Work,
    },
};

/// The graph of our revisions and of the applied ones that we don't know, and what is applied in it.
#[derive(Debug, Clone)]
pub struct View {
    /// Ours, then the unknown ones.
    pub graph: Graph,
    /// What is wholly applied, or partly reverted.
    pub applied: NodeSet,
    /// What the database has and we have not.
    pub unknown: Vec<RevisionId>,
    /// Squashed revisions that it has by having all that they replace, with the records that go.
    pub adoptions: BTreeMap<RevisionId, Vec<RevisionId>>,
    /// Whether it is in the middle of what a squashed revision replaces.
    pub in_the_middle: bool,
    /// The middle that it can't get out of.
    pub stuck: Option<Stuck>,
}

impl View {
    /// Joins the two.
    pub fn new(ours: &Graph, state: &State) -> Self {
        let Standing {
            graph: ours,
            state,
            adoptions,
            open,
            stuck,
        } = Standing::of(ours, state);
        let (ours, state) = (&*ours, &*state);
        let unknown: Vec<&Applied> = state
            .applied
            .values()
            .filter(|row| ours.find(&row.id).is_none())
            .collect();
        let ids = unknown.iter().map(|row| row.id.clone()).collect();
        let graph = if unknown.is_empty() {
            ours.clone()
        } else {
            join(ours, &unknown)
        };
        let rows = state.applied.values().filter(|row| counts(row));
        let applied = rows.filter_map(|row| graph.find(&row.id)).collect();
        Self {
            graph,
            applied,
            unknown: ids,
            adoptions,
            in_the_middle: !open.is_empty(),
            stuck,
        }
    }

    /// The applied revisions that no applied one has as parent or dependency.
    pub fn heads(&self) -> Vec<RevisionId> {
        self.ids(self.graph.heads_of(&self.applied))
    }

    /// The ids of some nodes.
    pub fn ids(&self, nodes: impl IntoIterator<Item = Node>) -> Vec<RevisionId> {
        nodes
            .into_iter()
            .map(|node| self.graph.id(node).clone())
            .collect()
    }

    /// Refuses an edited applied revision.
    ///
    /// # Errors
    /// [`EngineError::Divergent`], naming all.
    pub fn refuse_edited(&self, state: &State) -> Result<(), EngineError> {
        let edited = divergent(&self.graph, state);
        let Some(first) = edited.first() else {
            return Ok(());
        };
        let node = self
            .graph
            .find(first)
            .expect("a divergent revision is one of ours");
        let other = |id: &RevisionId| {
            let slug = &self.graph.revision(self.graph.find(id)?).slug;
            let recorded = &state.applied.get(id)?.slug;
            (slug != recorded).then(|| OtherSlug {
                id: id.clone(),
                recorded: recorded.clone(),
                slug: slug.clone(),
            })
        };
        Err(EngineError::Divergent {
            place: Place::file(self.graph.revision(node).path()),
            others: edited.iter().filter_map(other).collect(),
            ids: edited,
        })
    }

    /// Refuses a database in the middle of what a squashed revision replaces, whose files are gone.
    ///
    /// # Errors
    /// [`EngineError::Stuck`].
    pub fn refuse_stuck(&self) -> Result<(), EngineError> {
        match &self.stuck {
            Some(stuck) => Err(EngineError::Stuck(stuck.clone())),
            None => Ok(()),
        }
    }

    /// Refuses applied revisions that we don't know.
    ///
    /// # Errors
    /// [`EngineError::Unknown`].
    pub fn refuse_unknown(&self, state: &State) -> Result<(), EngineError> {
        if self.unknown.is_empty() {
            return Ok(());
        }
        Err(EngineError::Unknown {
            ids: self.unknown.clone(),
            incompatible: self.incompatible(state),
            moved: self.moved(state),
            known: self.known_heads(),
        })
    }

    /// The heads of the applied revisions among ours.
    fn known_heads(&self) -> Vec<RevisionId> {
        let is_known = |node: &Node| !self.unknown.contains(self.graph.id(*node));
        let known: NodeSet = self.applied.iter().filter(is_known).collect();
        self.ids(self.graph.heads_of(&known))
    }

    /// Unknown revisions that are pending ones under another id, as `rebase` leaves them behind.
    fn moved(&self, state: &State) -> Vec<Moved> {
        let find = |id: &RevisionId| {
            let row = state.applied.get(id)?;
            let is_same = |revision: &&Revision| {
                let down = revision.down.as_ref().map(|down| down.checksum);
                revision.slug == row.slug
                    && down == row.down_checksum
                    && !state.applied.contains_key(&revision.id)
            };
            let mut same = self.graph.revisions().iter().filter(is_same);
            let to = same.next().filter(|_| same.next().is_none())?;
            Some(Moved {
                from: id.clone(),
                to: to.id.clone(),
                below: row.parents.first().cloned(),
            })
        };
        self.unknown.iter().filter_map(find).collect()
    }

    /// Refuses a pending revision below an applied one.
    ///
    /// # Errors
    /// [`EngineError::OutOfOrder`] for the first; [`EngineError::Truncated`] where the history itself
    /// says that what is missing was applied.
    pub fn refuse_out_of_order(&self, state: &State) -> Result<(), EngineError> {
        let found = plan::out_of_order(&self.graph, &self.applied);
        let Some(&(pending, applied)) = found.first() else {
            return Ok(());
        };
        if let Some((by, missing)) = self.lost_rows(state) {
            return Err(EngineError::Truncated {
                by,
                missing,
                heads: self.heads(),
            });
        }
        Err(EngineError::OutOfOrder {
            pending: self.graph.id(pending).clone(),
            applied: self.graph.id(applied).clone(),
            place: Place::file(self.graph.revision(pending).path()),
        })
    }

    /// Revisions below an applied one that have no row although the row of that one names them, or
    /// names one that stands on them; with the lowest such row.
    pub fn lost_rows(&self, state: &State) -> Option<(RevisionId, Vec<RevisionId>)> {
        let is_missing = |id: &RevisionId| {
            let node = self.graph.find(id)?;
            (!self.applied.contains(node)).then_some(node)
        };
        let rows = self
            .applied
            .iter()
            .filter_map(|node| state.applied.get(self.graph.id(node)));
        let mut named = rows.flat_map(|row| {
            let needs = row.parents.iter().chain(&row.depends_on);
            needs.filter_map(|need| Some((row.id.clone(), is_missing(need)?)))
        });
        let (by, first) = named.next()?;
        let named: Vec<Node> = named.map(|(_, node)| node).chain([first]).collect();
        let below = self.graph.ancestors(named, Along::Needs);
        let missing = below.iter().filter(|&node| !self.applied.contains(node));
        Some((by, self.ids(missing)))
    }

    /// The pending revisions that a run would leave to another one, and what stands on them.
    pub fn held_back(&self, options: &Options) -> NodeSet {
        let waits = |&node: &Node| {
            !self.applied.contains(node) && options.holds_back(self.graph.revision(node))
        };
        let waiting: Vec<Node> = self.graph.nodes().filter(waits).collect();
        match waiting.is_empty() {
            true => NodeSet::default(),
            false => self.graph.descendants(waiting, Along::Needs),
        }
    }

    /// Whether an application may start although the database has revisions that it does not know:
    /// all of its own are applied, but for those that it would not apply by itself, and the unknown
    /// ones let older releases run.
    pub fn may_start(&self, state: &State, options: &Options) -> bool {
        let unknown: BTreeSet<&RevisionId> = self.unknown.iter().collect();
        let held_back = self.held_back(options);
        let all_ours = self
            .graph
            .nodes()
            .filter(|&node| !unknown.contains(self.graph.id(node)))
            .all(|node| self.applied.contains(node) || held_back.contains(node));
        let tolerated = match options.on_unknown {
            OnUnknown::Refuse => false,
            OnUnknown::Compatible => self.incompatible(state).is_empty(),
            OnUnknown::Ignore => true,
        };
        all_ours && tolerated
    }

    fn incompatible(&self, state: &State) -> Vec<RevisionId> {
        // What stands for revisions of ours and nothing else changes nothing for us.
        let is_new = |row: &Applied| {
            let knows = |id: &RevisionId| self.graph.find(id).is_some();
            row.replaces.is_empty() || !row.replaces.iter().all(knows)
        };
        let is_incompatible = |id: &&RevisionId| {
            let row = state.applied.get(*id);
            row.is_some_and(|row| !row.compatible && is_new(row))
        };
        self.unknown
            .iter()
            .filter(is_incompatible)
            .cloned()
            .collect()
    }
}

/// The applied revisions whose up file has another checksum now.
pub fn divergent(ours: &Graph, state: &State) -> Vec<RevisionId> {
    let is_edited = |row: &&Applied| {
        row.partial.is_none()
            && ours
                .find(&row.id)
                .is_some_and(|node| ours.revision(node).up.checksum != row.checksum)
    };
    state
        .applied
        .values()
        .filter(is_edited)
        .map(|row| row.id.clone())
        .collect()
}

fn join(ours: &Graph, unknown: &[&Applied]) -> Graph {
    let mut revisions: Vec<Revision> = ours.revisions().to_vec();
    // What they follow is fixed by now: a revision in between must not become a parent.
    for (revision, node) in revisions.iter_mut().zip(ours.nodes()) {
        revision.revises = listed(ours.parents(node).iter().map(|&node| ours.id(node)));
    }
    revisions.extend(unknown.iter().map(|row| recorded(row)));
    // Only a cycle between recorded and present revisions could fail here; then each stands alone.
    Graph::lenient(revisions).unwrap_or_else(|_| ours.clone())
}

fn listed<'a>(parents: impl Iterator<Item = &'a RevisionId>) -> Revises {
    let references: Vec<Reference> = parents.map(reference).collect();
    if references.is_empty() {
        Revises::Base
    } else {
        Revises::Listed(references)
    }
}

fn reference(id: &RevisionId) -> Reference {
    Reference {
        name: id.to_string(),
        place: Place::file("the history"),
    }
}

/// A revision of which only the record is left.
fn recorded(row: &Applied) -> Revision {
    Revision {
        id: row.id.clone(),
        slug: row.slug.clone(),
        message: row.message.clone(),
        layout: Layout::Pair,
        revises: listed(row.parents.iter()),
        depends_on: row.depends_on.iter().map(reference).collect(),
        labels: Vec::new(),
        up: Script {
            path: format!("{}_{} (recorded)", row.id, row.slug).into(),
            text: String::new().into(),
            checksum: row.checksum,
            statements: Vec::new(),
            transaction: TransactionMode::Own,
            lock_timeout: None,
            statement_timeout: None,
            batches: Vec::new(),
        },
        down: None,
        irreversible: row.irreversible.clone(),
        compatible: row.compatible,
        hazards: BTreeSet::new(),
        allow: BTreeSet::new(),
        replaces: None,
        phase: Phase::Expand,
        work: Work::Script,
    }
}

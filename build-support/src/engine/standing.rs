//! Where a database stands between the revisions that were squashed and the one that replaces them.
//!
//! One that has all of them counts as having the squashed one: the next run that may write records
//! it so. One in the middle goes on along the old files. Without any of them it is the squashed
//! revision that runs.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    graph::{Graph, Squash, walk::Along},
    history::{Applied, State},
    revision::{Direction, RevisionId},
};

/// The graph and the history as they fit each other.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// Ours, with what the database is in the middle of taken apart.
    pub graph: Cow<'a, Graph>,
    /// The history as it is once the adoptions are recorded.
    pub state: Cow<'a, State>,
    /// Squashed revisions that the database has by having all that they replace, each with the
    /// records that go.
    pub adoptions: BTreeMap<RevisionId, Vec<RevisionId>>,
    /// Squashed revisions that are taken apart.
    pub open: BTreeSet<RevisionId>,
    /// A squashed revision whose middle the database is in, and the files that it takes to go on.
    pub stuck: Option<Stuck>,
}

/// A database in the middle of a line whose files are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// The squashed revision.
    pub by: RevisionId,
    /// The last of what it replaces that the database has.
    pub at: RevisionId,
    /// What it replaces, the database lacks, and has no file.
    pub missing: Vec<RevisionId>,
}

impl<'a> Standing<'a> {
    /// Compares our squashed revisions with the history.
    pub fn of(ours: &'a Graph, state: &'a State) -> Self {
        let mut standing = Self {
            graph: Cow::Borrowed(ours),
            state: Cow::Borrowed(state),
            adoptions: BTreeMap::new(),
            open: BTreeSet::new(),
            stuck: None,
        };
        for squash in ours.squashes() {
            standing.place(ours, squash);
        }
        if !standing.open.is_empty() {
            standing.graph = Cow::Owned(ours.expanded(&standing.open));
        }
        standing.know_squashed(ours);
        standing
    }

    fn place(&mut self, ours: &Graph, squash: &Squash) {
        let rows: Vec<&Applied> = squash
            .ids
            .iter()
            .filter_map(|id| self.state.applied.get(id))
            .collect();
        let is_whole = |row: &&Applied| row.partial.is_none();
        let all = rows.len() == squash.ids.len() && rows.iter().all(is_whole);
        let recorded = self.state.applied.contains_key(&squash.by);
        if recorded && rows.is_empty() {
            return;
        }
        if recorded || all {
            return self.adopt(ours, squash);
        }
        let missing = self.without_file(ours, squash);
        match (rows.last(), missing.is_empty()) {
            (None, true) if self.stands_below(ours, squash) => {
                self.open.insert(squash.by.clone());
            }
            (None, _) => {}
            (Some(_), true) => {
                self.open.insert(squash.by.clone());
            }
            (Some(row), false) => {
                self.stuck = Some(Stuck {
                    by: squash.by.clone(),
                    at: row.id.clone(),
                    missing,
                });
            }
        }
    }

    /// What the squash replaces that is neither recorded nor in a file.
    fn without_file(&self, ours: &Graph, squash: &Squash) -> Vec<RevisionId> {
        let has_file = |id: &RevisionId| ours.replaced().iter().any(|file| file.id == *id);
        let lacks = |id: &&RevisionId| !self.state.applied.contains_key(*id) && !has_file(id);
        squash.ids.iter().filter(lacks).cloned().collect()
    }

    /// Whether the database has what the line stands on: it may hold rows that only the old files
    /// know how to treat.
    fn stands_below(&self, ours: &Graph, squash: &Squash) -> bool {
        let below = ours.ancestors(ours.find(&squash.by), Along::Needs);
        let is_applied = |id: &RevisionId| self.state.applied.contains_key(id);
        below.iter().any(|node| {
            let id = ours.id(node);
            is_applied(id) || ours.replaced_by(id).iter().any(is_applied)
        })
    }

    /// Takes the squashed revision for applied.
    fn adopt(&mut self, ours: &Graph, squash: &Squash) {
        let state = self.state.to_mut();
        let mut gone = Vec::new();
        let mut newest: Option<Applied> = None;
        for id in &squash.ids {
            let Some(row) = state.applied.remove(id) else {
                continue;
            };
            // A squashed revision that was itself only taken for applied has no record yet.
            match self.adoptions.remove(id) {
                Some(earlier) => gone.extend(earlier),
                None => gone.push(id.clone()),
            }
            if newest
                .as_ref()
                .is_none_or(|other| other.applied_at <= row.applied_at)
            {
                newest = Some(row);
            }
        }
        if let Some(row) = newest.filter(|_| !state.applied.contains_key(&squash.by)) {
            let row = standing_for(ours, squash, row);
            state.applied.insert(squash.by.clone(), row);
        }
        self.adoptions.insert(squash.by.clone(), gone);
    }

    /// A newer release may have squashed revisions of ours: they are applied with the one that the
    /// history names in their place.
    fn know_squashed(&mut self, ours: &Graph) {
        let squashed: Vec<Applied> = self
            .state
            .applied
            .values()
            .filter(|row| !row.replaces.is_empty() && ours.find(&row.id).is_none())
            .cloned()
            .collect();
        for row in squashed {
            for id in &row.replaces {
                let Some(node) = self.graph.find(id) else {
                    continue;
                };
                let checksum = self.graph.revision(node).up.checksum;
                let own = Applied {
                    id: id.clone(),
                    checksum,
                    replaces: Vec::new(),
                    has_down: false,
                    ..row.clone()
                };
                self.state.to_mut().applied.entry(id.clone()).or_insert(own);
            }
        }
    }
}

/// The record of a squashed revision, as of the newest that it replaces.
fn standing_for(ours: &Graph, squash: &Squash, newest: Applied) -> Applied {
    let files = ours.revisions().iter().chain(ours.replaced());
    let mut files = files.filter(|file| file.id == squash.by);
    let Some(revision) = files.next() else {
        return newest;
    };
    Applied {
        id: squash.by.clone(),
        slug: revision.slug.clone(),
        message: revision.message.clone(),
        checksum: revision.up.checksum,
        down_checksum: revision.down.as_ref().map(|down| down.checksum),
        has_down: revision.down.is_some(),
        irreversible: revision.irreversible.clone(),
        compatible: revision.compatible,
        replaces: squash.ids.clone(),
        ..newest
    }
}

/// Whether a record counts as applied: it does until it is wholly reverted.
pub(super) fn counts(row: &Applied) -> bool {
    row.partial
        .as_ref()
        .is_none_or(|partial| partial.direction == Direction::Down)
}

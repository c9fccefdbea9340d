//! Repeatable scripts: which of them run after the revisions, and which records have no file left.
//!
//! A script runs in the shape of a revision that follows nothing, so that transaction, lock, journal,
//! record and the place of an error are the same.

use super::{
    Action, Done, EngineError, Event, View,
    run::{Progress, Run},
};
use crate::{
    graph::{Graph, Node, NodeSet},
    history::{self, Applied, Occasion, State},
    revision::{Phase, Repeatable, RevisionId},
};

/// The repeatable scripts that a run has to do with.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    /// Those that run, as a graph without edges.
    pub(super) graph: Graph,
    /// In the order in which they run.
    pub(super) order: Vec<Node>,
    /// Recorded ones that have no file any more.
    pub(super) gone: Vec<RevisionId>,
}

/// Whether a script that ran has to run again: it changed since, or it stopped half way.
pub fn is_due(script: &Repeatable, recorded: &Applied) -> bool {
    recorded.partial.is_some() || recorded.checksum != script.script.checksum
}

/// The recorded scripts that have no file any more.
fn gone(graph: &Graph, state: &State) -> Vec<RevisionId> {
    let is_ours = |id: &RevisionId| graph.repeatable().iter().any(|script| script.id() == *id);
    let recorded = state.repeatable.keys();
    recorded.filter(|id| !is_ours(id)).cloned().collect()
}

impl Run<'_> {
    /// The scripts for a run that applies `order`. They are written for the newest schema, so they
    /// wait until nothing but the contract phase would be pending.
    pub(super) fn scripts(&self, view: &View, order: &[Node], held_back: &[RevisionId]) -> Scripts {
        let comes: NodeSet = order.iter().copied().collect();
        let is_done = |node: Node| {
            let id = view.graph.id(node);
            let is_contract = view.graph.revision(node).phase == Phase::Contract;
            let waits = is_contract && held_back.contains(id);
            view.applied.contains(node) || comes.contains(node) || waits
        };
        if !view.graph.nodes().all(is_done) {
            return Scripts::default();
        }
        let scripts = self.graph.repeatable().iter();
        let due: Vec<&Repeatable> = scripts
            .filter(|script| {
                let recorded = self.state.repeatable.get(&script.id());
                recorded.is_none_or(|row| is_due(script, row))
            })
            .collect();
        // They have no edges and names that no two share, so they are always a graph.
        let graph =
            Graph::new(due.iter().map(|script| script.as_revision()).collect()).unwrap_or_default();
        let order = due.iter().filter_map(|script| graph.find(&script.id()));
        Scripts {
            order: order.collect(),
            gone: gone(self.graph, &self.state),
            graph,
        }
    }

    /// Takes the records of scripts away that have no file any more; what they made stays.
    pub(super) async fn forget_gone(
        &mut self,
        gone: &[RevisionId],
    ) -> Result<Progress, EngineError> {
        if gone.is_empty() || self.state.standby || self.state.read_only {
            return Ok(Progress::Done);
        }
        let names = &self.options.names;
        let mut digests = self.digests;
        let mut message = self.begin_on_state();
        message.statements(super::message::set_role(self.options));
        for row in gone.iter().filter_map(|id| self.state.repeatable.get(id)) {
            digests.remove(&row.mark());
            message.statement(&history::record_reverted(names, &row.id));
            message.statement(&history::log(
                names,
                Occasion::Stamp,
                Some(&row.id),
                &self.options.application,
                &digests.whole,
                Some("its file is gone"),
            ));
        }
        message.statement(&history::set_digest(names, &digests));
        message.statement("COMMIT");
        if let Err(error) = self.link.script(message.sql).await {
            self.roll_back(&error).await;
            return self.guarded(error, 0);
        }
        self.note_digests(digests);
        for row in gone
            .iter()
            .filter_map(|id| self.state.repeatable.remove(id))
        {
            let done = Done {
                id: row.id,
                slug: row.slug,
                action: Action::Unstamped,
                duration: Default::default(),
            };
            self.done.push(done.clone());
            self.link.tell(Event::Finished(done)).await;
        }
        Ok(Progress::Done)
    }
}

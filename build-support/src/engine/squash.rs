//! Records that a database has a squashed revision because it has all that it replaces.

use std::collections::BTreeMap;

use super::{
    Action, Done, EngineError, Event, View,
    run::{Progress, Run},
    transaction::row,
};
use crate::{
    graph::list,
    history::{self, Occasion},
    revision::RevisionId,
};

impl Run<'_> {
    /// Whether there is something to record, and this run may write.
    pub(super) fn may_adopt(&self, view: &View) -> bool {
        let writes = !(self.options.dry_run || self.state.standby || self.state.read_only);
        writes && !view.adoptions.is_empty()
    }

    /// Replaces the records, in one transaction.
    pub(super) async fn adopt_squashed(
        &mut self,
        adoptions: &BTreeMap<RevisionId, Vec<RevisionId>>,
    ) -> Result<Progress, EngineError> {
        let names = &self.options.names;
        let mut state = self.state.clone();
        let mut message = self.begin_on_state();
        message.statements(super::message::set_role(self.options));
        let mut stamped = Vec::new();
        for (by, gone) in adoptions {
            for id in gone {
                state.applied.remove(id);
            }
            if !gone.is_empty() {
                message.statement(&history::forget_replaced(names, gone));
            }
            let Some(node) = self.graph.find(by) else {
                continue;
            };
            if !state.applied.contains_key(by) {
                let (record, entry) = self.with_entry(self.graph, node, |entry| {
                    let record = history::record_applied(names, entry, None);
                    (record, row(entry, Default::default()))
                });
                message.statement(&record);
                state.insert(entry);
            }
            let digest = state.computed_digest();
            let note = format!("replaces {}", list(gone).replace('`', ""));
            message.statement(&history::log(
                names,
                Occasion::Stamp,
                Some(by),
                &self.options.application,
                &digest,
                Some(&note),
            ));
            stamped.push(node);
        }
        message.statement(&history::set_digest(names, &state.computed()));
        message.statement("COMMIT");
        if let Err(error) = self.link.script(message.sql).await {
            self.roll_back(&error).await;
            return self.guarded(error, 0);
        }
        let digests = state.computed();
        self.hold(state);
        self.note_digests(digests);
        for node in stamped {
            let revision = self.graph.revision(node);
            let done = Done {
                id: revision.id.clone(),
                slug: revision.slug.clone(),
                action: Action::Stamped,
                duration: Default::default(),
            };
            self.done.push(done.clone());
            self.link.tell(Event::Finished(done)).await;
        }
        Ok(Progress::Done)
    }
}

//! The edited file of an applied revision, accepted.

use super::{
    EngineError, Report,
    run::{Progress, Run},
};
use crate::{
    history::{self, Occasion},
    plan,
    revision::RevisionId,
};

impl Run<'_> {
    pub(super) async fn repair(&mut self, id: &RevisionId) -> Result<Report, EngineError> {
        loop {
            self.read_state().await?;
            let node = self.graph.find(id);
            let Some((node, row)) = node.zip(self.state.applied.get(id).cloned()) else {
                return Err(plan::PlanError::NotApplied { id: id.clone() }.into());
            };
            let revision = self.graph.revision(node);
            let mut digests = self.state.computed();
            digests.remove(&row.mark());
            let checksum = revision.up.checksum;
            let partial = row.partial.is_some();
            digests.add(&crate::revision::AppliedMark {
                id,
                checksum: &checksum,
                partial,
            });
            let names = &self.options.names;
            let mut message = self.begin_on_state();
            message.statements(super::message::set_role(self.options));
            message.statement(&history::set_scripts(names, revision));
            let note = self.note(Some(&format!("checksum was {}", row.checksum)));
            let application = &self.options.application;
            message.statement(&history::log(
                names,
                Occasion::Repair,
                Some(id),
                application,
                &digests.whole,
                note.as_deref(),
            ));
            message.statement(&history::set_digest(names, &digests));
            message.statement("COMMIT");
            let progress = match self.link.script(message.sql).await {
                Ok(()) => Progress::Done,
                Err(error) => {
                    self.roll_back(&error).await;
                    self.guarded(error, 0)?
                }
            };
            match progress {
                Progress::Done => return Ok(self.report()),
                Progress::Moved => {}
                Progress::Busy => self.wait_for_lock().await?,
            }
        }
    }
}

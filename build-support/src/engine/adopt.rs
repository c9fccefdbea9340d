//! Taking over another tool's record: the tables, the rows and the check that the other record is
//! still the one that was read, in one transaction under the lock.

use super::{
    EngineError, Purge, Report,
    message::{self, Guard},
    run::{Progress, Run},
};
use crate::revision::RevisionId;

/// What another tool's record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The revisions of ours that it says are applied.
    pub applied: Vec<RevisionId>,
    /// Its table, quoted and qualified. Nobody can write it while the record is taken over.
    pub table: String,
    /// A condition that holds as long as the table says what was read.
    pub unchanged: String,
}

impl Run<'_> {
    /// Records it, where nothing is recorded yet. A report without heads says that the other record
    /// has changed, so that it is to be read again.
    pub(super) async fn adopt(&mut self, adoption: &Adoption) -> Result<Report, EngineError> {
        let nodes = adoption.applied.iter();
        let after = nodes.filter_map(|id| self.graph.find(id)).collect();
        loop {
            let exists = self.read_state().await?;
            if !self.state.applied.is_empty() {
                return Ok(self.report());
            }
            let mut start = self.begin();
            start.statements(message::set_role(self.options));
            if !exists {
                start.statements(self.create_statements());
            }
            // Nobody waits inside the server: the other tool's run is polled like our lock.
            start.statement(&format!(
                "LOCK TABLE {} IN SHARE MODE NOWAIT",
                adoption.table
            ));
            start.statement(&Guard::Lost.unless(&adoption.unchanged));
            start.select([message::expect_digest(
                &self.options.names,
                &self.state.digest,
            )]);
            let Some(stamp) = self.stamp_of((self.graph, start), &after, Purge::Keep) else {
                return Ok(self.report());
            };
            let progress = match self.send_stamp(stamp).await {
                Err(EngineError::Server(error)) if error.is("55P03") => Progress::Busy,
                Err(EngineError::Server(error)) if Guard::of(&error) == Some(Guard::Lost) => {
                    return Ok(Report::default());
                }
                other => other?,
            };
            match progress {
                Progress::Done => return Ok(self.report()),
                Progress::Moved => {}
                Progress::Busy => self.wait_for_lock().await?,
            }
        }
    }
}

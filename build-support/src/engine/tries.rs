//! A statement without a transaction is tried until it gets its locks; what is said when it does not.

use super::{
    EngineError, Failure, Left, ServerError,
    concurrently::{Attempt, Due},
    locate::{self, Spot},
    message::{Guard, Message},
    run::Run,
    transaction::{Job, is_transient},
};

impl Run<'_> {
    pub(super) async fn send_until_locked(
        &mut self,
        job: &Job<'_>,
        index: usize,
        message: &Message,
    ) -> Result<(), EngineError> {
        loop {
            let Err(error) = self.link.script(message.sql.clone()).await else {
                return Ok(());
            };
            self.roll_back(&error).await;
            let spot = error
                .position
                .and_then(|at| message.script_offset(job.script, at))
                .map(|offset| locate::at_offset(job.script, offset));
            self.try_later(job, index, error, spot).await?;
            // What the failed try left INVALID would make the next one fail or do nothing.
            if self.make_way(job, index, Attempt::Again(None)).await? == Due::Done {
                return Ok(());
            }
        }
    }

    /// Waits for another try, where what is in the way may pass and there is time.
    pub(super) async fn try_later(
        &mut self,
        job: &Job<'_>,
        index: usize,
        error: ServerError,
        spot: Option<Spot>,
    ) -> Result<(), EngineError> {
        if is_transient(&error) && self.has_time() {
            self.retry_later(job, &error).await;
            return Ok(());
        }
        if !error.is("55P03") {
            return Err(self.stopped(job, index, error, spot));
        }
        let blockers = self.blockers().await;
        let failure = self.failure_at(job, index, error, spot);
        Err(EngineError::StatementLocked { failure, blockers })
    }

    pub(super) fn stopped(
        &self,
        job: &Job<'_>,
        index: usize,
        error: ServerError,
        spot: Option<Spot>,
    ) -> EngineError {
        match Guard::of(&error) {
            Some(Guard::Lost) => EngineError::Pooled {
                id: job.revision().id.clone(),
            },
            Some(Guard::Alone) => EngineError::Alone {
                waited: self.elapsed(),
            },
            _ => EngineError::Failed(self.failure_at(job, index, error, spot)),
        }
    }

    pub(super) fn failure_at(
        &self,
        job: &Job<'_>,
        index: usize,
        error: ServerError,
        spot: Option<Spot>,
    ) -> Failure {
        let (count, revision) = (job.script.statements.len(), job.revision());
        let spot = spot.unwrap_or_else(|| {
            locate::at_statement(job.script, index.min(count.saturating_sub(1)))
        });
        Failure {
            id: revision.id.clone(),
            message: revision.message.clone(),
            direction: job.direction,
            statement: (index < count).then_some((index + 1, count)),
            place: spot.place,
            width: spot.width,
            left: Left::Statements(index),
            before: self.done.len(),
            heads: self.view().heads(),
            empty_history: false,
            error,
        }
    }
}

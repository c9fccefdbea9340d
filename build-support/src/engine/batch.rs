//! A statement in batches: each batch of rows commits together with how far it came.
//!
//! The batches go along a key of the table, the primary key unless the file names another. The
//! last key of a batch is asked for first, so that its transaction is bounded whatever the
//! statement's own condition leaves of it, and is committed with the rows: whoever goes on after a
//! process that died begins behind it. A row is so touched exactly once.
//!
//! Between batches no transaction is open: vacuum, replicas and everybody else have their turn.

use std::time::{Duration, Instant};

use super::{
    EngineError, Event, Left, ServerError,
    batch_key::{Key, identity, text},
    message::{Message, expect_standby},
    run::Run,
    session::Session,
    transaction::{Job, is_transient},
};
use crate::{
    history::{self, BatchProgress},
    revision::{Batch, Pace},
    sql::{self, Batchable, Part, quote_identifier, quote_literal},
};

/// How many rows the first batch goes through, where the file does not say.
const FIRST: u64 = 1000;
/// Below this a batch costs more than its rows, so time alone makes none smaller.
const SMALLEST: u64 = 100;
/// Above this a batch is not worth to be larger.
const LARGEST: u64 = 1_000_000;
/// How long to wait when a batch may not run yet.
const REST: Duration = Duration::from_secs(1);

/// A batched statement under way.
struct Walk<'a> {
    job: &'a Job<'a>,
    index: usize,
    session: &'a Session,
    statement: Batchable,
    pace: &'a Pace,
    key: Key,
    /// The key of the last row that is done.
    after: Option<Vec<String>>,
    /// How many rows were gone through, by earlier processes too.
    done: u64,
    /// How many rows the next batch goes through.
    rows: u64,
    time: Duration,
}

/// What a try of one batch came to.
enum Tried {
    /// This many rows.
    Rows(u64),
    /// There are no more.
    NoMore,
    /// Something is in the way.
    Blocked(ServerError),
}

impl Run<'_> {
    /// Runs a statement in batches, from where the journal says.
    pub(super) async fn in_batches(
        &mut self,
        job: &Job<'_>,
        batch: &Batch,
        session: &Session,
    ) -> Result<(), EngineError> {
        let index = batch.statement;
        let text = job.statement(index);
        let statement = sql::batchable(text).expect("it was checked when the script was read");
        let Some(key) = self.key(job, batch, &statement).await? else {
            // The server has better words for a table that is not there.
            return self.in_one(job, index, session).await;
        };
        let (after, done) = self.begun(job, &identity(&statement, &key)).await?;
        let mut walk = Walk {
            job,
            index,
            session,
            statement,
            pace: &batch.pace,
            key,
            after,
            done,
            rows: batch.pace.rows.unwrap_or(FIRST),
            time: batch.pace.time.unwrap_or(self.options.batch_time),
        };
        let started = (Instant::now(), walk.done);
        while self.next_batch(&mut walk, started).await? {}
        let mut entry = self.begin_locked();
        entry.statements(self.journal(job, index + 1, session));
        if let Err(error) = self.link.script(entry.sql).await {
            self.roll_back(&error).await;
            return Err(self.stopped(job, index, error, None));
        }
        Ok(())
    }

    /// Without a database to ask there is no key to go along.
    pub(super) async fn in_one(
        &mut self,
        job: &Job<'_>,
        index: usize,
        session: &Session,
    ) -> Result<(), EngineError> {
        let message = self.with_journal(job, index, session);
        self.send_until_locked(job, index, &message).await
    }

    /// Does one batch, and again if something is in the way; tells whether there may be another.
    async fn next_batch(
        &mut self,
        walk: &mut Walk<'_>,
        started: (Instant, u64),
    ) -> Result<bool, EngineError> {
        self.wait_for_turn(walk).await?;
        let began = Instant::now();
        match self.try_batch(walk).await? {
            Tried::NoMore => Ok(false),
            Tried::Rows(rows) => {
                let took = began.elapsed();
                walk.rows = next_size(walk.rows, took, walk.time);
                self.renew_deadline();
                self.tell_batch(walk, rows, started).await;
                if !walk.pace.pause.is_zero() {
                    self.link.wait(walk.pace.pause).await;
                }
                Ok(true)
            }
            Tried::Blocked(error) => {
                walk.rows = (walk.rows / 2).max(1);
                if !self.has_time() {
                    return Err(self.batch_blocked(walk, error).await);
                }
                self.retry_later(walk.job, &error).await;
                Ok(true)
            }
        }
    }

    async fn try_batch(&mut self, walk: &mut Walk<'_>) -> Result<Tried, EngineError> {
        let began = Instant::now();
        let end = match self.link.read(walk.end_query()).await {
            Ok(rows) => end_of(rows),
            Err(error) if walk.is_in_the_way(&error, began.elapsed(), self.options) => {
                return Ok(Tried::Blocked(error));
            }
            Err(error) => return Err(self.batch_failed(walk, error, None)),
        };
        let Some((rows, end)) = end else {
            return Ok(Tried::NoMore);
        };
        let message = self.batch_message(walk, rows, &end);
        match self.link.script(message.sql.clone()).await {
            Ok(()) => {
                walk.done += rows;
                walk.after = Some(end);
                self.note_batch(walk);
                Ok(Tried::Rows(rows))
            }
            Err(error) => {
                self.roll_back(&error).await;
                if walk.is_in_the_way(&error, began.elapsed(), self.options) {
                    return Ok(Tried::Blocked(error));
                }
                Err(self.batch_failed(walk, error, Some(&message)))
            }
        }
    }

    /// The rows up to a key, and that they are done, in one transaction.
    fn batch_message(&self, walk: &Walk<'_>, rows: u64, end: &[String]) -> Message {
        let text = walk.job.statement(walk.index);
        let start = walk.job.script.statements[walk.index].start;
        let mut message = self.begin_locked();
        message.statement(&expect_standby());
        for part in walk.statement.limited(text, &walk.range(Some(end))) {
            match part {
                Part::Ours(sql) => message.sql.push_str(&sql),
                Part::Theirs(part) => message.piece(&text[part.clone()], start + part.start),
            }
        }
        message.sql.push_str("\n;\n");
        let mut cursor = vec![identity(&walk.statement, &walk.key)];
        cursor.extend_from_slice(end);
        let id = &walk.job.revision().id;
        message.statement(&self.journal_role(walk.session));
        message.statement(&history::set_batch(
            &self.options.names,
            id,
            &cursor,
            walk.done + rows,
        ));
        message.statement("COMMIT");
        message
    }

    fn note_batch(&mut self, walk: &Walk<'_>) {
        let row = self.state.row_mut(&walk.job.revision().id);
        if let Some(partial) = row.and_then(|row| row.partial.as_mut()) {
            partial.batch = Some(BatchProgress { rows: walk.done });
        }
    }

    async fn tell_batch(&self, walk: &Walk<'_>, rows: u64, (since, before): (Instant, u64)) {
        let seconds = since.elapsed().as_secs_f64().max(0.001);
        let event = Event::Batch {
            id: walk.job.revision().id.clone(),
            statement: walk.index + 1,
            rows,
            done: walk.done,
            estimate: walk.key.estimate,
            per_second: ((walk.done - before) as f64 / seconds) as u64,
        };
        self.link.tell(event).await;
    }

    /// Waits until the replicas and the user's condition let another batch run.
    async fn wait_for_turn(&mut self, walk: &Walk<'_>) -> Result<(), EngineError> {
        let mut told = false;
        while let Some(reason) = self.held_back_by(walk).await? {
            if !told {
                let id = walk.job.revision().id.clone();
                self.link.tell(Event::Paused { id, reason }).await;
                told = true;
            }
            self.link.wait(REST).await;
        }
        Ok(())
    }

    async fn held_back_by(&self, walk: &Walk<'_>) -> Result<Option<String>, EngineError> {
        let limit = walk.pace.max_lag.unwrap_or(self.options.batch_max_lag);
        let lag = Duration::from_secs_f64(self.replica_lag().await?);
        if lag > limit {
            let reason = format!("a replica is {:.1} s behind", lag.as_secs_f64());
            return Ok(Some(reason));
        }
        let Some(condition) = &walk.pace.when else {
            return Ok(None);
        };
        // The line break ends a comment in it.
        let question = format!("SELECT (({condition}\n) IS TRUE)::pg_catalog.text");
        match self.link.read(question).await {
            Ok(rows) if is_true(&rows) => Ok(None),
            Ok(_) => Ok(Some(format!("`{condition}` does not hold"))),
            Err(error) => Err(self.batch_failed(walk, error, None)),
        }
    }

    /// How many seconds the slowest replica is behind, as far as this role may see it.
    async fn replica_lag(&self) -> Result<f64, EngineError> {
        const LAG: &str = "SELECT COALESCE(pg_catalog.max(EXTRACT(epoch FROM replay_lag)), 0)\
                           ::pg_catalog.text FROM pg_catalog.pg_stat_replication";
        let rows = self.link.read(LAG.to_owned()).await;
        let rows = rows.map_err(EngineError::Server)?;
        let first = rows
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next());
        let lag = first.flatten().and_then(|text| text.parse().ok());
        Ok(lag.unwrap_or(0.0_f64).max(0.0))
    }

    async fn batch_blocked(&mut self, walk: &Walk<'_>, error: ServerError) -> EngineError {
        if !error.is("55P03") {
            return self.batch_failed(walk, error, None);
        }
        let blockers = self.blockers().await;
        match self.batch_failed(walk, error, None) {
            EngineError::Failed(failure) => EngineError::StatementLocked { failure, blockers },
            other => other,
        }
    }

    fn batch_failed(
        &self,
        walk: &Walk<'_>,
        error: ServerError,
        message: Option<&Message>,
    ) -> EngineError {
        let spot = message
            .and_then(|message| message.script_offset(walk.job.script, error.position?))
            .map(|offset| super::locate::at_offset(walk.job.script, offset));
        let stopped = self.stopped(walk.job, walk.index, error, spot);
        match stopped {
            EngineError::Failed(mut failure) => {
                failure.left = Left::Batches { rows: walk.done };
                EngineError::Failed(failure)
            }
            other => other,
        }
    }
}

impl Walk<'_> {
    /// What may pass when the batch is tried again, perhaps a smaller one.
    fn is_in_the_way(&self, error: &ServerError, took: Duration, options: &super::Options) -> bool {
        let limit = self.job.script.statement_timeout;
        let limit = limit.or(options.statement_timeout).unwrap_or_default();
        // A user's cancellation has the same code, and comes before the time is over.
        let timed_out = error.is("57014") && !limit.is_zero() && took >= limit;
        is_transient(error) || timed_out && self.rows > 1
    }

    /// The rows behind the last one that is done, up to a key.
    fn range(&self, end: Option<&[String]>) -> String {
        let after = self.after.as_deref().map(|key| self.compare(">", key));
        let end = end.map(|key| self.compare("<=", key));
        let conditions: Vec<String> = after.into_iter().chain(end).collect();
        match conditions.is_empty() {
            true => "true".to_owned(),
            false => conditions.join(" AND "),
        }
    }

    fn compare(&self, operator: &str, values: &[String]) -> String {
        let alias = &self.statement.alias;
        let columns = self.key.columns.iter();
        let names: Vec<String> = columns
            .clone()
            .map(|column| format!("{alias}.{}", quote_identifier(&column.name)))
            .collect();
        let values: Vec<String> = columns
            .zip(values)
            .map(|(column, value)| format!("{}::{}", quote_literal(value), column.type_name))
            .collect();
        let operator = match &self.key.schema {
            Some(schema) => format!("OPERATOR({}.{operator})", quote_identifier(schema)),
            None => operator.to_owned(),
        };
        match (names.as_slice(), values.as_slice()) {
            ([name], [value]) => format!("{name} {operator} {value}"),
            (names, values) => format!(
                "ROW({}) {operator} ROW({})",
                names.join(", "),
                values.join(", ")
            ),
        }
    }

    /// Asks how many rows the next batch has, and for the key of its last one.
    fn end_query(&self) -> String {
        let numbered = self.key.columns.iter().enumerate();
        let (mut keys, mut names, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for (at, column) in numbered {
            let name = quote_identifier(&column.name);
            keys.push(format!("{}.{name} AS k{at}", self.statement.alias));
            names.push(format!("k{at}"));
            texts.push(format!("k{at}::pg_catalog.text"));
        }
        let (keys, names, texts) = (keys.join(", "), names.join(", "), texts.join(", "));
        format!(
            "SELECT n::pg_catalog.text, {texts} FROM (SELECT {names}, pg_catalog.row_number() \
             OVER (ORDER BY {names}) AS n FROM (SELECT {keys} FROM {} AS {} WHERE {} \
             ORDER BY {names} LIMIT {}) AS batch) AS numbered ORDER BY numbered.n DESC LIMIT 1",
            self.statement,
            self.statement.alias,
            self.range(None),
            self.rows
        )
    }
}

/// The number of rows and the key of the last; `None` where there is none.
fn end_of(rows: Vec<history::Row>) -> Option<(u64, Vec<String>)> {
    let mut columns = rows.into_iter().next()?.into_iter();
    let number = columns.next()??.parse().ok()?;
    Some((number, columns.flatten().collect()))
}

/// How many rows the next batch goes through, so that it takes about as long as it should.
fn next_size(rows: u64, took: Duration, target: Duration) -> u64 {
    let factor = target.as_secs_f64() / took.as_secs_f64().max(0.000_1);
    let next = rows as f64 * factor.clamp(0.5, 2.0);
    (next as u64).clamp(rows.min(SMALLEST), LARGEST)
}

fn is_true(rows: &[history::Row]) -> bool {
    let first = rows.first().map(|row| text(row, 0));
    matches!(first, Some("t" | "true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_grows_and_shrinks_towards_its_time_by_no_more_than_twice() {
        let target = Duration::from_millis(500);
        for (took, expected) in [
            (1, 2000),
            (250, 2000),
            (400, 1250),
            (500, 1000),
            (9000, 500),
        ] {
            let next = next_size(1000, Duration::from_millis(took), target);
            assert_eq!(next, expected, "{took} ms");
        }
        assert_eq!(next_size(120, Duration::from_secs(9), target), 100);
        assert_eq!(next_size(3, Duration::from_secs(9), target), 3);
        assert_eq!(next_size(LARGEST, Duration::ZERO, target), LARGEST);
    }
}

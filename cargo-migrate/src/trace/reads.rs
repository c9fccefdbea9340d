//! Which tables a transaction has read from end to end: the server counts that for its own session.
//! <https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-FUNCTIONS>

use std::collections::BTreeMap;

use postgres::{Client, SimpleQueryMessage};

use super::{
    RelationKind, Under,
    relations::{Oid, Relations},
    watch::Locks,
};

/// How often each relation was read.
#[derive(Default)]
pub(super) struct Scans(BTreeMap<Oid, i64>);

impl Scans {
    /// Begins a transaction, and gives what is counted until then. A session keeps its counts for some
    /// time after a transaction is over, but gives none away between two of one message; and no
    /// query may be in the transaction itself, which may still have to choose its isolation.
    ///
    /// The few rows of a scratch database are read whole even where an index is at hand. So the
    /// planner is told to go along an index wherever there is one.
    pub(super) fn begin(client: &mut Client, known: &Relations) -> Result<Self, postgres::Error> {
        let count = count(known.filled());
        let messages = client.simple_query(&format!(
            "BEGIN; {count}; COMMIT; BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL jit = off"
        ))?;
        Ok(Self::parse(&messages))
    }

    /// The relations that were read since; from now on these reads are known. Who reads a relation has
    /// a lock on it, so only those with one are asked about.
    pub(super) fn since(
        &mut self,
        client: &mut Client,
        known: &Relations,
        locks: &Locks,
    ) -> Result<Vec<Oid>, postgres::Error> {
        let locked: Vec<Oid> = known
            .filled()
            .filter(|oid| locks.contains_key(oid))
            .collect();
        if locked.is_empty() {
            return Ok(Vec::new());
        }
        let now = Self::parse(&client.simple_query(&count(locked.into_iter()))?);
        let grown = |(oid, count): &(&Oid, &i64)| self.0.get(oid) < Some(count);
        let read = now.0.iter().filter(grown).map(|(oid, _)| *oid).collect();
        self.0.extend(now.0);
        Ok(read)
    }

    fn parse(messages: &[SimpleQueryMessage]) -> Self {
        let count = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => {
                Some((row.get(0)?.parse().ok()?, row.get(1)?.parse().ok()?))
            }
            _ => None,
        };
        Self(messages.iter().filter_map(count).collect())
    }
}

fn count(relations: impl Iterator<Item = Oid>) -> String {
    let relations: Vec<String> = relations.map(|oid| oid.to_string()).collect();
    format!(
        "SELECT oid, pg_catalog.pg_stat_get_xact_numscans(oid) \
         FROM pg_catalog.unnest('{{{}}}'::pg_catalog.oid[]) AS oid",
        relations.join(",")
    )
}

/// The strongest lock that is held while a relation is read; of several its own, else a table's.
pub(super) fn strongest(read: Oid, locks: &Locks, known: &Relations) -> Option<Under> {
    let held = locks.iter().filter_map(|(&oid, &mode)| {
        let relation = known.get(oid)?;
        let rank = (mode, oid == read, relation.kind != RelationKind::Index);
        Some((rank, relation))
    });
    let ((mode, own, _), relation) = held.max_by_key(|(rank, _)| *rank)?;
    Some(Under {
        relation: relation.clone(),
        mode,
        blocks: mode.blocks(),
        own,
    })
}

//! The embedded revisions for refinery's own runner.

use super::{RefineryError, record::migration};
use crate::{
    error::Error,
    graph::{Graph, Node},
    migrations::Migrations,
    revision::{Phase, TransactionMode, Work},
};

impl Migrations {
    /// Hands the embedded revisions to a runner of refinery's, for those who want that runner: its
    /// table, its order, its transactions.
    ///
    /// ```no_run
    /// # fn start(migrations: build_support::Migrations) -> Result<(), build_support::Error> {
    /// let runner: refinery_core::Runner = migrations.to_refinery()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RefineryError`], where a revision is more than refinery can run: an id that does not fit its
    /// versions (32 bits, 64 with its feature `int8-versions`), an order that is not that of the ids,
    /// `transaction=none`, batches, code, or the contract phase.
    pub fn to_refinery(&self) -> Result<refinery_core::Runner, Error> {
        let graph = self.graph()?;
        let mut migrations = Vec::new();
        for node in graph.nodes() {
            refuse(&graph, node)?;
            let revision = graph.revision(node);
            let text = revision.up.text.in_memory();
            let text = text.expect("what a binary carries is in memory");
            migrations.push(migration(revision, text)?);
        }
        Ok(refinery_core::Runner::new(&migrations))
    }
}

fn refuse(graph: &Graph, node: Node) -> Result<(), RefineryError> {
    let revision = graph.revision(node);
    let id = revision.id.clone();
    let below = graph.parents(node).iter().chain(graph.depends_on(node));
    // refinery knows no order but that of the numbers.
    if let Some(&above) = below.into_iter().find(|&&other| other > node) {
        return Err(RefineryError::Order {
            id,
            needs: graph.id(above).clone(),
        });
    }
    let what = match revision {
        revision if revision.work == Work::Code => "is code of the application",
        revision if revision.up.transaction == TransactionMode::None => {
            "runs without a transaction"
        }
        revision if !revision.up.batches.is_empty() => "has a batched statement",
        revision if revision.phase == Phase::Contract => "waits for the contract phase",
        _ => return Ok(()),
    };
    Err(RefineryError::NotForRefinery { id, what })
}

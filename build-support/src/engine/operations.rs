//! The operations: what each checks before the first statement, and in which order it acts.

use std::collections::BTreeMap;

use super::{
    Adoption, EngineError, Event, Outcome, Report, View,
    options::is_variable,
    repeatable::Scripts,
    run::{Progress, Run, planned},
    transaction::{Job, Position},
};
use crate::{
    graph::{
        Graph, Node,
        symbol::{Symbols, Target},
    },
    revision::{Direction, RevisionId, Script, TransactionMode},
};

/// What is asked of the engine. Targets are symbols, as a user types them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Read the history.
    Read,
    /// Make the history's tables.
    EnsureHistory,
    /// Apply what the targets need.
    Up(Vec<String>),
    /// Revert what is above the target.
    Down(String),
    /// Record without running.
    Stamp {
        /// The new heads.
        targets: Vec<String>,
        /// Whether all that was recorded goes first.
        purge: Purge,
    },
    /// Accept the edited file of an applied revision.
    Repair(RevisionId),
    /// Record what another tool applied, where nothing is recorded yet.
    Adopt(Adoption),
}

/// What a stamp does with the record that it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purge {
    /// Heads that are not related to the targets stay.
    Keep,
    /// All of it goes.
    All,
}

pub(super) async fn perform(
    mut run: Run<'_>,
    operation: Operation,
) -> Result<Outcome, EngineError> {
    if let Some(name) = run.options.variables.keys().find(|name| !is_variable(name)) {
        return Err(EngineError::InvalidVariable { name: name.clone() });
    }
    match operation {
        Operation::Read => {
            let exists = run.read_state().await?;
            Ok(Outcome::State(exists.then_some(run.state)))
        }
        Operation::EnsureHistory => run.ensure().await.map(Outcome::Report),
        Operation::Up(targets) => run.up(&targets).await.map(Outcome::Report),
        Operation::Down(target) => run.down(&target).await.map(Outcome::Report),
        Operation::Stamp { targets, purge } => {
            run.stamp(&targets, purge).await.map(Outcome::Report)
        }
        Operation::Repair(id) => run.repair(&id).await.map(Outcome::Report),
        Operation::Adopt(adoption) => run.adopt(&adoption).await.map(Outcome::Report),
    }
}

impl Run<'_> {
    async fn ensure(&mut self) -> Result<Report, EngineError> {
        while !self.read_state().await? {
            if self.create_history(0).await? == Progress::Busy {
                self.wait_for_lock().await?;
            }
        }
        Ok(self.report())
    }

    pub(super) fn refuse_half_way(
        &self,
        graph: &Graph,
        direction: Direction,
    ) -> Result<(), EngineError> {
        let half = self.state.applied.values().find(|row| {
            row.partial
                .as_ref()
                .is_some_and(|partial| partial.direction == direction)
                && graph.find(&row.id).is_some()
        });
        match half {
            Some(row) => Err(EngineError::HalfWay {
                id: row.id.clone(),
                direction,
            }),
            None => Ok(()),
        }
    }

    pub(super) fn refuse_read_only(&self, pending: usize) -> Result<(), EngineError> {
        if self.state.standby || self.state.read_only {
            return Err(EngineError::ReadOnly {
                pending,
                standby: self.state.standby,
            });
        }
        Ok(())
    }

    pub(super) async fn run_all(
        &mut self,
        steps: &[(&Graph, Node)],
        direction: Direction,
        recorded: &BTreeMap<RevisionId, Script>,
    ) -> Result<Progress, EngineError> {
        let planned = planned(steps, direction);
        self.link
            .tell(Event::Planned {
                steps: planned.clone(),
            })
            .await;
        for (index, (&(graph, node), step)) in steps.iter().zip(planned).enumerate() {
            let count = steps.len();
            self.link
                .tell(Event::Started {
                    step,
                    index: index + 1,
                    count,
                })
                .await;
            let revision = graph.revision(node);
            let script = match direction {
                Direction::Up => Some(&revision.up),
                Direction::Down => revision
                    .down
                    .as_ref()
                    .or_else(|| recorded.get(&revision.id)),
            };
            let Some(script) = script else {
                return Err(irreversible(&revision.id, NO_DOWN));
            };
            let position = Position { index, count };
            let job = Job::new((graph, node), direction, script, position);
            let progress = match script.transaction {
                TransactionMode::Own => self.in_transaction(&job).await?,
                TransactionMode::None => self.by_statements(&job).await?,
            };
            if progress != Progress::Done {
                return Ok(progress);
            }
        }
        Ok(Progress::Done)
    }
}

/// A target by its ids: the graph that a run goes by may change on the way.
pub(super) struct Aim {
    point: Option<RevisionId>,
    line: Option<RevisionId>,
}

impl Aim {
    pub(super) fn of(target: &Target, graph: &Graph) -> Self {
        let id = |node: Option<Node>| node.map(|node| graph.id(node).clone());
        Self {
            point: id(target.point),
            line: id(target.line),
        }
    }

    pub(super) fn target(&self, graph: &Graph) -> Target {
        let node = |id: &Option<RevisionId>| {
            let id = id.as_ref()?;
            graph.find(id).or_else(|| graph.stand_in(id))
        };
        Target {
            point: node(&self.point),
            line: node(&self.line),
        }
    }
}

pub(super) fn resolve(
    view: &View,
    texts: &[String],
    direction: Direction,
) -> Result<Vec<Target>, EngineError> {
    let symbols = Symbols::new(&view.graph, &view.applied);
    let mut targets = Vec::new();
    for text in texts {
        targets.extend(symbols.steps(text, direction)?);
    }
    Ok(targets)
}

/// The revisions, then the repeatable scripts.
pub(super) fn steps<'g>(
    graph: &'g Graph,
    order: &[Node],
    scripts: &'g Scripts,
) -> Vec<(&'g Graph, Node)> {
    let revisions = order.iter().map(|&node| (graph, node));
    let scripts = scripts.order.iter().map(|&node| (&scripts.graph, node));
    revisions.chain(scripts).collect()
}

/// Why a revision can't be reverted that says nothing about it.
pub(super) const NO_DOWN: &str = "it has no down script";

pub(super) fn irreversible(id: &RevisionId, reason: &str) -> EngineError {
    EngineError::Irreversible {
        id: id.clone(),
        reason: reason.to_owned(),
    }
}

//! The way up: what is checked before the first statement, what waits, and what runs.

use std::collections::BTreeMap;

use super::{
    Batches, EngineError, Grouping, Report, View,
    operations::{Aim, resolve, steps},
    run::{Progress, Run, planned},
};
use crate::{
    graph::{Graph, Node, symbol::Target, walk::Along},
    place::Place,
    plan,
    revision::{Direction, RevisionId, TransactionMode, Work},
};

impl Run<'_> {
    pub(super) async fn up(&mut self, targets: &[String]) -> Result<Report, EngineError> {
        let mut resolved: Option<Vec<Aim>> = None;
        loop {
            let exists = self.read_state().await?;
            let view = self.view();
            view.refuse_stuck()?;
            view.refuse_edited(&self.state)?;
            if !view.unknown.is_empty() {
                if view.may_start(&self.state, self.options) {
                    return Ok(Report {
                        unknown: view.unknown.clone(),
                        ..self.report()
                    });
                }
                view.refuse_unknown(&self.state)?;
            }
            // A step such as `+1` counts from what was applied when the run began.
            let targets = match &resolved {
                Some(aims) => aims.iter().map(|aim| aim.target(&view.graph)).collect(),
                None => resolve(&view, targets, Direction::Up)?,
            };
            let (order, held_back) = self.order(&view, &targets)?;
            let aims = targets.iter().map(|target| Aim::of(target, &view.graph));
            resolved = Some(aims.collect());
            if self.may_adopt(&view) {
                if self.adopt_squashed(&view.adoptions).await? == Progress::Busy {
                    self.wait_for_lock().await?;
                }
                continue;
            }
            let scripts = self.scripts(&view, &order, &held_back);
            let steps = steps(&view.graph, &order, &scripts);
            if self.options.grouping == Grouping::One {
                refuse_grouping(&steps)?;
            }
            if steps.is_empty() || self.options.dry_run {
                if !self.options.dry_run {
                    self.forget_gone(&scripts.gone).await?;
                }
                return Ok(Report {
                    planned: planned(&steps, Direction::Up),
                    held_back,
                    ..self.report()
                });
            }
            self.refuse_read_only(steps.len())?;
            let together = self.options.grouping == Grouping::One;
            self.makes_history = together && !exists;
            let applies = exists || together;
            let progress = match applies {
                true => self.apply(&steps).await?,
                false => self.create_history(steps.len()).await?,
            };
            match progress {
                // At the end of what a squashed revision replaces, the database counts as having it.
                Progress::Done if applies && view.in_the_middle => {}
                Progress::Done if applies => {
                    self.forget_gone(&scripts.gone).await?;
                    return Ok(Report {
                        held_back,
                        ..self.report()
                    });
                }
                Progress::Done | Progress::Moved => {}
                Progress::Busy
                    if scripts.order.is_empty() && self.may_start_beside(&view.graph, &order) =>
                {
                    return Ok(Report {
                        in_progress: view.ids(order),
                        held_back,
                        ..self.report()
                    });
                }
                Progress::Busy => self.wait_for_lock().await?,
            }
        }
    }

    /// Whether all that is left is a revision that another process does in batches.
    fn may_start_beside(&self, graph: &Graph, order: &[Node]) -> bool {
        let has_begun = |&node: &Node| {
            let row = self.state.applied.get(graph.id(node));
            row.and_then(|row| row.partial.as_ref()?.batch).is_some()
        };
        self.options.batches == Batches::Start && order.iter().all(has_begun)
    }

    /// What a generated revision says to be dangerous must have been accepted, in it or for this run.
    fn refuse_hazards(&self, graph: &Graph, order: &[Node]) -> Result<(), EngineError> {
        for &node in order {
            let revision = graph.revision(node);
            let accepted = |hazard: &&String| {
                revision.allow.contains(*hazard) || self.options.allow.contains(*hazard)
            };
            if let Some(hazard) = revision.hazards.iter().find(|hazard| !accepted(hazard)) {
                return Err(EngineError::Hazard {
                    id: revision.id.clone(),
                    hazard: hazard.clone(),
                    place: Place::file(revision.path()),
                });
            }
        }
        Ok(())
    }

    /// Code that nobody has can't run.
    fn refuse_unknown_code(&self, graph: &Graph, order: &[Node]) -> Result<(), EngineError> {
        let missing = order
            .iter()
            .map(|&node| graph.revision(node))
            .find(|revision| {
                revision.work == Work::Code && !self.options.code.contains(&revision.id)
            });
        match missing {
            Some(revision) => Err(EngineError::NoCode {
                id: revision.id.clone(),
                place: Place::file(revision.path()),
            }),
            None => Ok(()),
        }
    }

    /// What to apply, and what waits to be told.
    fn order(
        &self,
        view: &View,
        targets: &[Target],
    ) -> Result<(Vec<Node>, Vec<RevisionId>), EngineError> {
        let graph = &view.graph;
        let order = plan::up(graph, &view.applied, targets)?;
        view.refuse_out_of_order(&self.state)?;
        self.refuse_half_way(graph, Direction::Down)?;
        let waits = |node: Node| self.options.holds_back(graph.revision(node));
        let (order, held) = hold_back(graph, order, waits);
        self.refuse_hazards(graph, &order)?;
        self.refuse_unknown_code(graph, &order)?;
        Ok((order, view.ids(held)))
    }

    async fn apply(&mut self, steps: &[(&Graph, Node)]) -> Result<Progress, EngineError> {
        self.run_all(steps, Direction::Up, &BTreeMap::new()).await
    }
}

/// Splits off the revisions that wait to be told, and all that stand on them.
fn hold_back(
    graph: &Graph,
    order: Vec<Node>,
    waits: impl Fn(Node) -> bool,
) -> (Vec<Node>, Vec<Node>) {
    let waiting: Vec<Node> = order.iter().copied().filter(|&node| waits(node)).collect();
    if waiting.is_empty() {
        return (order, waiting);
    }
    let held = graph.descendants(waiting, Along::Needs);
    order.into_iter().partition(|&node| !held.contains(node))
}

fn refuse_grouping(steps: &[(&Graph, Node)]) -> Result<(), EngineError> {
    let is_none = |(graph, node): &&(&Graph, Node)| {
        graph.revision(*node).up.transaction == TransactionMode::None
    };
    match steps.iter().find(is_none) {
        Some(&(graph, node)) => Err(EngineError::NotTransactional {
            id: graph.id(node).clone(),
        }),
        None => Ok(()),
    }
}

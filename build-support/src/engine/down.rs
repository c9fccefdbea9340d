//! The way down: what can't be reverted is told before anything is.

use std::collections::BTreeMap;

use super::{
    EngineError, Grouping, Report, View,
    operations::{Aim, NO_DOWN, irreversible, resolve, steps},
    repeatable::Scripts,
    run::{Progress, Run, planned},
};
use crate::{
    graph::{Node, SymbolError, symbol::Target},
    history, plan,
    revision::{Direction, RevisionId, Script, TransactionMode},
    source,
};

impl Run<'_> {
    pub(super) async fn down(&mut self, target: &str) -> Result<Report, EngineError> {
        let mut resolved: Option<Aim> = None;
        loop {
            let exists = self.read_state().await?;
            let view = self.view();
            view.refuse_edited(&self.state)?;
            let to = match &resolved {
                Some(aim) => aim.target(&view.graph),
                None => single(&view, target)?,
            };
            resolved = Some(Aim::of(&to, &view.graph));
            if self.may_adopt(&view) {
                if self.adopt_squashed(&view.adoptions).await? == Progress::Busy {
                    self.wait_for_lock().await?;
                }
                continue;
            }
            let order = plan::down(&view.graph, &view.applied, to)?;
            // Only what goes may be unknown: what stays would stand on something nobody can see.
            let gone = view.ids(order.iter().copied());
            if view.unknown.iter().any(|id| !gone.contains(id)) {
                view.refuse_unknown(&self.state)?;
            }
            let recorded = self.down_scripts(&view, &order).await?;
            self.check_down(&view, &order, &recorded)?;
            let none = Scripts::default();
            let steps = steps(&view.graph, &order, &none);
            if steps.is_empty() || self.options.dry_run || !exists {
                return Ok(Report {
                    planned: planned(&steps, Direction::Down),
                    ..self.report()
                });
            }
            self.refuse_read_only(steps.len())?;
            match self.run_all(&steps, Direction::Down, &recorded).await? {
                Progress::Done => return Ok(self.report()),
                Progress::Moved => {}
                Progress::Busy => self.wait_for_lock().await?,
            }
        }
    }

    /// All that makes a way down impossible, before anything runs.
    fn check_down(
        &self,
        view: &View,
        order: &[Node],
        recorded: &BTreeMap<RevisionId, Script>,
    ) -> Result<(), EngineError> {
        self.refuse_half_way(&view.graph, Direction::Up)?;
        for &node in order {
            let revision = view.graph.revision(node);
            // A newer release squashed it: its record is another's.
            let is_recorded = self.state.applied.contains_key(&revision.id);
            if !is_recorded && view.adoptions.is_empty() && !view.unknown.is_empty() {
                view.refuse_unknown(&self.state)?;
            }
            if let Some(reason) = &revision.irreversible {
                return Err(irreversible(&revision.id, reason));
            }
            let script = revision
                .down
                .as_ref()
                .or_else(|| recorded.get(&revision.id));
            let Some(script) = script else {
                let reason = match view.unknown.contains(&revision.id) {
                    true => "it has no file, and its record no down script",
                    false => NO_DOWN,
                };
                return Err(irreversible(&revision.id, reason));
            };
            let is_none = script.transaction == TransactionMode::None;
            if self.options.grouping == Grouping::One && is_none {
                return Err(EngineError::NotTransactional {
                    id: revision.id.clone(),
                });
            }
        }
        Ok(())
    }

    /// The recorded down scripts of those whose file is gone.
    async fn down_scripts(
        &self,
        view: &View,
        order: &[Node],
    ) -> Result<BTreeMap<RevisionId, Script>, EngineError> {
        let is_lost =
            |id: &&RevisionId| self.state.applied.get(*id).is_some_and(|row| row.has_down);
        let ids: Vec<&RevisionId> = order
            .iter()
            .filter(|&&node| view.graph.revision(node).down.is_none())
            .map(|&node| view.graph.id(node))
            .filter(is_lost)
            .collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let query = history::down_scripts_query(&self.options.names, ids);
        let rows = self.link.read(query).await.map_err(EngineError::Server)?;
        let script = |row: history::Row| {
            let mut columns = row.into_iter();
            let id: RevisionId = columns.next()??.parse().ok()?;
            let path = format!("{id}.down.sql (recorded)");
            let script = source::recorded_script(path, columns.next()??).ok()?;
            Some((id, script))
        };
        Ok(rows.into_iter().filter_map(script).collect())
    }
}

/// The one target of a way down.
fn single(view: &View, text: &str) -> Result<Target, EngineError> {
    match resolve(view, &[text.to_owned()], Direction::Down)?.as_slice() {
        [target] => Ok(*target),
        [] => Ok(Target::BASE),
        several => {
            let nodes: Vec<Node> = several.iter().filter_map(|target| target.point).collect();
            Err(SymbolError::ambiguous(&view.graph, text, &nodes).into())
        }
    }
}

//! The operations: what each checks before the first statement, and in which order it acts.

use std::collections::BTreeMap;

use super::{
    Action, Adoption, Batches, EngineError, Event, Grouping, Outcome, Report, View,
    message::Message,
    repeatable::Scripts,
    run::{Progress, Run, planned},
    transaction::{Job, Position, row},
};
use crate::{
    graph::{
        Graph, Node, NodeSet, SymbolError,
        symbol::{Symbols, Target},
        walk::Along,
    },
    history::{self, Occasion},
    place::Place,
    plan,
    revision::{Direction, RevisionId, Script, TransactionMode, Work},
    source,
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

    async fn up(&mut self, targets: &[String]) -> Result<Report, EngineError> {
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

    fn refuse_half_way(&self, graph: &Graph, direction: Direction) -> Result<(), EngineError> {
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

    fn refuse_read_only(&self, pending: usize) -> Result<(), EngineError> {
        if self.state.standby || self.state.read_only {
            return Err(EngineError::ReadOnly {
                pending,
                standby: self.state.standby,
            });
        }
        Ok(())
    }

    async fn apply(&mut self, steps: &[(&Graph, Node)]) -> Result<Progress, EngineError> {
        self.run_all(steps, Direction::Up, &BTreeMap::new()).await
    }

    async fn run_all(
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
                return Err(irreversible(&revision.id, "it has no down script"));
            };
            let position = Position { index, count };
            let job = Job {
                graph,
                node,
                direction,
                script,
                position,
            };
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

    async fn down(&mut self, target: &str) -> Result<Report, EngineError> {
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
                return Err(irreversible(&revision.id, "it has no down script"));
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

    async fn stamp(&mut self, targets: &[String], purge: Purge) -> Result<Report, EngineError> {
        loop {
            let exists = self.read_state().await?;
            let view = self.view();
            if self.may_adopt(&view) {
                if self.adopt_squashed(&view.adoptions).await? == Progress::Busy {
                    self.wait_for_lock().await?;
                }
                continue;
            }
            let graph = match purge {
                Purge::Keep if view.unknown.is_empty() => &view.graph,
                Purge::Keep | Purge::All => self.graph,
            };
            let after = match purge {
                Purge::All => {
                    let none = NodeSet::default();
                    let symbols = Symbols::new(self.graph, &none);
                    plan::stamp_purge(self.graph, &all(&symbols, targets)?)
                }
                Purge::Keep => {
                    view.refuse_unknown(&self.state)?;
                    let symbols = Symbols::new(graph, &view.applied);
                    plan::stamp(graph, &view.applied, &all(&symbols, targets)?)
                }
            };
            let stamp = self.stamp_of((graph, self.begin_on_state()), &after, purge);
            if self.options.dry_run || stamp.is_none() && exists {
                return Ok(self.report());
            }
            let changes = stamp.as_ref().map_or(0, |stamp| stamp.changes.len());
            self.refuse_read_only(changes)?;
            let progress = match stamp {
                Some(stamp) if exists => self.send_stamp(stamp).await?,
                _ => self.create_history(changes).await?,
            };
            match progress {
                Progress::Done if exists => return Ok(self.report()),
                Progress::Done | Progress::Moved => {}
                Progress::Busy => self.wait_for_lock().await?,
            }
        }
    }

    /// The transaction that changes the record, and what it changes; `None` where nothing does.
    pub(super) fn stamp_of(
        &self,
        (graph, mut message): (&Graph, Message),
        after: &NodeSet,
        purge: Purge,
    ) -> Option<Stamp> {
        let (names, application) = (&self.options.names, &self.options.application);
        let (gone, come) = self.stamp_changes(graph, after, purge);
        if gone.is_empty() && come.is_empty() {
            return None;
        }
        let mut state = self.state.clone();
        message.statements(super::message::set_role(self.options));
        if !gone.is_empty() {
            message.statements(self.forget_repeatable(Direction::Down));
            state.repeatable.clear();
        }
        let mut changes = Vec::new();
        for id in gone {
            message.statement(&history::record_reverted(names, &id));
            if let Some(row) = state.applied.remove(&id) {
                changes.push(Change {
                    id,
                    slug: row.slug,
                    action: Action::Unstamped,
                });
            }
        }
        for node in come {
            let record = |entry: &history::Entry<'_>| {
                (
                    history::record_applied(names, entry, None),
                    row(entry, Default::default()),
                )
            };
            let (statement, row) = self.with_entry(graph, node, record);
            message.statement(&statement);
            let (id, slug) = (row.id.clone(), row.slug.clone());
            changes.push(Change {
                id,
                slug,
                action: Action::Stamped,
            });
            state.applied.insert(row.id.clone(), row);
        }
        let digests = state.computed();
        for change in &changes {
            let fact = (change.action == Action::Unstamped).then_some("taken away");
            let note = self.note(fact);
            message.statement(&history::log(
                names,
                Occasion::Stamp,
                Some(&change.id),
                application,
                &digests.whole,
                note.as_deref(),
            ));
        }
        message.statement(&history::set_digest(names, &digests));
        message.statement("COMMIT");
        Some(Stamp {
            message,
            changes,
            state,
        })
    }

    /// The ids whose record goes and the nodes whose record comes, in order.
    fn stamp_changes(
        &self,
        graph: &Graph,
        after: &NodeSet,
        purge: Purge,
    ) -> (Vec<RevisionId>, Vec<Node>) {
        let stays = |row: &history::Applied| {
            let node = graph.find(&row.id).filter(|&node| after.contains(node));
            let is_same = |node| graph.revision(node).up.checksum == row.checksum;
            // A purge also renews records whose checksum is not that of the file.
            row.partial.is_none() && node.is_some_and(|node| purge == Purge::Keep || is_same(node))
        };
        let rows = self.state.applied.values();
        let gone: Vec<RevisionId> = rows
            .filter(|row| !stays(row))
            .map(|row| row.id.clone())
            .collect();
        let is_missing = |node: &Node| {
            let id = graph.id(*node);
            after.contains(*node) && (!self.state.applied.contains_key(id) || gone.contains(id))
        };
        let mut come = graph.order_up(&graph.heads_of(after), &NodeSet::default());
        come.retain(is_missing);
        (gone, come)
    }

    pub(super) async fn send_stamp(&mut self, stamp: Stamp) -> Result<Progress, EngineError> {
        if let Err(error) = self.link.script(stamp.message.sql).await {
            self.roll_back(&error).await;
            return self.guarded(error, stamp.changes.len());
        }
        match self.is_offline() {
            true => self.hold(stamp.state),
            false => drop(self.read_state().await?),
        }
        for Change { id, slug, action } in stamp.changes {
            let done = super::Done {
                id,
                slug,
                action,
                duration: Default::default(),
            };
            self.done.push(done.clone());
            self.link.tell(Event::Finished(done)).await;
        }
        Ok(Progress::Done)
    }

    /// What the log says of a change by hand: what is known of it, and the reason that was given.
    fn note(&self, fact: Option<&str>) -> Option<String> {
        let reason = self.options.reason.as_ref();
        let reason = reason.map(|reason| format!("reason: {reason}"));
        let parts: Vec<String> = fact.map(str::to_owned).into_iter().chain(reason).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    async fn repair(&mut self, id: &RevisionId) -> Result<Report, EngineError> {
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

/// The transaction that changes the record, what it changes, and the record after it.
pub(super) struct Stamp {
    message: Message,
    changes: Vec<Change>,
    state: history::State,
}

/// A target by its ids: the graph that a run goes by may change on the way.
struct Aim {
    point: Option<RevisionId>,
    line: Option<RevisionId>,
}

impl Aim {
    fn of(target: &Target, graph: &Graph) -> Self {
        let id = |node: Option<Node>| node.map(|node| graph.id(node).clone());
        Self {
            point: id(target.point),
            line: id(target.line),
        }
    }

    fn target(&self, graph: &Graph) -> Target {
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

/// A change of the record alone.
pub(super) struct Change {
    id: RevisionId,
    slug: String,
    action: Action,
}

fn all(symbols: &Symbols<'_>, texts: &[String]) -> Result<Vec<Target>, EngineError> {
    let mut targets = Vec::new();
    for text in texts {
        targets.extend(symbols.targets(text)?);
    }
    Ok(targets)
}

fn resolve(
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

/// The revisions, then the repeatable scripts.
fn steps<'g>(graph: &'g Graph, order: &[Node], scripts: &'g Scripts) -> Vec<(&'g Graph, Node)> {
    let revisions = order.iter().map(|&node| (graph, node));
    let scripts = scripts.order.iter().map(|&node| (&scripts.graph, node));
    revisions.chain(scripts).collect()
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

fn irreversible(id: &RevisionId, reason: &str) -> EngineError {
    EngineError::Irreversible {
        id: id.clone(),
        reason: reason.to_owned(),
    }
}

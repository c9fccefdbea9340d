//! The record changed by hand: stamps, and what a repair shares with them.

use super::{
    Action, EngineError, Event, Purge, Report,
    message::Message,
    run::{Progress, Run},
    transaction::row,
};
use crate::{
    graph::{
        Graph, Node, NodeSet,
        symbol::{Symbols, Target},
    },
    history::{self, Occasion},
    plan,
    revision::{Direction, RevisionId},
};

impl Run<'_> {
    pub(super) async fn stamp(
        &mut self,
        targets: &[String],
        purge: Purge,
    ) -> Result<Report, EngineError> {
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
    pub(super) fn note(&self, fact: Option<&str>) -> Option<String> {
        let reason = self.options.reason.as_ref();
        let reason = reason.map(|reason| format!("reason: {reason}"));
        let parts: Vec<String> = fact.map(str::to_owned).into_iter().chain(reason).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// The transaction that changes the record, what it changes, and the record after it.
pub(super) struct Stamp {
    message: Message,
    changes: Vec<Change>,
    state: history::State,
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

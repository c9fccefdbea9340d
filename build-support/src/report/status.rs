//! The answer of `status`: one row for each revision, and the next command to run.

use std::fmt;

use serde::Serialize;

use super::{revisions::ids, scripts::ScriptRow, words};
use crate::{
    engine::{Options, Standing, View},
    graph::{Graph, Node, NodeSet},
    history::{Applied, State},
    plan,
    revision::{Direction, Phase},
};

/// How a revision stands between the files and the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RevisionState {
    /// In both.
    Applied,
    /// In the files only.
    Pending,
    /// In the database only.
    Unknown,
    /// Applied with another checksum.
    Divergent,
    /// Stopped half way.
    Partial,
}

impl RevisionState {
    /// The word that stands for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Divergent => "divergent",
            Self::Partial => "partial",
        }
    }
}

/// One revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusRow {
    /// Its id.
    pub id: String,
    /// Its slug.
    pub slug: String,
    /// Its message.
    pub message: String,
    /// How it stands.
    pub state: RevisionState,
    /// The ids of what it follows.
    pub parents: Vec<String>,
    /// The ids of what it needs without following it.
    pub depends_on: Vec<String>,
    /// The labels of the lines that it is on.
    pub labels: Vec<String>,
    /// `expand`, or `contract` where it waits to be told.
    pub phase: &'static str,
    /// Whether it is pending and waits for `up --contract`, as what stands on a revision of that
    /// phase does.
    pub waits_for_contract: bool,
    /// The ids of what it replaces, when it was made by squash.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
    /// An applied revision that stands on it, though it is pending: it is out of order.
    #[serde(skip)]
    pub under: Option<String>,
    /// When it was applied: ISO 8601, UTC.
    pub applied_at: Option<String>,
    /// The role that applied it.
    pub applied_by: Option<String>,
    /// How long its script ran.
    pub duration_ms: Option<u64>,
}

/// The command that the user needs next, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// To paste.
    pub command: String,
    /// Why, in a few words.
    pub why: String,
}

/// All revisions, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// No revision stands before one that it needs.
    pub revisions: Vec<StatusRow>,
    /// The ids of the applied heads.
    pub heads: Vec<String>,
    /// How many are pending.
    pub pending: usize,
    /// How many of those wait for `up --contract`.
    pub waiting: usize,
    /// The repeatable scripts, in the order in which they run.
    pub repeatable: Vec<ScriptRow>,
    /// What to do next; nothing where the database is up to date.
    pub next: Option<NextStep>,
}

impl Status {
    /// Compares our revisions with the history; `program` is what the user types before a command.
    pub fn of(ours: &Graph, state: &State, program: &str) -> Self {
        let Standing { graph, state, .. } = Standing::of(ours, state);
        let (ours, state) = (&*graph, &*state);
        let view = View::new(ours, state);
        let order = view
            .graph
            .order_up(&view.graph.heads(), &NodeSet::default());
        let held_back = view.held_back(&Options::default());
        let mut revisions: Vec<StatusRow> = order
            .iter()
            .map(|&node| StatusRow::of(ours, (&view.graph, node), state, &held_back))
            .collect();
        if view.lost_rows(state).is_none() {
            mark_out_of_order(&mut revisions, &view);
        }
        let pending = revisions
            .iter()
            .filter(|row| row.state == RevisionState::Pending)
            .count();
        let waiting = revisions
            .iter()
            .filter(|row| row.waits_for_contract)
            .count();
        let repeatable = ScriptRow::all(ours, state);
        let next = Next {
            ours,
            view: &view,
            state,
            rows: &revisions,
            scripts: &repeatable,
        };
        Self {
            next: next.step().map(|(command, why)| NextStep {
                command: in_full(program, &command),
                why,
            }),
            heads: view.heads().iter().map(ToString::to_string).collect(),
            revisions,
            pending,
            waiting,
            repeatable,
        }
    }

    /// The last line for a person.
    pub fn summary(&self) -> String {
        match &self.next {
            Some(next) => format!("next: `{}` ({})", next.command, next.why),
            None => format!(
                "up to date: {} applied",
                words::count(self.revisions.len(), "revision")
            ),
        }
    }
}

/// A command of this program, or of the subcommand alone: what writes files.
fn in_full(program: &str, command: &str) -> String {
    let program = match command.split(' ').next() {
        Some("up" | "down" | "stamp") => program,
        _ => "cargo migrate",
    };
    format!("{program} {command}")
}

fn mark_out_of_order(rows: &mut [StatusRow], view: &View) {
    for (pending, applied) in plan::out_of_order(&view.graph, &view.applied) {
        let id = view.graph.id(pending).as_str();
        if let Some(row) = rows.iter_mut().find(|row| row.id == id) {
            row.under = Some(view.graph.id(applied).to_string());
        }
    }
}

impl StatusRow {
    fn of(ours: &Graph, (graph, node): (&Graph, Node), state: &State, held: &NodeSet) -> Self {
        let revision = graph.revision(node);
        let row = state.applied.get(&revision.id);
        Self {
            id: revision.id.to_string(),
            slug: revision.slug.clone(),
            message: revision.message.clone(),
            state: state_of(ours, row, graph, node),
            parents: ids(graph, graph.parents(node)),
            depends_on: ids(graph, graph.depends_on(node)),
            labels: graph.labels(node).iter().cloned().collect(),
            phase: match revision.phase {
                Phase::Expand => "expand",
                Phase::Contract => "contract",
            },
            waits_for_contract: row.is_none() && held.contains(node),
            replaces: graph
                .replaced_by(&revision.id)
                .iter()
                .map(ToString::to_string)
                .collect(),
            under: None,
            applied_at: row.map(|row| row.applied_at.clone()),
            applied_by: row.map(|row| row.applied_by.clone()),
            duration_ms: row.map(|row| words::millis(row.duration)),
        }
    }

    /// Its columns for a person: state, id, message, when, by whom, how long.
    pub fn columns(&self) -> [String; 6] {
        let mut cells = Self::cells(
            (self.state.as_str(), &self.id, &self.message),
            (&self.applied_at, &self.applied_by, self.duration_ms),
        );
        if self.waits_for_contract {
            cells[3] = "waits for --contract".to_owned();
        }
        cells
    }

    pub(super) fn cells(
        (state, id, message): (&str, &str, &str),
        (at, by, duration_ms): (&Option<String>, &Option<String>, Option<u64>),
    ) -> [String; 6] {
        let duration = duration_ms.map(std::time::Duration::from_millis);
        [
            state.to_owned(),
            id.to_owned(),
            message.to_owned(),
            at.as_deref().map(words::time_text).unwrap_or_default(),
            by.clone().unwrap_or_default(),
            duration.map(words::duration_text).unwrap_or_default(),
        ]
    }
}

/// The headings of [`StatusRow::columns`].
pub const STATUS_COLUMNS: [&str; 6] = ["state", "id", "message", "applied at", "by", "took"];

fn state_of(ours: &Graph, row: Option<&Applied>, graph: &Graph, node: Node) -> RevisionState {
    let revision = graph.revision(node);
    let Some(row) = row else {
        return RevisionState::Pending;
    };
    if row.partial.is_some() {
        return RevisionState::Partial;
    }
    match ours.find(&revision.id) {
        None => RevisionState::Unknown,
        Some(mine) if ours.revision(mine).up.checksum != row.checksum => RevisionState::Divergent,
        Some(_) => RevisionState::Applied,
    }
}

/// What decides the next command.
struct Next<'a> {
    ours: &'a Graph,
    view: &'a View,
    state: &'a State,
    rows: &'a [StatusRow],
    scripts: &'a [ScriptRow],
}

impl Next<'_> {
    fn step(&self) -> Option<(String, String)> {
        self.half_way()
            .or_else(|| self.not_as_recorded())
            .or_else(|| self.pending())
            .or_else(|| self.due_scripts())
    }

    fn half_way(&self) -> Option<(String, String)> {
        let rows = self.state.applied.values();
        let mut partial = rows.filter_map(|row| Some((row, row.partial.as_ref()?)));
        let (row, partial) = partial.next()?;
        let command = match partial.direction {
            Direction::Up => "up".to_owned(),
            Direction::Down => "down -1".to_owned(),
        };
        let why = format!(
            "revision `{}` stopped after statement {}",
            row.id, partial.done
        );
        Some((command, why))
    }

    fn not_as_recorded(&self) -> Option<(String, String)> {
        let first = |state| self.rows.iter().find(|row| row.state == state);
        if let Some(row) = first(RevisionState::Divergent) {
            let why = format!("the file of `{}` was edited after it was applied", row.id);
            return Some((format!("repair {}", row.id), why));
        }
        let unknown = first(RevisionState::Unknown)?;
        let known = self
            .view
            .applied
            .iter()
            .filter_map(|node| self.ours.find(self.view.graph.id(node)));
        let heads = self.ours.heads_of(&known.collect());
        let heads = match ids(self.ours, &heads) {
            none if none.is_empty() => "base".to_owned(),
            some => some.join(" "),
        };
        let why = format!(
            "revision `{}` is applied and has no file: update the checkout, or take it out of the record",
            unknown.id
        );
        Some((format!("stamp --purge {heads}"), why))
    }

    fn pending(&self) -> Option<(String, String)> {
        if self.ours.is_empty() && self.scripts.is_empty() {
            let why = "there are no revisions yet".to_owned();
            return Some(("new NAME".to_owned(), why));
        }
        if let Some((by, missing)) = self.view.lost_rows(self.state) {
            let heads: Vec<String> = self.view.heads().iter().map(ToString::to_string).collect();
            let why = format!(
                "the history lost the rows of {}: `{by}` is recorded as applied after them",
                crate::graph::list(&missing)
            );
            return Some((format!("stamp {}", heads.join(" ")), why));
        }
        if let Some((pending, applied)) =
            plan::out_of_order(&self.view.graph, &self.view.applied).first()
        {
            let (pending, applied) = (self.view.graph.id(*pending), self.view.graph.id(*applied));
            let why = format!("it is pending, and `{applied}` that is applied stands on it");
            return Some((format!("rebase {pending}"), why));
        }
        let pending = || {
            self.rows
                .iter()
                .filter(|row| row.state == RevisionState::Pending)
        };
        let number = pending().count();
        let waiting = pending().filter(|row| row.waits_for_contract).count();
        let heads = self.ours.heads().len();
        match number {
            0 => None,
            _ if heads > 1 => {
                let why = format!("{number} pending, on {heads} heads; `merge` joins them");
                Some(("up heads".to_owned(), why))
            }
            _ if waiting == number => {
                let why = format!("{number} pending, of the contract phase");
                Some(("up --contract".to_owned(), why))
            }
            _ if waiting > 0 => {
                let why = format!(
                    "{} pending; {waiting} of the contract phase after that",
                    number - waiting
                );
                Some(("up".to_owned(), why))
            }
            _ => Some(("up".to_owned(), format!("{number} pending"))),
        }
    }

    fn due_scripts(&self) -> Option<(String, String)> {
        let due = self.scripts.iter().filter(|row| row.state.is_due()).count();
        let target = match self.ours.heads().len() {
            0 | 1 => "up",
            _ => "up heads",
        };
        let what = words::count(due, "repeatable script");
        (due > 0).then(|| (target.to_owned(), format!("{what} to run")))
    }
}

impl fmt::Display for RevisionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::Contract, revision::Checksum, sketch::revisions};

    fn graph(sketch: &str) -> Graph {
        Graph::new(revisions(sketch)).expect("a sound graph")
    }

    /// The history of a database where all of a graph is applied.
    fn state(graph: &Graph) -> State {
        let row = |node: Node| {
            let revision = graph.revision(node);
            let ids = |nodes: &[Node]| nodes.iter().map(|&node| graph.id(node).clone()).collect();
            let row = Applied {
                id: revision.id.clone(),
                slug: revision.slug.clone(),
                message: revision.message.clone(),
                parents: ids(graph.parents(node)),
                depends_on: ids(graph.depends_on(node)),
                replaces: Vec::new(),
                checksum: revision.up.checksum,
                down_checksum: None,
                has_down: false,
                irreversible: None,
                compatible: true,
                applied_at: "2026-11-22T20:15:30.123Z".to_owned(),
                applied_by: "ann".to_owned(),
                application: String::new(),
                duration: std::time::Duration::from_millis(12),
                partial: None,
            };
            (revision.id.clone(), row)
        };
        State {
            applied: graph.nodes().map(row).collect(),
            ..State::default()
        }
    }

    fn lines(status: &Status) -> String {
        let rows = status.revisions.iter().map(|row| row.columns().join(" | "));
        rows.chain([status.summary()])
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn pending_revisions_come_after_what_they_need() {
        let status = Status::of(&graph("a b<a c<b"), &state(&graph("a")), "cargo migrate");
        insta::assert_snapshot!(lines(&status), @r"
        applied | 1 | a | 2026-11-22 20:15:30 | ann | 12 ms
        pending | 2 | b |  |  | 
        pending | 3 | c |  |  | 
        next: `cargo migrate up` (2 pending)
        ");
        assert_eq!((status.heads, status.pending), (vec!["1".to_owned()], 2));
    }

    #[test]
    fn what_waits_for_the_contract_phase_says_so_and_what_stands_on_it_too() {
        let ours = |applied: &str| {
            let mut all = revisions("a b<a c<b d<c");
            all[2].phase = Phase::Contract;
            let graph = Graph::new(all).expect("a sound graph");
            Status::of(
                &graph,
                &state(&super::tests::graph(applied)),
                "cargo migrate",
            )
        };
        let before = ours("a");
        insta::assert_snapshot!(lines(&before), @r"
        applied | 1 | a | 2026-11-22 20:15:30 | ann | 12 ms
        pending | 2 | b |  |  | 
        pending | 3 | c | waits for --contract |  | 
        pending | 4 | d | waits for --contract |  | 
        next: `cargo migrate up` (1 pending; 2 of the contract phase after that)
        ");
        assert_eq!((before.pending, before.waiting), (3, 2));
        let row = serde_json::to_value(&before.revisions[2]).expect("plain fields");
        assert_eq!(
            (&row["phase"], &row["waits_for_contract"]),
            (&"contract".into(), &true.into())
        );
        let after = ours("a b<a");
        assert_eq!(
            after.summary(),
            "next: `cargo migrate up --contract` (2 pending, of the contract phase)"
        );
        let pending = |contract| after.pending_findings("cargo migrate", contract).len();
        assert_eq!(
            (pending(Contract::Waits), pending(Contract::Wanted)),
            (0, 2)
        );
    }

    #[test]
    fn an_unknown_revision_is_shown_and_the_way_out_named() {
        let status = Status::of(&graph("a"), &state(&graph("a b<a")), "app migrate");
        insta::assert_snapshot!(lines(&status), @r"
        applied | 1 | a | 2026-11-22 20:15:30 | ann | 12 ms
        unknown | 2 | b | 2026-11-22 20:15:30 | ann | 12 ms
        next: `app migrate stamp --purge 1` (revision `2` is applied and has no file: update the checkout, or take it out of the record)
        ");
    }

    #[test]
    fn an_edited_revision_is_divergent() {
        let mut recorded = state(&graph("a"));
        for row in recorded.applied.values_mut() {
            row.checksum = Checksum::of("something else");
        }
        let status = Status::of(&graph("a"), &recorded, "cargo migrate");
        assert_eq!(status.revisions[0].state, RevisionState::Divergent);
        assert_eq!(
            status.next.map(|next| next.command).as_deref(),
            Some("cargo migrate repair 1")
        );
    }

    #[test]
    fn nothing_to_do_says_so() {
        let graph = graph("a b<a");
        let status = Status::of(&graph, &state(&graph), "cargo migrate");
        assert_eq!(status.summary(), "up to date: 2 revisions applied");
    }
}

//! Both sides of the comparison: the model, and the real graph and engine with the same files.

use std::{borrow::Cow, fmt::Write as _};

use build_support::{
    driver::{Driver, drive},
    engine::{
        Action, Engine, EngineError, Event, OnUnknown, Operation, Options, Outcome, Purge,
        ServerError, assume,
    },
    graph::{Graph, GraphError, NodeSet, SymbolError, symbol::Candidate},
    history::{Row, State},
    plan::PlanError,
    report::{Branches, Current, Heads, History, Status},
    revision::RevisionId,
    source::{File, load},
};
use cargo_migrate::parents::{self, ParentsError};

use super::{
    commands::Command,
    reference::{Fault, Id, Ids, Model, Rev},
};

/// The model and the real thing.
#[derive(Default)]
pub(super) struct World {
    pub(super) model: Model,
    pub(super) graph: Graph,
    pub(super) state: State,
    /// The commands so far, for the message.
    story: String,
}

/// What an operation did: the ids in order, and the applied set after it.
pub(super) struct Effect {
    pub(super) done: Vec<(Id, Action)>,
    pub(super) heads: Ids,
    pub(super) state: State,
}

pub(super) type Perform<'p> =
    dyn FnMut(&Graph, &State, Operation) -> Result<Effect, EngineError> + 'p;

impl World {
    /// Performs a command on both sides; what differs is the error.
    pub(super) fn perform(
        &mut self,
        command: &Command,
        engine: &mut Perform<'_>,
    ) -> Result<(), String> {
        writeln!(self.story, "{command:?}").expect("a String takes every write");
        let told = self.both(command, engine);
        told.map_err(|difference| self.tell(&difference))
    }

    fn tell(&self, difference: &str) -> String {
        format!("{}{difference}\n{:#?}", self.story, self.model)
    }

    /// The answers of the commands that only look, after all that was done.
    pub(super) fn look(&self) -> Result<(), String> {
        self.look_at_lists()
            .map_err(|difference| self.tell(&difference))
    }

    fn both(&mut self, command: &Command, engine: &mut Perform<'_>) -> Result<(), String> {
        match command {
            Command::New { .. } | Command::Merge { .. } => self.write(command),
            Command::Lose(id) => {
                let mut rev = self.model.files.remove(id).ok_or("no such file")?;
                rev.label = None;
                self.model.lost.insert(*id, rev);
                self.graph = graph(&self.model).map_err(|errors| format!("{errors:?}"))?;
                Ok(())
            }
            Command::Up(symbols) => {
                let expected = self.model.up(symbols);
                let real = engine(&self.graph, &self.state, Operation::Up(symbols.clone()));
                self.compare_run(expected, Action::Applied, real)
            }
            Command::Down(symbol) => {
                let expected = self.model.down(symbol);
                let real = engine(&self.graph, &self.state, Operation::Down(symbol.clone()));
                self.compare_run(expected, Action::Reverted, real)
            }
            Command::Stamp(targets) => {
                let expected = self.model.stamp(targets);
                let (targets, purge) = (targets.clone(), Purge::Keep);
                let real = engine(
                    &self.graph,
                    &self.state,
                    Operation::Stamp { targets, purge },
                );
                self.compare_stamp(expected, real)
            }
            Command::StampPurge(targets) => {
                let expected = self.model.stamp_purge(targets);
                let (targets, purge) = (targets.clone(), Purge::All);
                let real = engine(
                    &self.graph,
                    &self.state,
                    Operation::Stamp { targets, purge },
                );
                self.compare_stamp(expected, real)
            }
        }
    }

    /// `new` and `merge`: the parents, then whether the project holds together with the new file.
    fn write(&mut self, command: &Command) -> Result<(), String> {
        let (id, slug, label, depends_on) = match command {
            Command::New {
                id,
                slug,
                label,
                depends_on,
                ..
            } => (*id, *slug, *label, depends_on.clone()),
            Command::Merge { id, .. } => (*id, "merge", None, None),
            other => return Err(format!("{other:?} writes nothing")),
        };
        let (expected, real) = match command {
            Command::Merge { names, splice, .. } => (
                self.model.merged(names, *splice),
                parents::of_merge(&self.graph, names, (*splice).into()),
            ),
            Command::New { head, splice, .. } => (
                self.model.parents(head, *splice),
                parents::of_new(&self.graph, head, (*splice).into()),
            ),
            other => return Err(format!("{other:?} writes nothing")),
        };
        let real = real.map(|nodes| {
            nodes
                .iter()
                .map(|&node| number(self.graph.id(node)))
                .collect::<Vec<_>>()
        });
        let parents = match (expected, real) {
            (Ok(expected), Ok(real)) if expected == real => expected,
            (Err(fault), Err(error)) => return same(&fault, &parents_fault(&error)),
            (expected, real) => {
                return Err(format!("parents: expected {expected:?}, not {real:?}"));
            }
        };
        let needs = match self.need(depends_on.as_deref()) {
            Ok(needs) => needs,
            Err(Fault::UnknownNeed) => return Ok(()),
            Err(fault) => return Err(format!("{fault:?}")),
        };
        let rev = Rev {
            slug: slug.to_owned(),
            parents: parents.into_iter().collect(),
            needs,
            label: label.map(str::to_owned),
        };
        let is_taken = |other: &Rev| other.label.is_some() && other.label == rev.label;
        let clash = self.model.files.values().any(is_taken);
        let mut after = self.model.clone();
        after.files.insert(id, rev);
        match (graph(&after), clash) {
            (Ok(graph), false) => (self.graph, self.model) = (graph, after),
            (Err(errors), true) if matches!(errors[..], [GraphError::DuplicateLabel { .. }]) => {}
            (result, _) => return Err(format!("a label twice is {clash}, but {result:?}")),
        }
        Ok(())
    }

    /// What `depends-on` may say: a full id or a label.
    fn need(&self, name: Option<&str>) -> Result<Ids, Fault> {
        let Some(name) = name else {
            return Ok(Ids::new());
        };
        let files = &self.model.files;
        let by_id = name.parse().ok().filter(|id| files.contains_key(id));
        let labelled = || {
            files
                .iter()
                .find(|(_, rev)| rev.label.as_deref() == Some(name))
        };
        match by_id.or_else(|| labelled().map(|(&id, _)| id)) {
            Some(id) => Ok([id].into()),
            None => Err(Fault::UnknownNeed),
        }
    }

    fn compare_run(
        &mut self,
        expected: Result<Ids, Fault>,
        action: Action,
        real: Result<Effect, EngineError>,
    ) -> Result<(), String> {
        let (expected, real) = match (expected, real) {
            (Ok(expected), Ok(real)) => (expected, real),
            (Err(fault), Err(error)) => return same(&fault, &engine_fault(&error)),
            (expected, real) => return Err(contradiction(&expected, &real)),
        };
        let done: Vec<Id> = real.done.iter().map(|&(id, _)| id).collect();
        if real.done.iter().any(|&(_, did)| did != action) {
            return Err(format!("{action:?} was expected: {:?}", real.done));
        }
        if done.iter().copied().collect::<Ids>() != expected || done.len() != expected.len() {
            return Err(format!("expected {expected:?}, not {done:?}"));
        }
        self.check_order(&done, action)?;
        match action {
            Action::Applied | Action::Stamped => self.model.applied.extend(&expected),
            Action::Reverted | Action::Unstamped => {
                self.model.applied.retain(|id| !expected.contains(id));
            }
        }
        self.settle(real)
    }

    fn compare_stamp(
        &mut self,
        expected: Result<Ids, Fault>,
        real: Result<Effect, EngineError>,
    ) -> Result<(), String> {
        let (expected, real) = match (expected, real) {
            (Ok(expected), Ok(real)) => (expected, real),
            (Err(fault), Err(error)) => return same(&fault, &engine_fault(&error)),
            (expected, real) => return Err(contradiction(&expected, &real)),
        };
        let of = |action: Action| -> Ids {
            let done = real.done.iter().filter(|&&(_, did)| did == action);
            done.map(|&(id, _)| id).collect()
        };
        let (gone, come) = (
            &self.model.applied - &expected,
            &expected - &self.model.applied,
        );
        if of(Action::Unstamped) != gone || of(Action::Stamped) != come {
            return Err(format!(
                "expected {gone:?} to go and {come:?} to come, not {:?}",
                real.done
            ));
        }
        self.model.applied = expected;
        self.settle(real)
    }

    /// The database afterwards: exactly what the model says, and lost revisions only while recorded.
    fn settle(&mut self, real: Effect) -> Result<(), String> {
        let applied = self.model.applied.clone();
        self.model.lost.retain(|id, _| applied.contains(id));
        let recorded: Ids = real.state.applied.keys().map(number).collect();
        self.state = real.state;
        equal("recorded", &recorded, &applied)?;
        equal("reported heads", &real.heads, &self.model.current())
    }

    fn check_order(&self, done: &[Id], action: Action) -> Result<(), String> {
        match action {
            Action::Reverted | Action::Unstamped => self.check_newest_first(done),
            Action::Applied | Action::Stamped => self.check_lines(done),
        }
    }

    /// On the way down: whenever several could go, the newest goes.
    fn check_newest_first(&self, done: &[Id]) -> Result<(), String> {
        let sight = self.model.online();
        let mut left: Ids = done.iter().copied().collect();
        for &id in done {
            let free = sight.heads_of(&left);
            if free.last() != Some(&id) {
                return Err(format!("{free:?} could go, but {id} went: {done:?}"));
            }
            left.remove(&id);
        }
        Ok(())
    }

    /// On the way up: after all that it needs; a plain line without a gap; what is free by its id.
    fn check_lines(&self, order: &[Id]) -> Result<(), String> {
        let sight = self.model.online();
        let at = |id: Id| order.iter().position(|&other| other == id);
        let needs = |id: Id| -> Ids {
            let needs = sight.all_needs(id).into_iter();
            needs.filter(|&need| at(need).is_some()).collect()
        };
        let needers = |id: Id| {
            order
                .iter()
                .filter(|&&other| needs(other).contains(&id))
                .count()
        };
        for &id in order {
            let below = needs(id);
            if below.iter().any(|&need| at(need) > at(id)) {
                return Err(format!("{id} comes before what it needs: {order:?}"));
            }
            let only = below.first().filter(|_| below.len() == 1).copied();
            let only = only.filter(|only| sight.parents(id).contains(only));
            let Some(only) = only.filter(|&only| needers(only) == 1) else {
                continue;
            };
            if at(only).map(|at| at + 1) != at(id) {
                return Err(format!(
                    "{only} and {id} are a plain line, but apart: {order:?}"
                ));
            }
        }
        let is_lonely = |id: &Id| needs(*id).is_empty() && needers(*id) == 0;
        let lonely: Vec<Id> = order.iter().copied().filter(is_lonely).collect();
        match lonely.is_sorted() {
            true => Ok(()),
            false => Err(format!("free ones are not in id order: {order:?}")),
        }
    }

    fn look_at_lists(&self) -> Result<(), String> {
        let texts = |ids: &Ids| ids.iter().map(Id::to_string).collect::<Vec<_>>();
        let offline = self.model.offline();
        let heads: Vec<String> = Heads::of(&self.graph)
            .heads
            .into_iter()
            .map(|head| head.id)
            .collect();
        equal("heads", &heads, &texts(&offline.heads()))?;
        let points: Vec<String> = Branches::of(&self.graph)
            .branches
            .into_iter()
            .map(|point| point.revision.id)
            .collect();
        let is_point = |id: &Id| offline.children(*id).len() > 1;
        equal(
            "branches",
            &points,
            &texts(&offline.all().into_iter().filter(is_point).collect()),
        )?;
        let current = Current::of(&self.graph, &self.state);
        equal("current", &current.heads, &texts(&self.model.current()))?;
        equal(
            "unknown",
            &current.unknown,
            &texts(&self.model.lost.keys().copied().collect()),
        )?;
        let status = Status::of(&self.graph, &self.state, "cargo migrate");
        let pending = &offline.all() - &self.model.applied;
        equal("pending", &status.pending, &pending.len())?;
        self.look_at_history()
    }

    fn look_at_history(&self) -> Result<(), String> {
        let offline = self.model.offline();
        let entries = History::of(&self.graph, None, None).revisions;
        let mut seen = Ids::new();
        for entry in &entries {
            let id: Id = entry.id.parse().map_err(|_| format!("id {}", entry.id))?;
            if offline.all_needs(id).iter().any(|need| seen.contains(need)) {
                return Err(format!("history shows a need of {id} before it"));
            }
            seen.insert(id);
            equal("head", &entry.head, &offline.children(id).is_empty())?;
            equal(
                "branch point",
                &entry.branch_point,
                &(offline.children(id).len() > 1),
            )?;
            equal(
                "merge point",
                &entry.merge_point,
                &(offline.parents(id).len() > 1),
            )?;
        }
        equal("history", &seen, &offline.all())
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, real: &T, expected: &T) -> Result<(), String> {
    match real == expected {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:?}, not {real:?}")),
    }
}

fn contradiction(expected: &Result<Ids, Fault>, real: &Result<Effect, EngineError>) -> String {
    let real = real.as_ref().map(|effect| &effect.done);
    format!("expected {expected:?}, not {real:?}")
}

fn same(expected: &Fault, real: &Option<Fault>) -> Result<(), String> {
    match real.as_ref() == Some(expected) {
        true => Ok(()),
        false => Err(format!(
            "expected to be refused with {expected:?}, not {real:?}"
        )),
    }
}

/// The files as the loader reads them.
fn graph(model: &Model) -> Result<Graph, Vec<GraphError>> {
    let file = |(id, rev): (&Id, &Rev), direction: &str, text: String| File {
        path: format!("{id}_{}.{direction}.sql", rev.slug),
        root: "migrations".into(),
        bytes: Cow::Owned(text.into_bytes()),
    };
    let files = model.files.iter().flat_map(|(id, rev)| {
        [
            file((id, rev), "up", up_script(*id, rev)),
            file((id, rev), "down", format!("DROP TABLE t{id};\n")),
        ]
    });
    let source = load(files.collect()).unwrap_or_else(|errors| panic!("{errors}"));
    Graph::new(source.revisions)
}

fn up_script(id: Id, rev: &Rev) -> String {
    let list = |ids: &Ids| ids.iter().map(Id::to_string).collect::<Vec<_>>().join(",");
    let parents = match rev.parents.is_empty() {
        true => "base".to_owned(),
        false => list(&rev.parents),
    };
    let mut text = format!("-- migrate: revises={parents}\n");
    if !rev.needs.is_empty() {
        writeln!(text, "-- migrate: depends-on={}", list(&rev.needs)).expect("a String");
    }
    if let Some(label) = &rev.label {
        writeln!(text, "-- migrate: label={label}").expect("a String");
    }
    writeln!(text, "CREATE TABLE t{id} ();").expect("a String");
    text
}

pub(super) fn number(id: &RevisionId) -> Id {
    id.as_str()
        .parse()
        .expect("the ids of these graphs are numbers")
}

pub(super) fn numbers<'a>(ids: impl IntoIterator<Item = &'a RevisionId>) -> Ids {
    ids.into_iter().map(number).collect()
}

fn candidates(candidates: &[Candidate]) -> Ids {
    numbers(candidates.iter().map(|candidate| &candidate.id))
}

fn symbol_fault(error: &SymbolError) -> Option<Fault> {
    Some(match error {
        SymbolError::Unknown { .. } | SymbolError::Replaced { .. } => Fault::Unknown,
        SymbolError::NoSuchBranch { .. } => Fault::NoSuchBranch,
        SymbolError::Ambiguous {
            candidates: found, ..
        } => Fault::Ambiguous(candidates(found)),
        SymbolError::SeveralHeads { heads, .. } => Fault::SeveralHeads(candidates(heads)),
        SymbolError::NotOnLine { revision, line, .. } => {
            Fault::NotOnLine(number(revision), number(line))
        }
        SymbolError::TooFar { possible, .. } => Fault::TooFar(*possible),
        SymbolError::SeveralWays {
            candidates: found, ..
        } => Fault::SeveralWays(candidates(found)),
        SymbolError::WrongDirection { .. } => Fault::WrongDirection,
        SymbolError::NoRevision { .. } => Fault::NoRevision,
        SymbolError::NeedsState { .. } => Fault::NeedsDatabase,
        SymbolError::Reversed { .. } | SymbolError::Apart { .. } => return None,
    })
}

fn engine_fault(error: &EngineError) -> Option<Fault> {
    match error {
        EngineError::Symbol(error) => symbol_fault(error),
        EngineError::Plan(PlanError::Overlap { .. }) => Some(Fault::Overlap),
        EngineError::Plan(PlanError::NotApplied { id }) => Some(Fault::NotApplied(number(id))),
        EngineError::Unknown { ids, .. } => Some(Fault::UnknownApplied(numbers(ids))),
        _ => None,
    }
}

fn parents_fault(error: &ParentsError) -> Option<Fault> {
    Some(match error {
        ParentsError::Symbol(error) => return symbol_fault(error),
        ParentsError::SeveralHeads { heads, .. } => {
            Fault::SeveralHeads(numbers(heads.iter().map(|(id, _)| id)))
        }
        ParentsError::Twice { id } => Fault::Twice(number(id)),
        ParentsError::NotAHead { id } => Fault::NotAHead(number(id)),
        ParentsError::BaseAmongOthers => Fault::BaseAmongOthers,
        ParentsError::NothingToMerge => Fault::NothingToMerge,
    })
}

/// The options of the tests: an unknown revision is refused.
pub(super) fn options() -> Options {
    Options {
        on_unknown: OnUnknown::Refuse,
        ..Options::default()
    }
}

/// A driver without a server: every script succeeds, every recorded down script is there.
struct Nowhere<'s>(&'s State);

impl Driver for Nowhere<'_> {
    fn script(&mut self, _: &str) -> Result<(), ServerError> {
        Ok(())
    }

    /// Nothing but recorded down scripts is read where the state is given.
    fn read(&mut self, _: &str) -> Result<Vec<Row>, ServerError> {
        let row = |id: &RevisionId| vec![Some(id.to_string()), Some("SELECT 1".to_owned())];
        Ok(self.0.applied.keys().map(row).collect())
    }
}

/// Performs on the engine alone, on a state that is given.
pub(super) fn on_engine(
    graph: &Graph,
    state: &State,
    operation: Operation,
) -> Result<Effect, EngineError> {
    let options = options();
    let engine = Engine::offline(graph, &options, operation, Some(state.clone()));
    let mut done = Vec::new();
    let mut hear = |event: &Event| {
        if let Event::Finished(step) = event {
            done.push((number(&step.id), step.action));
        }
    };
    match drive(&mut Nowhere(state), engine, &mut hear)? {
        Outcome::Report(report) => {
            let state = after(graph, state, &done);
            let heads = numbers(&report.heads);
            Ok(Effect { done, heads, state })
        }
        Outcome::State(state) => panic!("a report was expected, not {state:?}"),
    }
}

/// The state with what was told; rows that came are as the files are.
fn after(graph: &Graph, before: &State, done: &[(Id, Action)]) -> State {
    let mut state = before.clone();
    for &(id, action) in done {
        let id: RevisionId = id.to_string().parse().expect("a number is an id");
        match action {
            Action::Reverted | Action::Unstamped => {
                state.applied.remove(&id);
            }
            Action::Applied | Action::Stamped => {
                let node: NodeSet = graph.find(&id).into_iter().collect();
                state.applied.extend(assume(graph, &node).applied);
            }
        }
    }
    state.digest = state.computed_digest();
    state
}

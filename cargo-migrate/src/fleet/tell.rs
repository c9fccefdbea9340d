//! Tells what came of each member as it comes, and the sum: rows for a person, or an object a line.

use std::{collections::BTreeMap, time::Instant};

use anstyle::Style;
use build_support::{
    Exit,
    report::{count, duration_text, error_json},
};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use super::{Member, Place, Row, State};
use crate::{
    failure::Failure,
    signals,
    term::{ERROR, FAINT, Format, NAME, NOTE, Progress, Terminal, WARNING},
};

/// Listens to the workers.
pub(super) struct Teller<'a> {
    term: &'a Terminal,
    progress: Progress<'a>,
    width: usize,
    members: usize,
    sums: BTreeMap<State, usize>,
    revisions: usize,
    worst: Exit,
    /// Equal failures are shown once, with the number of members that have them.
    failures: Vec<(Failure, Vec<String>)>,
    started: Instant,
}

impl<'a> Teller<'a> {
    pub(super) fn new(term: &'a Terminal, members: &[Member]) -> Self {
        let widths = members.iter().map(|member| member.name.width());
        Self {
            term,
            progress: term.progress(members.len()),
            width: widths.max().unwrap_or_default().min(40),
            members: members.len(),
            sums: BTreeMap::new(),
            revisions: 0,
            worst: Exit::Done,
            failures: Vec::new(),
            started: Instant::now(),
        }
    }

    pub(super) fn row(&mut self, member: &Member, row: Row) {
        *self.sums.entry(row.state).or_default() += 1;
        self.worst = self.worst.worse(row.exit());
        if row.state == State::Applied {
            self.revisions += row.applied.len();
        }
        match self.term.format() {
            Format::Json => self.term.json(&object(member, &row)),
            Format::Human => self.progress.data(&self.line(member, &row)),
        }
        if let Some(failure) = row.failure {
            self.remember(member, failure);
        }
    }

    fn line(&self, member: &Member, row: &Row) -> String {
        let (name, width) = (&member.name, self.width);
        let (style, word) = (style_of(row.state), row.state.as_str());
        let gap = width.saturating_sub(name.width());
        let took = duration_text(row.duration);
        format!(
            "{style}{word:<9}{style:#}  {NAME}{name}{NAME:#}{:gap$}  {}  {FAINT}({took}){FAINT:#}",
            "",
            detail(row)
        )
    }

    fn remember(&mut self, member: &Member, failure: Failure) {
        let key =
            |failure: &Failure| (failure.exit, failure.message.clone(), failure.label.clone());
        let known = self
            .failures
            .iter_mut()
            .find(|(known, _)| key(known) == key(&failure));
        match known {
            Some((_, names)) => names.push(member.name.clone()),
            None => self.failures.push((failure, vec![member.name.clone()])),
        }
    }

    /// The failures, each once, and the sum.
    pub(super) fn end(self) -> Exit {
        let Self { term, .. } = self;
        drop(self.progress);
        let exit = signals::came().unwrap_or(self.worst);
        let sum = |state| self.sums.get(&state).copied().unwrap_or_default();
        let told: usize = self.sums.values().sum();
        if term.format() == Format::Json {
            let mut object = json!({ "event": "done", "members": self.members });
            for state in STATES {
                object[state.as_str()] = sum(state).into();
            }
            object["not_begun"] = (self.members - told).into();
            object["count"] = self.revisions.into();
            object["code"] = exit.code().into();
            term.json(&object);
            return exit;
        }
        for (mut failure, names) in self.failures {
            failure.notes.insert(0, format!("in {}", list(&names)));
            term.fail(&failure);
        }
        let mut parts: Vec<String> = STATES
            .into_iter()
            .filter(|&state| sum(state) > 0)
            .map(|state| format!("{} {}", sum(state), state.as_str()))
            .collect();
        if told < self.members {
            parts.push(format!("{} not begun", self.members - told));
        }
        let took = duration_text(self.started.elapsed());
        let members = count(self.members, "member");
        term.say(format_args!("{members}: {} ({took})", parts.join(", ")));
        exit
    }
}

const STATES: [State; 7] = [
    State::Applied,
    State::Planned,
    State::Current,
    State::Pending,
    State::Divergent,
    State::Found,
    State::Failed,
];

fn detail(row: &Row) -> String {
    let at = match row.heads.as_slice() {
        [] => "at the base".to_owned(),
        heads => format!("at {}", heads.join(", ")),
    };
    match row.state {
        State::Applied => format!("{}, {at}", count(row.applied.len(), "revision")),
        State::Planned => format!("{} to apply, {at}", count(row.applied.len(), "revision")),
        State::Pending => format!("{} pending, {at}", row.pending),
        State::Current | State::Divergent => at,
        State::Found => {
            let messages: Vec<&str> = row
                .findings
                .iter()
                .map(|found| found.message.as_str())
                .collect();
            messages.join("; ")
        }
        State::Failed => {
            let error = row
                .failure
                .as_ref()
                .map(|failure| error_json(failure)["error"].take());
            let message = error.and_then(|error| error["message"].as_str().map(str::to_owned));
            message.unwrap_or_default()
        }
    }
}

fn style_of(state: State) -> Style {
    match state {
        State::Applied | State::Current => NOTE,
        State::Planned | State::Pending => Style::new(),
        State::Divergent | State::Found => WARNING,
        State::Failed => ERROR,
    }
}

fn object(member: &Member, row: &Row) -> Value {
    let kind = match member.place {
        Place::Schema => "schema",
        Place::Database(_) => "database",
    };
    let error = row
        .failure
        .as_ref()
        .map(|failure| error_json(failure)["error"].take());
    json!({
        "event": "member",
        "kind": kind,
        "name": member.name,
        "state": row.state.as_str(),
        "applied": row.applied,
        "heads": row.heads,
        "pending": row.pending,
        "findings": row.findings,
        "duration_ms": u64::try_from(row.duration.as_millis()).unwrap_or(u64::MAX),
        "error": error,
    })
}

/// The first names, and how many more there are.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let first: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

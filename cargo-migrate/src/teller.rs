//! Tells what the engine does while it does it: a moving line, lines that stay, or JSON events.

use std::time::Instant;

use build_support::{
    Exit,
    engine::{Done, Event, Operation, Options, PlannedStep, Report},
    report::{Batches, EventLine, duration_text},
    revision::Direction,
};

use crate::{
    context::Context,
    failure::Outcome,
    term::{FAINT, Format, NAME, Progress, Terminal},
};

const ALONE: &str = "waiting for a synchronous standby: without one a COMMIT would not end";

/// Listens to one run.
pub struct Teller<'a> {
    term: &'a Terminal,
    progress: Option<Progress<'a>>,
    batches: Batches,
    counted: Counted,
}

/// How many of how many steps are done.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    done: usize,
    planned: usize,
}

impl<'a> Teller<'a> {
    /// A teller that has heard nothing yet.
    pub fn new(term: &'a Terminal) -> Self {
        Self {
            term,
            progress: None,
            batches: Batches::default(),
            counted: Counted::default(),
        }
    }

    /// Tells one event.
    pub fn hear(&mut self, event: &Event) {
        if let Some(line) = self.batches.hear(event, Instant::now()) {
            self.batch(&line);
        }
        match event {
            Event::Planned { steps } => {
                self.progress = Some(self.term.progress(steps.len()));
                self.counted = Counted {
                    done: 0,
                    planned: steps.len(),
                };
            }
            Event::Started { step, index, count } => self.started(step, *index, *count),
            Event::Finished(done) => self.finished(done),
            Event::Waiting { holder, .. } => {
                let holder = holder.as_ref().map(|holder| format!(", held by {holder}"));
                self.term.say(format_args!(
                    "waiting for the lock{}",
                    holder.unwrap_or_default()
                ));
            }
            Event::Alone => self.term.say(ALONE),
            Event::Batch { .. } => {
                if let (Some(progress), Some(line)) = (&self.progress, EventLine::batch(event)) {
                    progress.begin(&line.to_string());
                }
            }
            Event::Paused { id, reason } => {
                self.term.say(format_args!("`{id}`: pauses, {reason}"));
            }
            Event::Statement { id, index, count } => {
                self.term
                    .detail(format_args!("`{id}`: statement {index} of {count} is done"));
            }
            Event::Retrying { id, reason, after } => self.term.say(format_args!(
                "`{id}`: {reason}; trying again in {}",
                duration_text(*after)
            )),
            Event::Lost { reason } => self.term.say(format_args!(
                "the connection was lost ({reason}); connecting again"
            )),
            // Events that later versions of the engine add are not worth a failure.
            _ => {}
        }
    }

    /// A line that stays; on a terminal the moving one has said it already.
    fn batch(&self, line: &EventLine) {
        match (self.term.format(), &self.progress) {
            (Format::Json, _) => self.term.json(line),
            (Format::Human, Some(progress)) => progress.note(line),
            (Format::Human, None) => self.term.say(line),
        }
    }

    fn started(&self, step: &PlannedStep, index: usize, count: usize) {
        let verb = match step.direction {
            Direction::Up => "applying",
            Direction::Down => "reverting",
        };
        let what = format!("{verb} `{}` ({})", step.id, step.slug);
        match &self.progress {
            Some(progress) if progress.moves() => {
                progress.at(index);
                progress.begin(&what);
            }
            Some(_) | None => self.term.detail(format_args!("{what}: {index} of {count}")),
        }
    }

    fn finished(&mut self, done: &Done) {
        self.counted.done += 1;
        let line = EventLine::finished(done);
        if self.term.format() == Format::Json {
            return self.term.json(&line);
        }
        let line = coloured(&line, done, self.counted);
        match &self.progress {
            Some(progress) => progress.done(&line),
            None => self.term.say(line),
        }
    }

    /// The last word about a run that went well.
    pub fn end(self, report: &Report) {
        drop(self.progress);
        let line = EventLine::done(report);
        match self.term.format() {
            Format::Json => self.term.json(&line),
            Format::Human => self.term.say(line),
        }
        for id in &report.held_back {
            self.term.say(format_args!(
                "`{id}` waits for `cargo migrate up --contract`"
            ));
        }
    }
}

/// Connects, does one operation, and tells it from beginning to end.
pub fn carry_out(operation: Operation, options: &Options, context: &Context) -> Outcome {
    // What is wrong with the files is said before a server is asked.
    context.graph()?;
    let mut client = context.connect()?;
    let mut teller = Teller::new(&context.term);
    let mut hear = |event: &Event| teller.hear(event);
    let report = context.perform((operation, options), &mut client, &mut hear)?;
    if options.dry_run {
        print_plan(&context.term, &report);
    } else {
        teller.end(&report);
    }
    Ok(Exit::Done)
}

/// Prints a plan: the data of a dry run.
fn print_plan(term: &Terminal, report: &Report) {
    for step in &report.planned {
        let line = EventLine::planned(step);
        match term.format() {
            Format::Json => term.json(&line),
            Format::Human => term.data(line),
        }
    }
    match term.format() {
        Format::Json => term.json(&EventLine::done(report)),
        Format::Human if report.planned.is_empty() => term.say(EventLine::done(report)),
        Format::Human => term.say("a dry run: nothing was changed"),
    }
    for id in &report.held_back {
        term.say(format_args!(
            "`{id}` waits for `cargo migrate up --contract`"
        ));
    }
}

/// The line with its id in colour; how long it took, and which of several it was, are faint.
fn coloured(line: &EventLine, done: &Done, counted: Counted) -> String {
    let text = line.to_string();
    let id = done.id.as_str();
    let text = text.replacen(id, &format!("{NAME}{id}{NAME:#}"), 1);
    let Some((before, took)) = text.rsplit_once(" (") else {
        return text;
    };
    let took = took.trim_end_matches(')');
    let of = match counted {
        Counted { done, planned } if planned > 1 => format!(", {done} of {planned}"),
        Counted { .. } => String::new(),
    };
    format!("{before} {FAINT}({took}{of}){FAINT:#}")
}

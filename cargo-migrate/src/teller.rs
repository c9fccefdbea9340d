//! Tells what the engine does while it does it: a moving line, lines that stay, or JSON events.

use build_support::{
    Exit,
    engine::{Action, Done, Event, Operation, Options, PlannedStep, Report},
    report::{EventLine, Finished, count, duration_text},
    revision::Direction,
};

use crate::{
    context::Context,
    failure::Outcome,
    term::{FAINT, Format, NAME, Progress, Terminal},
};

/// Listens to one run.
pub struct Teller<'a> {
    term: &'a Terminal,
    progress: Option<Progress<'a>>,
}

impl<'a> Teller<'a> {
    /// A teller that has heard nothing yet.
    pub fn new(term: &'a Terminal) -> Self {
        Self {
            term,
            progress: None,
        }
    }

    /// Tells one event.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Planned { steps } => self.progress = Some(self.term.progress(steps.len())),
            Event::Started { step, index, count } => self.started(step, *index, *count),
            Event::Finished(done) => self.finished(done),
            Event::Waiting { holder, .. } => {
                let holder = holder.as_ref().map(|holder| format!(", held by {holder}"));
                self.term.say(format_args!(
                    "waiting for the lock{}",
                    holder.unwrap_or_default()
                ));
            }
            Event::Statement { id, index, count } => {
                self.term
                    .detail(format_args!("`{id}`: statement {index} of {count} is done"));
            }
            Event::Retrying { id, reason, after } => self.term.say(format_args!(
                "`{id}`: {reason}; trying again in {}",
                duration_text(*after)
            )),
            // Events that later versions of the engine add are not worth a failure.
            _ => {}
        }
    }

    fn started(&self, step: &PlannedStep, index: usize, count: usize) {
        let verb = match step.direction {
            Direction::Up => "applying",
            Direction::Down => "reverting",
        };
        let what = format!("{verb} `{}` ({})", step.id, step.slug);
        match &self.progress {
            Some(progress) => progress.begin(&what),
            None => self.term.detail(format_args!("{what}: {index} of {count}")),
        }
    }

    fn finished(&self, done: &Done) {
        if self.term.format() == Format::Json {
            return self.term.json(&event_line(done));
        }
        let line = human_line(done);
        match &self.progress {
            Some(progress) => progress.done(&line),
            None => self.term.say(line),
        }
    }

    /// The last word about a run that went well.
    pub fn end(self, report: &Report) {
        drop(self.progress);
        let heads: Vec<String> = report.heads.iter().map(ToString::to_string).collect();
        if self.term.format() == Format::Json {
            let count = report.done.len();
            return self.term.json(&EventLine::Done { heads, count });
        }
        let at = match heads.as_slice() {
            [] => "the base".to_owned(),
            heads => heads
                .iter()
                .map(|id| format!("`{id}`"))
                .collect::<Vec<_>>()
                .join(", "),
        };
        match report.done.len() {
            0 => self
                .term
                .say(format_args!("nothing to do: the database is at {at}")),
            number => {
                let what = count(number, "revision");
                self.term
                    .say(format_args!("{what} done: the database is at {at}"));
            }
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
        let (word, verb) = match step.direction {
            Direction::Up => ("up", "apply"),
            Direction::Down => ("down", "revert"),
        };
        match term.format() {
            Format::Json => term.json(&EventLine::Planned {
                id: step.id.to_string(),
                slug: step.slug.clone(),
                direction: word,
            }),
            Format::Human => {
                term.data(format_args!(
                    "{verb} {NAME}{}{NAME:#} {}",
                    step.id, step.slug
                ));
            }
        }
    }
    let heads = report.heads.iter().map(ToString::to_string).collect();
    match term.format() {
        Format::Json => term.json(&EventLine::Done { heads, count: 0 }),
        Format::Human if report.planned.is_empty() => term.say("nothing to do"),
        Format::Human => term.say("a dry run: nothing was changed"),
    }
}

fn event_line(done: &Done) -> EventLine {
    let finished = Finished::new(&done.id, &done.slug, done.duration);
    match done.action {
        Action::Applied => EventLine::Applied(finished),
        Action::Reverted => EventLine::Reverted(finished),
        Action::Stamped | Action::Unstamped => EventLine::Stamped(finished),
    }
}

fn human_line(done: &Done) -> String {
    let verb = match done.action {
        Action::Applied => "applied",
        Action::Reverted => "reverted",
        Action::Stamped => "stamped",
        Action::Unstamped => "taken out of the record",
    };
    let (id, slug) = (&done.id, &done.slug);
    match done.action {
        Action::Applied | Action::Reverted => {
            let took = duration_text(done.duration);
            format!("{verb} {NAME}{id}{NAME:#} {slug} {FAINT}({took}){FAINT:#}")
        }
        Action::Stamped | Action::Unstamped => format!("{verb} {NAME}{id}{NAME:#} {slug}"),
    }
}

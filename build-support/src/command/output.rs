//! Where `APP migrate` writes: data to one stream, talk to the other, as text or as JSON.

use std::{
    fmt::Display,
    io::{self, Write},
    time::Instant,
};

use serde::Serialize;

use super::args::{Format, GlobalArgs};
use crate::{
    Diagnostic, Exit,
    engine::{Event, Report},
    report::{self, Batches, EventLine},
};

/// A stream that an answer is written to.
pub(super) type Stream<'a> = &'a mut (dyn Write + Send);

/// Both streams and how to write to them. A reader that has gone is no error of ours.
pub(super) struct Output<'a> {
    pub(super) format: Format,
    pub(super) quiet: bool,
    pub(super) data: Stream<'a>,
    pub(super) talk: Stream<'a>,
    batches: Batches,
    lost: Option<io::Error>,
}

impl<'a> Output<'a> {
    pub(super) fn new(options: &GlobalArgs, data: Stream<'a>, talk: Stream<'a>) -> Self {
        Self {
            format: options.format,
            quiet: options.quiet,
            data,
            talk,
            batches: Batches::default(),
            lost: None,
        }
    }

    pub(super) fn data(&mut self, line: impl Display) {
        let written = writeln!(self.data, "{line}");
        self.note(written);
    }

    fn note(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            if error.kind() != io::ErrorKind::BrokenPipe {
                self.lost.get_or_insert(error);
            }
        }
    }

    /// Sends what is buffered, and tells what of the answer is lost.
    pub(super) fn finish(&mut self, exit: Exit) -> Exit {
        let flushed = self.data.flush();
        self.note(flushed);
        let Some(error) = self.lost.take() else {
            return exit;
        };
        let diagnostic = report::unwritten(&error);
        self.fail(&diagnostic);
        exit.worse(diagnostic.exit)
    }

    pub(super) fn json(&mut self, value: &impl Serialize) {
        let text = serde_json::to_string(value).expect("our own shapes have text keys only");
        self.data(text);
        let flushed = self.data.flush();
        self.note(flushed);
    }

    /// Talk is for a person.
    pub(super) fn say(&mut self, line: impl Display) {
        if !self.quiet && self.format == Format::Human {
            let _ = writeln!(self.talk, "{line}");
        }
    }

    pub(super) fn fail(&mut self, diagnostic: &Diagnostic) {
        let _ = match self.format {
            Format::Human => writeln!(self.talk, "{diagnostic}"),
            Format::Json => writeln!(self.talk, "{}", report::error_json(diagnostic)),
        };
    }

    /// Tells what the engine does.
    pub(super) fn hear(&mut self, event: &Event) {
        if let Some(line) = self.batches.hear(event, Instant::now()) {
            self.line(&line);
        }
        match event {
            Event::Alone => self.say("waiting for a synchronous standby"),
            Event::Paused { id, reason } => {
                self.say(format_args!("`{id}`: pauses, {reason}"));
            }
            Event::Finished(done) => self.line(&EventLine::finished(done)),
            Event::Waiting { holder, .. } => {
                let holder = holder.as_ref().map(|holder| format!(", held by {holder}"));
                self.say(format_args!(
                    "waiting for the lock{}",
                    holder.unwrap_or_default()
                ));
            }
            Event::Retrying { id, reason, after } => self.say(format_args!(
                "`{id}`: {reason}; trying again in {}",
                report::duration_text(*after)
            )),
            Event::Lost { reason } => self.say(format_args!(
                "the connection was lost ({reason}); connecting again"
            )),
            _ => {}
        }
    }

    /// An event: data as JSON, talk as text.
    fn line(&mut self, line: &EventLine) {
        match self.format {
            Format::Human => self.say(line),
            Format::Json => self.json(line),
        }
    }

    /// The last word about a run, or the plan of a dry one.
    pub(super) fn end(&mut self, report: &Report) {
        for step in &report.planned {
            let line = EventLine::planned(step);
            match self.format {
                Format::Human => self.data(line),
                Format::Json => self.json(&line),
            }
        }
        match (self.format, report.planned.is_empty()) {
            (Format::Human, false) => self.say("a dry run: nothing was changed"),
            (Format::Human, true) | (Format::Json, _) => self.line(&EventLine::done(report)),
        }
        for id in &report.held_back {
            self.say(format_args!("`{id}` waits for `up --contract`"));
        }
    }
}

/// Columns under their headings, two spaces between.
pub(super) fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> Vec<String> {
    let header = header.map(str::to_owned);
    let all = || std::iter::once(&header).chain(rows);
    let width = |column: usize| all().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).filter_map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths);
        let padded: Vec<String> = cells
            .map(|(cell, &width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    all().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align() {
        let rows = [["applied", "1"], ["x", "20"]].map(|row| row.map(str::to_owned));
        assert_eq!(
            table(["state", "id"], &rows),
            ["state    id", "applied  1", "x        20"]
        );
    }
}

//! The one place that writes: data to stdout, talk to stderr.

mod diagnostic;
mod options;
mod progress;
mod question;
mod table;

use std::{
    cell::{Cell, RefCell},
    fmt::Display,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use build_support::{
    Diagnostic, Exit,
    report::{error_json, warning_json},
};
use serde::Serialize;
use serde_json::json;

pub use self::{
    options::{ColorWhen, Format, TermOptions, Verbosity},
    progress::Progress,
    question::Answers,
    table::{Cell as TableCell, Table},
};
use crate::failure::Failure;

/// The style of a warning's first word.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// The style of an error's first word.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// The style of a hint's first word.
pub const HINT: Style = AnsiColor::Cyan.on_default().bold();
/// The style of a note's first word.
pub const NOTE: Style = AnsiColor::Green.on_default().bold();
/// The style of frames and arrows around an excerpt.
pub const FRAME: Style = AnsiColor::Blue.on_default().bold();
/// The style of a name worth finding at a glance, such as a revision's id.
pub const NAME: Style = AnsiColor::Yellow.on_default();
/// The style of what matters less.
pub const FAINT: Style = Style::new().dimmed();

/// Where a command writes.
///
/// Text may carry `anstyle` codes everywhere; the streams strip them where no colour is wanted.
pub struct Terminal {
    options: TermOptions,
    out: RefCell<Box<dyn Write>>,
    err: RefCell<Box<dyn Write>>,
    closed: Cell<bool>,
    /// Why a part of the answer is lost, as on a full disk.
    lost: RefCell<Option<io::Error>>,
    /// The database that what is written is about, where a command goes through several.
    database: RefCell<Option<String>>,
}

impl Terminal {
    /// The process's own streams.
    pub fn standard(options: TermOptions) -> Self {
        let choice = options.color.choice();
        let out = anstream::AutoStream::new(io::stdout(), choice);
        let err = anstream::AutoStream::new(io::stderr(), choice);
        Self::over(options, Box::new(out), Box::new(err))
    }

    /// Any two streams.
    pub fn over(options: TermOptions, out: Box<dyn Write>, err: Box<dyn Write>) -> Self {
        Self {
            options,
            out: RefCell::new(out),
            err: RefCell::new(err),
            closed: Cell::new(false),
            lost: RefCell::new(None),
            database: RefCell::new(None),
        }
    }

    /// From now on, JSON names this database: a command goes through several.
    pub fn turn_to(&self, database: &str) {
        *self.database.borrow_mut() = Some(database.to_owned());
    }

    /// How the answer is wanted.
    pub fn format(&self) -> Format {
        self.options.format
    }

    /// How much is said.
    pub fn verbosity(&self) -> Verbosity {
        self.options.verbosity
    }

    /// Who answers questions.
    pub fn answers(&self) -> Answers {
        self.options.answers
    }

    /// Whether a reader of stdout has gone, as `head` does: nothing more is worth writing.
    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Why a part of the answer could not be written, if it could not. A reader that has gone is no
    /// error of ours: the rest is dropped.
    pub fn lost(&self) -> Option<io::Error> {
        self.lost.take()
    }

    /// Writes one line of data.
    pub fn data(&self, line: impl Display) {
        self.raw(format_args!("{line}\n"));
    }

    /// Writes data as it is, without a line end.
    pub fn raw(&self, text: impl Display) {
        self.note(write!(self.out.borrow_mut(), "{text}"));
    }

    /// Writes data as bytes.
    pub fn bytes(&self, bytes: &[u8]) {
        self.note(self.out.borrow_mut().write_all(bytes));
    }

    fn note(&self, written: io::Result<()>) {
        let Err(error) = written else {
            return;
        };
        self.closed.set(true);
        if error.kind() != io::ErrorKind::BrokenPipe {
            self.lost.borrow_mut().get_or_insert(error);
        }
    }

    /// Writes one JSON object, alone on its line.
    pub fn json(&self, value: &impl Serialize) {
        self.data(self.with_database(value));
        self.flush();
    }

    /// The text of a JSON value, with the database that it is about where there are several.
    fn with_database(&self, value: &impl Serialize) -> String {
        let plain =
            |value| serde_json::to_string(value).expect("our own shapes have text keys only");
        let Some(database) = &*self.database.borrow() else {
            return plain(value);
        };
        let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(value) else {
            return plain(value);
        };
        let mut all = serde_json::Map::new();
        all.insert("database".to_owned(), database.as_str().into());
        all.extend(fields);
        serde_json::Value::Object(all).to_string()
    }

    /// Says something that a person may want to know; `--quiet` drops it. A program finds it all in
    /// the answer, so with `--format json` it takes `--verbose` to hear it.
    pub fn say(&self, line: impl Display) {
        match self.options.format {
            Format::Human if self.options.verbosity >= Verbosity::Normal => {
                self.tell(format_args!("{line}\n"));
            }
            Format::Human => {}
            Format::Json => self.detail(line),
        }
    }

    /// Writes talk as it is, whatever the verbosity: for usage errors.
    pub fn talk_raw(&self, text: impl Display) {
        self.tell(format_args!("{text}"));
    }

    /// Says something only with `--verbose`.
    pub fn detail(&self, line: impl Display) {
        if self.options.verbosity < Verbosity::Verbose {
            return;
        }
        match self.options.format {
            Format::Human => self.tell(format_args!("{line}\n")),
            Format::Json => {
                let line = line.to_string();
                let plain = anstream::adapter::strip_str(&line).to_string();
                let (key, text) = match plain.split_once(": ") {
                    Some((key @ ("note" | "hint"), text)) => (key, text),
                    Some(_) | None => ("note", plain.trim()),
                };
                let object = self.with_database(&json!({ key: text }));
                self.tell(format_args!("{object}\n"));
            }
        }
    }

    /// Warns; `--quiet` does not drop it.
    pub fn warn(&self, message: impl Display) {
        let message = message.to_string();
        let plain = anstream::adapter::strip_str(&message).to_string();
        match self.options.format {
            Format::Human => {
                let line = format_args!("{WARNING}warning{WARNING:#}: {message}\n");
                self.tell(line);
            }
            Format::Json => self.warn_about(&Diagnostic::new(Exit::Done, plain)),
        }
    }

    /// Warns about a place, with an excerpt and hints like an error's.
    pub fn warn_about(&self, warning: &Diagnostic) {
        match self.options.format {
            Format::Human => {
                self.tell(format_args!("{}\n", diagnostic::warning(warning)));
            }
            Format::Json => {
                let object = self.with_database(&warning_json(warning));
                self.tell(format_args!("{object}\n"));
            }
        }
    }

    /// Writes a finding as data, in the shape of an error or of a warning.
    pub fn finding(&self, finding: &Diagnostic, is_error: bool) {
        let text = if is_error {
            diagnostic::error(finding)
        } else {
            diagnostic::warning(finding)
        };
        self.data(text);
    }

    /// Adds a hint to what was said.
    pub fn hint(&self, hint: impl Display) {
        self.say(format_args!("{HINT}hint{HINT:#}: {hint}"));
    }

    /// Shows why a command failed, as text or as JSON.
    pub fn fail(&self, failure: &Failure) {
        match self.options.format {
            Format::Human => {
                self.tell(format_args!("{}\n", diagnostic::error(failure)));
            }
            Format::Json => {
                let text = self.with_database(&error_json(failure));
                self.tell(format_args!("{text}\n"));
            }
        }
    }

    /// Sends what is still buffered.
    pub fn flush(&self) {
        self.note(self.out.borrow_mut().flush());
    }

    /// Writes talk. Where that can't be written, there is nowhere to say so.
    fn tell(&self, text: std::fmt::Arguments<'_>) {
        let _ = self.err.borrow_mut().write_fmt(text);
    }
}

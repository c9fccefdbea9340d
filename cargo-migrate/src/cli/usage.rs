//! A command line that can't be read, and the help: clap's words in our two formats.

use std::ffi::OsString;

use build_support::{Diagnostic, Exit, report::error_json};
use clap::error::ErrorKind;

use crate::term::{ColorWhen, Format, TermOptions, Terminal};

/// Format and colour of a command line that clap may refuse: looked for by hand.
pub(super) fn early_options(arguments: &[OsString]) -> TermOptions {
    let texts: Vec<&str> = arguments.iter().filter_map(|text| text.to_str()).collect();
    let says = |option: &str, value: &str| {
        let pair = texts
            .windows(2)
            .any(|two| two[0] == option && two[1] == value);
        pair || texts.contains(&format!("{option}={value}").as_str())
    };
    let color = match (says("--color", "always"), says("--color", "never")) {
        (true, _) => ColorWhen::Always,
        (false, true) => ColorWhen::Never,
        (false, false) => ColorWhen::Auto,
    };
    let format = if says("--format", "json") {
        Format::Json
    } else {
        Format::Human
    };
    TermOptions {
        format,
        color,
        ..TermOptions::default()
    }
}

/// Shows help and version as data, everything else as a usage error.
pub(super) fn explain(error: &clap::Error, term: &Terminal) -> Exit {
    let shown = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if shown {
        term.raw(error.render().ansi());
        term.flush();
        return Exit::Done;
    }
    match term.format() {
        Format::Human => term.talk_raw(error.render().ansi()),
        Format::Json => term.talk_raw(format_args!("{}\n", error_json(&diagnostic(error)))),
    }
    Exit::Usage
}

/// The same error in the shape of all others: clap's tips are the hints.
fn diagnostic(error: &clap::Error) -> Diagnostic {
    let text = error.render().to_string();
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let first = paragraphs.first().copied().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    let message = words.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    let tips = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("tip: "));
    tips.fold(Diagnostic::new(Exit::Usage, message), Diagnostic::hint)
}

//! A command line that can't be read, and the help: clap's words in our two formats.

use std::ffi::OsString;

use build_support::{
    Exit,
    report::{error_json, says, usage_error},
};
use clap::error::ErrorKind;

use crate::term::{ColorWhen, Format, TermOptions, Terminal};

/// Format and colour of a command line that clap may refuse: looked for by hand.
pub(super) fn early_options(arguments: &[OsString]) -> TermOptions {
    let says = |option, value| says(arguments, option, value);
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
        Format::Json => {
            let error = usage_error(&error.render().to_string());
            term.talk_raw(format_args!("{}\n", error_json(&error)));
        }
    }
    Exit::Usage
}

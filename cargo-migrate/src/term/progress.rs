//! Progress of a long command: a moving line on a terminal, plain lines elsewhere.

use std::{io::IsTerminal as _, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Format, Terminal, Verbosity};

/// A counter of steps: which one, how many of how many, how long so far.
pub struct Progress<'a> {
    term: &'a Terminal,
    bar: Option<ProgressBar>,
}

impl Terminal {
    /// Begins a counted piece of work.
    pub fn progress(&self, total: usize) -> Progress<'_> {
        let moving = self.format() == Format::Human
            && self.verbosity() >= Verbosity::Normal
            && std::io::stderr().is_terminal();
        Progress {
            term: self,
            bar: moving.then(|| bar(total)),
        }
    }
}

fn bar(total: usize) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    let bar = ProgressBar::with_draw_target(u64::try_from(total).ok(), target);
    let template = "{spinner} [{pos}/{len}] {msg} ({elapsed})";
    let style = ProgressStyle::with_template(template).expect("the template is a constant");
    bar.set_style(style);
    bar
}

impl Progress<'_> {
    /// Whether a line moves, so that what begins is seen.
    pub fn moves(&self) -> bool {
        self.bar.is_some()
    }

    /// Says which piece is worked on; the first is 1.
    pub fn at(&self, index: usize) {
        if let Some(bar) = &self.bar {
            bar.set_position(u64::try_from(index).unwrap_or(u64::MAX));
        }
    }

    /// Shows what is being worked on.
    pub fn begin(&self, what: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(100));
        }
    }

    /// Counts one piece as done, of which a line of data tells.
    pub fn data(&self, line: &str) {
        match &self.bar {
            Some(bar) => {
                bar.suspend(|| {
                    self.term.data(line);
                    self.term.flush();
                });
                bar.inc(1);
            }
            None => self.term.data(line),
        }
    }

    /// Says how the piece goes on, where no moving line does.
    pub fn note(&self, line: impl std::fmt::Display) {
        if self.bar.is_none() {
            self.term.say(line);
        }
    }

    /// Says that the piece is done in a line that stays.
    pub fn done(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.term.say(line)),
            None => self.term.say(line),
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

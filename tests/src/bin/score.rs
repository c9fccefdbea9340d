//! Scores the schema diff over folders of revisions: `score [--told] [--strangers] [--every N] FOLDER…`.
//! A history that this server can't run to its end is scored as far as it goes.
//!
//! `--told` tells the planner every rename, `--strangers` gives it databases that share no oids.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use migrate_tests::proof::{
    History, HistoryError, Kinship, Knowledge, Renames, Score, Verdict, score, table,
};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every history could be run to its end.
fn run() -> Result<bool, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut knowledge = Knowledge {
        renames: Renames::Untold,
        kinship: Kinship::Copies,
    };
    let (mut every, mut folders) = (1, Vec::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--told" => knowledge.renames = Renames::Told,
            "--strangers" => knowledge.kinship = Kinship::Strangers,
            "--every" => every = arguments.next().ok_or("--every takes a number")?.parse()?,
            _ => folders.push(argument),
        }
    }
    let histories: Result<Vec<History>, _> = folders
        .iter()
        .map(|folder| History::read(Path::new(folder)))
        .collect();
    let said = |error: &HistoryError| format!("{}: {}", error.step, error.message);
    let histories = histories.map_err(|error| said(&error))?;
    let Score { verdicts, ends } = score(&histories, knowledge, every, 2);
    print(&verdicts)?;
    for end in &ends {
        writeln!(io::stderr(), "error: {}", said(end))?;
    }
    Ok(ends.is_empty())
}

fn print(verdicts: &[Verdict]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for complaint in verdicts.iter().filter_map(Verdict::complaint) {
        writeln!(out, "{complaint}")?;
    }
    write!(out, "{}", table(verdicts))
}

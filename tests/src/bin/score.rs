//! Scores the schema diff over folders of revisions: `score [--told] [--strangers] [--every N] FOLDER…`.
//!
//! `--told` tells the planner every rename, `--strangers` gives it databases that share no oids.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use migrate_tests::proof::{History, Kinship, Knowledge, Renames, Verdict, score, table};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
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
    let verdicts = histories
        .and_then(|histories| score(&histories, knowledge, every, 2))
        .map_err(|error| format!("{}: {}", error.step, error.message))?;
    print(&verdicts)?;
    Ok(())
}

fn print(verdicts: &[Verdict]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for complaint in verdicts.iter().filter_map(Verdict::complaint) {
        writeln!(out, "{complaint}")?;
    }
    write!(out, "{}", table(verdicts))
}

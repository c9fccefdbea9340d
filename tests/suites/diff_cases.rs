//! Every case of `tests/cases/diff`, proved on a server.
//!
//! `MIGRATE_UPDATE_CASES=1` writes the plan and its hazards into the files, `MIGRATE_CASE=enum/`
//! runs those whose name holds that text.

use std::path::Path;
use std::sync::Mutex;

use migrate_tests::harness::{Database, skipped};
use migrate_tests::proof::{Case, Trial, prepare_roles, read, read_cases};

const WORKERS: usize = 3;

#[test]
fn every_case_is_proved() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/diff");
    let mut cases = read_cases(&folder).unwrap_or_else(|error| panic!("{error:?}"));
    let everything = cases.len();
    assert!(everything >= 150, "{everything} cases");
    if let Some(part) = variable("MIGRATE_CASE") {
        cases.retain(|case| case.name().contains(&part));
    }
    prepare_roles();
    let complaints = prove(cases, major());
    assert!(
        complaints.is_empty(),
        "{} complaints\n\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

/// What is wrong with each case that doesn't hold.
fn prove(mut cases: Vec<Case>, major: u32) -> Vec<String> {
    cases.reverse();
    let (waiting, complaints) = (Mutex::new(cases), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(case) = waiting.lock().unwrap().pop() else {
                        break;
                    };
                    if let Some(found) = complaints_about(&case, major) {
                        let complaint = format!("{}: {found}", case.name());
                        complaints.lock().unwrap().push(complaint);
                    }
                }
            });
        }
    });
    let mut complaints = complaints.into_inner().unwrap();
    complaints.sort();
    complaints
}

/// The major version of which the texts of the plans are: expressions are printed otherwise by others.
const WRITTEN_ON: u32 = 15;

fn complaints_about(case: &Case, major: u32) -> Option<String> {
    if let Some(needs) = case.needs.filter(|needs| *needs > major) {
        skipped(&format!("{} needs PostgreSQL {needs}", case.name()));
        return None;
    }
    let mut trial = Trial::run(case);
    if let Some(why) = &trial.skipped {
        skipped(&format!("{}: {why}", case.name()));
        return None;
    }
    let is_written_here = major == case.needs.unwrap_or(WRITTEN_ON).max(WRITTEN_ON);
    if !is_written_here {
        // What the plan does is proved all the same.
    } else if variable("MIGRATE_UPDATE_CASES").is_some() {
        let text = fs_err::read_to_string(&case.path).unwrap();
        fs_err::write(
            &case.path,
            case.with_outcome(&text, &trial.hazards, &trial.expect),
        )
        .unwrap();
    } else {
        let expected = (
            case.hazards.as_deref().unwrap_or_default(),
            case.expect.as_deref(),
        );
        if expected != (trial.hazards.as_str(), Some(trial.expect.as_str())) {
            trial.complaints.push(format!(
                "the plan is another one:\n{}\nwith hazards:\n{}",
                trial.expect, trial.hazards
            ));
        }
    }
    (!trial.complaints.is_empty()).then(|| trial.complaints.join("\n"))
}

fn major() -> u32 {
    read(&Database::fresh())
        .expect("an empty database is readable")
        .major()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

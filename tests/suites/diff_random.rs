//! Random schemas, randomly changed, proved like the cases.
//!
//! `MIGRATE_SEED=N` starts elsewhere: the failing seed is in the message. `MIGRATE_SEEDS=N` takes as
//! many, however long that is.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use migrate_tests::proof::{Case, Trial, prepare_roles, random_case, random_kinds_case};

const BUDGET: Duration = Duration::from_secs(20);
const ENOUGH: u64 = 60;
/// So many at least, also on a busy machine.
const FEWEST: u64 = 5;

/// Makes a case of a seed and a number of changes.
type Source = fn(u64, usize) -> Case;

#[test]
fn random_changes_are_planned_there_and_back() {
    prove_many(|seed, changes| random_case(seed, 30, changes), 8);
}

#[test]
fn objects_of_every_kind_come_go_and_change() {
    prove_many(random_kinds_case, 12);
}

fn prove_many(source: Source, changes: usize) {
    prepare_roles();
    let first = number("MIGRATE_SEED").unwrap_or(1);
    let asked = number("MIGRATE_SEEDS");
    let (fewest, most) = (asked.unwrap_or(FEWEST), asked.unwrap_or(ENOUGH));
    let (begin, next, failures) = (Instant::now(), Mutex::new(first), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = take(&next);
                    let is_late = begin.elapsed() > BUDGET && seed >= first + fewest;
                    if seed >= first + most || is_late {
                        break;
                    }
                    failures
                        .lock()
                        .unwrap()
                        .extend(prove(source, seed, changes));
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} seeds\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn take(next: &Mutex<u64>) -> u64 {
    let mut next = next.lock().unwrap();
    *next += 1;
    *next - 1
}

/// The fewest changes that fail say the most.
fn prove(source: Source, seed: u64, most: usize) -> Option<String> {
    let complaints = |changes| Trial::run(&source(seed, changes)).complaints;
    complaints(most).first()?;
    let (changes, found) = (1..=most)
        .map(|changes| (changes, complaints(changes)))
        .find(|(_, found)| !found.is_empty())?;
    let case = source(seed, changes);
    let found = found.join("\n");
    let told: Vec<String> = case
        .rename
        .iter()
        .map(|(old, new)| format!("{old}={new}"))
        .collect();
    Some(format!(
        "seed {seed}, {changes} changes, renames {told:?}\n{found}\n-- from\n{}-- to\n{}",
        case.from, case.to
    ))
}

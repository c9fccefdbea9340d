//! Random schemas, randomly changed, proved like the cases.
//!
//! `MIGRATE_SEED=N` starts elsewhere: the failing seed is in the message.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use migrate_tests::proof::{Trial, prepare_roles, random_case};

const BUDGET: Duration = Duration::from_secs(20);
const ENOUGH: u64 = 60;

#[test]
fn random_changes_are_planned_there_and_back() {
    prepare_roles();
    let first = std::env::var("MIGRATE_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let (begin, next, failures) = (Instant::now(), Mutex::new(first), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = take(&next);
                    if seed >= first + ENOUGH || begin.elapsed() > BUDGET {
                        break;
                    }
                    failures.lock().unwrap().extend(prove(seed));
                }
            });
        }
    });
    assert!(take(&next) > first + 4, "too slow to prove anything");
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} seeds\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

fn take(next: &Mutex<u64>) -> u64 {
    let mut next = next.lock().unwrap();
    *next += 1;
    *next - 1
}

/// The fewest changes that fail say the most.
fn prove(seed: u64) -> Option<String> {
    let complaints = |changes| Trial::run(&random_case(seed, 30, changes)).complaints;
    complaints(8).first()?;
    let (changes, found) = (1..=8)
        .map(|changes| (changes, complaints(changes)))
        .find(|(_, found)| !found.is_empty())?;
    let case = random_case(seed, 30, changes);
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

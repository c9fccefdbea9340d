//! The score of the diff over real histories, which `MIGRATE_CORPORA` names.
//!
//! One step in a few is enough here; `cargo run -p migrate-tests --bin score -- FOLDER…` takes all.

use std::io::Write as _;
use std::path::Path;

use migrate_tests::proof::{History, Kinship, Knowledge, Renames, Score, Verdict, score, table};

const EVERY: usize = 12;

#[test]
fn plans_are_right_and_lose_nothing_in_silence() {
    let Some(histories) = histories() else { return };
    for (renames, kinship) in [
        (Renames::Untold, Kinship::Strangers),
        (Renames::Told, Kinship::Strangers),
        (Renames::Untold, Kinship::Copies),
    ] {
        let Score { verdicts, ends } = score(&histories, Knowledge { renames, kinship }, EVERY, 2);
        assert!(ends.is_empty(), "{ends:?}");
        let wrong: Vec<String> = verdicts
            .iter()
            .filter(is_wrong)
            .filter_map(Verdict::complaint)
            .collect();
        let share = wrong.len() as f64 / verdicts.len() as f64;
        assert!(
            share <= 0.005,
            "{renames:?} {kinship:?}\n{}\n{}",
            wrong.join("\n"),
            table(&verdicts)
        );
        let silent: Vec<String> = verdicts
            .iter()
            .filter(|one| one.is_silent_loss())
            .filter_map(Verdict::complaint)
            .collect();
        assert!(silent.is_empty(), "{}", silent.join("\n"));
    }
}

/// A plan that stops at a rename and names the pair is as good as one that is right.
fn is_wrong(verdict: &&Verdict) -> bool {
    !(verdict.is_right() || verdict.renames && verdict.is_refused())
}

fn histories() -> Option<Vec<History>> {
    let Some(folder) = std::env::var_os("MIGRATE_CORPORA") else {
        let _ = writeln!(std::io::stderr(), "skipped: MIGRATE_CORPORA is not set");
        return None;
    };
    let entries = fs_err::read_dir(Path::new(&folder)).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    Some(
        folders
            .iter()
            .map(|folder| History::read(folder).unwrap())
            .collect(),
    )
}

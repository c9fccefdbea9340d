//! Random schemas out of a list of statements for objects of every kind, each in one of several
//! forms: two of them make a case that adds, drops and alters whatever there is.

use std::path::Path;

use super::dice::Dice;
use crate::harness::Database;
use crate::proof::case::Case;

/// The forms of each slot of `tests/cases/random/kinds.sql`.
struct Slots(Vec<Vec<String>>);

/// A schema of random forms, and one in which `changes` slots have another form.
///
/// # Panics
/// Where the list can't be read or the server goes away.
#[must_use]
pub fn random_kinds_case(seed: u64, changes: usize) -> Case {
    let slots = Slots::read();
    let mut dice = Dice::new(seed);
    let start: Vec<usize> = slots.0.iter().map(|forms| pick(forms, &mut dice)).collect();
    let mut target = start.clone();
    for _ in 0..changes {
        let at = dice.below(slots.0.len());
        target[at] = pick(&slots.0[at], &mut dice);
    }
    Case {
        path: Path::new("random").join(format!("kinds {seed}.sql")),
        from: slots.applicable(&start),
        to: slots.applicable(&target),
        // A foreign table holds nothing, a table of another partition key is another one.
        loses: vec![
            "outside".to_owned(),
            "log_2".to_owned(),
            "log_2_a".to_owned(),
            "typed".to_owned(),
        ],
        ..Case::default()
    }
}

/// The number of a form; the number of forms stands for none.
fn pick(forms: &[String], dice: &mut Dice) -> usize {
    dice.below(forms.len() * 2 + 1) % (forms.len() + 1)
}

impl Slots {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/random/kinds.sql");
        let text = fs_err::read_to_string(path).expect("the list is readable");
        let slots = text.split("-- slot\n").skip(1);
        Slots(
            slots
                .map(|slot| {
                    slot.split("-- or\n")
                        .map(|form| form.trim().to_owned())
                        .collect()
                })
                .collect(),
        )
    }

    /// The chosen statements that apply one after the other.
    fn applicable(&self, chosen: &[usize]) -> String {
        let database = Database::fresh();
        let mut client = database.client();
        let mut text = String::new();
        for (forms, choice) in self.0.iter().zip(chosen) {
            if let Some(sql) = forms.get(*choice)
                && client.batch_execute(sql).is_ok()
            {
                text.push_str(sql);
                text.push('\n');
            }
        }
        text
    }
}

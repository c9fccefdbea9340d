//! Random commands: what a user may type on a graph, mistakes included.

use super::{
    dice::Dice,
    reference::{Id, Model, Rev},
};

/// One command, and what changes the files or the record beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    New {
        id: Id,
        slug: &'static str,
        head: Vec<String>,
        splice: bool,
        label: Option<&'static str>,
        depends_on: Option<String>,
    },
    Merge {
        id: Id,
        names: Vec<String>,
        splice: bool,
    },
    /// An applied head loses its file: another branch of the project was checked out.
    Lose(Id),
    Up(Vec<String>),
    Down(String),
    Stamp(Vec<String>),
    StampPurge(Vec<String>),
}

/// Slugs that are beginnings of each other, look like steps, ids and keywords, and come twice.
const SLUGS: &[&str] = &[
    "user", "users", "user_foo", "add_a", "add_b", "fix-1", "fix", "7", "header",
];
const LABELS: &[&str] = &["alpha", "beta", "user", "x-side"];

impl Command {
    pub(super) fn random(dice: &mut Dice, model: &Model) -> Self {
        match dice.below(20) {
            _ if model.files.len() < 2 => Self::new(dice, model),
            0..=6 if model.files.len() < 14 => Self::new(dice, model),
            7 => Self::Merge {
                id: free_id(dice, model),
                names: match dice.one_in(2) {
                    true => Vec::new(),
                    false => symbols(dice, model),
                },
                splice: dice.one_in(4),
            },
            8..=12 => Self::Up(match dice.below(3) {
                0 => vec![dice.of(["head", "heads"]).to_owned()],
                _ => symbols(dice, model),
            }),
            13..=16 => Self::Down(symbol(dice, model)),
            17 => Self::StampPurge(symbols(dice, model)),
            18 if dice.one_in(3) => match losable(model) {
                ids if ids.is_empty() => Self::Stamp(symbols(dice, model)),
                ids => Self::Lose(dice.of(ids)),
            },
            _ => Self::Stamp(symbols(dice, model)),
        }
    }

    fn new(dice: &mut Dice, model: &Model) -> Self {
        let heads: Vec<Id> = model.offline().heads().into_iter().collect();
        let head = match dice.below(8) {
            _ if heads.is_empty() => Vec::new(),
            0 => vec!["base".to_owned()],
            1 => symbols(dice, model),
            2 => Vec::new(),
            _ if dice.one_in(3) => vec![dice.of(model.files.keys()).to_string()],
            _ => vec![dice.of(heads).to_string()],
        };
        Self::New {
            id: free_id(dice, model),
            slug: dice.of(SLUGS),
            head,
            splice: !dice.one_in(4),
            label: dice.one_in(4).then(|| *dice.of(LABELS.iter())),
            depends_on: (dice.one_in(4) && !model.files.is_empty()).then(|| word(dice, model)),
        }
    }
}

/// Ids come in no order, and some are the beginning of others.
fn free_id(dice: &mut Dice, model: &Model) -> Id {
    let is_free = |id: &Id| !model.files.contains_key(id) && !model.lost.contains_key(id);
    dice.of((1..40).filter(is_free))
}

fn losable(model: &Model) -> Vec<Id> {
    let sight = model.offline();
    let is_needed = |id: &Id| model.files.values().any(|rev: &Rev| rev.needs.contains(id));
    let heads = sight.heads().into_iter();
    heads
        .filter(|id| model.applied.contains(id) && !is_needed(id))
        .collect()
}

fn symbols(dice: &mut Dice, model: &Model) -> Vec<String> {
    let count = if dice.one_in(4) { 2 } else { 1 };
    (0..count).map(|_| symbol(dice, model)).collect()
}

fn symbol(dice: &mut Dice, model: &Model) -> String {
    match dice.below(10) {
        0..=2 => word(dice, model),
        3 => keyword(dice),
        4 | 5 => step(dice),
        6 => format!("{}{}", place(dice, model), step(dice)),
        7 => format!("{}@{}", word(dice, model), step(dice)),
        8 => format!("{}@{}{}", word(dice, model), place(dice, model), step(dice)),
        _ => format!("{}@{}", word(dice, model), place(dice, model)),
    }
}

fn place(dice: &mut Dice, model: &Model) -> String {
    match dice.one_in(2) {
        true => keyword(dice),
        false => word(dice, model),
    }
}

fn keyword(dice: &mut Dice) -> String {
    dice.of(["head", "heads", "base", "base", "current"])
        .to_owned()
}

fn step(dice: &mut Dice) -> String {
    format!("{}{}", dice.of(["+", "-", "-"]), 1 + dice.below(3))
}

/// A name of one revision, or nearly one.
fn word(dice: &mut Dice, model: &Model) -> String {
    let known: Vec<(Id, &Rev)> = model
        .files
        .iter()
        .chain(&model.lost)
        .map(|(&id, rev)| (id, rev))
        .collect();
    if known.is_empty() || dice.one_in(20) {
        return dice.of(["nothing", "99", "z"]).to_owned();
    }
    let (id, rev) = dice.of(known);
    match (dice.below(6), &rev.label) {
        (0..=2, _) => id.to_string(),
        (3, Some(label)) => label.clone(),
        (4, _) => {
            let length = 1 + dice.below(rev.slug.len());
            rev.slug[..length].to_owned()
        }
        _ => rev.slug.clone(),
    }
}

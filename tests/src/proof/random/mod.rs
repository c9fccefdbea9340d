//! Random schemas and random changes to them, as a case that can be proved.
//!
//! Objects have a number beside their name, so that what stayed the same is known whatever it is
//! called by now: that gives the renames to tell and the data that must survive.

mod dice;
mod kinds;
mod model;
mod mutate;
mod render;

use std::path::PathBuf;

pub use self::kinds::random_kinds_case;

use self::dice::Dice;
use self::model::Model;
use super::case::Case;

/// A random schema and what `changes` random changes make of it.
#[must_use]
pub fn random_case(seed: u64, size: usize, changes: usize) -> Case {
    let mut dice = Dice::new(seed);
    let mut start = Model::default();
    for _ in 0..size {
        mutate::grow(&mut start, &mut dice);
    }
    let mut target = start.clone();
    for _ in 0..changes {
        mutate::change(&mut target, &mut dice);
    }
    let (rename, loses) = start.compared_with(&target);
    Case {
        path: PathBuf::from(format!("random/{seed}.sql")),
        from: render::ddl(&start),
        to: render::ddl(&target),
        rename,
        loses,
        ..Case::default()
    }
}

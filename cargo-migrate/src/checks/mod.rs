//! The parts of `check`, one file each; [`PARTS`] is their table.

mod checksums;
mod drift;
mod embedded;
mod heads;
mod models;
mod pending;

use build_support::report::{Contract, Finding};

pub use self::embedded::embedded;
use crate::{context::Context, failure::Failure};

/// One part of `check`.
pub struct Part {
    /// Its flag, without the dashes, and its name in the findings.
    pub name: &'static str,
    /// What it looks at.
    pub needs: Needs,
    /// Looks, and tells what is wrong.
    pub run: fn(&Context, &mut Look) -> Result<Vec<Finding>, Failure>,
}

/// What is asked of a part beside its name, and what it tells beside its findings.
#[derive(Debug, Default)]
pub struct Look {
    /// What to make of revisions that wait for `up --contract`.
    pub contract: Contract,
    /// The ids of those.
    pub waiting: Vec<String>,
}

/// What a part looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// The files alone.
    Files,
    /// Models or schema files beside them.
    Models,
    /// The database too.
    Database,
}

/// Every part that a bare `check` runs, in order.
pub const PARTS: &[Part] = &[
    Part {
        name: "heads",
        needs: Needs::Files,
        run: heads::heads,
    },
    Part {
        name: "checksums",
        needs: Needs::Database,
        run: checksums::checksums,
    },
    Part {
        name: "pending",
        needs: Needs::Database,
        run: pending::pending,
    },
    Part {
        name: "models",
        needs: Needs::Models,
        run: models::models,
    },
    Part {
        name: "drift",
        needs: Needs::Database,
        run: drift::drift,
    },
];

//! The proof of a schema diff: databases made by template, dumps compared object by object,
//! tables and columns followed by oid, rows followed by attribute number.
//!
//! Nothing here knows how a plan is made; it judges what a plan did.

mod case;
mod database;
mod dump;
mod history;
mod identity;
mod planner;
mod random;
mod rows;
mod score;
mod trial;
mod verdict;

pub use case::{Asked, Case, CaseError, read_cases};
pub use database::{dump_of, run};
pub use dump::{Dump, Equality};
pub use history::{History, HistoryError};
pub use identity::{Identities, Moved, TableIdentity};
pub use planner::{Planned, Reading, plan_between, plan_from, read};
pub use random::{random_case, random_kinds_case};
pub use rows::Rows;
pub use score::{Kinship, Knowledge, Renames, Score, score};
pub use trial::{Trial, prepare_roles};
pub use verdict::{Direction, Outcome, Verdict, table};

//! The schema of a database as plain values, and the plan that turns one into another.
//!
//! PostgreSQL is the only parser: every source of a schema becomes a database, [`Snapshot::read`]
//! reads its catalog, and [`plan()`] compares two snapshots. Everything but the reader is pure.
//!
//! ```no_run
//! use cargo_migrate::schema::{plan, Options, Snapshot};
//! # fn compare(
//! #     old: &mut postgres::Client,
//! #     new: &mut postgres::Client,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let from = Snapshot::read(old)?;
//! let to = Snapshot::read(new)?;
//! let up = plan(&from, &to, &Options::default())?;
//! let down = plan(&to, &from, &Options::default().renames(up.inverted_renames()))?;
//! assert_eq!(up.is_empty(), down.is_empty());
//! # Ok(())
//! # }
//! ```

pub mod catalog;
pub mod diff;
pub mod hazard;
pub mod lex;
pub mod model;
pub mod name;
pub mod order;
pub mod plan;
pub mod render;

pub use catalog::{ReadError, ReadOptions};
pub use diff::action::Verb;
pub use diff::options::{Options, Rename, RenameOrigin};
pub use diff::pairing::{Ambiguity, Loss};
pub use hazard::{Hazard, Lock};
pub use model::{Kind, NotCompared, ObjectId, Snapshot};
pub use plan::{ChangeKind, Note, Plan, PlanError, Statement, Transaction, plan};

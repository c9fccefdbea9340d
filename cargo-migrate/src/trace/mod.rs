//! `lint --trace`: runs revisions in a scratch database and looks at the locks that they really take.
//!
//! A second connection reads `pg_locks` after each statement, while the transaction still holds what
//! it took. A statement that can't share a transaction holds nothing afterwards, so it is made to
//! stand still on its way by a third. Nothing here says whether a lock is good or bad.

mod gate;
mod lines;
mod mode;
mod reads;
mod relations;
mod report;
mod run;
mod watch;

pub use self::{
    mode::{Blocks, LockMode},
    relations::{Relation, RelationKind},
    report::{FullRead, HeldLock, Traced, TracedStatement, Under},
    run::Tracer,
};

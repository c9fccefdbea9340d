//! The schema of a database as sorted values: identities, what each object is, what needs what.

mod body;
mod edges;
mod id;
mod snapshot;

pub use body::{
    Attribute, Body, Column, Composite, Constraint, ConstraintType, Domain, Enum, Expression,
    Extension, Foreign, Grant, Index, Owner, Parent, Plain, Policy, Routine, Sequence, Statistics,
    Table, View, ViewColumn, ViewSetting,
};
pub use edges::Edges;
pub use id::{Kind, ObjectId, Space};
pub use snapshot::{NotCompared, Snapshot};

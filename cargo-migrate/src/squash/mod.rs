//! One revision of many: which of them can be put together, the script that builds what they build,
//! and the proof that it does.
//!
//! Nothing but scratch databases is touched. What the replaced revisions do to rows is never
//! dropped in silence: it is carried over and compared, or the squash is refused.

mod body;
mod line;
mod rows;
mod trial;

pub use self::{
    body::{Carried, DataStatement, data_statements},
    line::Line,
    trial::{Method, Squashed, Workbench},
};

//! The stairway: each revision up, down and up again in a scratch database, the schemas compared;
//! and down scripts that are written from those schemas.

mod generate;
mod outcome;
mod twice;
mod walk;

pub use self::{
    generate::{GeneratedDown, generate_downs},
    outcome::{Stair, StairOutcome},
    twice::twice,
    walk::stairway,
};

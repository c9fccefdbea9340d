//! What the commands answer: one set of values for the subcommand and for a release binary's own
//! `migrate`. Their JSON is part of the interface; fields may be added, never renamed.

mod event;
mod lanes;
mod revisions;
mod words;

pub use self::{
    event::{EventLine, Finished},
    lanes::{Lanes, Row},
    revisions::{BranchPoint, Branches, Entry, Heads, History, Summary},
    words::{count, duration_text, time_text},
};

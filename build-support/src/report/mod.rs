//! What the commands answer: one set of values for the subcommand and for a release binary's own
//! `migrate`. Their JSON is part of the interface; fields may be added, never renamed.

mod current;
mod event;
mod lanes;
mod revisions;
mod status;
mod words;

pub use self::{
    current::{Current, CurrentHead},
    event::{EventLine, Finished},
    lanes::{Lanes, Row},
    revisions::{BranchPoint, Branches, Entry, Heads, History, Summary},
    status::{NextStep, RevisionState, STATUS_COLUMNS, Status, StatusRow},
    words::{count, duration_text, time_text},
};

//! What the commands answer: one set of values for the subcommand and for a release binary's own
//! `migrate`. Their JSON is part of the interface; fields may be added, never renamed.

mod batches;
mod check;
mod current;
mod error;
mod event;
mod lanes;
mod revisions;
mod scripts;
mod status;
mod words;

pub use self::{
    batches::Batches,
    check::{Contract, Finding, Verdict},
    current::{Current, CurrentHead},
    error::{error_json, says, unwritten, usage_error, warning_json},
    event::{EventLine, Finished},
    lanes::{Lanes, Row},
    revisions::{BranchPoint, Branches, Entry, Heads, History, Summary},
    scripts::{ScriptRow, ScriptState},
    status::{NextStep, RevisionState, STATUS_COLUMNS, Status, StatusRow},
    words::{count, duration_text, hazard, time_text, variable},
};

//! `check --pending`: everything is applied, and nothing that has no file.

use build_support::report::{Finding, Status};

use super::Look;
use crate::{context::Context, failure::Failure};

pub(super) fn pending(context: &Context, look: &mut Look) -> Result<Vec<Finding>, Failure> {
    let state = context.read_state(&mut context.connect()?)?;
    let status = Status::of(context.graph()?, &state, "cargo migrate");
    look.waiting = status.waiting();
    Ok(status.pending_findings("cargo migrate", look.contract))
}

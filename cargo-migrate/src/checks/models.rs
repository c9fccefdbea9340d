//! `check --models`: the revisions build what the models and schema files say.

use super::{Finding, Look};
use crate::{autogenerate, context::Context, failure::Failure};

pub(super) fn models(context: &Context, _: &mut Look) -> Result<Vec<Finding>, Failure> {
    let plan = autogenerate::difference(context)?;
    let found = plan.statements.iter().map(|statement| {
        let message = format!(
            "no revision does what the models say: {} `{}`",
            statement.kind, statement.object
        );
        Finding::new("models", message)
    });
    let mut findings: Vec<Finding> = found.collect();
    findings.dedup();
    if let Some(last) = findings.pop() {
        let hint = "run `cargo migrate new NAME --autogenerate` to write the revision";
        findings.push(last.hint(hint));
    }
    Ok(findings)
}

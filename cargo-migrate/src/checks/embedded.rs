//! `check --embedded BINARY`: the binary carries the revisions that the files hold.

use std::{path::Path, process::Command};

use build_support::{report::Finding, revision::Digest};

use crate::{context::Context, failure::Failure};

/// Runs `BINARY migrate digest` and compares.
pub fn embedded(context: &Context, binary: &Path) -> Result<Vec<Finding>, Failure> {
    let path = context.environment.folder.join(binary);
    // A bare name is looked up by the system, as a shell would.
    let program = if path.exists() {
        path.as_path()
    } else {
        binary
    };
    let output = Command::new(program)
        .args(["migrate", "digest"])
        .output()
        .map_err(|error| cannot_run(binary, &error.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(cannot_run(binary, &format!("{}: {said}", output.status)));
    }
    let carried = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let Some(carried) = Digest::from_hex(&carried) else {
        return Err(cannot_run(binary, "it answers with no digest"));
    };
    if carried == context.graph()?.digest() {
        return Ok(Vec::new());
    }
    let message = format!(
        "`{}` carries other revisions than the files",
        binary.display()
    );
    Ok(vec![
        Finding::new("embedded", message).hint("build it again"),
    ])
}

fn cannot_run(binary: &Path, why: &str) -> Failure {
    Failure::user(format!(
        "`{} migrate digest` can't be run: {why}",
        binary.display()
    ))
    .hint("the binary needs build-support's feature `command` and `migrations!().command(…)`")
}

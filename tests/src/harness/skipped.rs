//! What a test says that can't be shown on this machine or server.

use std::io::Write as _;

/// Says on standard error why something is not shown here.
pub fn skipped(why: &str) {
    // Where nobody listens nothing is lost.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

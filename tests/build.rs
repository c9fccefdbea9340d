//! Prepares the revisions of the example that the suites start as a process.

use std::path::Path;

fn main() {
    let revisions = "../examples/service/migrations";
    // The package made of this crate holds neither the example nor the binary that embeds them.
    if Path::new(revisions).exists() {
        build_support::build::migrations(revisions);
    }
}

//! Checks the revisions and tracks new files.

fn main() {
    build_support::build::migrations("migrations");
}

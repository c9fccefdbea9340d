//! Checks the revisions and tracks their files.

fn main() {
    build_support::build::migrations("migrations");
}

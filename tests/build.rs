//! Prepares the revisions of the example that the suites start as a process.

fn main() {
    build_support::build::migrations("../examples/service/migrations");
}

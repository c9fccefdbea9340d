//! Checks the revisions at build time and makes them part of the binary.

fn main() {
    build_support::build::migrations({{ dirs }});
}

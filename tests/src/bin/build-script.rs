//! The build script that `init` writes, as a program that the suites run as Cargo does.

fn main() {
    build_support::build::migrations("migrations");
}

//! The program `cargo-migrate`, which cargo runs for `cargo migrate`; the library does it all.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_migrate::main()
}

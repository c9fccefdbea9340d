//! The subcommand, which the suite `faults::failpoints` also lets die at a chosen statement.

use std::process::ExitCode;

fn main() -> ExitCode {
    migrate_tests::harness::arm_failpoint();
    cargo_migrate::main()
}

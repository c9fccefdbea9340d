//! Processes that kill themselves at a chosen statement.

use build_support::driver::failpoint;

/// The variable that says at which point a process dies.
pub const FAILPOINT: &str = "FAILPOINT";

/// Arms this process where its environment says so.
///
/// # Panics
/// When that is no number.
pub fn arm_failpoint() {
    if let Ok(at) = std::env::var(FAILPOINT) {
        failpoint::arm(at.parse().expect("the number of a point"));
    }
}

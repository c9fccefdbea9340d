//! Ending a server whose supervisor was killed too.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::ServerError;

const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);

/// Ends the server that runs on `data`: first with a checkpoint, then at once.
///
/// `is_gone` tells when its last process has ended.
pub(super) fn end(
    data: &Path,
    is_gone: impl Fn() -> Result<bool, ServerError>,
) -> Result<(), ServerError> {
    let file = fs_err::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let pid = file.lines().next().unwrap_or_default().to_owned();
    let process = pid.parse().ok().and_then(Pid::from_raw);
    for signal in [Signal::INT, Signal::QUIT] {
        if let Some(process) = process.filter(|process| runs_on(*process, data)) {
            let _ = kill_process(process, signal);
        }
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if is_gone()? {
                return Ok(());
            }
            std::thread::sleep(POLL);
        }
    }
    Err(ServerError::Leftover { pid })
}

/// Whether the process is that server: the number may be another process's, here or elsewhere.
fn runs_on(process: Pid, data: &Path) -> bool {
    let number = process.as_raw_nonzero();
    if let Ok(folder) = fs_err::read_link(format!("/proc/{number}/cwd")) {
        return fs_err::canonicalize(data).is_ok_and(|data| data == folder);
    }
    let mut command = Command::new("ps");
    command
        .args(["-o", "command=", "-p"])
        .arg(number.to_string())
        .stdin(Stdio::null());
    let line = command
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    String::from_utf8_lossy(&line).contains(&*data.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_process_with_the_number_is_not_touched() {
        let data = tempfile::tempdir().unwrap();
        let mut bystander = Command::new("sleep").arg("60").spawn().unwrap();
        let process = Pid::from_child(&bystander);
        assert!(!runs_on(process, data.path()));
        fs_err::write(
            data.path().join("postmaster.pid"),
            format!("{}\n", bystander.id()),
        )
        .unwrap();
        end(data.path(), || Ok(true)).unwrap();
        assert!(bystander.try_wait().unwrap().is_none());
        bystander.kill().unwrap();
        bystander.wait().unwrap();
    }
}

//! The pipe through which a development server's users are counted, and its supervisor is told.
//!
//! Every user holds the writing end open, and the kernel closes that of a user who was killed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::account::Account;
use super::names;

const POLL: Duration = Duration::from_millis(2);
/// The supervisor answers at once, but the machine may be busy.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// What a supervisor waits for before it starts the server.
pub(super) const START: &[u8] = b"start\n";

/// The writing end.
#[derive(Debug)]
pub(super) struct Users {
    run: PathBuf,
    pipe: File,
}

/// Makes the pipe in the socket's folder and opens both ends; the reading one is the supervisor's.
pub(super) fn make(run: &Path, account: Account) -> io::Result<(File, Users)> {
    let path = path_in(run);
    // A utility of POSIX: the call behind it is not in every system's bindings.
    let status = Command::new("mkfifo")
        .arg("-m")
        .arg("600")
        .arg(&path)
        .status()?;
    if !status.success() {
        return Err(io::Error::other("`mkfifo` failed"));
    }
    account.give(&path)?;
    // Not blocking, the reading end is opened before a writing one exists.
    let reader = OpenOptions::new()
        .read(true)
        .custom_flags(nonblocking())
        .open(&path)?;
    let pipe = OpenOptions::new().write(true).open(&path)?;
    rustix::fs::fcntl_setfl(&reader, OFlags::empty())?;
    Ok((
        reader,
        Users {
            run: run.to_owned(),
            pipe,
        },
    ))
}

impl Users {
    /// Opens the writing end; an error where nobody reads.
    pub(super) fn open(run: &Path) -> io::Result<Self> {
        let pipe = OpenOptions::new()
            .write(true)
            .custom_flags(nonblocking())
            .open(path_in(run))?;
        Ok(Self {
            run: run.to_owned(),
            pipe,
        })
    }

    /// The folder of the socket.
    pub(super) fn run(&self) -> &Path {
        &self.run
    }

    /// Makes the supervisor start the server.
    pub(super) fn start(&mut self) -> io::Result<()> {
        self.pipe.write_all(START)
    }

    /// Becomes a user, unless the supervisor has just given up.
    pub(super) fn join(&mut self) -> bool {
        let answer = format!("joined-{}", names::random());
        // Who made the supervisor may have been killed before saying so.
        let joined = self.start().is_ok() && self.tell("join", &answer);
        let _ = fs_err::remove_file(self.run.join(answer));
        joined
    }

    /// Makes the server stay without users; `kept` marks it.
    pub(super) fn keep(&mut self) -> bool {
        self.tell("keep", KEPT)
    }

    /// Makes the server end. Where nobody reads any more, it is ending already.
    pub(super) fn stop(&mut self) {
        let _ = self.pipe.write_all(b"stop\n");
    }

    /// Whether the supervisor still reads.
    pub(super) fn are_supervised(&self) -> bool {
        Self::open(&self.run).is_ok()
    }

    /// Sends one line to the supervisor and waits for the file that answers it.
    fn tell(&mut self, word: &str, answer: &str) -> bool {
        if self
            .pipe
            .write_all(format!("{word} {answer}\n").as_bytes())
            .is_err()
        {
            return false;
        }
        let path = self.run.join(answer);
        let begun = Instant::now();
        while !path.exists() {
            if begun.elapsed() > ANSWER_LIMIT || !self.are_supervised() {
                return false;
            }
            std::thread::sleep(POLL);
        }
        true
    }
}

/// The file that marks a server as kept.
const KEPT: &str = "kept";

/// Whether the server of this folder stays without users.
pub(super) fn are_not_needed(run: &Path) -> bool {
    run.join(KEPT).exists()
}

/// Whether the supervisor of this folder was killed: it removes the name of the pipe before it
/// closes it, so a pipe without a reader was left behind.
pub(super) fn are_abandoned(run: &Path) -> bool {
    Users::open(run).is_err_and(|error| error.raw_os_error() == Some(Errno::NXIO.raw_os_error()))
}

fn path_in(run: &Path) -> PathBuf {
    run.join("users")
}

fn nonblocking() -> i32 {
    i32::try_from(OFlags::NONBLOCK.bits()).expect("the flag fits the type of all flags")
}

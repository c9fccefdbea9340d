//! Waiting until a server answers, and telling why it does not.

use std::error::Error as _;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use postgres::{Client, Config, NoTls};

use super::ServerError;
use super::template::tail;

/// A busy machine may take seconds; nothing that works takes this long.
const LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(2);
/// How long a log without a `postmaster.pid` may stand before it counts as a failure.
const GRACE: Duration = Duration::from_millis(300);

/// The server whose start is awaited.
pub(super) struct Starting<'a> {
    pub(super) run: &'a Path,
    pub(super) data: &'a Path,
    pub(super) log: &'a Path,
}

impl Starting<'_> {
    /// Waits for the first connection, which is given back, as long as the supervisor `lives`.
    pub(super) fn wait(&self, mut lives: impl FnMut() -> bool) -> Result<Client, ServerError> {
        let begun = Instant::now();
        let mut failing_since = None;
        loop {
            if self.says_ready() {
                match connect(self.run, "postgres") {
                    Ok(client) => return Ok(client),
                    Err(error) if is_nobody_there(&error) => return Err(self.failure()),
                    Err(_) => {}
                }
            }
            if !lives() || begun.elapsed() > LIMIT || self.has_failed(&mut failing_since) {
                return Err(self.failure());
            }
            std::thread::sleep(POLL);
        }
    }

    /// Line 8 of `postmaster.pid` is the server's own word for it.
    fn says_ready(&self) -> bool {
        fs_err::read_to_string(self.data.join("postmaster.pid")).is_ok_and(|text| {
            text.lines()
                .nth(7)
                .is_some_and(|line| line.trim() == "ready")
        })
    }

    /// Only fatal messages are logged, so a log without a running server is a reason. A server that
    /// panics leaves its `postmaster.pid`.
    fn has_failed(&self, since: &mut Option<Instant>) -> bool {
        let log = fs_err::read(self.log).unwrap_or_default();
        if String::from_utf8_lossy(&log).contains("PANIC:") {
            return true;
        }
        if log.is_empty() || self.data.join("postmaster.pid").exists() {
            *since = None;
            return false;
        }
        since.get_or_insert_with(Instant::now).elapsed() > GRACE
    }

    fn failure(&self) -> ServerError {
        let log = fs_err::read(self.log).unwrap_or_default();
        let log = tail(&String::from_utf8_lossy(&log), 5);
        let log = if log.is_empty() {
            "it wrote no log".into()
        } else {
            log
        };
        ServerError::Start { log }
    }
}

/// A server that says that it is ready and yet does not listen was killed.
fn is_nobody_there(error: &postgres::Error) -> bool {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| {
        matches!(
            cause.kind(),
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound
        )
    })
}

/// Opens a connection over the socket in `run`.
pub(super) fn connect(run: &Path, database: &str) -> Result<Client, postgres::Error> {
    Config::new()
        .host_path(run)
        .user("postgres")
        .dbname(database)
        .application_name("cargo-migrate")
        .connect(NoTls)
}

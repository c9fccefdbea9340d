//! Waiting until a server answers, and telling why it does not.

use std::path::Path;
use std::process::Child;
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
    /// Waits for the first connection, which is given back.
    pub(super) fn wait(&self, supervisor: &mut Child) -> Result<Client, ServerError> {
        let begun = Instant::now();
        let mut failing_since = None;
        loop {
            if self.says_ready()
                && let Ok(client) = connect(self.run, "postgres")
            {
                return Ok(client);
            }
            let ended = !matches!(supervisor.try_wait(), Ok(None));
            if ended || begun.elapsed() > LIMIT || self.has_failed(&mut failing_since) {
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

    /// Only fatal messages are logged, so a log without a running server is a reason.
    fn has_failed(&self, since: &mut Option<Instant>) -> bool {
        let logged = fs_err::metadata(self.log).is_ok_and(|log| log.len() > 0);
        if !logged || self.data.join("postmaster.pid").exists() {
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

/// Opens a connection over the socket in `run`.
pub(super) fn connect(run: &Path, database: &str) -> Result<Client, postgres::Error> {
    Config::new()
        .host_path(run)
        .user("postgres")
        .dbname(database)
        .application_name("cargo-migrate")
        .connect(NoTls)
}

/// The URL of a database behind the socket in `run`.
pub(super) fn socket_url(run: &Path, database: &str) -> String {
    let host = encode(&run.to_string_lossy());
    format!("postgres://postgres@{host}:5432/{}", encode(database))
}

/// Percent-encodes what can't stand in a URL's host or database name.
pub(super) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_folder_stands_encoded_in_the_url() {
        let url = socket_url(Path::new("/dev/shm/cm-1-a"), "my app");
        assert_eq!(
            url,
            "postgres://postgres@%2Fdev%2Fshm%2Fcm-1-a:5432/my%20app"
        );
        let config: Config = url.parse().unwrap();
        assert_eq!(config.get_dbname(), Some("my app"));
    }
}

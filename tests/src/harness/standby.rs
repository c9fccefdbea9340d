//! A hot standby of a private server.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cargo_migrate::server::Binaries;
use postgres::{Client, NoTls};
use tempfile::TempDir;

use super::owner::{as_owner_of, give_to_owner_of};
use super::{Cluster, environment, socket_folder};

/// A standby that follows a [`Cluster`], stopped when dropped.
#[derive(Debug)]
pub struct Standby {
    child: Child,
    folder: TempDir,
}

impl Standby {
    /// The settings that a server needs to be followed.
    pub const PRIMARY: &[(&str, &str)] = &[("wal_level", "replica"), ("max_wal_senders", "4")];

    /// Copies the server and follows it.
    #[must_use]
    pub fn of(primary: &Cluster) -> Self {
        let sockets = socket_folder(&primary.database());
        let folder = TempDir::with_prefix_in("standby-", parent(&sockets)).expect("a folder");
        give_to_owner_of(&sockets, folder.path());
        let data = folder.path().join("data");
        let copied = as_owner_of(&sockets, binary("pg_basebackup"))
            .current_dir("/")
            .arg("--host")
            .arg(&sockets)
            .args([
                "--username",
                "postgres",
                "--checkpoint",
                "fast",
                "--write-recovery-conf",
            ])
            .arg("--pgdata")
            .arg(&data)
            .output()
            .expect("`pg_basebackup` starts");
        let complaint = String::from_utf8_lossy(&copied.stderr);
        assert!(copied.status.success(), "pg_basebackup failed: {complaint}");
        let child = as_owner_of(&sockets, binary("postgres"))
            .current_dir("/")
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c"])
            .arg(format!(
                "unix_socket_directories={}",
                folder.path().display()
            ))
            .args([
                "-c",
                "max_connections=50",
                "-c",
                "dynamic_shared_memory_type=mmap",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("`postgres` starts");
        let standby = Self { child, folder };
        standby.wait(|client| client.simple_query("SELECT").is_ok());
        standby
    }

    /// The folder of its socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// The URL of a database on it.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let host = self.socket().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}:5432/{database}")
    }

    /// Waits until it has replayed what the primary had written when this was called.
    pub fn catch_up(&self, primary: &Cluster) {
        let question = "SELECT pg_current_wal_flush_lsn()::text";
        let row = primary
            .client()
            .query_one(question, &[])
            .expect("an answer");
        let position: String = row.get(0);
        let replayed = format!("SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn");
        self.wait(|client| {
            client
                .query_one(&replayed, &[])
                .is_ok_and(|row| row.get::<_, bool>(0))
        });
    }

    fn wait(&self, ready: impl Fn(&mut Client) -> bool) {
        let started = Instant::now();
        loop {
            let client = Client::connect(&self.url("postgres"), NoTls);
            if client.is_ok_and(|mut client| ready(&mut client)) {
                return;
            }
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "the standby is not ready"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        // `setpriv` becomes the server itself. It may have ended with its primary.
        let pid = self.child.id().to_string();
        let _ = std::process::Command::new("kill")
            .args(["-QUIT", &pid])
            .status();
        let _ = self.child.wait();
    }
}

fn parent(folder: &Path) -> PathBuf {
    folder
        .parent()
        .map_or_else(std::env::temp_dir, Path::to_path_buf)
}

fn binary(name: &str) -> PathBuf {
    let binaries = Binaries::find(&environment(), None).expect("the server's binaries");
    binaries.folder().join(name)
}

//! Starting a server under a supervisor that ends it however its users end.
//!
//! A child of ours would outlive a `kill -9` of ours. The supervisor, a shell, waits for the end of
//! file of a pipe whose writing end only we hold, and the kernel closes that for us.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::account::Account;
use super::binaries::Binaries;
use super::environment::Environment;

/// What the supervisor does, in the language of every POSIX shell.
const SCRIPT: &str = include_str!("supervisor.sh");

/// How a server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// At once: nothing of it is needed any more.
    Discard,
    /// With a shutdown checkpoint: the data stays.
    Keep,
}

/// What is started, and where.
pub(super) struct Launch<'a> {
    pub(super) binaries: &'a Binaries,
    pub(super) environment: &'a Environment,
    pub(super) account: Account,
    pub(super) data: &'a Path,
    /// The folder of the socket, removed at the end.
    pub(super) run: &'a Path,
    pub(super) log: &'a Path,
    pub(super) ending: Ending,
    pub(super) settings: &'a [String],
}

impl Launch<'_> {
    /// Starts the supervisor with `users` as its standard input. It starts the server once it is
    /// told to, and the server keeps `lock` locked.
    pub(super) fn spawn(&self, users: Stdio, lock: File) -> io::Result<Child> {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(SCRIPT).arg("cargo-migrate-server");
        command
            .arg(self.binaries.folder())
            .arg(self.run)
            .arg(self.log);
        command.arg(match self.ending {
            Ending::Discard => "discard",
            Ending::Keep => "keep",
        });
        command.arg("-D").arg(self.data);
        for setting in self.settings {
            command.arg("-c").arg(setting);
        }
        bare_environment(&mut command, self.environment);
        self.account.run(&mut command);
        // Its own group: Ctrl-C on the terminal reaches us, and we end it.
        command.process_group(0).current_dir(self.run);
        command
            .stdin(users)
            .stdout(Stdio::from(lock))
            .stderr(Stdio::null())
            .spawn()
    }
}

/// Leaves nothing of the caller's environment but the search path: `PG*` and the locale would
/// change what the server does.
pub(super) fn bare_environment(command: &mut Command, environment: &Environment) {
    let mut folders: Vec<_> = ["/usr/bin", "/bin"].map(Into::into).into();
    folders.extend(environment.search_path());
    command.env_clear().env("LC_ALL", "C").env("TZ", "UTC");
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
}

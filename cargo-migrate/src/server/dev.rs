//! The development server of a workspace: its data is kept, its commands share it.
//!
//! Two locks order everything. The *turn* is held by a command while it starts, joins or stops the
//! server. The *running* lock is held by the server's own processes, which inherit it, so that it is
//! free exactly when the last of them is gone, on whatever side of a container they run. The users
//! are counted by the kernel: each holds the writing end of a named pipe, and the supervisor ends
//! the server at its end of file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::account::Account;
use super::binaries::Binaries;
use super::environment::Environment;
use super::ready::Starting;
use super::session::DevSession;
use super::state::{DevState, DevStatus, Stopped};
use super::supervisor::{Ending, Launch};
use super::users::{self, Users};
use super::{ServerError, Talk, home, leftover, settings, template};

const POLL: Duration = Duration::from_millis(2);
/// A shutdown checkpoint of a large database; the supervisor's own patience is shorter.
const ENDING_LIMIT: Duration = Duration::from_secs(20);

/// The development server of a workspace, running or not.
#[derive(Clone, Debug)]
pub struct Dev {
    environment: Environment,
    account: Account,
    /// Data, log and locks.
    home: PathBuf,
}

impl Dev {
    /// Names the development server whose data belongs into Cargo's target folder `target`.
    pub fn of(environment: &Environment, target: &Path) -> Result<Self, ServerError> {
        let account = Account::of_server();
        let home = home::choose(environment, account, target)?;
        Ok(Self {
            environment: environment.clone(),
            account,
            home,
        })
    }

    /// Names the development server of a folder that has no target folder: its data is in the
    /// private cache.
    pub fn of_folder(environment: &Environment, folder: &Path) -> Result<Self, ServerError> {
        let account = Account::of_server();
        let home = home::in_cache(environment, account, folder)?;
        Ok(Self {
            environment: environment.clone(),
            account,
            home,
        })
    }

    /// Joins the running server, or starts it; it ends with the last of its users.
    pub fn enter(&self, talk: Talk<'_>) -> Result<DevSession, ServerError> {
        let _turn = self.turn(talk)?;
        if let Some(session) = self.join() {
            return Ok(session);
        }
        let running = self.wait_until_free()?;
        self.launch(running, talk)
    }

    /// Starts the server, where it does not run, and leaves it running until [`Self::stop`].
    pub fn start(&self, talk: Talk<'_>) -> Result<DevSession, ServerError> {
        let mut session = self.enter(talk)?;
        if session.users.keep() {
            return Ok(session);
        }
        Err(ServerError::Start {
            log: "its supervisor does not answer".into(),
        })
    }

    /// Ends the server, whoever uses it.
    pub fn stop(&self, talk: Talk<'_>) -> Result<Stopped, ServerError> {
        let _turn = self.turn(talk)?;
        if self.running_lock()?.is_some() {
            return Ok(Stopped::Nothing);
        }
        if let Ok(Some(run)) = home::recorded_run(&self.home)
            && let Ok(mut users) = Users::open(&run)
        {
            users.stop();
        }
        self.wait_until_free().map(|_free| Stopped::Running)
    }

    /// Tells whether the server runs, without touching it.
    pub fn status(&self) -> Result<DevStatus, ServerError> {
        let _turn = self.turn(&mut |_| {})?;
        let state = match (self.running_lock()?, home::recorded_run(&self.home)?) {
            (Some(_), _) | (None, None) => DevState::Stopped,
            (None, Some(socket)) if users::are_not_needed(&socket) => DevState::Kept { socket },
            (None, Some(socket)) => DevState::InUse { socket },
        };
        Ok(DevStatus {
            state,
            data: self.data(),
            major: self.made_by(),
        })
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn log(&self) -> PathBuf {
        self.home.join("log")
    }

    /// Waits until no other command starts, joins or stops the server.
    fn turn(&self, talk: Talk<'_>) -> Result<File, ServerError> {
        let path = self.home.join("turn");
        let file = open_lock(&path).map_err(ServerError::io("could not open", &path))?;
        let taken = match file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => {
                talk("waiting for another command at the local development server");
                file.lock()
            }
            Err(TryLockError::Error(error)) => Err(error),
        };
        taken.map_err(ServerError::io("could not lock", &path))?;
        Ok(file)
    }

    /// The lock that a running server holds, where none does.
    fn running_lock(&self) -> Result<Option<File>, ServerError> {
        let path = self.home.join("running");
        let file = open_lock(&path).map_err(ServerError::io("could not open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(ServerError::io("could not lock", &path)(error)),
        }
    }

    /// Becomes a user of the running server; none where it does not run, is ending or is broken.
    fn join(&self) -> Option<DevSession> {
        let run = home::recorded_run(&self.home).ok()??;
        let mut users = Users::open(&run).ok()?;
        if !users.join() {
            return None;
        }
        // Another command may have been killed while the server it started was coming up.
        let (data, log) = (self.data(), self.log());
        let starting = Starting {
            run: &run,
            data: &data,
            log: &log,
        };
        if starting.wait(|| users.are_supervised()).is_ok() {
            return Some(DevSession { users });
        }
        users.stop();
        None
    }

    /// Waits for the end of a server that is ending, and ends one whose supervisor was killed.
    fn wait_until_free(&self) -> Result<File, ServerError> {
        let begun = Instant::now();
        loop {
            if let Some(lock) = self.running_lock()? {
                return Ok(lock);
            }
            if self.is_unsupervised() || begun.elapsed() > ENDING_LIMIT {
                leftover::end(&self.data(), || Ok(self.running_lock()?.is_some()))?;
            }
            std::thread::sleep(POLL);
        }
    }

    fn is_unsupervised(&self) -> bool {
        home::recorded_run(&self.home)
            .is_ok_and(|run| run.is_some_and(|run| users::are_abandoned(&run)))
    }

    fn launch(&self, running: File, talk: Talk<'_>) -> Result<DevSession, ServerError> {
        let (data, log) = (self.data(), self.log());
        let binaries = self.binaries()?;
        self.provide_data(&binaries, talk)?;
        let run = home::make_run(&self.environment, self.account, &self.home)?;
        let (reader, mut users) =
            users::make(&run, self.account).map_err(ServerError::io("could not make", &run))?;
        let launch = Launch {
            binaries: &binaries,
            environment: &self.environment,
            account: self.account,
            data: &data,
            run: &run,
            log: &log,
            ending: Ending::Keep,
            settings: &settings::development(binaries.version().major, &run),
        };
        let mut supervisor = launch
            .spawn(Stdio::from(reader), running)
            .and_then(|supervisor| users.start().map(|()| supervisor))
            .map_err(ServerError::io("could not start a server in", &run))?;
        let starting = Starting {
            run: &run,
            data: &data,
            log: &log,
        };
        let lives = || matches!(supervisor.try_wait(), Ok(None));
        let started = starting.wait(lives);
        if let Err(error) = started {
            drop(users);
            let _ = supervisor.wait();
            return Err(error);
        }
        Ok(DevSession { users })
    }

    /// The binaries of the major version that made the data.
    fn binaries(&self) -> Result<Binaries, ServerError> {
        let made_by = self.made_by();
        let binaries = Binaries::find(&self.environment, made_by)?;
        let found = binaries.version().major;
        match made_by {
            Some(made_by) if made_by != found => Err(ServerError::OtherMajor {
                data: self.data(),
                made_by,
                found,
            }),
            Some(_) | None => Ok(binaries),
        }
    }

    fn made_by(&self) -> Option<u32> {
        fs_err::read_to_string(self.data().join("PG_VERSION"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Makes the data folder where there is none, whole or not at all.
    fn provide_data(&self, binaries: &Binaries, talk: Talk<'_>) -> Result<(), ServerError> {
        let data = self.data();
        if data.exists() {
            return forget_dead_server(&data);
        }
        talk(&format!(
            "making the local development server's data in `{}`",
            data.display()
        ));
        let partial = self.home.join("data.partial");
        match fs_err::remove_dir_all(&partial) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(ServerError::io("could not remove", &partial)(error));
            }
            Ok(()) | Err(_) => {}
        }
        template::make_data(binaries, &self.environment, self.account, &partial)?;
        fs_err::rename(&partial, &data).map_err(ServerError::io("could not make", &data))
    }
}

/// A killed server leaves its `postmaster.pid`, and its number may be somebody else's by now. The
/// running lock is ours, so no server uses this data.
fn forget_dead_server(data: &Path) -> Result<(), ServerError> {
    let stale = data.join("postmaster.pid");
    match fs_err::remove_file(&stale) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(ServerError::io("could not remove", &stale)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
}

//! Ctrl-C and SIGTERM while the database works: cancel on the server, roll back, end in time.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicI32, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use postgres::{CancelToken, Client};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::Signals,
};

use crate::{
    connect::Settings,
    diagnostic::{Diagnostic, Exit},
    driver::{Driver, Reopen, Reopened},
    engine::ServerError,
    history::Row,
};

/// How long the server is given to cancel and roll back.
const PATIENCE: Duration = Duration::from_millis(1800);

/// The process's one watch over its signals, from the first work on a database on.
static WATCH: OnceLock<Watch> = OnceLock::new();

#[derive(Default)]
struct Watch {
    /// The signal that came, or 0.
    signal: AtomicI32,
    /// What cancels the work under way, on each connection.
    tokens: Mutex<BTreeMap<usize, (CancelToken, Settings)>>,
    /// How many connections there were.
    count: AtomicUsize,
}

impl Watch {
    fn start() -> io::Result<&'static Self> {
        if let Some(watch) = WATCH.get() {
            return Ok(watch);
        }
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let watch = WATCH.get_or_init(Self::default);
        thread::spawn(move || {
            if let Some(number) = signals.forever().next() {
                watch.came(number);
            }
        });
        Ok(watch)
    }

    /// Cancels the work under way and waits for it to end the process; ends it where it does not.
    fn came(&self, number: i32) {
        self.signal.store(number, Ordering::SeqCst);
        let tokens = std::mem::take(&mut *self.tokens());
        for (token, settings) in tokens.values() {
            // A server that can't be reached rolls back when it sees the connection end.
            settings.cancel(token);
        }
        if !tokens.is_empty() {
            thread::sleep(PATIENCE);
        }
        std::process::exit(i32::from(exit_of(number).code()));
    }

    fn tokens(&self) -> MutexGuard<'_, BTreeMap<usize, (CancelToken, Settings)>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signal(&self) -> Option<i32> {
        Some(self.signal.load(Ordering::SeqCst)).filter(|&number| number != 0)
    }
}

/// Watches from now on: before several threads begin to.
///
/// # Errors
/// When the signals can't be listened to.
pub fn watch() -> io::Result<()> {
    Watch::start().map(|_| ())
}

/// The exit code of the signal that came, if one came.
pub fn came() -> Option<Exit> {
    let watch = WATCH.get()?;
    watch.signal().map(exit_of)
}

/// A connection whose running statement a signal cancels.
pub struct Interruptible<'a> {
    client: &'a mut Client,
    settings: &'a Settings,
    watch: &'static Watch,
    number: usize,
}

impl<'a> Interruptible<'a> {
    /// Cancels on a signal until it is dropped; `settings` are those of the connection.
    ///
    /// # Errors
    /// When the signals can't be listened to.
    pub fn new(client: &'a mut Client, settings: &'a Settings) -> io::Result<Self> {
        let watch = Watch::start()?;
        let number = watch.count.fetch_add(1, Ordering::Relaxed);
        let token = (client.cancel_token(), settings.clone());
        watch.tokens().insert(number, token);
        Ok(Self {
            client,
            settings,
            watch,
            number,
        })
    }

    /// Says that it was a signal that stopped the work, if it was.
    #[must_use]
    pub fn explain(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        if let Some(number) = self.watch.signal() {
            let reason = std::mem::replace(&mut diagnostic.message, "interrupted".to_owned());
            diagnostic.exit = exit_of(number);
            diagnostic.notes.insert(0, reason);
            diagnostic.hints =
                vec!["`cargo migrate status` shows where the database stands".to_owned()];
        }
        diagnostic
    }

    fn refuse_after_signal(&self) -> Result<(), ServerError> {
        match self.watch.signal() {
            None => Ok(()),
            Some(_) => Err(ServerError::connection("a signal came")),
        }
    }
}

impl Drop for Interruptible<'_> {
    fn drop(&mut self) {
        self.watch.tokens().remove(&self.number);
    }
}

fn exit_of(signal: i32) -> Exit {
    if signal == SIGTERM {
        Exit::Terminated
    } else {
        Exit::Interrupted
    }
}

impl Driver for Interruptible<'_> {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        // What rolls back is sent in any case.
        if sql != "ROLLBACK" {
            self.refuse_after_signal()?;
        }
        self.client.script(sql)
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        self.refuse_after_signal()?;
        self.client.read(sql)
    }

    fn connection(&mut self) -> Option<&mut dyn std::any::Any> {
        self.client.connection()
    }
}

impl Reopen for Interruptible<'_> {
    fn reopen(&mut self) -> Reopened {
        if self.watch.signal().is_some() {
            return Reopened::Never;
        }
        let reopened = crate::driver::reopen_client(self.client, self.settings);
        let token = (self.client.cancel_token(), self.settings.clone());
        self.watch.tokens().insert(self.number, token);
        reopened
    }
}

impl std::fmt::Debug for Interruptible<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interruptible").finish_non_exhaustive()
    }
}

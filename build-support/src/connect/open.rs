//! The blocking connection.

use std::sync::mpsc;
use std::thread;

use postgres::Client;

use super::classify::classify;
use super::config;
use super::error::{Attempt, Class, Error};
use super::modes::TargetSessionAttrs;
use super::search::{Search, Trial};
use super::session::{self, Verdict};
use super::settings::Settings;

impl Settings {
    /// Opens a connection to the first server that will do.
    ///
    /// Each attempt runs on a thread of its own: it keeps its limit of time whatever it hangs in,
    /// and the driver's runtime may be started even where the caller is inside another one. The
    /// client itself must still not be used there; see [`Settings::with_client`].
    ///
    /// # Errors
    /// When no server will do; the error tells what came of each.
    pub fn connect(&self) -> Result<Client, Error> {
        let mut search = Search::new(self);
        while let Some(trial) = search.next() {
            let way = trial.connector.encryption();
            match self.attempt(trial) {
                Ok(client) => return Ok(client),
                Err(attempt) => search.failed(way, attempt),
            }
        }
        Err(search.error())
    }

    /// Opens a connection and works with it on a plain thread, so that a blocking client can be
    /// used from inside an asynchronous runtime.
    ///
    /// # Errors
    /// When no server will do.
    ///
    /// # Panics
    /// When `work` does.
    pub fn with_client<R: Send>(
        &self,
        work: impl FnOnce(&mut Client) -> R + Send,
    ) -> Result<R, Error> {
        let body = || self.connect().map(|mut client| work(&mut client));
        match thread::scope(|scope| scope.spawn(body).join()) {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Asks the server to cancel what a connection with these settings is at, in the same way that
    /// the connection may have been opened: the driver's own default has no TLS.
    #[cfg(feature = "signals")]
    pub(crate) fn cancel(&self, token: &postgres::CancelToken) {
        let mut search = Search::new(self);
        while let Some(trial) = search.next() {
            let (way, endpoint) = (trial.connector.encryption(), trial.endpoint);
            match trial.connector.cancel(token) {
                Ok(()) => return,
                Err(error) => search.failed(way, classify(self, &endpoint, &error)),
            }
        }
    }

    /// Tries once, on a thread that is left behind when it does not answer in time.
    fn attempt(&self, trial: Trial) -> Result<Client, Attempt> {
        let Trial {
            endpoint,
            wanted,
            connector,
        } = trial;
        let config = postgres::Config::from(config::build(self, &endpoint, &connector));
        let (sender, receiver) = mpsc::channel();
        let body = move || {
            let opened = connector
                .connect(&config)
                .and_then(|client| judged(client, wanted));
            // Nobody listens any more when the limit has passed.
            let _ = sender.send(opened);
        };
        let name = "postgres connect".to_owned();
        thread::Builder::new()
            .name(name)
            .spawn(body)
            .map_err(|error| {
                Attempt::new(
                    &endpoint,
                    Class::Other,
                    format!("cannot start a thread: {error}"),
                )
            })?;
        let answer = match self.connect_timeout {
            Some(limit) => receiver.recv_timeout(limit),
            None => receiver.recv().map_err(mpsc::RecvTimeoutError::from),
        };
        match answer {
            Ok(Ok(Ok(client))) => Ok(client),
            Ok(Ok(Err(unfit))) => Err(Attempt::new(&endpoint, Class::WrongSession, unfit)),
            Ok(Err(error)) => Err(classify(self, &endpoint, &error)),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(self.timed_out(&endpoint)),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Attempt::new(
                &endpoint,
                Class::Other,
                "the connecting thread ended early",
            )),
        }
    }
}

/// Asks what kind of server it is, when that matters; gives the reason when it will not do.
fn judged(
    mut client: Client,
    wanted: TargetSessionAttrs,
) -> Result<Result<Client, &'static str>, postgres::Error> {
    if wanted == TargetSessionAttrs::Any {
        return Ok(Ok(client));
    }
    let answer = client.simple_query(session::QUESTION)?;
    Ok(match session::judge(wanted, &session::facts(&answer)) {
        Verdict::Fits => Ok(client),
        Verdict::Unfit(reason) => Err(reason),
    })
}

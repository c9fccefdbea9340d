//! Opening the connection: one server after the other, each within its limit of time.

use std::sync::mpsc;
use std::thread;

use postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::classify::classify;
use super::config;
use super::connector::{self, Connector};
use super::endpoint::Endpoint;
use super::error::{Attempt, Class, Error};
use super::modes::TargetSessionAttrs;
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
        let mut attempts = Vec::new();
        for wanted in session::passes(self.target_session_attrs) {
            for endpoint in self.shuffled() {
                match self.connect_to(&endpoint.settled(), *wanted) {
                    Ok(client) => return Ok(client),
                    Err(attempt) => attempts.push(attempt),
                }
                if attempts
                    .last()
                    .is_some_and(|attempt| is_final(attempt.class))
                {
                    return Err(Error::new(self, attempts));
                }
            }
        }
        Err(Error::new(self, attempts))
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

    fn connect_to(
        &self,
        endpoint: &Endpoint,
        wanted: TargetSessionAttrs,
    ) -> Result<Client, Attempt> {
        let mut failed: Option<Attempt> = None;
        for connector in connector::ladder(self, endpoint)? {
            let encrypted = connector.encryption();
            let attempt = match self.attempt(endpoint, connector) {
                Ok(client) => return self.check_session(endpoint, client, wanted),
                Err(attempt) => attempt,
            };
            let both = match failed.take() {
                Some(first) => first.then(encrypted, attempt),
                None => attempt,
            };
            if !connector::next_may_help(&both) {
                return Err(both);
            }
            failed = Some(both);
        }
        Err(failed.unwrap_or_else(|| Attempt::new(endpoint, Class::Other, "nothing was tried")))
    }

    /// Tries once, on a thread that is left behind when it does not answer in time.
    fn attempt(&self, endpoint: &Endpoint, connector: Connector) -> Result<Client, Attempt> {
        let config = postgres::Config::from(config::build(self, endpoint, &connector));
        let (sender, receiver) = mpsc::channel();
        let body = move || {
            // Nobody listens any more when the limit has passed.
            let _ = sender.send(connector.connect(&config));
        };
        thread::Builder::new()
            .name("postgres connect".to_owned())
            .spawn(body)
            .map_err(|error| {
                Attempt::new(
                    endpoint,
                    Class::Other,
                    format!("cannot start a thread: {error}"),
                )
            })?;
        let answer = match self.connect_timeout {
            Some(limit) => receiver.recv_timeout(limit),
            None => receiver.recv().map_err(mpsc::RecvTimeoutError::from),
        };
        match answer {
            Ok(Ok(client)) => Ok(client),
            Ok(Err(error)) => Err(classify(self, endpoint, &error)),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(self.timed_out(endpoint)),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Attempt::new(
                endpoint,
                Class::Other,
                "the connecting thread ended early",
            )),
        }
    }

    fn timed_out(&self, endpoint: &Endpoint) -> Attempt {
        let seconds = self.connect_timeout.unwrap_or_default().as_secs_f32();
        Attempt::new(
            endpoint,
            Class::TimedOut,
            format!("no answer within {seconds} s"),
        )
    }

    /// Asks what kind of server it is, when that matters.
    fn check_session(
        &self,
        endpoint: &Endpoint,
        client: Client,
        wanted: TargetSessionAttrs,
    ) -> Result<Client, Attempt> {
        if wanted == TargetSessionAttrs::Any {
            return Ok(client);
        }
        // The question is asked on a thread too: the caller may be inside a runtime.
        let ask = move || {
            let mut client = client;
            let answer = client.simple_query(session::QUESTION);
            (client, answer)
        };
        let (client, answer) = match thread::spawn(ask).join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        let messages = answer.map_err(|error| classify(self, endpoint, &error))?;
        match session::judge(wanted, &facts(&messages)) {
            Verdict::Fits => Ok(client),
            Verdict::Unfit(reason) => {
                // Closing blocks on the driver's runtime as well.
                let closing = thread::spawn(move || drop(client));
                let _ = closing.join();
                Err(Attempt::new(endpoint, Class::WrongSession, reason))
            }
        }
    }

    fn shuffled(&self) -> Vec<&Endpoint> {
        session::ordered(self.load_balance_hosts, self.endpoints.iter().collect())
    }
}

/// As libpq: a server that let us no further than its door is an answer, other hosts are not asked.
fn is_final(class: Class) -> bool {
    matches!(
        class,
        Class::Authentication | Class::NoPassword | Class::NoSuchDatabase | Class::TlsMissing
    )
}

fn facts(messages: &[SimpleQueryMessage]) -> Vec<String> {
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let columns = row.map_or(0, SimpleQueryRow::len);
    let text = |index| {
        row.and_then(|row| row.get(index))
            .unwrap_or_default()
            .to_owned()
    };
    (0..columns).map(text).collect()
}

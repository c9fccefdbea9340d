//! The asynchronous connection.

use tokio::time::timeout;
use tokio_postgres::Client;

use super::classify::classify;
use super::config;
use super::error::{Attempt, Class, Error};
use super::modes::TargetSessionAttrs;
use super::search::{Search, Trial};
use super::session::{self, Verdict};
use super::settings::Settings;

impl Settings {
    /// Opens a connection to the first server that will do; a task of the current tokio runtime
    /// serves it until the client is dropped.
    ///
    /// # Errors
    /// When no server will do; the error tells what came of each.
    ///
    /// # Panics
    /// When called outside a tokio runtime with time and I/O.
    pub async fn connect_async(&self) -> Result<Client, Error> {
        let mut search = Search::new(self);
        while let Some(trial) = search.next() {
            let way = trial.connector.encryption();
            match self.attempt_async(trial).await {
                Ok(client) => return Ok(client),
                Err(attempt) => search.failed(way, attempt),
            }
        }
        Err(search.error())
    }

    async fn attempt_async(&self, trial: Trial) -> Result<Client, Attempt> {
        let Trial {
            endpoint,
            wanted,
            connector,
        } = trial;
        let config = config::build(self, &endpoint, &connector);
        let opening = async {
            let client = connector.connect_async(&config).await?;
            judged(client, wanted).await
        };
        let opened = match self.connect_timeout {
            Some(limit) => timeout(limit, opening)
                .await
                .map_err(|_| self.timed_out(&endpoint))?,
            None => opening.await,
        };
        match opened {
            Ok(Ok(client)) => Ok(client),
            Ok(Err(unfit)) => Err(Attempt::new(&endpoint, Class::WrongSession, unfit)),
            Err(error) => Err(classify(self, &endpoint, &error)),
        }
    }
}

/// Asks what kind of server it is, when that matters; gives the reason when it will not do.
async fn judged(
    client: Client,
    wanted: TargetSessionAttrs,
) -> Result<Result<Client, &'static str>, tokio_postgres::Error> {
    if wanted == TargetSessionAttrs::Any {
        return Ok(Ok(client));
    }
    let answer = client.simple_query(session::QUESTION).await?;
    Ok(match session::judge(wanted, &session::facts(&answer)) {
        Verdict::Fits => Ok(client),
        Verdict::Unfit(reason) => Err(reason),
    })
}

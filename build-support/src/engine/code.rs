//! A revision that is code of the application: script, code and record in one transaction.
//!
//! What code changes of the session can't be read from a text, so that all of its settings are
//! noted before and put back after.

use super::{
    ServerError,
    message::{self, CHANGEABLE, Guard, Message},
    run::Run,
    transaction::{Job, Unsent, nonce},
};
use crate::{revision::TextError, sql::quote_literal};

/// The session's authorization comes before its role: to set the one resets the other.
const FIRST: &str = "'session_authorization', 'role'";

/// A setting and its value.
type Setting = (String, String);

impl Run<'_> {
    /// Sends the script, lets the driver run the code, and records both.
    pub(super) async fn with_code(&self, job: &Job<'_>) -> Result<(), Unsent> {
        if job.position.begins(self.options.grouping) {
            self.send([Ok(self.begin_on_state())]).await?;
        }
        let settings = self.session_settings().await.map_err(of_server)?;
        self.send(self.script_messages(job)).await?;
        let id = job.revision().id.clone();
        self.link.code(id).await.map_err(of_code)?;
        self.send([Ok(self.closing(job, &settings))]).await
    }

    async fn session_settings(&self) -> Result<Vec<Setting>, ServerError> {
        let query = format!(
            "SELECT name, COALESCE(pg_catalog.current_setting(name, true), '') FROM \
             pg_catalog.unnest(ARRAY[{FIRST}]) WITH ORDINALITY AS ours(name, at) UNION ALL \
             SELECT name, pg_catalog.current_setting(name) FROM pg_catalog.pg_settings \
             WHERE {CHANGEABLE}"
        );
        let rows = self.link.read(query).await?;
        let setting = |row: crate::history::Row| {
            let mut columns = row.into_iter();
            Some((columns.next()??, columns.next()??))
        };
        Ok(rows.into_iter().filter_map(setting).collect())
    }

    /// Our settings and the script, in as many messages as its size needs.
    fn script_messages(&self, job: &Job<'_>) -> impl Iterator<Item = Result<Message, TextError>> {
        let pieces = message::pieces(job.script).into_iter();
        pieces.enumerate().map(move |(index, piece)| {
            let mut message = Message::default();
            if index == 0 {
                let id = job.revision().id.as_str();
                message.select(message::settings(self.options, job.script, id, &nonce(job)));
                message.statements(message::set_role(self.options));
            }
            message.script(&job.script.text.get(piece.clone())?, piece.start);
            Ok(message)
        })
    }

    /// Fails when the code ended the transaction; else puts the settings back and records.
    fn closing(&self, job: &Job<'_>, settings: &[Setting]) -> Message {
        let mut message = Message::default();
        let unbroken = format!(
            "pg_catalog.current_setting('cargo_migrate.transaction', true) \
             OPERATOR(pg_catalog.=) {}",
            quote_literal(&nonce(job))
        );
        message.statement(&Guard::Broken.unless(&unbroken));
        message.statements(["RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL"]);
        message.statement(&put_back(settings));
        message.statements(message::set_role(self.options));
        message.statement(&self.record(job));
        if job.position.commits(self.options.grouping) {
            message.statement("COMMIT");
        }
        message
    }
}

fn put_back(settings: &[Setting]) -> String {
    let rows: Vec<String> = settings
        .iter()
        .map(|(name, value)| format!("({}, {})", quote_literal(name), quote_literal(value)))
        .collect();
    format!(
        "SELECT pg_catalog.set_config(name, value, false) FROM (VALUES {}) AS kept(name, value) \
         WHERE pg_catalog.current_setting(name, true) IS DISTINCT FROM value",
        rows.join(", ")
    )
}

fn of_server(error: ServerError) -> Unsent {
    Unsent {
        error,
        message: Some(Message::default()),
    }
}

fn of_code(error: ServerError) -> Unsent {
    Unsent {
        error,
        message: None,
    }
}

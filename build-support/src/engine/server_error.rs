//! An error as a driver hands it over.

use std::fmt;

use crate::revision::TextError;

/// What the server, or the way to it, answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerError {
    /// PostgreSQL's code; `None` where the connection itself failed.
    pub sqlstate: Option<String>,
    /// The primary message.
    pub message: String,
    /// The DETAIL line.
    pub detail: Option<String>,
    /// The HINT line.
    pub hint: Option<String>,
    /// Where in the text that was sent: characters, begins at 1.
    pub position: Option<usize>,
    /// The CONTEXT: the call stack of functions.
    pub context: Option<String>,
    /// Who says so.
    pub origin: Origin,
}

/// Who says that something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// The server.
    #[default]
    Server,
    /// The way to the server: nothing is known of what was sent last.
    Connection,
    /// The application's code of a revision.
    Code,
    /// The server, of what is written into the history beside a script.
    History,
    /// The engine, of an index that is not the one that a statement asks for.
    Index,
    /// The file of a script that is too large to be kept in memory.
    File,
}

impl ServerError {
    /// A failure of the connection, without a word of the server.
    pub fn connection(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            origin: Origin::Connection,
            ..Self::default()
        }
    }

    /// A failure of a revision's code, in its own words.
    pub fn code(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            origin: Origin::Code,
            ..Self::default()
        }
    }

    /// A script's file that is not what it was when the script was checked.
    pub(super) fn file(error: &TextError) -> Self {
        Self {
            message: error.to_string(),
            origin: Origin::File,
            ..Self::default()
        }
    }

    /// Whether it carries this code.
    pub fn is(&self, sqlstate: &str) -> bool {
        self.sqlstate.as_deref() == Some(sqlstate)
    }

    /// Whether the statement is one that the server refuses inside a transaction, or would end it
    /// from within, as a block that commits. The other error of the first code, of SET TRANSACTION
    /// behind a query, names that statement in every language.
    pub(super) fn refuses_transaction(&self) -> bool {
        let refused = self.is("25001") && !self.message.contains("SET TRANSACTION");
        refused || self.is("2D000")
    }

    /// Whether the connection is gone: what was sent may or may not have been done.
    pub fn is_connection(&self) -> bool {
        match self.sqlstate.as_deref() {
            None => self.origin == Origin::Connection,
            Some(code) => {
                code.starts_with("08") || matches!(code, "57P01" | "57P02" | "57P03" | "57P05")
            }
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sqlstate {
            Some(code) => write!(f, "{} [{code}]", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for ServerError {}

//! Rows and errors of `tokio-postgres`, on which the blocking driver stands too.

use tokio_postgres::{SimpleQueryMessage, error::ErrorPosition};

use crate::{engine::ServerError, history::Row};

/// The columns of a row as text.
pub(super) fn row(message: &SimpleQueryMessage) -> Option<Row> {
    let SimpleQueryMessage::Row(row) = message else {
        return None;
    };
    Some(
        (0..row.len())
            .map(|column| row.get(column).map(str::to_owned))
            .collect(),
    )
}

/// What the server said, or that the connection failed.
pub(super) fn server_error(error: &tokio_postgres::Error) -> ServerError {
    let Some(said) = error.as_db_error() else {
        // The driver's own text holds no connection string; its source says what happened.
        let source = std::error::Error::source(error).map(|source| format!(": {source}"));
        return ServerError::connection(format!("{error}{}", source.unwrap_or_default()));
    };
    ServerError {
        sqlstate: Some(said.code().code().to_owned()),
        message: said.message().to_owned(),
        detail: said.detail().map(str::to_owned),
        hint: said.hint().map(str::to_owned),
        position: match said.position() {
            Some(ErrorPosition::Original(at)) => usize::try_from(*at).ok(),
            Some(ErrorPosition::Internal { .. }) | None => None,
        },
        context: said.where_().map(str::to_owned),
        ..ServerError::default()
    }
}

/// What the server said, or that the connection failed; nothing of an error that is the driver's own.
pub(super) fn said(error: &tokio_postgres::Error) -> Option<ServerError> {
    let cause = std::error::Error::source(error);
    let is_io = cause.is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    (error.as_db_error().is_some() || error.is_closed() || is_io).then(|| server_error(error))
}

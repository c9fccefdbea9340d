//! `sqlx::PgConnection`, and what dereferences to it: a pool's connection.

use std::any::Any;

use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgRow};
use sqlx::{AssertSqlSafe, PgConnection, Row as _, ValueRef as _};

use super::AsyncDriver;
use crate::{engine::ServerError, history::Row};

impl AsyncDriver for PgConnection {
    async fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        let statements = sqlx::raw_sql(AssertSqlSafe(sql));
        statements
            .execute(&mut *self)
            .await
            .map(drop)
            .map_err(|error| server_error(&error))
    }

    async fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        let question = sqlx::raw_sql(AssertSqlSafe(sql));
        let rows = question
            .fetch_all(&mut *self)
            .await
            .map_err(|error| server_error(&error))?;
        rows.iter().map(row).collect()
    }

    fn connection(&mut self) -> Option<&mut (dyn Any + Send)> {
        Some(self)
    }
}

/// The columns of a row, which the simple protocol gives as text.
fn row(row: &PgRow) -> Result<Row, ServerError> {
    let column = |index| {
        let value = row
            .try_get_raw(index)
            .map_err(|error| server_error(&error))?;
        if value.is_null() {
            return Ok(None);
        }
        let text = value
            .as_str()
            .map_err(|error| ServerError::connection(error.to_string()))?;
        Ok(Some(text.to_owned()))
    };
    (0..row.len()).map(column).collect()
}

/// What the server said, or that the connection failed.
fn server_error(error: &sqlx::Error) -> ServerError {
    let Some(said) = error.as_database_error() else {
        return ServerError::connection(error.to_string());
    };
    let Some(said) = said.try_downcast_ref::<PgDatabaseError>() else {
        return ServerError::connection(said.to_string());
    };
    ServerError {
        sqlstate: Some(said.code().to_owned()),
        message: said.message().to_owned(),
        detail: said.detail().map(str::to_owned),
        hint: said.hint().map(str::to_owned),
        position: match said.position() {
            Some(PgErrorPosition::Original(at)) => Some(at),
            Some(PgErrorPosition::Internal { .. }) | None => None,
        },
        context: said.r#where().map(str::to_owned),
        ..ServerError::default()
    }
}

/// What the server said, or that the connection failed; nothing of an error that is the driver's own.
pub(super) fn said(error: &sqlx::Error) -> Option<ServerError> {
    let of_server = matches!(error, sqlx::Error::Database(_) | sqlx::Error::Io(_));
    of_server.then(|| server_error(error))
}

//! `diesel::PgConnection`.
//!
//! Diesel keeps two things to itself: the simple protocol's rows, so that a read goes as one unnamed
//! extended statement, and the SQLSTATE, which is found again from the kind of the error and from
//! its words. A server that speaks another language than English is asked for the code of a failed
//! read once more in a way that needs no words.

use std::any::Any;

use diesel::{
    connection::{DefaultLoadingMode, LoadConnection, SimpleConnection as _},
    pg::{PgConnection, PgValue},
    result::{DatabaseErrorInformation, DatabaseErrorKind, Error},
    row::{Field as _, Row as _},
    sql_query,
};

use super::{Driver, phrases};
use crate::{engine::ServerError, history::Row, sql::quote_literal};

impl Driver for PgConnection {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        self.batch_execute(sql)
            .map_err(|error| server_error(&error))
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        match rows(self, sql) {
            Err(error) if error.is(phrases::UNKNOWN) => {
                let sqlstate = ask_sqlstate(self, sql).or(error.sqlstate.clone());
                Err(ServerError { sqlstate, ..error })
            }
            other => other,
        }
    }

    fn connection(&mut self) -> Option<&mut dyn Any> {
        Some(self)
    }
}

fn rows(connection: &mut PgConnection, sql: &str) -> Result<Vec<Row>, ServerError> {
    let cursor = LoadConnection::<DefaultLoadingMode>::load(connection, sql_query(sql))
        .map_err(|error| server_error(&error))?;
    let mut rows = Vec::new();
    for row in cursor {
        let row = row.map_err(|error| server_error(&error))?;
        let column = |index| {
            row.get(index)
                .and_then(|field| field.value().map(|value| text(&value)))
        };
        rows.push((0..row.field_count()).map(column).collect());
    }
    Ok(rows)
}

/// Diesel asks for binary columns; these are the types that our reads have.
fn text(value: &PgValue<'_>) -> String {
    let bytes = value.as_bytes();
    match (value.get_oid().get(), bytes) {
        (BOOL, [0]) => "f".to_owned(),
        (BOOL, _) => "t".to_owned(),
        (INT2, &[a, b]) => i16::from_be_bytes([a, b]).to_string(),
        (INT4, &[a, b, c, d]) => i32::from_be_bytes([a, b, c, d]).to_string(),
        (INT8, &[a, b, c, d, e, f, g, h]) => {
            i64::from_be_bytes([a, b, c, d, e, f, g, h]).to_string()
        }
        (_, bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

const BOOL: u32 = 16;
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;

/// Runs a failing read once more inside plpgsql, which can tell the code.
fn ask_sqlstate(connection: &mut PgConnection, sql: &str) -> Option<String> {
    let setting = "cargo_migrate.sqlstate";
    let again = format!(
        "BEGIN EXECUTE {}; EXCEPTION WHEN OTHERS THEN \
         PERFORM pg_catalog.set_config('{setting}', SQLSTATE, false); END",
        quote_literal(sql)
    );
    connection
        .batch_execute(&format!("DO {}", quote_literal(&again)))
        .ok()?;
    let question = format!("SELECT pg_catalog.current_setting('{setting}', true)");
    let code = rows(connection, &question)
        .ok()?
        .into_iter()
        .next()?
        .into_iter()
        .next()??;
    Some(code).filter(|code| !code.is_empty())
}

/// What the server said, or that the connection failed.
fn server_error(error: &Error) -> ServerError {
    match error {
        Error::DatabaseError(DatabaseErrorKind::ClosedConnection, said) => {
            ServerError::connection(said.message())
        }
        Error::DatabaseError(kind, said) => ServerError {
            sqlstate: Some(sqlstate(kind, &**said).to_owned()),
            message: said.message().trim_end().to_owned(),
            detail: said.details().map(str::to_owned),
            hint: said.hint().map(str::to_owned),
            position: said
                .statement_position()
                .and_then(|at| usize::try_from(at).ok()),
            context: None,
            ..ServerError::default()
        },
        other => ServerError::connection(other.to_string()),
    }
}

/// What the server said; nothing of an error that is the driver's own.
pub(super) fn said(error: &Error) -> Option<ServerError> {
    matches!(error, Error::DatabaseError(..)).then(|| server_error(error))
}

fn sqlstate(kind: &DatabaseErrorKind, said: &dyn DatabaseErrorInformation) -> &'static str {
    match kind {
        DatabaseErrorKind::UniqueViolation => "23505",
        DatabaseErrorKind::ForeignKeyViolation => "23503",
        DatabaseErrorKind::NotNullViolation => "23502",
        DatabaseErrorKind::CheckViolation => "23514",
        DatabaseErrorKind::ReadOnlyTransaction => "25006",
        DatabaseErrorKind::SerializationFailure => "40001",
        _ => phrases::sqlstate(said.message()),
    }
}

//! What code may say to the server, and what its errors mean.

use std::{
    any::{Any, type_name},
    error::Error,
};

use super::CodeError;
use crate::{
    driver,
    engine::ServerError,
    sql::{self, Kind},
};

/// The connection that runs a revision is of another type than its code expects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the connection that runs this revision is no `{wanted}`")]
pub struct NotThisConnection {
    /// The type that was asked for.
    pub wanted: &'static str,
}

/// The driver's own connection, where it is of this type.
pub(super) fn connection<C: 'static>(
    connection: Option<&mut dyn Any>,
) -> Result<&mut C, NotThisConnection> {
    connection
        .and_then(|connection| connection.downcast_mut())
        .ok_or(NotThisConnection {
            wanted: type_name::<C>(),
        })
}

/// Refuses what would end the transaction, or can't run in one.
pub(super) fn refuse_control(sql: &str) -> Result<(), ServerError> {
    // What can't be split is left to the server.
    let statements = sql::split(sql).map(|split| split.statements);
    let refused = statements.into_iter().flatten().find_map(|statement| {
        let name = match statement.kind {
            Kind::Begin { .. } => "BEGIN",
            Kind::Commit(_) => "COMMIT",
            Kind::Rollback => "ROLLBACK",
            Kind::PrepareTransaction => "PREPARE TRANSACTION",
            Kind::NoTransaction(name) => name,
            Kind::Savepoint
            | Kind::CopyFromStdin
            | Kind::CopyToStdout
            | Kind::Meta
            | Kind::Rows
            | Kind::Other => return None,
        };
        Some(name)
    });
    match refused {
        Some(name) => Err(ServerError::code(format!(
            "`{name}` in the code of a revision, which runs in the revision's transaction"
        ))),
        None => Ok(()),
    }
}

/// What an error of code means: what the server said where it was the server.
pub(super) fn described(error: &CodeError) -> ServerError {
    let mut said = vec![error.to_string()];
    let mut cause: Option<&(dyn Error + 'static)> = Some(error.as_ref());
    while let Some(here) = cause {
        if let Some(found) = driver::said(here) {
            // A position is one in a text that is in no file.
            return ServerError {
                position: None,
                ..found
            };
        }
        cause = here.source();
        // An error often repeats its cause.
        said.extend(
            cause
                .map(ToString::to_string)
                .filter(|text| said.last().is_some_and(|last| !last.contains(text))),
        );
    }
    ServerError::code(said.join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_the_transaction_is_refused_and_a_savepoint_is_not() {
        for sql in ["COMMIT", "SELECT 1; rollback", "BEGIN", "VACUUM a"] {
            assert!(refuse_control(sql).is_err(), "{sql}");
        }
        for sql in ["SAVEPOINT a", "SELECT 'COMMIT'", "SELECT '", ""] {
            assert_eq!(refuse_control(sql), Ok(()), "{sql}");
        }
    }

    #[test]
    fn causes_are_told_and_the_servers_words_are_found_among_them() {
        let of_server = ServerError {
            sqlstate: Some("23505".to_owned()),
            message: "duplicate".to_owned(),
            position: Some(3),
            ..ServerError::default()
        };
        let found = described(&CodeError::from(of_server));
        assert_eq!((found.position, found.is("23505")), (None, true));
        let own = described(&CodeError::from("no such plan"));
        assert_eq!(own, ServerError::code("no such plan"));
        assert!(!own.is_connection());
    }
}

//! What can be done about an error: run it again, run it again to find out, or mend something first.

use super::{EngineError, ServerError};

/// What can be done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing of what failed was kept, and the same run may succeed later: a lock that was not
    /// obtained, a deadlock, a server that starts, stops or has no connection free.
    Retry,
    /// The connection was lost while a revision was under way, so that it may have been applied. The
    /// next run finds out, since a revision commits together with its record: run it again.
    InDoubt,
    /// The same run fails again until somebody changes something.
    Final,
}

/// A lock not obtained, a deadlock, a serialization failure, a transaction that idled too long, no
/// connection free.
///
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
const PASSING: [&str; 5] = ["55P03", "40P01", "40001", "25P03", "53300"];

impl ServerError {
    /// What can be done about it, where nothing was under way.
    pub fn kind(&self) -> ErrorKind {
        if self.is_connection() || PASSING.iter().any(|code| self.is(code)) {
            return ErrorKind::Retry;
        }
        ErrorKind::Final
    }
}

impl EngineError {
    /// What can be done about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Locked { .. } | Self::StatementLocked { .. } => ErrorKind::Retry,
            Self::Failed(failure) if failure.error.is_connection() => ErrorKind::InDoubt,
            Self::Failed(failure) => failure.error.kind(),
            Self::Server(error) => error.kind(),
            _ => ErrorKind::Final,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sorted_by_their_code() {
        let of = |code: &str| ServerError {
            sqlstate: Some(code.to_owned()),
            ..ServerError::default()
        };
        for code in [
            "55P03", "40P01", "40001", "25P03", "53300", "57P01", "57P02", "57P03", "57P05",
            "08006",
        ] {
            assert_eq!(of(code).kind(), ErrorKind::Retry, "{code}");
        }
        for code in ["42601", "23505", "57014", "53100", "42501", "25006"] {
            assert_eq!(of(code).kind(), ErrorKind::Final, "{code}");
        }
        assert_eq!(ServerError::connection("closed").kind(), ErrorKind::Retry);
        assert_eq!(ServerError::code("no").kind(), ErrorKind::Final);
    }
}

//! What is worth saying about the files and stops nothing.

use std::fmt;

use crate::Place;

/// Something that the author should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: WarningKind,
}

/// What a warning is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WarningKind {
    /// A Go, Python or Rust file named like a revision.
    #[error("it is named like a revision, but only SQL files are revisions; it is ignored")]
    Program,
    /// SQL whose name begins like a revision's.
    #[error(
        "it is not named `<id>_<slug>.up.sql`, `<id>_<slug>.sql` or `V<id>__<slug>.sql`; it is ignored"
    )]
    AlmostNamed,
    /// SQL without an id.
    #[error("its name begins with no id; it is ignored")]
    Unnamed,
    /// SQL in a diesel folder that is neither up nor down.
    #[error("only `up.sql` and `down.sql` of this folder are read; it is ignored")]
    BesideDiesel,
    /// `.SQL`
    #[error("its extension is not `.sql` in lower case; it is ignored")]
    UpperCase,
    /// A folder with revisions inside that is not looked into.
    #[error(
        "folders inside the folder of revisions are ignored, and this one holds files named like revisions"
    )]
    Nested,
    /// A `metadata.toml` that says nothing of transactions.
    #[error(
        "it has no `run_in_transaction`; the revision runs in a transaction, which diesel would not do"
    )]
    MetadataWithoutKey,
    /// A `metadata.toml` with another value.
    #[error("`run_in_transaction` is `{value}`, neither true nor false; it is ignored")]
    MetadataValue {
        /// What is there.
        value: String,
    },
    /// `BEGIN ISOLATION LEVEL …`
    #[error(
        "the modes of this BEGIN have no effect: the revision runs in the transaction of the runner"
    )]
    BeginModes,
    /// A down script that never closes something.
    #[error("{what} that begins here is never closed, so the script will fail")]
    Unterminated {
        /// What it is.
        what: &'static str,
    },
    /// A down script alone.
    #[error("revision `{id}` has a down script and no up script; it is ignored")]
    DownWithoutUp {
        /// Its id.
        id: crate::revision::RevisionId,
    },
    /// `COMMIT` followed by what can't follow it.
    #[error("this COMMIT is a syntax error in PostgreSQL, so the script will fail there")]
    BrokenCommit,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.kind)
    }
}

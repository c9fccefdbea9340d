//! What a script may not hold, why, and what to do instead.

/// A statement that would break the revision, or that no server can run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// A quote, a comment, a parenthesis or a body without its end.
    #[error("{what} that begins here is never closed")]
    Unterminated {
        /// What it is.
        what: &'static str,
    },
    /// A backslash command.
    #[error("`{command}` is a command of psql, not SQL")]
    Meta {
        /// With the backslash.
        command: String,
    },
    /// `:name`
    #[error("`{variable}` is a variable of psql, not SQL")]
    Variable {
        /// With its colon.
        variable: String,
    },
    /// `COPY … FROM STDIN`
    #[error("`COPY … FROM stdin` needs rows from the client, and a revision has only its file")]
    CopyFromStdin,
    /// `COPY … TO STDOUT`
    #[error("`COPY … TO stdout` sends rows to the client, and nobody reads them here")]
    CopyToStdout,
    /// `BEGIN` without `COMMIT`.
    #[error("this BEGIN has no COMMIT")]
    UnpairedBegin,
    /// `BEGIN` inside `BEGIN`.
    #[error("this BEGIN stands inside another one")]
    NestedBegin,
    /// `COMMIT` without `BEGIN`.
    #[error(
        "this COMMIT has no BEGIN: it would end the transaction of the revision, whose record would be written apart from it"
    )]
    UnpairedCommit,
    /// `COMMIT AND CHAIN`
    #[error("`COMMIT AND CHAIN` would end the transaction of the revision")]
    CommitAndChain,
    /// `ROLLBACK`
    #[error("a ROLLBACK would undo the revision and leave its record")]
    Rollback,
    /// `PREPARE TRANSACTION`
    #[error("`PREPARE TRANSACTION` would take the transaction of the revision away from it")]
    PrepareTransaction,
    /// Transaction control where there is no transaction.
    #[error(
        "a script of `transaction=none` runs statement by statement, so {statement} has no meaning in it"
    )]
    ControlWithoutTransaction {
        /// `BEGIN`, `COMMIT` and so on.
        statement: &'static str,
    },
    /// A statement that needs `transaction=none` beside others.
    #[error("PostgreSQL refuses `{statement}` inside a transaction")]
    NeedsNoTransaction {
        /// Its usual name.
        statement: &'static str,
        /// Whether the file asks for a transaction.
        explicit: bool,
    },
    /// A batched statement beside others.
    #[error("a batched statement commits batch by batch and can't run inside one transaction")]
    BatchNeedsNoTransaction,
}

impl ScriptError {
    pub(super) fn hints(&self) -> Vec<String> {
        let own_revision = "move the statement to a revision of its own".to_owned();
        let directive = "add `-- migrate: transaction=none` at the head of the file: its statements then commit one by one".to_owned();
        match self {
            Self::Unterminated { what } => vec![unterminated_hint(what).to_owned()],
            Self::Meta { command } => vec![meta_hint(command).to_owned()],
            Self::Variable { .. } => vec![SET_HINT.to_owned()],
            Self::CopyFromStdin => vec![
                "write the rows as `INSERT INTO … VALUES …`".to_owned(),
                "for a file on the server: `COPY … FROM '/path'`".to_owned(),
            ],
            Self::CopyToStdout => vec!["delete the statement".to_owned()],
            Self::UnpairedBegin | Self::NestedBegin => {
                vec!["delete it: a revision runs in a transaction of its own".to_owned()]
            }
            Self::UnpairedCommit | Self::CommitAndChain => vec![
                "delete it: a revision runs in a transaction of its own".to_owned(),
                "split the file at this place where two transactions are meant".to_owned(),
            ],
            Self::Rollback => {
                vec!["delete it; to undo a part, use SAVEPOINT and ROLLBACK TO".to_owned()]
            }
            Self::PrepareTransaction => vec!["delete it".to_owned()],
            Self::ControlWithoutTransaction { .. } => vec![
                "delete it; what must commit together goes into a revision of its own".to_owned(),
            ],
            Self::NeedsNoTransaction { explicit: true, .. } => {
                vec!["write `-- migrate: transaction=none` instead of `transaction=own`".to_owned()]
            }
            Self::NeedsNoTransaction { .. } | Self::BatchNeedsNoTransaction => {
                vec![own_revision, directive]
            }
        }
    }
}

/// How what is left open is closed.
fn unterminated_hint(what: &str) -> &'static str {
    match what {
        "the string" | "the quoted name" => "close it, or double the quote inside",
        "the comment" => "close it with `*/`, once for each `/*` inside",
        "the dollar-quoted string" => "repeat its first mark, such as `$$`, where it ends",
        _ => "close it",
    }
}

const SET_HINT: &str =
    "use `current_setting('migrate.NAME')` with `cargo migrate up --set NAME=VALUE`";

/// What stands for a command of psql in a script.
fn meta_hint(command: &str) -> &'static str {
    match command {
        "\\restrict" | "\\unrestrict" => "delete the line; pg_dump writes it for psql alone",
        "\\copy" => "write the rows as `INSERT INTO … VALUES …`",
        "\\i" | "\\ir" | "\\include" | "\\include_relative" => {
            "put the text of that file here, or into a revision of its own"
        }
        "\\c" | "\\connect" => {
            "delete the line: a revision runs in the database that the command is connected to"
        }
        "\\set" | "\\gset" | "\\unset" => SET_HINT,
        "\\if" | "\\elif" | "\\else" | "\\endif" => "use `DO $$ BEGIN IF … END IF; END $$`",
        _ => "delete the line",
    }
}

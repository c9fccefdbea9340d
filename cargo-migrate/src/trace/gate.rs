//! Makes a statement stand still, so that its locks can be read.
//!
//! On an empty table CREATE INDEX CONCURRENTLY is through in a moment, and outside of a transaction
//! it keeps no lock behind. So another session is in its way. At first it holds every table in
//! ACCESS EXCLUSIVE: the statement waits for its first lock. Then in EXCLUSIVE: VACUUM, which only
//! looked at first, waits for the lock that it works under. At last in ACCESS SHARE, with a
//! snapshot: what is built concurrently waits for all older transactions, with all of its locks.

use postgres::Client;

/// The session in the way; it is gone with the value.
pub(super) struct Gate {
    client: Client,
    at: At,
}

#[derive(Clone, Copy)]
enum At {
    FirstLock,
    LockToWorkUnder,
    OlderTransactions,
    Open,
}

impl Gate {
    /// Puts it in the way.
    pub(super) fn close(mut client: Client) -> Result<Self, postgres::Error> {
        let tables: Option<String> = client
            .query_one(
                "SELECT pg_catalog.string_agg(c.oid::pg_catalog.regclass::text, ', ' ORDER BY c.oid) \
                 FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind IN ('r', 'p') \
                   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
                   AND pg_catalog.has_table_privilege(c.oid, 'TRUNCATE')",
                &[],
            )?
            .get(0);
        let lock = |mode: &str| {
            let tables = tables.as_ref();
            tables.map_or_else(String::new, |tables| {
                format!("LOCK TABLE {tables} IN {mode} MODE")
            })
        };
        client.batch_execute(&format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT; {}; \
             SAVEPOINT weak; {}; SAVEPOINT strong; {}",
            lock("ACCESS SHARE"),
            lock("EXCLUSIVE"),
            lock("ACCESS EXCLUSIVE"),
        ))?;
        Ok(Self {
            client,
            at: At::FirstLock,
        })
    }

    /// Lets the statement go on to where it is stopped next.
    pub(super) fn open(&mut self) -> Result<(), postgres::Error> {
        let (release, next) = match self.at {
            At::FirstLock => ("ROLLBACK TO strong", At::LockToWorkUnder),
            At::LockToWorkUnder => ("ROLLBACK TO weak", At::OlderTransactions),
            At::OlderTransactions => ("ROLLBACK", At::Open),
            At::Open => return Ok(()),
        };
        self.client.batch_execute(release)?;
        self.at = next;
        Ok(())
    }
}

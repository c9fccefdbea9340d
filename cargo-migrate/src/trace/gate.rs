//! Makes a statement stand still, so that its locks can be read.
//!
//! On an empty table CREATE INDEX CONCURRENTLY is through in a moment, and outside of a transaction
//! it keeps no lock behind. So another session is in its way. At first it holds every table in
//! ACCESS EXCLUSIVE: the statement waits for its first lock. Then in EXCLUSIVE: VACUUM, which only
//! looked at first, waits for the lock that it works under. Then in ACCESS SHARE, with a snapshot:
//! what is built concurrently waits for all older transactions, with the locks that it has. While it
//! stands there, a second session takes ACCESS SHARE, so that DETACH PARTITION … CONCURRENTLY waits
//! for the lock that it takes at the end.

use postgres::Client;

use super::{mode::LockMode, relations::Oid, watch::Locks};

/// The sessions in the way; they are gone with the value.
pub(super) struct Gate {
    client: Client,
    second: Client,
    tables: Vec<(Oid, String)>,
    at: At,
}

#[derive(Clone, Copy)]
enum At {
    FirstLock,
    LockToWorkUnder,
    OlderTransactions,
    LastLock,
    Open,
}

impl Gate {
    /// Puts them in the way.
    pub(super) fn close(mut client: Client, second: Client) -> Result<Self, postgres::Error> {
        let rows = client.query(
            "SELECT c.oid, c.oid::pg_catalog.regclass::text \
             FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p') \
               AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
               AND pg_catalog.has_table_privilege(c.oid, 'TRUNCATE') \
             ORDER BY c.oid",
            &[],
        )?;
        let tables: Vec<_> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let all = |mode: &str| lock(tables.iter(), mode);
        client.batch_execute(&format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT; {}; \
             SAVEPOINT weak; {}; SAVEPOINT strong; {}",
            all("ACCESS SHARE MODE"),
            all("EXCLUSIVE MODE"),
            all("ACCESS EXCLUSIVE MODE"),
        ))?;
        Ok(Self {
            client,
            second,
            tables,
            at: At::FirstLock,
        })
    }

    /// Lets the statement, which stands there with these locks, go on to where it is stopped next.
    pub(super) fn open(&mut self, locks: &Locks) -> Result<(), postgres::Error> {
        self.at = match self.at {
            At::FirstLock => {
                self.client.batch_execute("ROLLBACK TO strong")?;
                At::LockToWorkUnder
            }
            At::LockToWorkUnder => {
                self.client.batch_execute("ROLLBACK TO weak")?;
                At::OlderTransactions
            }
            At::OlderTransactions => {
                self.close_second(locks);
                self.client.batch_execute("ROLLBACK")?;
                At::LastLock
            }
            At::LastLock => {
                self.second.batch_execute("ROLLBACK")?;
                At::Open
            }
            At::Open => At::Open,
        };
        Ok(())
    }

    /// Where that is not possible, the statement is not stopped once more.
    fn close_second(&mut self, locks: &Locks) {
        let is_free =
            |(oid, _): &&(Oid, String)| locks.get(oid) != Some(&LockMode::AccessExclusive);
        let free = self.tables.iter().filter(is_free);
        let lock = lock(free, "ACCESS SHARE MODE NOWAIT");
        let _ = self.second.batch_execute(&format!("BEGIN; {lock}"));
    }
}

fn lock<'t>(tables: impl Iterator<Item = &'t (Oid, String)>, mode: &str) -> String {
    let names: Vec<&str> = tables.map(|(_, name)| name.as_str()).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("LOCK TABLE {} IN {mode}", names.join(", ")),
    }
}

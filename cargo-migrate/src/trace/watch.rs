//! The second connection: what locks another session holds or waits for.

use std::collections::BTreeMap;

use postgres::{Client, SimpleQueryMessage};

use super::{
    mode::LockMode,
    relations::{Oid, Relations},
};

/// The strongest lock of each relation.
pub(super) type Locks = BTreeMap<Oid, LockMode>;

/// What a session holds at one moment.
pub(super) struct Seen {
    /// Its locks on relations, those that it waits for too.
    pub(super) locks: Locks,
    /// Whether it waits for somebody.
    pub(super) waits: bool,
}

/// Looks at one session from another one.
pub(super) struct Watch {
    client: Client,
    query: String,
}

impl Watch {
    /// `client` looks at `watched`, both in one database.
    pub(super) fn new(client: Client, watched: &mut Client) -> Result<Self, postgres::Error> {
        let row = watched.query_one("SELECT pg_catalog.pg_backend_pid()", &[])?;
        let pid: i32 = row.get(0);
        let query = format!(
            "SELECT CASE WHEN l.locktype OPERATOR(pg_catalog.=) 'relation' \
                          AND d.datname IS NOT NULL THEN l.relation END, l.mode, l.granted \
             FROM pg_catalog.pg_locks l \
             LEFT JOIN pg_catalog.pg_database d \
               ON d.oid OPERATOR(pg_catalog.=) l.database \
              AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() \
             WHERE l.pid OPERATOR(pg_catalog.=) {pid} ORDER BY 1, 2"
        );
        Ok(Self { client, query })
    }

    /// What the session holds now.
    pub(super) fn look(&mut self) -> Result<Seen, postgres::Error> {
        let mut seen = Seen {
            locks: Locks::new(),
            waits: false,
        };
        for message in self.client.simple_query(&self.query)? {
            let SimpleQueryMessage::Row(row) = message else {
                continue;
            };
            seen.waits |= row.get(2) == Some("f");
            let oid = row.get(0).and_then(|oid| oid.parse().ok());
            let mode = row.get(1).and_then(LockMode::parse);
            if let (Some(oid), Some(mode)) = (oid, mode) {
                strengthen(&mut seen.locks, oid, mode);
            }
        }
        Ok(seen)
    }

    /// The relations, as far as they are committed.
    pub(super) fn relations(&mut self) -> Result<Relations, postgres::Error> {
        Relations::read(&mut self.client)
    }
}

/// Notes a lock; tells whether none as strong was noted before.
pub(super) fn strengthen(locks: &mut Locks, oid: Oid, mode: LockMode) -> bool {
    let known = locks.get(&oid).copied();
    if known >= Some(mode) {
        return false;
    }
    locks.insert(oid, mode);
    true
}

//! Whether two databases are copies of one, and then which of their objects are the same.
//!
//! `CREATE DATABASE … TEMPLATE` keeps the numbers of objects. The numbers of one cluster come from
//! one counter, so the same number in two databases of one cluster is the same object, whatever its
//! name is by now: a rename is then known and not guessed.

use std::collections::{BTreeMap, HashSet};

use postgres::{Client, SimpleQueryMessage};

use super::ReadError;
use crate::schema::model::ObjectId;

/// The numbers of tables and columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lineage {
    /// The cluster's identifier, where the role may read it.
    pub(crate) cluster: Option<String>,
    /// Relation and column number, 0 for the relation itself.
    pub(crate) numbers: BTreeMap<ObjectId, (u32, i16)>,
}

impl Lineage {
    /// Whether the two share a template: one cluster, and at least one object of the same number.
    pub(crate) fn is_shared_with(&self, other: &Lineage) -> bool {
        if self.cluster.is_none() || self.cluster != other.cluster {
            return false;
        }
        let numbers: HashSet<_> = other.numbers.values().collect();
        self.numbers.values().any(|number| numbers.contains(number))
    }
}

/// Reads the cluster's identifier; `None` where the role may not.
pub(super) fn read_cluster(client: &mut Client) -> Result<Option<String>, ReadError> {
    const MAY: &str = "SELECT has_function_privilege('pg_catalog.pg_control_system()', 'execute')";
    const READ: &str = "SELECT system_identifier::text FROM pg_control_system()";
    if one(client, MAY)?.as_deref() != Some("t") {
        return Ok(None);
    }
    one(client, READ)
}

fn one(client: &mut Client, sql: &str) -> Result<Option<String>, ReadError> {
    let messages = client
        .simple_query(sql)
        .map_err(|source| ReadError::Query {
            what: "the cluster's identifier",
            source,
        })?;
    Ok(messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }))
}

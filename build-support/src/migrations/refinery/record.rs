//! refinery's table: its rows, and whether a file of ours is the one that a row speaks of.

use super::RefineryError;
use crate::{
    graph::{Graph, Node},
    history::Row,
    revision::{Revision, RevisionId},
    sql::quote_literal,
};

/// The table, as it is in the database.
pub(super) struct Table {
    /// Quoted and qualified.
    pub(super) name: String,
}

impl Table {
    /// Its name and the type of its versions; no row where it is not there.
    pub(super) fn query(name: &str) -> String {
        format!(
            "SELECT pg_catalog.concat(pg_catalog.quote_ident(n.nspname), '.', \
             pg_catalog.quote_ident(c.relname)), pg_catalog.format_type(a.atttypid, NULL) \
             FROM pg_catalog.pg_class AS c \
             JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace \
             JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) c.oid \
             AND a.attname OPERATOR(pg_catalog.=) 'version' AND NOT a.attisdropped \
             WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass({})",
            quote_literal(name)
        )
    }

    /// The table, if it is there and refinery is built for it here.
    pub(super) fn of(rows: Vec<Row>) -> Result<Option<Self>, RefineryError> {
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let kind = row.pop().flatten().unwrap_or_default();
        let name = row.pop().flatten().unwrap_or_default();
        let column = if kind == "bigint" { 64 } else { 32 };
        let here = refinery_core::SchemaVersion::BITS;
        if column != here {
            return Err(RefineryError::Width { column, here });
        }
        Ok(Some(Self { name }))
    }

    pub(super) fn records_query(&self) -> String {
        format!(
            "SELECT version::pg_catalog.text, checksum FROM {} ORDER BY version",
            self.name
        )
    }

    /// A condition that holds as long as the table has these rows.
    pub(super) fn unchanged(&self, records: &[Record]) -> String {
        let rows: Vec<String> = records
            .iter()
            .map(|record| format!("{} {}", record.version, record.checksum))
            .collect();
        format!(
            "(SELECT pg_catalog.string_agg(pg_catalog.concat(version, ' ', checksum), ',' \
             ORDER BY version) FROM {}) OPERATOR(pg_catalog.=) {}",
            self.name,
            quote_literal(&rows.join(","))
        )
    }
}

/// One version that refinery applied.
pub(super) struct Record {
    pub(super) version: String,
    pub(super) checksum: String,
}

impl Record {
    pub(super) fn all(rows: Vec<Row>) -> Vec<Self> {
        let record = |row: Row| {
            let mut columns = row.into_iter();
            Some(Self {
                version: columns.next()??,
                checksum: columns.next()??,
            })
        };
        rows.into_iter().filter_map(record).collect()
    }

    /// Our revision of the same number.
    pub(super) fn find(&self, graph: &Graph) -> Option<Node> {
        let id: RevisionId = self.version.parse().ok()?;
        graph.nodes().find(|&node| graph.id(node).same_number(&id))
    }

    /// Whether refinery's checksum of the file is the recorded one, whatever its line ends.
    pub(super) fn is_of(&self, revision: &Revision, bytes: &[u8]) -> Result<bool, RefineryError> {
        let text = String::from_utf8_lossy(bytes);
        let unix = text.replace("\r\n", "\n");
        let dos = unix.replace('\n', "\r\n");
        for text in [text.as_ref(), &unix, &dos] {
            let migration = migration(revision, text)?;
            if migration.checksum().to_string() == self.checksum {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A revision as a migration of refinery's.
pub(super) fn migration(
    revision: &Revision,
    text: &str,
) -> Result<refinery_core::Migration, RefineryError> {
    let id = &revision.id;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut name: String = revision
        .slug
        .chars()
        .map(|c| if is_word(c) { c } else { '_' })
        .collect();
    if name.is_empty() {
        name.push('_');
    }
    refinery_core::Migration::unapplied(&format!("V{id}__{name}"), text).map_err(|_| {
        RefineryError::TooLarge {
            id: id.clone(),
            bits: refinery_core::SchemaVersion::BITS,
        }
    })
}

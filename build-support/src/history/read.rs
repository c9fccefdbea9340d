//! The queries that read the history, and the reading of their rows.

use std::time::Duration;

use super::{Applied, BatchProgress, Names, Partial, Row, State};
use crate::{
    revision::{Checksum, Digest, Direction, RevisionId},
    sql::quote_literal,
};

/// A row of the history that this version can't read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the history holds a row that this version can't read: column `{column}` is {}", shown(value.as_deref()))]
pub struct InvalidRow {
    /// The column.
    pub column: &'static str,
    /// What it holds.
    pub value: Option<String>,
}

fn shown(value: Option<&str>) -> String {
    value.map_or("NULL".to_owned(), |value| format!("`{}`", value.trim_end()))
}

/// The start-up query: one row, one column, the digest of the applied set.
pub fn digest_query(names: &Names) -> String {
    format!("SELECT digest FROM {}", names.state())
}

/// Set until the end of the transaction in which the history is read.
pub(crate) const READ_MARK: &str = "cargo_migrate.read";

/// The whole state: one row per recorded revision, or one row without one.
pub fn state_query(names: &Names) -> String {
    format!(
        "SELECT s.digest, s.revisions, pg_catalog.pg_is_in_recovery()::text, \
         pg_catalog.current_setting('transaction_read_only'), \
         h.id, h.slug, h.message, h.parents::text, h.depends_on::text, h.replaces::text, h.checksum, \
         h.down_checksum, (h.down_script IS NOT NULL)::text, h.irreversible, h.compatible::text, \
         pg_catalog.to_char(h.applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), \
         h.applied_by, h.application, h.duration_ms::text, \
         h.partial, h.statements_done::text, h.done_checksum, h.batch_rows::text \
         FROM {} AS s CROSS JOIN (SELECT pg_catalog.set_config('{READ_MARK}', 'on', true)) AS m \
         LEFT JOIN {} AS h ON true",
        names.state(),
        names.history()
    )
}

/// What the cursor of a batched statement is made of, one row each: what it belongs to, then the
/// key of the last row that is done.
pub fn batch_cursor_query(names: &Names, id: &RevisionId) -> String {
    format!(
        "SELECT c.part FROM {} AS h, pg_catalog.unnest(h.batch_cursor) WITH ORDINALITY \
         AS c(part, at) WHERE h.id = {} ORDER BY c.at",
        names.history(),
        quote_literal(id.as_str())
    )
}

/// The transaction that wrote a revision's row last.
pub(crate) fn entry_query(names: &Names, id: &RevisionId) -> String {
    format!(
        "SELECT h.xmin::pg_catalog.text FROM {} AS h WHERE h.id = {}",
        names.history(),
        quote_literal(id.as_str())
    )
}

/// The recorded down scripts of some revisions: id and text.
pub fn down_scripts_query<'a>(
    names: &Names,
    ids: impl IntoIterator<Item = &'a RevisionId>,
) -> String {
    let ids: Vec<String> = ids
        .into_iter()
        .map(|id| quote_literal(id.as_str()))
        .collect();
    format!(
        "SELECT id, down_script FROM {} WHERE id IN ({})",
        names.history(),
        ids.join(", ")
    )
}

impl State {
    /// Reads the rows of [`state_query`].
    ///
    /// # Errors
    /// A value that no version up to this one writes.
    pub fn from_rows(rows: Vec<Row>) -> Result<Self, InvalidRow> {
        let mut state = Self::default();
        for row in rows {
            let mut columns = Columns(row.into_iter());
            state.digest = columns.read("digest", Digest::from_hex)?;
            state.revisions_digest = columns.read("revisions", Digest::from_hex)?;
            state.standby = columns.boolean("standby")?;
            state.read_only = columns.next().as_deref() == Some("on");
            if let Some(revision) = columns.applied()? {
                state.insert(revision);
            }
        }
        Ok(state)
    }
}

/// The columns of one row, taken from the left.
struct Columns(std::vec::IntoIter<Option<String>>);

impl Columns {
    fn next(&mut self) -> Option<String> {
        self.0.next().flatten()
    }

    fn text(&mut self, column: &'static str) -> Result<String, InvalidRow> {
        self.next().ok_or(InvalidRow {
            column,
            value: None,
        })
    }

    fn read<T>(
        &mut self,
        column: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, InvalidRow> {
        let value = self.text(column)?;
        read(&value).ok_or(InvalidRow {
            column,
            value: Some(value),
        })
    }

    fn boolean(&mut self, column: &'static str) -> Result<bool, InvalidRow> {
        self.read(column, |value| match value {
            "t" | "true" => Some(true),
            "f" | "false" => Some(false),
            _ => None,
        })
    }

    fn applied(&mut self) -> Result<Option<Applied>, InvalidRow> {
        let Some(id) = self.next() else {
            return Ok(None);
        };
        let id = RevisionId::recorded(&id).ok_or(InvalidRow {
            column: "id",
            value: Some(id),
        })?;
        Ok(Some(Applied {
            id,
            slug: self.text("slug")?,
            message: self.text("message")?,
            parents: self.read("parents", ids)?,
            depends_on: self.read("depends_on", ids)?,
            replaces: self.read("replaces", ids)?,
            checksum: self.read("checksum", Checksum::from_hex)?,
            down_checksum: self.next().as_deref().and_then(Checksum::from_hex),
            has_down: self.boolean("has_down")?,
            irreversible: self.next(),
            compatible: self.boolean("compatible")?,
            applied_at: self.text("applied_at")?,
            applied_by: self.text("applied_by")?,
            application: self.text("application")?,
            duration: self.read("duration_ms", |ms| {
                ms.parse().ok().map(Duration::from_millis)
            })?,
            partial: self.partial()?,
        }))
    }

    fn partial(&mut self) -> Result<Option<Partial>, InvalidRow> {
        let Some(direction) = self.next() else {
            return Ok(None);
        };
        let direction = match direction.as_str() {
            "up" => Direction::Up,
            "down" => Direction::Down,
            _ => {
                return Err(InvalidRow {
                    column: "partial",
                    value: Some(direction),
                });
            }
        };
        Ok(Some(Partial {
            direction,
            done: self.read("statements_done", |count| count.parse().ok())?,
            checksum: self.read("done_checksum", Checksum::from_hex)?,
            batch: self
                .next()
                .and_then(|rows| rows.parse().ok())
                .map(|rows| BatchProgress { rows }),
        }))
    }
}

/// A text array of ids, `{1,2}`: ids need no quotes.
fn ids(array: &str) -> Option<Vec<RevisionId>> {
    let inner = array.strip_prefix('{')?.strip_suffix('}')?;
    inner
        .split(',')
        .filter(|id| !id.is_empty())
        .map(|id| id.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_without_revisions_is_one_row_of_nulls() {
        let mut row: Row = vec![
            Some("0".repeat(64)),
            Some("0".repeat(64)),
            Some("false".into()),
            Some("off".into()),
        ];
        row.resize(22, None);
        let state = State::from_rows(vec![row]).expect("a state");
        assert_eq!(state, State::default());
    }

    #[test]
    fn an_array_of_ids_is_read_without_quotes() {
        assert_eq!(ids("{}"), Some(vec![]));
        assert_eq!(ids("{1,02}").expect("ids").len(), 2);
        assert_eq!(ids("1"), None);
    }
}

//! The rows of the kept tables, read by column name before and after a plan.

use std::collections::BTreeMap;

use postgres::{Client, SimpleQueryMessage};

/// The rows of one table: for each column its type and its values as text, in row order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    columns: BTreeMap<String, (String, Vec<Option<String>>)>,
}

impl Rows {
    /// Reads the stored columns of a table in physical order; `None` where there is no such table.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn read(client: &mut Client, table: &str) -> Result<Option<Self>, postgres::Error> {
        let stored = client.query(include_str!("rows.sql"), &[&table])?;
        if stored.is_empty() {
            return Ok(None);
        }
        let mut rows = Self::default();
        for column in stored {
            let (name, kind): (String, String) = (column.get(0), column.get(1));
            let quoted = name.replace('"', "\"\"");
            let query = format!("SELECT \"{quoted}\"::text FROM ONLY {table} ORDER BY ctid");
            let values = client
                .simple_query(&query)?
                .into_iter()
                .filter_map(value)
                .collect();
            rows.columns.insert(name, (kind, values));
        }
        Ok(Some(rows))
    }

    /// The rows without the columns that `test` names.
    #[must_use]
    pub fn without(&self, test: impl Fn(&str) -> bool) -> Self {
        let mut rows = self.clone();
        rows.columns.retain(|name, _| !test(name));
        rows
    }

    /// Whether there is such a column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// What `after` lost of these rows; `renamed` gives a column's new name.
    pub fn lost(&self, after: &Self, renamed: impl Fn(&str) -> String) -> Vec<String> {
        let mut losses = Vec::new();
        for (name, (kind, values)) in &self.columns {
            let new = renamed(name);
            match after.columns.get(&new) {
                None => losses.push(format!("column {name} is gone")),
                Some((now, found)) => {
                    if !same(kind == now, values, found) {
                        losses.push(format!("{name} -> {new}: {values:?} became {found:?}"));
                    }
                }
            }
        }
        losses
    }
}

/// Under another type a value may be spelt otherwise, but must still be there.
fn same(same_type: bool, before: &[Option<String>], after: &[Option<String>]) -> bool {
    if same_type {
        return before == after;
    }
    before.len() == after.len()
        && before
            .iter()
            .zip(after)
            .all(|(old, new)| old.is_some() <= new.is_some())
}

fn value(message: SimpleQueryMessage) -> Option<Option<String>> {
    match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).map(str::to_owned)),
        _ => None,
    }
}

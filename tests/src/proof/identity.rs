//! Tables and columns followed by oid and attribute number, which survive a template copy. Generated columns hold nothing
//! of their own and are left out.
//!
//! Two databases that come from one template share the oids of what neither of them rebuilt. So a
//! table that people kept is known without looking at its name, and so is what a plan made of it.

use std::collections::BTreeMap;

use postgres::Client;

/// Every table of a database by oid.
#[derive(Debug, Clone, Default)]
pub struct Identities {
    tables: BTreeMap<u32, TableIdentity>,
}

/// The name of a table and of its columns by attribute number.
#[derive(Debug, Clone)]
pub struct TableIdentity {
    /// Schema and name, unquoted.
    pub name: (String, String),
    /// Column names by attribute number.
    pub columns: BTreeMap<i16, String>,
}

/// A table or column that has another name on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// A table: schema and name before and after.
    Table((String, String), (String, String)),
    /// A column of a table (its name before): name before and after.
    Column((String, String), String, String),
}

impl Identities {
    /// Reads what stands in the database now.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn read(client: &mut Client) -> Result<Self, postgres::Error> {
        let mut found = Self::default();
        for row in client.query(include_str!("identity.sql"), &[])? {
            let table = found
                .tables
                .entry(row.get(0))
                .or_insert_with(|| TableIdentity {
                    name: (row.get(1), row.get(2)),
                    columns: BTreeMap::new(),
                });
            if let (Some(number), Some(name)) = (row.get(3), row.get(4)) {
                table.columns.insert(number, name);
            }
        }
        Ok(found)
    }

    /// What bears another name in `target` although it is the same object.
    #[must_use]
    pub fn moved(&self, target: &Self) -> Vec<Moved> {
        let mut moved = Vec::new();
        for (before, after) in self.shared(target) {
            if before.name != after.name {
                moved.push(Moved::Table(before.name.clone(), after.name.clone()));
            }
            for (number, old) in &before.columns {
                if let Some(new) = after.columns.get(number).filter(|new| *new != old) {
                    let table = before.name.clone();
                    moved.push(Moved::Column(table, old.clone(), new.clone()));
                }
            }
        }
        moved
    }

    /// What the target keeps of `self` and `reached` lost or left under another name.
    #[must_use]
    pub fn losses(&self, target: &Self, reached: &Self) -> Vec<String> {
        let mut losses = Vec::new();
        for (oid, kept) in &target.tables {
            let Some(before) = self.tables.get(oid) else {
                continue;
            };
            let label = format!("{}.{}", before.name.0, before.name.1);
            match reached.tables.get(oid) {
                None => losses.push(format!("table {label} was dropped")),
                Some(now) => {
                    if now.name != kept.name {
                        let text = format!("table {label} is now {}.{}", now.name.0, now.name.1);
                        losses.push(format!("{text}, not {}.{}", kept.name.0, kept.name.1));
                    }
                    losses.extend(lost_columns(&label, before, kept, now));
                }
            }
        }
        losses
    }

    /// What should be kept on the way to `target` where the two share no oids: what `renamed` gives
    /// a name that the target has. `renamed` takes and gives `schema.table` or
    /// `schema.table.column`; `None` lets the data go.
    #[must_use]
    pub fn kept_by_name(&self, target: &Self, renamed: impl Fn(&str) -> Option<String>) -> Self {
        let mut kept = Self::default();
        for (oid, table) in &self.tables {
            let label = format!("{}.{}", table.name.0, table.name.1);
            let Some(new) = renamed(&label) else { continue };
            let wanted = target.tables.values().find(|table| label_of(table) == new);
            let Some(wanted) = wanted else { continue };
            let columns = table.columns.iter().filter_map(|(number, name)| {
                let column = renamed(&format!("{label}.{name}"))?;
                let column = column.rsplit('.').next()?.to_owned();
                wanted
                    .columns
                    .values()
                    .any(|name| *name == column)
                    .then_some((*number, column))
            });
            let columns = columns.collect();
            kept.tables.insert(
                *oid,
                TableIdentity {
                    name: wanted.name.clone(),
                    columns,
                },
            );
        }
        kept
    }

    /// The tables of `reached` whose new columns don't stand in the target's order, though
    /// PostgreSQL could have appended them so.
    #[must_use]
    pub fn misordered(&self, target: &Self, reached: &Self) -> Vec<String> {
        let mut misordered = Vec::new();
        for (oid, now) in &reached.tables {
            let Some(wanted) = target.tables.values().find(|table| table.name == now.name) else {
                continue;
            };
            let old = self.tables.get(oid).map(|table| &table.columns);
            let added: Vec<&String> = now
                .columns
                .iter()
                .filter(|(number, _)| old.is_none_or(|old| !old.contains_key(number)))
                .map(|(_, name)| name)
                .collect();
            if wanted
                .columns
                .values()
                .filter(|name| added.contains(name))
                .ne(added.iter().copied())
            {
                misordered.push(format!("{}.{}", now.name.0, now.name.1));
            }
        }
        misordered
    }

    /// The tables, sorted by oid.
    pub fn tables(&self) -> impl Iterator<Item = &TableIdentity> {
        self.tables.values()
    }

    fn shared<'a>(
        &'a self,
        target: &'a Self,
    ) -> impl Iterator<Item = (&'a TableIdentity, &'a TableIdentity)> {
        self.tables
            .iter()
            .filter_map(|(oid, table)| Some((table, target.tables.get(oid)?)))
    }
}

fn label_of(table: &TableIdentity) -> String {
    format!("{}.{}", table.name.0, table.name.1)
}

fn lost_columns(
    label: &str,
    before: &TableIdentity,
    kept: &TableIdentity,
    now: &TableIdentity,
) -> Vec<String> {
    let mut losses = Vec::new();
    for (number, wanted) in &kept.columns {
        let Some(old) = before.columns.get(number) else {
            continue;
        };
        match now.columns.get(number) {
            None => losses.push(format!("column {label}.{old} was dropped")),
            Some(found) if found != wanted => {
                losses.push(format!("column {label}.{old} is now {found}, not {wanted}"));
            }
            Some(_) => {}
        }
    }
    losses
}

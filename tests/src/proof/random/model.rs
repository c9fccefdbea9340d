//! What a random schema holds.

/// A schema. Numbers are unique within it and stay with their object.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) next: u32,
    pub(super) enums: Vec<Enum>,
    pub(super) domains: Vec<Domain>,
    pub(super) sequences: Vec<Sequence>,
    pub(super) functions: Vec<Function>,
    pub(super) tables: Vec<Table>,
    pub(super) views: Vec<View>,
}

#[derive(Debug, Clone)]
pub(super) struct Enum {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Domain {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) limit: usize,
    pub(super) not_null: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Sequence {
    pub(super) name: String,
    pub(super) increment: usize,
}

/// `name(text) RETURNS text`, immutable, of some body.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) version: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) indexes: Vec<Index>,
    pub(super) checks: Vec<Check>,
    pub(super) keys: Vec<ForeignKey>,
    pub(super) comment: Option<String>,
    pub(super) unlogged: bool,
    pub(super) fillfactor: Option<usize>,
    pub(super) policy: Option<usize>,
    pub(super) trigger: bool,
    pub(super) statistics: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) kind: ColumnType,
    pub(super) not_null: bool,
    pub(super) has_default: bool,
    pub(super) comment: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnType {
    Int,
    BigInt,
    Text,
    Varchar(usize),
    Numeric,
    Boolean,
    Timestamp,
    Json,
    IntArray,
    Enum(u32),
    Domain(u32),
}

#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) columns: Vec<u32>,
    pub(super) unique: Unique,
    pub(super) partial: bool,
    /// A function over the first column, which is text then.
    pub(super) function: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unique {
    No,
    Index,
    Constraint,
}

#[derive(Debug, Clone)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) column: u32,
    pub(super) version: usize,
}

/// A reference of a `bigint` column to another table's `id`.
#[derive(Debug, Clone)]
pub(super) struct ForeignKey {
    pub(super) name: String,
    pub(super) column: u32,
    pub(super) target: u32,
    pub(super) cascade: bool,
}

/// A view or materialized view over some columns of a table.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) name: String,
    pub(super) table: u32,
    pub(super) columns: Vec<u32>,
    pub(super) materialized: bool,
    pub(super) filter: usize,
    pub(super) comment: Option<String>,
}

impl Model {
    /// A new number.
    pub(super) fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    pub(super) fn table(&self, id: u32) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    /// The renames on the way to `target`, and what is given up.
    pub(super) fn compared_with(&self, target: &Self) -> (Vec<(String, String)>, Vec<String>) {
        let (mut renames, mut lost) = (Vec::new(), Vec::new());
        for old in &self.enums {
            if let Some(new) = target.enums.iter().find(|one| one.id == old.id)
                && new.name != old.name
            {
                renames.push((old.name.clone(), new.name.clone()));
            }
        }
        for old in &self.tables {
            let Some(new) = target.table(old.id) else {
                lost.push(old.name.clone());
                continue;
            };
            if new.name != old.name {
                renames.push((old.name.clone(), new.name.clone()));
            }
            for column in &old.columns {
                let label = format!("{}.{}", old.name, column.name);
                match new.columns.iter().find(|one| one.id == column.id) {
                    None => lost.push(label),
                    Some(now) if now.name != column.name => {
                        renames.push((label, format!("{}.{}", new.name, now.name)));
                    }
                    Some(_) => {}
                }
            }
        }
        (renames, lost)
    }
}

impl Table {
    pub(super) fn column(&self, id: u32) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }
}

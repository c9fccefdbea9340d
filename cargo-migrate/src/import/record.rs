//! What another tool recorded: the rows of its table, as values.

use postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::tool::{Table, Tool};

/// What a tool recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// What is applied, the oldest first.
    pub records: Vec<Record>,
    /// The names of scripts that run whenever they change.
    pub repeatable: Vec<String>,
}

/// One version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The version, as the tool spells it.
    pub version: String,
    /// The checksum, as the tool spells it.
    pub checksum: Option<String>,
    /// Whether the tool says that it did not finish.
    pub failed: bool,
    /// What the tool ran.
    pub body: Body,
    /// How wide the column of the version is: refinery's checksum depends on it.
    pub width: Width,
}

/// What a tool ran for a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Body {
    /// A file of SQL.
    #[default]
    Sql,
    /// A program.
    Program,
    /// Nothing: all versions up to it were there already.
    Baseline,
}

/// The width of an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    /// 32 bits.
    #[default]
    Narrow,
    /// 64 bits.
    Wide,
}

impl Table {
    /// Version, checksum, whether it failed, and one more fact; all as text.
    fn query(&self) -> String {
        let columns = match self.tool {
            Tool::Refinery => {
                "version::text, checksum, 'false', pg_catalog.pg_typeof(version)::text"
            }
            Tool::Sqlx => {
                "version::text, pg_catalog.encode(checksum, 'hex'), (NOT success)::text, NULL"
            }
            Tool::Diesel | Tool::SeaOrm => "version::text, NULL, 'false', NULL",
            Tool::GolangMigrate => "version::text, NULL, dirty::text, NULL",
            Tool::Flyway => {
                "COALESCE(version, 'R ' || script)::text, checksum::text, (NOT success)::text, type::text"
            }
            Tool::Alembic => "version_num::text, NULL, 'false', NULL",
        };
        let order = match self.tool {
            Tool::Flyway => "installed_rank",
            _ => "1",
        };
        let sorted = match self.tool {
            Tool::Refinery | Tool::Sqlx | Tool::GolangMigrate => "version",
            _ => order,
        };
        format!("SELECT {columns} FROM {} ORDER BY {sorted}", self.name)
    }

    /// The tool's record.
    pub fn read(&self, client: &mut Client) -> Result<History, postgres::Error> {
        let messages = client.simple_query(&self.query())?;
        let mut history = History::default();
        for message in &messages {
            if let SimpleQueryMessage::Row(row) = message {
                self.add(row, &mut history);
            }
        }
        Ok(history)
    }

    fn add(&self, row: &SimpleQueryRow, history: &mut History) {
        let text = |at: usize| row.get(at).map(str::to_owned);
        let Some(version) = text(0) else { return };
        let fact = text(3).unwrap_or_default();
        let record = Record {
            version,
            checksum: text(1),
            failed: matches!(row.get(2), Some("true" | "t")),
            body: Body::Sql,
            width: match fact.as_str() {
                "bigint" => Width::Wide,
                _ => Width::Narrow,
            },
        };
        match self.tool {
            Tool::Flyway => add_of_flyway(record, &fact, history),
            Tool::SeaOrm | Tool::Alembic => history.records.push(Record {
                body: Body::Program,
                ..record
            }),
            Tool::Refinery | Tool::Sqlx | Tool::Diesel | Tool::GolangMigrate => {
                history.records.push(record);
            }
        }
    }
}

/// Flyway's table is a log: what was undone or struck out is no longer applied.
fn add_of_flyway(record: Record, kind: &str, history: &mut History) {
    if let Some(script) = record.version.strip_prefix("R ") {
        // The row that says that the schema itself was made has no version either.
        if kind == "SQL" && !history.repeatable.iter().any(|known| known == script) {
            history.repeatable.push(script.to_owned());
        }
        return;
    }
    history
        .records
        .retain(|earlier| earlier.version != record.version);
    let body = match kind {
        "SQL" | "SQL_BASELINE" => Body::Sql,
        "BASELINE" => Body::Baseline,
        "DELETE" => return,
        undone if undone.starts_with("UNDO") => return,
        _ => Body::Program,
    };
    history.records.push(Record { body, ..record });
}

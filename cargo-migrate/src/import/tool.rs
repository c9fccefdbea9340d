//! The tools that can be taken over from: where each keeps its record and how it reads.

use clap::ValueEnum;
use postgres::{Client, SimpleQueryMessage};

/// Another migration tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tool {
    /// `refinery_schema_history`
    Refinery,
    /// `_sqlx_migrations`
    Sqlx,
    /// `__diesel_schema_migrations`
    Diesel,
    /// `seaql_migrations`
    SeaOrm,
    /// `schema_migrations` with a column `dirty`
    GolangMigrate,
    /// `flyway_schema_history`
    Flyway,
    /// `alembic_version`
    Alembic,
}

/// One row of a tool's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The version, as the tool spells it.
    pub version: String,
    /// The checksum, as the tool spells it.
    pub checksum: Option<String>,
    /// Whether the tool says that it did not finish.
    pub failed: bool,
}

impl Tool {
    /// All, in the order in which they are looked for.
    pub const ALL: [Self; 7] = [
        Self::Refinery,
        Self::Sqlx,
        Self::Diesel,
        Self::SeaOrm,
        Self::GolangMigrate,
        Self::Flyway,
        Self::Alembic,
    ];

    /// The tool's name as its authors write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Refinery => "refinery",
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
            Self::SeaOrm => "sea-orm",
            Self::GolangMigrate => "golang-migrate",
            Self::Flyway => "Flyway",
            Self::Alembic => "Alembic",
        }
    }

    fn table(self) -> &'static str {
        match self {
            Self::Refinery => "refinery_schema_history",
            Self::Sqlx => "_sqlx_migrations",
            Self::Diesel => "__diesel_schema_migrations",
            Self::SeaOrm => "seaql_migrations",
            Self::GolangMigrate => "schema_migrations",
            Self::Flyway => "flyway_schema_history",
            Self::Alembic => "alembic_version",
        }
    }

    /// Version, checksum, and whether it failed; all as text.
    fn query(self) -> &'static str {
        match self {
            Self::Refinery => {
                "SELECT version::text, checksum, 'false' FROM refinery_schema_history ORDER BY version"
            }
            Self::Sqlx => {
                "SELECT version::text, encode(checksum, 'hex'), (NOT success)::text FROM _sqlx_migrations ORDER BY version"
            }
            Self::Diesel => {
                "SELECT version::text, NULL, 'false' FROM __diesel_schema_migrations ORDER BY version"
            }
            Self::SeaOrm => {
                "SELECT version::text, NULL, 'false' FROM seaql_migrations ORDER BY version"
            }
            Self::GolangMigrate => "SELECT version::text, NULL, dirty::text FROM schema_migrations",
            Self::Flyway => {
                "SELECT version::text, NULL, (NOT success)::text FROM flyway_schema_history WHERE version IS NOT NULL AND type = 'SQL' ORDER BY installed_rank"
            }
            Self::Alembic => "SELECT version_num::text, NULL, 'false' FROM alembic_version",
        }
    }

    /// The id that a revision of ours has for a version of the tool's: its digits.
    pub(super) fn id_of(self, version: &str) -> Option<String> {
        match self {
            Self::SeaOrm => {
                // `m20220101_000001_create_users`: the name goes on behind the second number.
                let mut parts = version.strip_prefix('m')?.splitn(3, '_');
                Some(format!("{}{}", parts.next()?, parts.next()?))
            }
            Self::Diesel => Some(version.replace('-', "")),
            Self::Flyway => Some(version.replace(['.', '_'], "")),
            Self::Refinery | Self::Sqlx | Self::GolangMigrate | Self::Alembic => {
                Some(version.to_owned())
            }
        }
    }

    /// The tools whose tables a database has.
    pub fn found_in(client: &mut Client) -> Result<Vec<Self>, postgres::Error> {
        let mut found = Vec::new();
        for tool in Self::ALL {
            let columns = client.query(
                "SELECT attname::text FROM pg_catalog.pg_attribute \
                 WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 AND NOT attisdropped",
                &[&tool.table()],
            )?;
            let has = |name: &str| columns.iter().any(|row| row.get::<_, String>(0) == name);
            // Rails has a table of the same name, without that column.
            let is_it = if tool == Self::GolangMigrate {
                has("dirty")
            } else {
                !columns.is_empty()
            };
            if is_it {
                found.push(tool);
            }
        }
        Ok(found)
    }

    /// The tool's record.
    pub fn records(self, client: &mut Client) -> Result<Vec<Record>, postgres::Error> {
        let rows = client.simple_query(self.query())?;
        let record = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => Some(Record {
                version: row.get(0)?.to_owned(),
                checksum: row.get(1).map(str::to_owned),
                failed: matches!(row.get(2), Some("true" | "t")),
            }),
            _ => None,
        };
        Ok(rows.iter().filter_map(record).collect())
    }
}

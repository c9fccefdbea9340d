//! The tools that can be taken over from: where each keeps its record, how it names its versions,
//! and by which files a project shows that it uses it.

use std::path::Path;

use clap::ValueEnum;
use postgres::Client;

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

/// A table with a tool's record: its name, quoted and qualified as the server wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Whose it is.
    pub tool: Tool,
    /// Its name.
    pub name: String,
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

    /// The table that it keeps its record in where nobody says otherwise.
    pub fn table(self) -> &'static str {
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

    /// Files and folders by which a project shows that it uses the tool.
    fn signs(self) -> &'static [&'static str] {
        match self {
            Self::Refinery => &["refinery.toml"],
            Self::Sqlx => &["sqlx.toml", ".sqlx"],
            Self::Diesel => &["diesel.toml"],
            Self::SeaOrm => &["migration/src/lib.rs"],
            Self::GolangMigrate => &[],
            Self::Flyway => &["flyway.toml", "flyway.conf", "conf/flyway.conf"],
            Self::Alembic => &["alembic.ini"],
        }
    }

    /// The tools whose files a project holds.
    pub fn of_project(folder: &Path) -> Vec<Self> {
        let shows = |tool: &Self| tool.signs().iter().any(|sign| folder.join(sign).exists());
        Self::ALL.into_iter().filter(shows).collect()
    }

    /// The ids that a revision of ours may have for a version of the tool's.
    pub(super) fn ids_of(self, version: &str) -> Vec<String> {
        match self {
            Self::SeaOrm => {
                // `m20220101_000001_create_users`: the name goes on behind the second number.
                let digits = version.strip_prefix('m').unwrap_or_default();
                let mut parts = digits.splitn(3, '_');
                match (parts.next(), parts.next()) {
                    (Some(day), Some(time)) => vec![format!("{day}{time}")],
                    _ => Vec::new(),
                }
            }
            Self::Diesel => vec![version.replace('-', "")],
            Self::Flyway => [Some(version.to_owned()), dotted_id(version)]
                .into_iter()
                .flatten()
                .collect(),
            Self::Refinery | Self::Sqlx | Self::GolangMigrate => vec![version.to_owned()],
            Self::Alembic => Vec::new(),
        }
    }

    /// The comment by which a file says which of the tool's revisions it is, where those are programs.
    pub(super) fn mark(self, version: &str) -> Option<String> {
        match self {
            Self::Alembic => Some(format!("-- alembic: {version}")),
            Self::SeaOrm => Some(format!("-- sea-orm: {version}")),
            Self::Refinery | Self::Sqlx | Self::Diesel | Self::GolangMigrate | Self::Flyway => None,
        }
    }

    /// The tables of all tools that a database has.
    pub fn found_in(client: &mut Client) -> Result<Vec<Table>, postgres::Error> {
        let mut found = Vec::new();
        for tool in Self::ALL {
            found.extend(tool.table_in(tool.table(), client)?);
        }
        Ok(found)
    }

    /// The table of this name, if the database has it and it can be this tool's.
    pub fn table_in(
        self,
        name: &str,
        client: &mut Client,
    ) -> Result<Option<Table>, postgres::Error> {
        let columns = client.query(
            "SELECT attname::text, attrelid::pg_catalog.regclass::text \
             FROM pg_catalog.pg_attribute \
             WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 AND NOT attisdropped",
            &[&name],
        )?;
        // Rails has a table of the same name, without that column.
        let is_it = self != Self::GolangMigrate
            || columns.iter().any(|row| row.get::<_, &str>(0) == "dirty");
        let first = columns.first().filter(|_| is_it);
        Ok(first.map(|row| Table {
            tool: self,
            name: row.get(1),
        }))
    }
}

/// How many parts a version with dots may have, and how many digits each of them behind the first.
const PARTS: usize = 4;
const DIGITS: usize = 4;

/// The id of a version with dots, `1.2` or `1_2`: each part behind the first takes four digits, so
/// that ids have the order of the versions. `None` where the parts do not fit.
pub(super) fn dotted_id(version: &str) -> Option<String> {
    let parts: Vec<&str> = version.split(['.', '_']).collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() > PARTS || !parts.iter().all(is_number) {
        return None;
    }
    let mut id = parts[0].to_owned();
    for at in 1..PARTS {
        let part = parts
            .get(at)
            .map_or("0", |part| part.trim_start_matches('0'));
        if part.len() > DIGITS {
            return None;
        }
        id.push_str(&format!("{part:0>DIGITS$}"));
    }
    Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_with_dots_keep_their_order_as_ids() {
        let ids: Vec<u64> = ["1", "1.2", "1_10", "1.10.3", "2", "2024.01.15.1"]
            .iter()
            .map(|version| {
                dotted_id(version)
                    .expect("it fits")
                    .parse()
                    .expect("a number")
            })
            .collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert_eq!(ids[1], 1_0002_0000_0000);
        assert_eq!(dotted_id("1.2.3.4.5"), None);
        assert_eq!(dotted_id("1.20240101"), None);
        assert_eq!(dotted_id("1..2"), None);
    }

    #[test]
    fn each_tool_spells_its_versions_in_its_own_way() {
        assert_eq!(
            Tool::SeaOrm.ids_of("m20220101_000001_create_users"),
            ["20220101000001"]
        );
        assert_eq!(Tool::Diesel.ids_of("2018-07-10-061642"), ["20180710061642"]);
        assert_eq!(Tool::Flyway.ids_of("1.2"), ["1.2", "1000200000000"]);
    }
}

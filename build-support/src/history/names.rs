//! The names of the history's tables and the key of its lock.

use sha2::{Digest as _, Sha256};

use crate::sql::quote_identifier;

/// The longest name that PostgreSQL keeps whole, in bytes.
const LONGEST: usize = 63;
/// The first half of the lock's key: a key space of our own, apart from every one-number key.
const LOCK_CLASS: i32 = 0x6d69_6772;

/// The tables of one history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    schema: String,
    table: String,
}

/// A configured name that can't be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` can't be the name of the history's {what}: {why}")]
pub struct InvalidName {
    /// The name.
    pub name: String,
    /// Table or schema.
    pub what: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            schema: "public".to_owned(),
            table: "cargo_migrate_history".to_owned(),
        }
    }
}

impl Names {
    /// The history in a table and schema of the user's choice.
    ///
    /// # Errors
    /// A name that is empty, holds a NUL, or is too long for the tables beside it.
    pub fn new(schema: &str, table: &str) -> Result<Self, InvalidName> {
        check(schema, "schema", LONGEST)?;
        check(table, "table", LONGEST - "cargo_migrate__state".len())?;
        Ok(Self {
            schema: schema.to_owned(),
            table: table.to_owned(),
        })
    }

    /// The schema, unquoted.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The table of applied revisions, unquoted and without its schema.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The unquoted names of all tables of this history.
    pub fn tables(&self) -> [String; 3] {
        [self.table.clone(), self.beside("state"), self.beside("log")]
    }

    /// The table of applied revisions, qualified and quoted.
    pub fn history(&self) -> String {
        self.qualified(&self.table)
    }

    /// The table of one row, the digest of the applied set.
    pub fn state(&self) -> String {
        self.qualified(&self.beside("state"))
    }

    /// The append-only table of events.
    pub fn log(&self) -> String {
        self.qualified(&self.beside("log"))
    }

    /// The two numbers of the advisory lock that belongs to this history.
    pub fn lock_key(&self) -> (i32, i32) {
        let hash = Sha256::digest(format!("{}.{}", self.schema, self.table));
        let bytes = [hash[0], hash[1], hash[2], hash[3]];
        (LOCK_CLASS, i32::from_be_bytes(bytes))
    }

    /// `cargo_migrate_state`; with another history table its name is part of it.
    fn beside(&self, what: &str) -> String {
        match self.table.as_str() {
            "cargo_migrate_history" => format!("cargo_migrate_{what}"),
            table => format!("cargo_migrate_{table}_{what}"),
        }
    }

    fn qualified(&self, table: &str) -> String {
        format!(
            "{}.{}",
            quote_identifier(&self.schema),
            quote_identifier(table)
        )
    }
}

fn check(name: &str, what: &'static str, longest: usize) -> Result<(), InvalidName> {
    let why = match name {
        "" => "it is empty",
        name if name.contains('\0') => "it holds a NUL character",
        name if name.len() > longest => "it is too long",
        _ => return Ok(()),
    };
    Err(InvalidName {
        name: name.to_owned(),
        what,
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_tables_stand_beside_the_history() {
        assert_eq!(
            Names::default().state(),
            "\"public\".\"cargo_migrate_state\""
        );
        let names = Names::new("Ops", "schema_log").expect("names");
        assert_eq!(names.history(), "\"Ops\".\"schema_log\"");
        assert_eq!(names.log(), "\"Ops\".\"cargo_migrate_schema_log_log\"");
    }

    #[test]
    fn two_histories_have_two_locks() {
        let names = Names::new("public", "other").expect("names");
        assert_ne!(names.lock_key(), Names::default().lock_key());
        assert!(Names::new("public", &"x".repeat(50)).is_err());
    }
}

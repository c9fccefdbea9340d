//! Storage, compression, statistics and parameters of columns.

use super::Context;
use crate::schema::diff::action::Action;
use crate::schema::model::{Column, ObjectId};
use crate::schema::render::{compression_name, option_changes, storage_changes};

impl Context<'_> {
    pub(super) fn settings(&self, id: &ObjectId, old: &Column, new: &Column) -> Vec<Action> {
        let mut actions = Vec::new();
        if old.storage != new.storage {
            // Without one of its own a column has its type's, which has no keyword before 16.
            let clause = new.storage.as_deref().map_or("EXTENDED", storage_name);
            actions.push(self.alter_column_clause(id, &format!("SET STORAGE {clause}")));
        }
        if old.compression != new.compression && self.to.server_version >= 140_000 {
            let clause = new
                .compression
                .as_deref()
                .map_or("default", compression_name);
            actions.push(self.alter_column_clause(id, &format!("SET COMPRESSION {clause}")));
        }
        if old.statistics != new.statistics {
            actions.push(self.alter_column_clause(
                id,
                &format!("SET STATISTICS {}", new.statistics.unwrap_or(-1)),
            ));
        }
        if old.foreign_options != new.foreign_options {
            let clause = option_changes(&old.foreign_options, &new.foreign_options);
            actions.push(self.alter_column_clause(id, &format!("OPTIONS ({clause})")));
        }
        for clause in storage_changes("", &old.options, &new.options) {
            actions.push(self.alter_column_clause(id, &clause));
        }
        actions
    }

    /// What neither `CREATE TABLE` nor `ADD COLUMN` can say.
    pub(super) fn settings_after_creation(&self, id: &ObjectId) -> Vec<Action> {
        let Some(new) = self.to.column(id) else {
            return Vec::new();
        };
        let plain = Column {
            storage: None,
            statistics: None,
            options: Vec::new(),
            ..new.clone()
        };
        self.settings(id, &plain, new)
            .into_iter()
            .map(|action| action.not_providing().after([id.clone()]))
            .collect()
    }
}

fn storage_name(code: &str) -> &'static str {
    match code {
        "p" => "PLAIN",
        "e" => "EXTERNAL",
        "m" => "MAIN",
        _ => "EXTENDED",
    }
}

//! What a linter looks at: one revision's up script, and what is new with it.

use std::collections::BTreeSet;

use build_support::{
    revision::{Revision, TransactionMode},
    sql::QualifiedName,
};

use super::Statement;

/// One revision and what comes with it.
pub struct Subject<'a> {
    /// The revision.
    pub revision: &'a Revision,
    /// What runs.
    pub text: &'a str,
    /// Its statements.
    pub statements: Vec<Statement<'a>>,
    new_tables: BTreeSet<QualifiedName>,
}

impl<'a> Subject<'a> {
    /// A revision that runs together with the tables that others before it make.
    pub fn new(revision: &'a Revision, made_before: &BTreeSet<QualifiedName>) -> Self {
        let text = revision.up.text.as_ref();
        let ranges = revision.up.statements.iter();
        let statements: Vec<Statement<'a>> = ranges
            .map(|range| Statement::new(text, range.clone()))
            .collect();
        let made = statements
            .iter()
            .filter_map(Statement::created)
            .map(located);
        let new_tables = made_before.iter().cloned().chain(made).collect();
        Self {
            revision,
            text,
            statements,
            new_tables,
        }
    }

    /// The tables that exist by it and by what runs before it.
    pub fn new_tables(&self) -> &BTreeSet<QualifiedName> {
        &self.new_tables
    }

    /// Whether a table is made by this revision or by one that is pending too.
    pub fn is_new(&self, table: &QualifiedName) -> bool {
        self.new_tables.contains(&located(table.clone()))
    }

    /// Whether the script runs in one transaction.
    pub fn in_transaction(&self) -> bool {
        self.revision.up.transaction == TransactionMode::Own
    }

    /// The table that a statement works on, unless it is new.
    pub fn used_table(&self, statement: &Statement<'_>) -> Option<QualifiedName> {
        statement
            .target()
            .filter(|table| !self.is_new(table))
            .map(located)
    }

    /// The statement at a byte of the script.
    pub fn statement_at(&self, offset: usize) -> Option<&Statement<'a>> {
        let mut statements = self.statements.iter();
        statements.find(|statement| statement.range.contains(&offset))
    }
}

/// A name without a schema is taken as one in `public`.
fn located(table: QualifiedName) -> QualifiedName {
    QualifiedName {
        schema: table.schema.or_else(|| Some("public".to_owned())),
        name: table.name,
    }
}

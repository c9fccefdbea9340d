//! What a linter looks at: one revision's up script, and what is new with it.

use std::collections::BTreeSet;

use build_support::{
    revision::{Revision, TextError, TransactionMode},
    sql::QualifiedName,
};

use super::{Statement, block, statement::Object};

/// One revision and what comes with it.
pub struct Subject<'a> {
    /// The revision.
    pub revision: &'a Revision,
    /// What runs.
    pub text: &'a str,
    /// Its statements; behind a DO block those that stand in it.
    pub statements: Vec<Statement<'a>>,
    new: BTreeSet<Object>,
}

impl<'a> Subject<'a> {
    /// A revision that runs together with what others before it make.
    ///
    /// # Errors
    /// A file that is not what it was when it was loaded.
    pub fn new(revision: &'a Revision, made_before: &BTreeSet<Object>) -> Result<Self, TextError> {
        let text = revision.up.text.whole()?;
        let mut statements = Vec::with_capacity(revision.up.statements.len());
        for (index, range) in revision.up.statements.iter().enumerate() {
            let statement = Statement::new(text, range.clone()).numbered(index);
            let inner = block::statements(&statement);
            let inner: Vec<_> = inner
                .into_iter()
                .map(|range| Statement::inside(&statement, range))
                .collect();
            statements.push(statement);
            statements.extend(inner);
        }
        let mut new = made_before.clone();
        for statement in &statements {
            new.extend(statement.made());
            new.extend(statement.constraints("ADD"));
            let altered = statement.target().map(Object::relation);
            if altered.is_some_and(|table| new.contains(&table)) {
                new.extend(statement.renamed().map(Object::relation));
            }
        }
        Ok(Self {
            revision,
            text,
            statements,
            new,
        })
    }

    /// The objects that exist by it and by what runs before it.
    pub fn new_objects(&self) -> &BTreeSet<Object> {
        &self.new
    }

    /// Whether a table is made by this revision or by one that is pending too.
    pub fn is_new(&self, table: &QualifiedName) -> bool {
        self.new.contains(&Object::relation(table.clone()))
    }

    /// Whether a statement works on what is made by this revision or by one that is pending too.
    pub fn is_about_new(&self, statement: &Statement<'_>) -> bool {
        let object = statement.changed();
        let object = object.or_else(|| statement.target().map(Object::relation));
        object.is_some_and(|object| self.new.contains(&object))
    }

    /// Whether all the constraints that a statement drops are made by this revision or by one that
    /// is pending too, as the CHECK is by which a column comes to refuse null.
    pub fn drops_new_constraints(&self, statement: &Statement<'_>) -> bool {
        let dropped = statement.constraints("DROP");
        !dropped.is_empty() && dropped.iter().all(|one| self.new.contains(one))
    }

    /// Whether the script runs in one transaction.
    pub fn in_transaction(&self) -> bool {
        self.revision.up.transaction == TransactionMode::Own
    }

    /// The table that a statement works on, unless it is new.
    pub fn used_table(&self, statement: &Statement<'_>) -> Option<QualifiedName> {
        let object = Object::relation(statement.target()?);
        (!self.new.contains(&object)).then_some(object.name)
    }

    /// The statement at a byte of the script, the innermost one.
    pub fn statement_at(&self, offset: usize) -> Option<&Statement<'a>> {
        let mut statements = self.statements.iter().rev();
        statements.find(|statement| statement.range.contains(&offset))
    }
}

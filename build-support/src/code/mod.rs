//! Revisions that are code of the application.
//!
//! A file with `-- migrate: code` at its head says where such a revision stands, like the file of
//! any other, and is recorded and checked like it. Its script, which may be empty, runs first; then
//! the code, in the same transaction; then the history row.
//!
//! ```no_run
//! # fn slug(title: &str) -> String { title.to_lowercase() }
//! # use build_support::sql::quote_literal;
//! # fn f(migrations: build_support::Migrations) {
//! migrations.code("20261122201530", |tx| {
//!     for row in tx.rows("SELECT id::text, title FROM posts WHERE slug IS NULL")? {
//!         let [Some(id), Some(title)] = row.as_slice() else { continue };
//!         let slug = quote_literal(&slug(title));
//!         tx.batch_execute(&format!("UPDATE posts SET slug = {slug} WHERE id = {id}"))?;
//!     }
//!     Ok(())
//! });
//! # }
//! ```
#![cfg_attr(
    not(feature = "embed"),
    allow(dead_code, reason = "only what an application embeds has code")
)]

#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
mod asynchronous;
mod blocking;
mod misplaced;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
pub use self::asynchronous::{AsyncTransaction, CodeFuture};
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
use self::asynchronous::{Erased, block_on};
pub use self::{blocking::Transaction, misplaced::MisplacedCode, words::NotThisConnection};
use crate::{
    driver::Driver,
    engine::ServerError,
    graph::Graph,
    revision::{RevisionId, Work},
};

/// Whatever code fails with.
pub type CodeError = Box<dyn std::error::Error + Send + Sync>;

/// Code for a blocking connection.
pub(crate) type BlockingCode = Box<dyn FnMut(&mut Transaction<'_>) -> Result<(), CodeError> + Send>;

/// Code for an asynchronous connection.
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
pub(crate) type AsyncCode =
    Box<dyn for<'t> FnMut(&'t mut AsyncTransaction<'_>) -> CodeFuture<'t> + Send>;

/// The code of one revision. Connections that work beside each other, one for each tenant, share it.
pub(crate) enum Code {
    Blocking(Mutex<BlockingCode>),
    #[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
    Asynchronous(Mutex<AsyncCode>),
}

/// The code that an application gave, by the id as it wrote it.
#[derive(Default)]
pub(crate) struct Codes(BTreeMap<String, Code>);

impl Codes {
    pub(crate) fn add(&mut self, id: String, code: Code) {
        self.0.insert(id, code);
    }

    /// The revisions that there is code for, each of which has to be one that is declared so.
    pub(crate) fn declared(&self, graph: &Graph) -> Result<BTreeSet<RevisionId>, MisplacedCode> {
        let declared = |text: &String| {
            let node = text.parse().ok().and_then(|id| graph.find(&id));
            let Some(node) = node else {
                return Err(MisplacedCode::NoRevision { id: text.clone() });
            };
            let revision = graph.revision(node);
            match revision.work {
                Work::Code => Ok(revision.id.clone()),
                Work::Script => Err(MisplacedCode::NotDeclared {
                    id: revision.id.clone(),
                }),
            }
        };
        self.0.keys().map(declared).collect()
    }

    /// Refuses code that an asynchronous connection can't run.
    #[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
    pub(crate) fn refuse_blocking(&self) -> Result<(), MisplacedCode> {
        let is_blocking = |(_, code): &(&String, &Code)| matches!(code, Code::Blocking(_));
        match self.0.iter().find(is_blocking) {
            Some((id, _)) => Err(MisplacedCode::Blocking { id: id.clone() }),
            None => Ok(()),
        }
    }

    /// Runs the code of a revision on a blocking connection.
    pub(crate) fn run(&self, id: &RevisionId, driver: &mut dyn Driver) -> Result<(), ServerError> {
        let result = match self.0.get(id.as_str()) {
            Some(Code::Blocking(code)) => held(code)(&mut Transaction::on(driver)),
            #[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
            Some(Code::Asynchronous(code)) => {
                let mut driver = asynchronous::Blocking(driver);
                block_on(held(code)(&mut AsyncTransaction::on(&mut driver)))
            }
            None => return Err(missing(id)),
        };
        result.map_err(|error| words::described(&error))
    }

    /// Runs the code of a revision on an asynchronous connection.
    #[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
    pub(crate) async fn run_async(
        &mut self,
        id: &RevisionId,
        driver: &mut dyn Erased,
    ) -> Result<(), ServerError> {
        let mut transaction = AsyncTransaction::on(driver);
        let result = match self.0.get_mut(id.as_str()) {
            Some(Code::Asynchronous(code)) => {
                let code = code.get_mut().unwrap_or_else(PoisonError::into_inner);
                code(&mut transaction).await
            }
            Some(Code::Blocking(_)) | None => return Err(missing(id)),
        };
        result.map_err(|error| words::described(&error))
    }
}

/// Code that panicked before may be called again: it is the application's to say what that means.
fn held<T>(code: &Mutex<T>) -> MutexGuard<'_, T> {
    code.lock().unwrap_or_else(PoisonError::into_inner)
}

fn missing(id: &RevisionId) -> ServerError {
    ServerError::code(format!("there is no code for revision `{id}`"))
}

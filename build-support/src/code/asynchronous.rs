//! The transaction of a revision, as asynchronous code sees it.

use std::{
    any::Any,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use super::{
    CodeError,
    words::{self, NotThisConnection},
};
use crate::{
    driver::{AsyncDriver, Driver},
    engine::ServerError,
    history::Row,
};

/// What asynchronous code returns.
pub type CodeFuture<'t> = Pin<Box<dyn Future<Output = Result<(), CodeError>> + Send + 't>>;

type Asked<'d, T> = Pin<Box<dyn Future<Output = Result<T, ServerError>> + Send + 'd>>;

/// An asynchronous driver behind a pointer.
pub(crate) trait Erased: Send {
    fn script<'d>(&'d mut self, sql: &'d str) -> Asked<'d, ()>;
    fn read<'d>(&'d mut self, sql: &'d str) -> Asked<'d, Vec<Row>>;
    fn connection(&mut self) -> Option<&mut (dyn Any + Send)>;
}

impl<D: AsyncDriver> Erased for D {
    fn script<'d>(&'d mut self, sql: &'d str) -> Asked<'d, ()> {
        Box::pin(AsyncDriver::script(self, sql))
    }

    fn read<'d>(&'d mut self, sql: &'d str) -> Asked<'d, Vec<Row>> {
        Box::pin(AsyncDriver::read(self, sql))
    }

    fn connection(&mut self) -> Option<&mut (dyn Any + Send)> {
        AsyncDriver::connection(self)
    }
}

/// A blocking driver for asynchronous code: every answer is there when it is asked for.
pub(super) struct Blocking<'d>(pub(super) &'d mut dyn Driver);

impl AsyncDriver for Blocking<'_> {
    async fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        self.0.script(sql)
    }

    async fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        self.0.read(sql)
    }
}

/// The open transaction of a revision, over whichever driver runs it.
///
/// It ends with the revision: the code neither commits nor rolls back, it returns `Ok` or an error.
/// Code that needs no more than `batch_execute` and `rows` also runs where the connection is a
/// blocking one, as in `APP migrate up`.
pub struct AsyncTransaction<'c> {
    driver: &'c mut dyn Erased,
}

impl<'c> AsyncTransaction<'c> {
    pub(super) fn on(driver: &'c mut dyn Erased) -> Self {
        Self { driver }
    }

    /// Runs statements and looks at no rows.
    ///
    /// # Errors
    /// What the server answered, or a statement that would end the transaction.
    pub async fn batch_execute(&mut self, sql: &str) -> Result<(), ServerError> {
        words::refuse_control(sql)?;
        self.driver.script(sql).await
    }

    /// Runs one SELECT and gives its rows, every column as text.
    ///
    /// # Errors
    /// What the server answered, or a statement that would end the transaction.
    pub async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        words::refuse_control(sql)?;
        self.driver.read(sql).await
    }

    /// The driver's own connection, for parameters and types: `tokio_postgres::Client` or
    /// `sqlx::PgConnection`, as was given to `run_async`.
    ///
    /// Leave its transaction alone: a revision that commits by itself is stopped, and what it did
    /// stays.
    ///
    /// # Errors
    /// When the connection is of another type.
    pub fn connection<C: 'static>(&mut self) -> Result<&mut C, NotThisConnection> {
        let found = self.driver.connection();
        words::connection(found.map(|connection| connection as &mut dyn Any))
    }
}

impl std::fmt::Debug for AsyncTransaction<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AsyncTransaction").finish_non_exhaustive()
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for code on this thread.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        thread::park();
    }
}

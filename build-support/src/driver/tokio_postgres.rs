//! `tokio_postgres::Client`, and what dereferences to it, such as a pool's.

use std::any::Any;

use super::{AsyncDriver, wire};
use crate::{engine::ServerError, history::Row};

impl AsyncDriver for tokio_postgres::Client {
    async fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        self.batch_execute(sql)
            .await
            .map_err(|error| wire::server_error(&error))
    }

    async fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        let messages = self
            .simple_query(sql)
            .await
            .map_err(|error| wire::server_error(&error))?;
        Ok(messages.iter().filter_map(wire::row).collect())
    }

    fn connection(&mut self) -> Option<&mut (dyn Any + Send)> {
        Some(self)
    }
}

//! `postgres::Client`.

use std::any::Any;

use super::{Driver, wire};
use crate::{engine::ServerError, history::Row};

impl Driver for postgres::Client {
    fn script(&mut self, sql: &str) -> Result<(), ServerError> {
        self.batch_execute(sql)
            .map_err(|error| wire::server_error(&error))
    }

    fn read(&mut self, sql: &str) -> Result<Vec<Row>, ServerError> {
        let messages = self
            .simple_query(sql)
            .map_err(|error| wire::server_error(&error))?;
        Ok(messages.iter().filter_map(wire::row).collect())
    }

    fn connection(&mut self) -> Option<&mut dyn Any> {
        Some(self)
    }
}

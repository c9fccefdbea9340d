//! What the desired schema is written in.

use std::path::PathBuf;

use super::Sources;
use crate::{
    context::Context,
    failure::Failure,
    models::{Backfill, Models, Rename},
};

/// What the models say beside the schema.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The renames.
    pub(super) renames: Vec<Rename>,
    /// What existing rows get.
    pub(super) backfills: Vec<Backfill>,
    /// What each table was written in.
    pub(super) sources: Sources,
}

/// Reads it.
pub(super) fn read(context: &Context) -> Result<Told, Failure> {
    let config = context.config()?;
    let mut told = Told::default();
    told.sources.has_schema_files = !config.schema().is_empty();
    if config.models().is_empty() {
        return Ok(told);
    }
    let patterns: Vec<PathBuf> = config.models().iter().map(PathBuf::from).collect();
    let models = Models::read(config.base("models"), &patterns)?;
    let tables = models.dialects();
    told.sources.dialects = tables
        .map(|(schema, name, dialect)| ((schema.to_owned(), name.to_owned()), dialect))
        .collect();
    told.sources.given_names = models.given_names().collect();
    told.backfills = models.backfills().collect();
    told.renames = models.renames();
    Ok(told)
}

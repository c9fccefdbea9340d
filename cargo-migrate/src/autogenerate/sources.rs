//! What the desired schema is written in.

use std::path::PathBuf;

use super::Sources;
use crate::{
    context::Context,
    failure::Failure,
    models::{Models, Rename},
};

/// The renames that the models tell, and what each table was written in.
pub(super) fn read(context: &Context) -> Result<(Vec<Rename>, Sources), Failure> {
    let config = context.config()?;
    let mut sources = Sources {
        has_schema_files: !config.schema().is_empty(),
        ..Sources::default()
    };
    if config.models().is_empty() {
        return Ok((Vec::new(), sources));
    }
    let patterns: Vec<PathBuf> = config.models().iter().map(PathBuf::from).collect();
    let models = Models::read(config.base("models"), &patterns)?;
    let tables = models.dialects();
    sources.dialects = tables
        .map(|(schema, name, dialect)| ((schema.to_owned(), name.to_owned()), dialect))
        .collect();
    Ok((models.renames(), sources))
}

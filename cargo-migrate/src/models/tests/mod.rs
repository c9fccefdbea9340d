//! What each kind of source becomes, and what is refused.

mod diesel;
mod errors;
mod plain;
mod script;
mod sea_orm;

use build_support::Diagnose as _;

use super::{Error, Models, SourceText};

/// Reads one file.
fn read(text: &str) -> Result<Models, Error> {
    Models::parse(&[SourceText::new("src/models.rs", text)])
}

/// The DDL of one file.
fn ddl(text: &str) -> String {
    match read(text) {
        Ok(models) => models.ddl().text().to_owned(),
        Err(error) => panic!("{}", error.diagnose()),
    }
}

/// What is said about a file that is refused.
fn refused(text: &str) -> String {
    let error = read(text).expect_err("the model should be refused");
    error.diagnose().to_string()
}

/// The renames that one file tells, one a line.
fn renames(text: &str) -> String {
    let renames = read(text).unwrap().renames();
    let lines = renames.iter().map(|rename| {
        let parent = rename
            .parent
            .as_ref()
            .map_or(String::new(), |p| format!("{p}."));
        format!(
            "{:?} {}.{parent}{} -> {}\n",
            rename.kind, rename.schema, rename.old, rename.new
        )
    });
    lines.collect()
}

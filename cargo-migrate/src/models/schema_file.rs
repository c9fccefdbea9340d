//! Schema files: SQL that is taken as it is.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use build_support::sql::{Kind, Statement, split};

use super::{
    error::Error,
    script::Script,
    site::{Site, SourceText},
};

/// Reads an SQL file.
///
/// # Errors
/// The file can't be read, a quote is never closed, or it asks for something that only psql does.
pub fn read_schema_file(file: &Path) -> Result<Script, Error> {
    let text = fs_err::read_to_string(file).map_err(|source| Error::Unreadable {
        file: PathBuf::from(file),
        source,
    })?;
    parse_schema_file(&SourceText::new(file, &text))
}

/// Finds the statements of an SQL file that is at hand.
///
/// # Errors
/// A quote is never closed, or it asks for something that only psql does.
pub fn parse_schema_file(source: &Arc<SourceText>) -> Result<Script, Error> {
    let text = &source.text;
    let split = split(text).map_err(|open| {
        let site = Site::new(source, open.start, 1);
        Error::at(&site, format!("{} is never closed", open.what))
    })?;
    let mut statements = Vec::new();
    for statement in split.statements {
        if is_run(source, &statement)? {
            statements.push(statement.range);
        }
    }
    let whole = Site::new(source, 0, text.len());
    Ok(Script::verbatim(whole, statements))
}

/// Whether a statement is for the server to run. What begins and ends transactions is not, nor
/// are the marks that pg_dump sets for psql.
fn is_run(source: &Arc<SourceText>, statement: &Statement) -> Result<bool, Error> {
    let site = Site::new(source, statement.range.start, statement.range.len());
    let refuse = |what: &str, hint: &str| Err(Error::at(&site, what).hint(hint));
    match statement.kind {
        Kind::Begin { .. } | Kind::Commit(_) => Ok(false),
        Kind::Meta if site.text().trim_start().starts_with("\\restrict") => Ok(false),
        Kind::Meta if site.text().trim_start().starts_with("\\unrestrict") => Ok(false),
        Kind::Meta => refuse(
            "a schema file can't hold commands of psql",
            "write plain SQL; `pg_dump --schema-only` does",
        ),
        Kind::CopyFromStdin | Kind::CopyToStdout => refuse(
            "a schema file holds no rows",
            "leave the rows out: `pg_dump --schema-only` does",
        ),
        Kind::Rollback
        | Kind::Savepoint
        | Kind::PrepareTransaction
        | Kind::NoTransaction(_)
        | Kind::Rows
        | Kind::Other => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_is_split_without_its_psql_marks_and_transactions() {
        let source = SourceText::new(
            "schema.sql",
            "\\restrict abc\nBEGIN;\nCREATE TABLE a ();\nCREATE VIEW v AS SELECT ';';\nCOMMIT;\n\\unrestrict abc\n",
        );
        let script = parse_schema_file(&source).unwrap();
        let texts: Vec<&str> = script
            .statements()
            .iter()
            .map(|r| &script.text()[r.clone()])
            .collect();
        assert_eq!(texts, ["CREATE TABLE a ()", "CREATE VIEW v AS SELECT ';'"]);
        let view = script.statements()[1].start;
        assert_eq!(
            script.place(view + 5).unwrap().to_string(),
            "schema.sql:4:6"
        );
    }

    #[test]
    fn what_only_psql_does_is_refused_at_its_place() {
        let refused = |text| {
            let error = parse_schema_file(&SourceText::new("schema.sql", text)).unwrap_err();
            format!("{}: {error}", error.place().unwrap())
        };
        insta::assert_snapshot!(refused("CREATE TABLE a ();\n\\i other.sql\n"), @"schema.sql:2:1: a schema file can't hold commands of psql");
        insta::assert_snapshot!(refused("\nCOPY a FROM stdin;\n1\n\\.\n"), @"schema.sql:2:1: a schema file holds no rows");
        insta::assert_snapshot!(refused("CREATE TABLE \"a ();"), @"schema.sql:1:14: the quoted name is never closed");
    }
}

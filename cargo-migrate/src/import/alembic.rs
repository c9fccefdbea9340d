//! Alembic's revisions are Python. Where Alembic is installed its own offline mode tells the SQL that
//! they run; each becomes a revision of ours that says which of Alembic's it is.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use build_support::{graph::Graph, sql};
use serde::Deserialize;

use super::{
    Tool,
    convert::Conversion,
    written::{self, Foreign},
};
use crate::failure::Failure;

/// The program that asks Alembic.
const PROGRAM: &str = include_str!("alembic.py");

/// What Alembic says of one revision.
#[derive(Debug, Clone, Deserialize)]
struct Told {
    id: String,
    revises: Vec<String>,
    depends_on: Vec<String>,
    labels: Vec<String>,
    message: String,
    date: String,
    up: String,
    /// Nothing where Alembic has no way down.
    down: Option<String>,
    error: Option<String>,
}

/// Plans one revision of ours for each of Alembic's, in the first folder, and gives the graph that
/// comes of it.
///
/// # Errors
/// No `alembic.ini`, no Alembic, a revision whose SQL it can't tell, or files that do not hold together.
pub fn plan(
    project: &Path,
    folders: &[PathBuf],
    slug_length: usize,
) -> Result<(Conversion, Graph), Failure> {
    let told = ask(project)?;
    refuse_untold(&told)?;
    let foreign: Vec<Foreign> = told.into_iter().map(Told::into_foreign).collect();
    written::plan(Tool::Alembic, &foreign, folders, slug_length)
}

impl Told {
    fn into_foreign(self) -> Foreign {
        let message = self.message.lines().next().unwrap_or_default().trim();
        Foreign {
            message: message.to_owned(),
            up: own(&self.up),
            down: self.down.as_deref().map(own),
            version: self.id,
            revises: self.revises,
            depends_on: self.depends_on,
            labels: self.labels,
            made: self.date,
        }
    }
}

fn ask(project: &Path) -> Result<Vec<Told>, Failure> {
    let ini = project.join("alembic.ini");
    if !ini.is_file() {
        return Err(Failure::user(format!("there is no `{}`", ini.display()))
            .hint("run it in the folder of Alembic's project"));
    }
    let answer = tempfile::NamedTempFile::new()?;
    let mut said = String::new();
    for python in ["python3", "python"] {
        let output = Command::new(python)
            .args(["-c", PROGRAM])
            .args([ini.as_path(), answer.path()])
            .current_dir(project)
            .stdin(Stdio::null())
            .output();
        match output {
            Ok(output) if output.status.success() => {
                let text = fs_err::read_to_string(answer.path())?;
                return serde_json::from_str(&text)
                    .map_err(|error| Failure::fault(format!("Alembic's answer: {error}")));
            }
            Ok(output) => said = String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(_) => {}
        }
    }
    let failure = Failure::user("Alembic could not be asked for the SQL of its revisions")
        .hint("run it where `python3 -m alembic history` works, for example in the project's virtual environment");
    Err(match said.trim().lines().last() {
        Some(line) => failure.note(line),
        None => failure.note("there is no `python3`"),
    })
}

fn refuse_untold(told: &[Told]) -> Result<(), Failure> {
    let mut untold = told
        .iter()
        .filter_map(|one| Some((one, one.error.as_ref()?)))
        .peekable();
    let Some((first, _)) = untold.peek() else {
        return Ok(());
    };
    let failure = Failure::user(format!(
        "Alembic can't tell the SQL of its revision {} without a database",
        first.id
    ))
    .hint("let it run SQL alone: `op.execute` where it reads rows by `op.get_bind()`");
    Err(untold.fold(failure, |failure, (one, why)| {
        failure.note(format!("{} ({}): {why}", one.id, one.message))
    }))
}

/// The statements without those that keep Alembic's own record, and without its transaction.
fn own(script: &str) -> String {
    let Ok(split) = sql::split(script) else {
        return script.to_owned();
    };
    let texts = split
        .statements
        .iter()
        .map(|statement| &script[statement.range.clone()]);
    written::body(texts.filter(|text| !is_of_the_record(text)))
}

fn is_of_the_record(statement: &str) -> bool {
    let words: Vec<String> = statement
        .split_whitespace()
        .take(3)
        .map(str::to_ascii_lowercase)
        .collect();
    let is_record = |name: &str| {
        let name = name.split('(').next().unwrap_or_default();
        name.trim_matches('"').rsplit('.').next() == Some("alembic_version")
    };
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["begin" | "commit"] => true,
        ["update", name, ..] => is_record(name),
        [first, second, name] => {
            matches!(
                (first, second),
                ("create" | "drop", "table") | ("insert", "into") | ("delete", "from")
            ) && is_record(name)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_alembics_record_is_left_out() {
        let script = "BEGIN;\n\nCREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL\n);\n\n-- Running upgrade  -> a1\n\nCREATE TABLE a (x int);\n\nINSERT INTO alembic_version (version_num) VALUES ('a1') RETURNING alembic_version.version_num;\n\nUPDATE alembic_version SET version_num='b2' WHERE alembic_version.version_num = 'a1';\n\nUPDATE a SET x = 1;\n\nCOMMIT;\n";
        assert_eq!(
            own(script),
            "CREATE TABLE a (x int);\n\nUPDATE a SET x = 1;\n"
        );
    }
}

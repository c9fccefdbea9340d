//! Alembic's revisions are Python. Where Alembic is installed its own offline mode tells the SQL that
//! they run; each becomes a revision of ours that says which of Alembic's it is.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use build_support::{
    graph::Graph,
    source::{self, File, folder},
    sql,
};
use serde::Deserialize;

use super::convert::{Conversion, alembic_mark};
use crate::{failure::Failure, scaffold::slug};

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
    let mut files = folder::read(folders)?;
    let folder = folders
        .first()
        .ok_or_else(|| Failure::user("there is no folder of revisions"))?;
    let told = ask(project)?;
    refuse_untold(&told)?;
    let mut conversion = Conversion::default();
    let ids = ids(&told);
    for revision in &told {
        for (name, text) in scripts(revision, &ids, slug_length) {
            files.push(File {
                path: name.clone(),
                root: folder.clone(),
                bytes: Cow::Owned(text.clone().into_bytes()),
            });
            conversion.written.push((folder.join(name), text));
        }
    }
    let source = source::load(files)?;
    let graph = Graph::new(source.revisions).map_err(|errors| match errors.first() {
        Some(error) => Failure::from(error.clone()),
        None => Failure::fault("the graph was refused without a reason"),
    })?;
    Ok((conversion, graph))
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

/// Our ids: the time at which each was made, moved behind what it follows where that is needed. Of
/// several that may be next the oldest is, whatever order Alembic told them in.
fn ids(told: &[Told]) -> BTreeMap<&str, u64> {
    let mut ids: BTreeMap<&str, u64> = BTreeMap::new();
    let needs = |one: &Told| {
        one.revises
            .iter()
            .chain(&one.depends_on)
            .cloned()
            .collect::<Vec<_>>()
    };
    while ids.len() < told.len() {
        let ready = told.iter().filter(|one| {
            let known = |name: &String| ids.contains_key(name.as_str());
            !ids.contains_key(one.id.as_str()) && needs(one).iter().all(known)
        });
        let Some(next) = ready.min_by_key(|one| (&one.date, &one.id)) else {
            // A cycle, which Alembic refuses itself.
            break;
        };
        let digits = next.date.chars().filter(char::is_ascii_digit).take(14);
        let made: u64 = digits.collect::<String>().parse().unwrap_or(0);
        let after = needs(next)
            .iter()
            .filter_map(|name| ids.get(name.as_str()))
            .max()
            .copied();
        let mut id = made.max(after.unwrap_or(0) + 1);
        while ids.values().any(|taken| *taken == id) {
            id += 1;
        }
        ids.insert(&next.id, id);
    }
    ids
}

/// The files of one revision: name and text.
fn scripts(one: &Told, ids: &BTreeMap<&str, u64>, slug_length: usize) -> Vec<(String, String)> {
    let id = ids.get(one.id.as_str()).copied().unwrap_or_default();
    let list = |names: &[String]| -> String {
        let ids = names.iter().filter_map(|name| ids.get(name.as_str()));
        ids.map(ToString::to_string).collect::<Vec<_>>().join(",")
    };
    let message = one.message.lines().next().unwrap_or_default().trim();
    let revises = match one.revises.is_empty() {
        true => "base".to_owned(),
        false => list(&one.revises),
    };
    let mut head = format!(
        "-- {}\n{}\n-- migrate: revises={revises}\n",
        if message.is_empty() { &one.id } else { message },
        alembic_mark(&one.id)
    );
    if !one.depends_on.is_empty() {
        head.push_str(&format!(
            "-- migrate: depends-on={}\n",
            list(&one.depends_on)
        ));
    }
    if !one.labels.is_empty() {
        head.push_str(&format!("-- migrate: label={}\n", one.labels.join(",")));
    }
    let mut slug = slug::slug(message, slug_length);
    if slug.is_empty() {
        slug.clone_from(&one.id);
    }
    let up = (
        format!("{id}_{slug}.up.sql"),
        format!("{head}\n{}", own(&one.up)),
    );
    let down = one.down.as_deref().map(|script| {
        let text = match own(script) {
            nothing if nothing.is_empty() => "-- Nothing to revert.\n".to_owned(),
            text => text,
        };
        (format!("{id}_{slug}.down.sql"), text)
    });
    [Some(up), down].into_iter().flatten().collect()
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
    let kept = texts.filter(|text| !is_of_the_record(text));
    kept.map(|text| format!("{text};\n"))
        .collect::<Vec<_>>()
        .join("\n")
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

    #[test]
    fn ids_follow_the_revisions() {
        let told = |id: &str, revises: &[&str], date: &str| Told {
            id: id.to_owned(),
            revises: revises.iter().map(|&id| id.to_owned()).collect(),
            depends_on: Vec::new(),
            labels: Vec::new(),
            message: "Add a".to_owned(),
            date: date.to_owned(),
            up: String::new(),
            down: None,
            error: None,
        };
        let all = [
            told("a1", &[], "2026-01-02 10:00:00"),
            told("b2", &["a1"], "2026-01-01 10:00:00"),
            told("c3", &["a1"], ""),
        ];
        let ids = ids(&all);
        assert_eq!(ids["c3"], 20_260_102_100_001);
        assert_eq!(ids["b2"], 20_260_102_100_002);
        let files = scripts(&all[1], &ids, 40);
        assert_eq!(files[0].0, "20260102100002_add_a.up.sql");
        assert_eq!(
            files[0].1,
            "-- Add a\n-- alembic: b2\n-- migrate: revises=20260102100000\n\n"
        );
    }
}

//! Revisions of tools whose migrations are programs, as files of SQL: their ids, their text, and the
//! graph that comes of them. Each says which of the tool's it is.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use build_support::{
    graph::Graph,
    revision::Revision,
    source::{self, File, folder},
    sql::{self, Kind},
};

use super::{Tool, convert::Conversion};
use crate::{failure::Failure, scaffold::slug};

/// One revision of another tool's, and the SQL that it runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Foreign {
    /// As the tool records it.
    pub version: String,
    /// The versions that it follows.
    pub revises: Vec<String>,
    /// The versions that it needs besides.
    pub depends_on: Vec<String>,
    pub labels: Vec<String>,
    /// What it is called: one line.
    pub message: String,
    /// Digits that say when it was made; other characters do not count.
    pub made: String,
    /// The body of its up script.
    pub up: String,
    /// That of its down script, where there is a way down.
    pub down: Option<String>,
}

/// Plans a pair of files for each that no file has yet, in the first folder, and gives the graph that
/// comes of it.
pub(super) fn plan(
    tool: Tool,
    foreign: &[Foreign],
    folders: &[PathBuf],
    slug_length: usize,
) -> Result<(Conversion, Graph), Failure> {
    let mut files = folder::read(folders)?;
    let folder = folders
        .first()
        .ok_or_else(|| Failure::user("there is no folder of revisions"))?;
    let known = known(tool, foreign, &files)?;
    let ids = ids(foreign, &known);
    let parents = match files.is_empty() && is_line(foreign, &ids) {
        true => Parents::Before,
        false => Parents::Named,
    };
    let mut conversion = Conversion::default();
    let new = foreign
        .iter()
        .filter(|one| !known.contains_key(&*one.version));
    for revision in new {
        for (name, text) in scripts(tool, revision, (&ids, parents), slug_length) {
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

/// Statements as the body of a script.
pub(super) fn body<'a>(statements: impl Iterator<Item = &'a str>) -> String {
    let statements: Vec<String> = statements.map(|text| format!("{text};\n")).collect();
    statements.join("\n")
}

/// Whether a revision's file says that it is this one of the tool's.
pub(super) fn is_marked(revision: &Revision, mark: &str) -> bool {
    let text = revision.up.text.whole();
    text.is_ok_and(|text| text.lines().any(|line| line == mark))
}

/// Whether a revision's file has a line that begins so.
pub(super) fn has_line(revision: &Revision, sign: &str) -> bool {
    let text = revision.up.text.whole();
    text.is_ok_and(|text| text.lines().any(|line| line.starts_with(sign)))
}

/// Whether files name the revision that they follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parents {
    /// They do.
    Named,
    /// Each follows the one before it, as files do that say nothing.
    Before,
}

type Ids<'a> = BTreeMap<&'a str, u64>;

/// Those that an earlier conversion has written.
fn known<'a>(tool: Tool, foreign: &'a [Foreign], files: &[File]) -> Result<Ids<'a>, Failure> {
    if files.is_empty() {
        return Ok(Ids::new());
    }
    let revisions = source::load(files.to_vec())?.revisions;
    let id_of = |one: &'a Foreign| {
        let mark = tool.mark(&one.version)?;
        let found = revisions
            .iter()
            .find(|revision| is_marked(revision, &mark))?;
        Some((one.version.as_str(), found.id.as_str().parse().ok()?))
    };
    Ok(foreign.iter().filter_map(id_of).collect())
}

/// Our ids: the time at which each was made, moved behind what it follows where that is needed. Of
/// several that may be next the oldest is, whatever order the tool told them in.
fn ids<'a>(foreign: &'a [Foreign], known: &Ids<'a>) -> Ids<'a> {
    let mut ids = known.clone();
    let mut taken: BTreeSet<u64> = ids.values().copied().collect();
    while ids.len() < foreign.len() {
        let ready = foreign.iter().filter(|one| {
            let known = |name: &String| ids.contains_key(name.as_str());
            !ids.contains_key(one.version.as_str()) && needs(one).all(known)
        });
        let Some(next) = ready.min_by_key(|one| (&one.made, &one.version)) else {
            // A cycle, which the tool refuses itself.
            break;
        };
        let digits = next.made.chars().filter(char::is_ascii_digit).take(14);
        let made: u64 = digits.collect::<String>().parse().unwrap_or(0);
        let after = needs(next).filter_map(|name| ids.get(name.as_str())).max();
        let mut id = made.max(after.copied().unwrap_or(0) + 1);
        while !taken.insert(id) {
            id += 1;
        }
        ids.insert(&next.version, id);
    }
    ids
}

fn needs(one: &Foreign) -> impl Iterator<Item = &String> {
    one.revises.iter().chain(&one.depends_on)
}

/// Whether each follows the one whose id comes before its own, and nothing else.
fn is_line(foreign: &[Foreign], ids: &Ids<'_>) -> bool {
    let mut sorted: Vec<&Foreign> = foreign.iter().collect();
    sorted.sort_by_key(|one| ids.get(one.version.as_str()));
    let mut before = None;
    sorted.into_iter().all(|one| {
        let parent = before.replace(&one.version);
        one.revises.iter().eq(parent) && one.depends_on.is_empty()
    })
}

/// The files of one revision: name and text.
fn scripts(
    tool: Tool,
    one: &Foreign,
    (ids, parents): (&Ids<'_>, Parents),
    slug_length: usize,
) -> Vec<(String, String)> {
    let id = ids.get(one.version.as_str()).copied().unwrap_or_default();
    let message = match one.message.is_empty() {
        true => &one.version,
        false => &one.message,
    };
    let mut slug = slug::slug(&one.message, slug_length);
    if slug.is_empty() {
        slug = slug::slug(&one.version, slug_length);
    }
    let mut head = format!("-- {message}\n");
    if let Some(mark) = tool.mark(&one.version) {
        head.push_str(&format!("{mark}\n"));
    }
    head.push_str(&directives(one, ids, parents));
    let up = (
        format!("{id}_{slug}.up.sql"),
        format!("{head}{}\n{}", mode(&one.up), one.up),
    );
    let down = one.down.as_deref().map(|script| {
        let text = match (script, mode(script)) {
            ("", _) => "-- Nothing to revert.\n".to_owned(),
            (script, "") => script.to_owned(),
            (script, mode) => format!("{mode}\n{script}"),
        };
        (format!("{id}_{slug}.down.sql"), text)
    });
    [Some(up), down].into_iter().flatten().collect()
}

fn directives(one: &Foreign, ids: &Ids<'_>, parents: Parents) -> String {
    let list = |names: &[String]| -> String {
        let ids = names.iter().filter_map(|name| ids.get(name.as_str()));
        ids.map(ToString::to_string).collect::<Vec<_>>().join(",")
    };
    let mut lines = String::new();
    if parents == Parents::Named {
        let revises = match one.revises.is_empty() {
            true => "base".to_owned(),
            false => list(&one.revises),
        };
        lines.push_str(&format!("-- migrate: revises={revises}\n"));
    }
    if !one.depends_on.is_empty() {
        lines.push_str(&format!(
            "-- migrate: depends-on={}\n",
            list(&one.depends_on)
        ));
    }
    if !one.labels.is_empty() {
        lines.push_str(&format!("-- migrate: label={}\n", one.labels.join(",")));
    }
    lines
}

/// What a script has to say of its transaction.
fn mode(script: &str) -> &'static str {
    let needs_none = sql::split(script).is_ok_and(|split| {
        let mut kinds = split.statements.iter().map(|statement| statement.kind);
        kinds.any(|kind| matches!(kind, Kind::NoTransaction(_)))
    });
    match needs_none {
        true => "-- migrate: transaction=none\n",
        false => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(version: &str, revises: &[&str], made: &str) -> Foreign {
        Foreign {
            version: version.to_owned(),
            revises: revises.iter().map(|&version| version.to_owned()).collect(),
            message: "Add a".to_owned(),
            made: made.to_owned(),
            ..Foreign::default()
        }
    }

    #[test]
    fn ids_follow_the_revisions() {
        let all = [
            foreign("a1", &[], "2026-01-02 10:00:00"),
            foreign("b2", &["a1"], "2026-01-01 10:00:00"),
            foreign("c3", &["a1"], ""),
        ];
        let ids = ids(&all, &Ids::new());
        assert_eq!(ids["c3"], 20_260_102_100_001);
        assert_eq!(ids["b2"], 20_260_102_100_002);
        assert!(!is_line(&all, &ids));
        let files = scripts(Tool::Alembic, &all[1], (&ids, Parents::Named), 40);
        assert_eq!(files[0].0, "20260102100002_add_a.up.sql");
        assert_eq!(
            files[0].1,
            "-- Add a\n-- alembic: b2\n-- migrate: revises=20260102100000\n\n"
        );
    }

    #[test]
    fn of_two_versions_with_one_number_the_second_takes_the_next() {
        let all = [
            foreign("m20220101_000001_a", &[], "20220101000001"),
            foreign(
                "m20220101_000001_b",
                &["m20220101_000001_a"],
                "20220101000001",
            ),
        ];
        let ids = ids(&all, &Ids::new());
        assert_eq!(ids["m20220101_000001_b"], 20_220_101_000_002);
        assert!(is_line(&all, &ids));
    }

    #[test]
    fn a_statement_that_takes_no_transaction_is_told() {
        let one = Foreign {
            up: "CREATE INDEX CONCURRENTLY ON a (b);\n".to_owned(),
            down: Some("DROP INDEX CONCURRENTLY a_b_idx;\n".to_owned()),
            ..foreign("m1_a", &[], "1")
        };
        let ids = ids(std::slice::from_ref(&one), &Ids::new());
        let files = scripts(Tool::SeaOrm, &one, (&ids, Parents::Before), 40);
        assert_eq!(
            files[0].1,
            "-- Add a\n-- sea-orm: m1_a\n-- migrate: transaction=none\n\nCREATE INDEX CONCURRENTLY ON a (b);\n"
        );
        assert_eq!(
            files[1].1,
            "-- migrate: transaction=none\n\nDROP INDEX CONCURRENTLY a_b_idx;\n"
        );
    }
}

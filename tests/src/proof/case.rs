//! One case of the diff: a file with marked sections.
//!
//! ```sql
//! -- What the case shows.
//! -- both          DDL that stands before both sides (optional)
//! -- from          DDL of the start
//! -- to            DDL of the target
//! -- rows          statements that fill the start (optional)
//! -- rename        OLD=NEW a line, told to the planner (optional)
//! -- keeps         OLD=NEW a line, not told, yet the data must end there (optional)
//! -- needs         the major version of PostgreSQL that has what the case is about (optional)
//! -- options       `grants` a line: what the planner is asked beyond the default (optional)
//! -- loses         tables and columns whose data may go (optional)
//! -- hazards       one a line, `kind object` (written by MIGRATE_UPDATE_CASES=1)
//! -- expect        the plan (written by MIGRATE_UPDATE_CASES=1)
//! ```

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A case as its file says it.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// The file.
    pub path: PathBuf,
    /// The comment lines before the first section.
    pub about: String,
    /// The major version that has what the case is about.
    pub needs: Option<u32>,
    /// DDL of both sides.
    pub both: String,
    /// DDL of the start.
    pub from: String,
    /// DDL of the target.
    pub to: String,
    /// Statements that fill the start.
    pub rows: String,
    /// Renames told to the planner.
    pub rename: Vec<(String, String)>,
    /// Renames that the planner must find or that must not cost data.
    pub keeps: Vec<(String, String)>,
    /// Tables and columns whose data may go.
    pub loses: Vec<String>,
    /// What the planner is asked beyond the default.
    pub asked: Asked,
    /// The hazards of the plan, where given.
    pub hazards: Option<String>,
    /// The statements of the plan, where given.
    pub expect: Option<String>,
}

/// What the planner is asked beyond the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Asked {
    /// Nothing.
    #[default]
    Nothing,
    /// To compare grants too.
    Grants,
}

/// Why a file is no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub message: String,
}

const SECTIONS: [&str; 11] = [
    "needs", "both", "from", "to", "rows", "rename", "keeps", "loses", "options", "hazards",
    "expect",
];

impl Case {
    /// Reads the sections of a file's text.
    ///
    /// # Errors
    /// A section that stands twice, a rename without `=`, no `to` and no `from`.
    pub fn parse(path: &Path, text: &str) -> Result<Self, CaseError> {
        let mut case = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        let fail = |message: String| CaseError {
            path: path.to_owned(),
            message,
        };
        let mut seen = Vec::new();
        for (name, body) in sections(text) {
            if seen.contains(&name) {
                return Err(fail(format!("section `{name}` stands twice")));
            }
            seen.push(name);
            case.set(name, body).map_err(fail)?;
        }
        if seen.contains(&"from") || seen.contains(&"to") {
            Ok(case)
        } else {
            Err(fail(
                "there is neither a `-- from` nor a `-- to` section".to_owned(),
            ))
        }
    }

    fn set(&mut self, name: &str, body: String) -> Result<(), String> {
        match name {
            "needs" => self.needs = Some(major(&body)?),
            "both" => self.both = body,
            "from" => self.from = body,
            "to" => self.to = body,
            "rows" => self.rows = body,
            "rename" => self.rename = pairs(&body)?,
            "keeps" => self.keeps = pairs(&body)?,
            "loses" => self.loses = lines(&body),
            "options" => self.asked = asked(&body)?,
            "hazards" => self.hazards = Some(body),
            "expect" => self.expect = Some(body),
            _ => self.about = body,
        }
        Ok(())
    }

    /// `kind/name`, as the folder and the file say.
    #[must_use]
    pub fn name(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let kind = self
            .path
            .parent()
            .and_then(Path::file_name)
            .unwrap_or_default();
        format!("{}/{stem}", kind.to_string_lossy())
    }

    /// DDL of the start.
    #[must_use]
    pub fn start(&self) -> String {
        format!("{}\n{}", self.both, self.from)
    }

    /// DDL of the target.
    #[must_use]
    pub fn target(&self) -> String {
        format!("{}\n{}", self.both, self.to)
    }

    /// The file's text with other outcomes.
    #[must_use]
    pub fn with_outcome(&self, text: &str, hazards: &str, expect: &str) -> String {
        let head = text
            .find("\n-- hazards\n")
            .into_iter()
            .chain(text.find("\n-- expect\n"))
            .min();
        let mut text = text[..head.unwrap_or(text.len())].trim_end().to_owned();
        text.push('\n');
        if !hazards.is_empty() {
            let _ = write!(text, "\n-- hazards\n{hazards}\n");
        }
        let _ = write!(text, "\n-- expect\n{expect}\n");
        text
    }
}

/// Reads every case below a folder, sorted by path.
///
/// # Errors
/// The first file that is no case.
///
/// # Panics
/// Where a folder can't be read.
pub fn read_cases(folder: &Path) -> Result<Vec<Case>, CaseError> {
    let mut cases = Vec::new();
    for kind in sorted(folder).into_iter().filter(|path| path.is_dir()) {
        for path in sorted(&kind) {
            let text = fs_err::read_to_string(&path).expect("a case is readable");
            cases.push(Case::parse(&path, &text)?);
        }
    }
    Ok(cases)
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).expect("the folder of cases is readable");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry is readable").path())
        .collect();
    paths.sort();
    paths
}

fn sections(text: &str) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = vec![("", String::new())];
    for line in text.lines() {
        let name = line
            .strip_prefix("-- ")
            .filter(|name| SECTIONS.contains(name));
        if let Some(name) = name {
            found.push((name, String::new()));
        } else if let Some((_, body)) = found.last_mut() {
            body.push_str(line);
            body.push('\n');
        }
    }
    found
        .into_iter()
        .map(|(name, body)| (name, body.trim().to_owned()))
        .collect()
}

fn pairs(body: &str) -> Result<Vec<(String, String)>, String> {
    lines(body)
        .into_iter()
        .map(|line| match line.split_once('=') {
            Some((old, new)) => Ok((old.trim().to_owned(), new.trim().to_owned())),
            None => Err(format!("`{line}` is no OLD=NEW")),
        })
        .collect()
}

fn major(body: &str) -> Result<u32, String> {
    body.parse()
        .map_err(|_| format!("`{body}` is no major version of PostgreSQL"))
}

fn asked(body: &str) -> Result<Asked, String> {
    match body {
        "grants" => Ok(Asked::Grants),
        other => Err(format!("`{other}` is no option")),
    }
}

fn lines(body: &str) -> Vec<String> {
    body.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_by_its_sections() {
        let text = "-- Shows it.\n\n-- from\nCREATE TABLE a ();\n\n-- to\n-- rename\na = b\n";
        let case = Case::parse(Path::new("cases/table/rename.sql"), text).unwrap();
        assert_eq!(case.name(), "table/rename");
        assert_eq!(case.about, "-- Shows it.");
        assert_eq!(
            (case.from.as_str(), case.to.as_str()),
            ("CREATE TABLE a ();", "")
        );
        assert_eq!(case.rename, [("a".to_owned(), "b".to_owned())]);
        assert_eq!(case.expect, None);
    }

    #[test]
    fn an_outcome_replaces_the_one_before() {
        let text = "-- from\nA;\n\n-- hazards\nold\n\n-- expect\nold;\n";
        let case = Case::parse(Path::new("k/c.sql"), text).unwrap();
        assert_eq!(
            case.with_outcome(text, "", "new;"),
            "-- from\nA;\n\n-- expect\nnew;\n"
        );
    }

    #[test]
    fn a_file_without_sides_is_refused() {
        let error = Case::parse(Path::new("k/c.sql"), "-- rows\n").unwrap_err();
        assert_eq!(
            error.message,
            "there is neither a `-- from` nor a `-- to` section"
        );
    }
}

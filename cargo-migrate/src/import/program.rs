//! Migrations that are programs: they can't be read as SQL, so they are named.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Tool;

/// A migration that is a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its file.
    pub path: PathBuf,
    /// The version that the tool would record.
    pub version: String,
}

/// Where tools keep programs besides the folders of revisions.
const ELSEWHERE: [&str; 4] = [
    "migration/src",
    "alembic/versions",
    "migrations/versions",
    "src/main/java/db/migration",
];

/// The programs of a tool in the folders of revisions, and where the tool itself keeps them.
pub fn programs(tool: Tool, folders: &[PathBuf], project: &Path) -> Vec<Program> {
    let elsewhere = ELSEWHERE.iter().map(|folder| project.join(folder));
    let mut found: Vec<Program> = Vec::new();
    for folder in folders.iter().cloned().chain(elsewhere) {
        let files = WalkDir::new(&folder).max_depth(3).sort_by_file_name();
        for entry in files.into_iter().filter_map(Result::ok) {
            let path = entry.into_path();
            let version = version_of(tool, &path);
            if let Some(version) = version.filter(|_| !found.iter().any(|one| one.path == path)) {
                found.push(Program { path, version });
            }
        }
    }
    found
}

/// What the name of a file says, if it is the name of such a program.
fn version_of(tool: Tool, path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let extension = path.extension()?.to_str()?;
    let (wanted, version): (&[&str], _) = match tool {
        Tool::Refinery => (&["rs"], stem.strip_prefix(['V', 'U'])?.split_once("__")?.0),
        Tool::SeaOrm => (&["rs"], stem.strip_prefix('m').map(|_| stem)?),
        Tool::GolangMigrate => (&["go"], stem.split_once('_')?.0),
        Tool::Flyway => (&["java", "kt"], stem.strip_prefix('V')?.split_once("__")?.0),
        Tool::Alembic => (&["py"], stem.split_once('_').map_or(stem, |(id, _)| id)),
        Tool::Sqlx | Tool::Diesel => return None,
    };
    let digits = version.trim_start_matches('m');
    let begins = match tool {
        Tool::Alembic => !version.is_empty(),
        _ => digits.starts_with(|first: char| first.is_ascii_digit()),
    };
    let spelled = match tool {
        Tool::Flyway => version.replace('_', "."),
        _ => version.to_owned(),
    };
    (begins && wanted.contains(&extension)).then_some(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_known_by_its_name() {
        let of = |tool, path: &str| version_of(tool, Path::new(path));
        assert_eq!(of(Tool::Refinery, "m/V3__a.rs").as_deref(), Some("3"));
        assert_eq!(of(Tool::Refinery, "m/mod.rs"), None);
        assert_eq!(
            of(Tool::SeaOrm, "m20220101_000001_a.rs").as_deref(),
            Some("m20220101_000001_a")
        );
        assert_eq!(of(Tool::SeaOrm, "main.rs"), None);
        assert_eq!(
            of(Tool::Alembic, "ae1027a6acf0_a.py").as_deref(),
            Some("ae1027a6acf0")
        );
        assert_eq!(of(Tool::Flyway, "V1_2__A.java").as_deref(), Some("1.2"));
        assert_eq!(of(Tool::Sqlx, "1_a.rs"), None);
    }
}

//! Why another tool's record can't be taken over.

use std::path::PathBuf;

use build_support::{Diagnose, Diagnostic, Exit, report::count, revision::RevisionId};

use super::{Program, Record, Tool};

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// No table of any tool that is known.
    #[error("the database holds no record of another migration tool")]
    Nothing,
    /// Tables of several tools.
    #[error("the database holds the records of {}", names(tools))]
    Several {
        /// Which.
        tools: Vec<Tool>,
    },
    /// Versions that no file has.
    #[error("{} applied {} and no file here has that id", tool.name(), versions.join(", "))]
    Lost {
        /// Whose record.
        tool: Tool,
        /// Which.
        versions: Vec<String>,
    },
    /// Versions whose migrations are programs.
    #[error("{} applied {}, and that is a program, not SQL", tool.name(), versions.join(", "))]
    Programs {
        /// Whose record.
        tool: Tool,
        /// Which.
        versions: Vec<String>,
        /// Their files, where they were found.
        paths: Vec<PathBuf>,
    },
    /// Versions with dots, which are no ids here.
    #[error("{} applied {}, and a version with dots is no id here", tool.name(), versions.join(", "))]
    Dotted {
        /// Whose record.
        tool: Tool,
        /// Which.
        versions: Vec<String>,
    },
    /// A table that is not there, or not that tool's.
    #[error("`{table}` is not a table of {}", tool.name())]
    NoTable {
        /// Whose it should be.
        tool: Tool,
        /// Its name.
        table: String,
    },
    /// The database has no record, and the project uses a tool.
    #[error("the database holds no record of {}", names(tools))]
    NothingOf {
        /// What the project uses.
        tools: Vec<Tool>,
    },
    /// Files that are not what was applied.
    #[error("{} applied other text than the files of {} hold now", tool.name(), ids_of(ids))]
    Edited {
        /// Whose record.
        tool: Tool,
        /// Which.
        ids: Vec<RevisionId>,
    },
    /// A version that the tool calls failed or dirty.
    #[error("{} says that its version {version} did not finish", tool.name())]
    Unfinished {
        /// Whose record.
        tool: Tool,
        /// Which.
        version: String,
    },
    /// Revisions below applied ones that were never applied.
    #[error(
        "the revisions {} were not applied, and applied ones stand on them",
        ids_of(ids)
    )]
    Gaps {
        /// Which.
        ids: Vec<RevisionId>,
    },
    /// A file that can't be read again.
    #[error("{} can't be read: {why}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Our own history is there already.
    #[error("this database has a history of its own already: {}", count(*.0, "revision"))]
    NotEmpty(usize),
}

/// Records that no revision has: where each is a program that is said, and what to do.
pub(super) fn lost(tool: Tool, records: &[&Record], programs: &[Program]) -> ImportError {
    let versions = |records: &[&Record]| {
        records
            .iter()
            .map(|record| record.version.clone())
            .collect()
    };
    let program = |record: &Record| programs.iter().find(|one| one.version == record.version);
    let is_program =
        |record: &&&Record| record.body == super::Body::Program || program(record).is_some();
    let of_programs: Vec<&Record> = records.iter().filter(is_program).copied().collect();
    if !of_programs.is_empty() {
        let paths = of_programs.iter().filter_map(|record| program(record));
        return ImportError::Programs {
            tool,
            paths: paths.map(|one| one.path.clone()).collect(),
            versions: versions(&of_programs),
        };
    }
    let dotted = |record: &&&Record| record.version.contains(['.', '_']);
    if tool == Tool::Flyway && records.iter().any(|record| dotted(&record)) {
        return ImportError::Dotted {
            tool,
            versions: versions(records),
        };
    }
    ImportError::Lost {
        tool,
        versions: versions(records),
    }
}

/// What to do about migrations that are programs.
fn program_hints(tool: Tool) -> Vec<String> {
    let as_schema = [
        format!(
            "or take the schema over as one revision: `MIGRATE_EXCLUDE={} cargo migrate diff migrations database > schema.sql`",
            tool.table()
        ),
        "`cargo migrate new initial --sql - < schema.sql`, then `cargo migrate stamp head`"
            .to_owned(),
    ];
    let first = match tool {
        Tool::Refinery => {
            return vec![
                "write the SQL that each returns into a file of its name that ends in `.sql`: the checksum shows whether it is the same".to_owned(),
            ];
        }
        Tool::Alembic => {
            "`cargo migrate import --convert` writes the SQL that they run, where Alembic is installed"
        }
        Tool::SeaOrm => {
            "`cargo migrate import --convert` runs the crate `migration` on a scratch server and writes the SQL that it ran"
        }
        Tool::GolangMigrate | Tool::Flyway | Tool::Sqlx | Tool::Diesel => {
            "write the SQL that each runs into a file of its name that ends in `.sql`"
        }
    };
    [first.to_owned()].into_iter().chain(as_schema).collect()
}

fn names(tools: &[Tool]) -> String {
    tools
        .iter()
        .map(|tool| tool.name())
        .collect::<Vec<_>>()
        .join(" and ")
}

fn ids_of(ids: &[RevisionId]) -> String {
    ids.iter()
        .map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl Diagnose for ImportError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::Nothing => {
                diagnostic.hint("record what the database has with `cargo migrate stamp REV`")
            }
            Self::Several { .. } => {
                diagnostic.hint("choose one: `cargo migrate import --from sqlx`")
            }
            Self::NothingOf { .. } => diagnostic
                .note("the project has its files")
                .hint("a database that is empty needs no import: run `cargo migrate up`")
                .hint("a table of another name is said by `--from TOOL --table NAME`"),
            Self::NoTable { .. } => diagnostic.hint("write it as SQL does: `--table schema.name`"),
            Self::Programs { tool, paths, .. } => {
                let paths = paths.iter().map(|path| path.display().to_string());
                let diagnostic = paths.fold(diagnostic, Diagnostic::note);
                program_hints(*tool)
                    .into_iter()
                    .fold(diagnostic, Diagnostic::hint)
            }
            Self::Dotted { .. } => diagnostic.hint(
                "run `cargo migrate import --convert`: it gives the files ids that keep the order",
            ),
            Self::Lost { .. } => diagnostic
                .hint("restore the files, or point `dir` at the folder that the tool read"),
            Self::Edited { .. } => diagnostic
                .hint("restore the files as they were applied")
                .hint("to take them over as they are now, run `cargo migrate stamp REV`"),
            Self::Unfinished { tool, .. } => {
                diagnostic.hint(format!("mend it with {} first", tool.name()))
            }
            Self::Gaps { .. } => diagnostic.hint(
                "apply them with the other tool, or move them up with `cargo migrate rebase`",
            ),
            Self::Unreadable { .. } => diagnostic,
            Self::NotEmpty(_) => diagnostic.hint("`cargo migrate status` shows it"),
        }
    }
}

//! What git knows of the project: which files another branch has, which tag a file is part of, what a
//! file once said, where hooks go. It only asks; it changes nothing.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use build_support::{Diagnose, Diagnostic, Exit};

/// Variables that git sets for its hooks; they would bind our questions to another folder.
const OF_HOOKS: [&str; 5] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
];

/// The names that a project's main branch usually has.
const TRUNKS: [&str; 2] = ["main", "master"];

/// Why git does not tell.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The program does not start.
    #[error("`git` does not start: {0}")]
    Start(io::Error),
    /// The folder is in no repository.
    #[error("`{}` is in no git repository", .0.display())]
    NoRepository(PathBuf),
    /// Neither a merge nor another branch to compare with.
    #[error(
        "git does not tell which revisions this branch added: it is no merge, and there is no other branch to compare with"
    )]
    NothingToCompare,
    /// Both sides of the merge are shared already.
    #[error("the main branch has these revisions itself, so none of them is this branch's own")]
    Shared,
    /// It answered with an error.
    #[error("`git {command}` failed: {said}")]
    Failed {
        /// The arguments.
        command: String,
        /// What it said.
        said: String,
    },
}

impl Diagnose for GitError {
    fn diagnose(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(Exit::User, self.to_string());
        match self {
            Self::Start(_) | Self::NoRepository(_) => diagnostic
                .hint("name what moves and where to: `cargo migrate rebase REV --onto REV`"),
            Self::NothingToCompare => diagnostic
                .hint("name the branch that stays: `cargo migrate rebase --since origin/main`")
                .hint("or name what moves: `cargo migrate rebase REV`"),
            Self::Shared => diagnostic
                .hint("join the heads once for everybody: `cargo migrate merge`")
                .hint("or name what moves: `cargo migrate rebase REV`"),
            Self::Failed { .. } => diagnostic,
        }
    }
}

/// The repository around a folder.
#[derive(Debug, Clone)]
pub struct Git {
    top: PathBuf,
}

impl Git {
    /// Finds it.
    ///
    /// # Errors
    /// When git is not there, or the folder is in no repository.
    pub fn around(folder: &Path) -> Result<Self, GitError> {
        let output = run(folder, &["rev-parse", "--show-toplevel"])?;
        match output.status.success() {
            true => Ok(Self {
                top: PathBuf::from(line(&output)),
            }),
            false => Err(GitError::NoRepository(folder.to_owned())),
        }
    }

    /// The folder of the working tree.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// Where hooks go: `core.hooksPath`, else the repository's own folder.
    ///
    /// # Errors
    /// When git fails.
    pub fn hooks(&self) -> Result<PathBuf, GitError> {
        Ok(self
            .top
            .join(self.ask(&["rev-parse", "--git-path", "hooks"])?))
    }

    /// Of two branches that met here, the one whose revisions stay where they are: the one that
    /// others have already.
    ///
    /// In a merge that is its side that the remote main branch has; where that does not tell, the
    /// own side on a main branch and the other side elsewhere. Without a merge it is the main branch.
    ///
    /// # Errors
    /// [`GitError::NothingToCompare`] where there is no merge and no other branch.
    pub fn side_that_stays(&self) -> Result<String, GitError> {
        let sides = match self.find("MERGE_HEAD") {
            Some(other) => Some(("HEAD".to_owned(), other)),
            None => self.find("HEAD^1").zip(self.find("HEAD^2")),
        };
        match sides {
            Some((own, other)) => self.of_merge(own, other),
            None => self.main_branch().ok_or(GitError::NothingToCompare),
        }
    }

    fn of_merge(&self, own: String, other: String) -> Result<String, GitError> {
        let shared = |side: &str| {
            let trunk = self.remote_main_branch();
            trunk.is_some_and(|trunk| self.is_ancestor(side, &trunk))
        };
        Ok(match (shared(&own), shared(&other)) {
            (true, true) => return Err(GitError::Shared),
            (true, false) => own,
            (false, true) => other,
            (false, false)
                if self
                    .branch()
                    .is_some_and(|name| TRUNKS.contains(&name.as_str())) =>
            {
                own
            }
            (false, false) => other,
        })
    }

    /// The main branch to compare with, which is not the one that is checked out.
    fn main_branch(&self) -> Option<String> {
        let branch = self.branch();
        let local = TRUNKS.iter().filter(|name| branch.as_deref() != Some(name));
        self.remote_main_branch().or_else(|| {
            local
                .filter_map(|name| self.find(&format!("refs/heads/{name}")))
                .next()
        })
    }

    fn remote_main_branch(&self) -> Option<String> {
        let named = TRUNKS
            .iter()
            .map(|name| format!("refs/remotes/origin/{name}"));
        std::iter::once("refs/remotes/origin/HEAD".to_owned())
            .chain(named)
            .find_map(|name| self.find(&name))
    }

    fn branch(&self) -> Option<String> {
        self.ask(&["symbolic-ref", "--short", "-q", "HEAD"]).ok()
    }

    fn find(&self, name: &str) -> Option<String> {
        let commit = format!("{name}^{{commit}}");
        self.ask(&["rev-parse", "--verify", "--quiet", &commit])
            .ok()
    }

    fn is_ancestor(&self, below: &str, above: &str) -> bool {
        self.ask(&["merge-base", "--is-ancestor", below, above])
            .is_ok()
    }

    /// The files of a commit, relative to the top.
    ///
    /// # Errors
    /// When there is no such commit.
    pub fn files_of(&self, commit: &str) -> Result<BTreeSet<PathBuf>, GitError> {
        let listed = self.ask(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit])?;
        Ok(listed.split('\0').map(PathBuf::from).collect())
    }

    /// A tag that a file is part of: what is tagged was released.
    ///
    /// # Errors
    /// When git fails.
    pub fn tag_with(&self, file: &Path) -> Result<Option<String>, GitError> {
        let file = file.to_string_lossy();
        let added = self.ask(&["log", "-1", "--diff-filter=A", "--format=%H", "--", &file])?;
        if added.is_empty() {
            return Ok(None);
        }
        let tags = self.ask(&["tag", "--sort=creatordate", "--contains", &added])?;
        Ok(tags.lines().next().map(str::to_owned))
    }

    /// The version of a file, on any branch and under any earlier name, whose text fits.
    ///
    /// # Errors
    /// When git fails.
    pub fn version_of(
        &self,
        file: &Path,
        fits: impl Fn(&str) -> bool,
    ) -> Result<Option<String>, GitError> {
        let file = file.to_string_lossy();
        // Both sides of each change, also of those that a merge made.
        let listed = self.ask(&[
            "--literal-pathspecs",
            "log",
            "--all",
            "--follow",
            "-m",
            "--raw",
            "--no-abbrev",
            "--format=",
            "--",
            &file,
        ])?;
        let mut seen = BTreeSet::new();
        for blob in listed.lines().flat_map(blobs) {
            if !seen.insert(blob) {
                continue;
            }
            // A side that is not there has a name too, all zeros.
            let Ok(text) = self.ask(&["cat-file", "blob", blob]) else {
                continue;
            };
            if fits(&text) {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    fn ask(&self, arguments: &[&str]) -> Result<String, GitError> {
        let output = run(&self.top, arguments)?;
        match output.status.success() {
            true => Ok(line(&output)),
            false => Err(GitError::Failed {
                command: arguments.join(" "),
                said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            }),
        }
    }
}

/// The names of the texts before and after, in a line `:MODE MODE BEFORE AFTER STATUS\tPATH`.
fn blobs(line: &str) -> impl Iterator<Item = &str> {
    let line = line.strip_prefix(':').unwrap_or("");
    line.split(' ').skip(2).take(2)
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Output, GitError> {
    let mut command = Command::new("git");
    for name in OF_HOOKS {
        command.env_remove(name);
    }
    let output = command.arg("-C").arg(folder).args(arguments).output();
    output.map_err(GitError::Start)
}

fn line(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim_end_matches(['\n', '\r']).to_owned()
}

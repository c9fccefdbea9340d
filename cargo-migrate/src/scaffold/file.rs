//! The files of a new revision: how they are named, what their heads say, and how they are written.

use std::{
    io,
    path::{Path, PathBuf},
};

use build_support::revision::{Layout, Revision, RevisionId};

use super::render::{Half, Scripts};

/// A revision that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: RevisionId,
    /// The part of the file name after the id.
    pub slug: String,
    /// How its files are named.
    pub naming: Naming,
    /// What the head of the up file says.
    pub head: Head,
    /// What applies and what reverts it.
    pub scripts: Scripts,
}

/// The head of an up file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// What the revision does, in a line.
    pub message: String,
    /// What it follows; nothing is a new root.
    pub revises: Vec<RevisionId>,
    /// Ids or labels that it needs.
    pub depends_on: Vec<String>,
    /// Names for the line that begins with it.
    pub labels: Vec<String>,
}

/// How the files of a new revision are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Naming {
    /// `<id>_<slug>.up.sql` and `<id>_<slug>.down.sql`
    #[default]
    Pair,
    /// `V<id>__<slug>.sql` and `V<id>__<slug>.down.sql`
    Refinery,
    /// `<id>_<slug>/up.sql` and `down.sql`
    Diesel,
    /// As [`Naming::Diesel`], the id as diesel's own command writes it: `2026-11-22-201530`
    DieselDashed,
}

impl From<Layout> for Naming {
    fn from(layout: Layout) -> Self {
        match layout {
            Layout::Pair => Self::Pair,
            Layout::Refinery => Self::Refinery,
            Layout::Diesel => Self::DieselDashed,
        }
    }
}

impl Naming {
    /// The naming of the newest of these revisions.
    pub fn of<'a>(revisions: impl IntoIterator<Item = &'a Revision>) -> Option<Self> {
        let newest = revisions.into_iter().max_by(|a, b| a.id.cmp(&b.id))?;
        let folder = newest.path().parent().and_then(Path::file_name);
        let id = folder.map(|name| name.to_string_lossy().into_owned());
        let dashed =
            id.is_some_and(|name| name.split('_').next().is_some_and(|id| id.contains('-')));
        Some(match newest.layout {
            Layout::Diesel if !dashed => Self::Diesel,
            layout => layout.into(),
        })
    }

    /// The paths of both scripts below the folder of revisions.
    pub fn paths(self, id: &RevisionId, slug: &str) -> (PathBuf, PathBuf) {
        let pair = |up: String, down: String| (PathBuf::from(up), PathBuf::from(down));
        match self {
            Self::Pair => pair(
                format!("{id}_{slug}.up.sql"),
                format!("{id}_{slug}.down.sql"),
            ),
            Self::Refinery => pair(
                format!("V{id}__{slug}.sql"),
                format!("V{id}__{slug}.down.sql"),
            ),
            Self::Diesel => pair(
                format!("{id}_{slug}/up.sql"),
                format!("{id}_{slug}/down.sql"),
            ),
            Self::DieselDashed => {
                let id = dashed(id.as_str());
                pair(
                    format!("{id}_{slug}/up.sql"),
                    format!("{id}_{slug}/down.sql"),
                )
            }
        }
    }
}

/// `2026-11-22-201530`; an id that is no time stamp stays as it is.
fn dashed(id: &str) -> String {
    if id.len() != 14 || !id.is_ascii() {
        return id.to_owned();
    }
    format!("{}-{}-{}-{}", &id[..4], &id[4..6], &id[6..8], &id[8..])
}

/// A file that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path below the folder of revisions.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

impl Draft {
    /// Its files: the up script, and the down script where there is one.
    pub fn files(&self) -> Vec<NewFile> {
        let (up, down) = self.naming.paths(&self.id, &self.slug);
        let up = NewFile {
            path: up,
            text: self.head.over(&self.scripts.up),
        };
        let down = self.scripts.down.as_ref().map(|half| NewFile {
            path: down,
            text: with_directives(Vec::new(), half),
        });
        std::iter::once(up).chain(down).collect()
    }
}

impl Head {
    /// The head and a script below it.
    fn over(&self, half: &Half) -> String {
        let mut lines = vec![format!("-- {}", one_line(&self.message))];
        let mut directive = |key: &str, values: &[String]| {
            if !values.is_empty() {
                lines.push(format!("-- migrate: {key}={}", values.join(",")));
            }
        };
        let parents: Vec<String> = self.revises.iter().map(ToString::to_string).collect();
        match parents.as_slice() {
            [] => directive("revises", &["base".to_owned()]),
            parents => directive("revises", parents),
        }
        directive("depends-on", &self.depends_on);
        directive("label", &self.labels);
        with_directives(lines, half)
    }
}

fn with_directives(mut head: Vec<String>, half: &Half) -> String {
    head.extend(
        half.directives
            .iter()
            .map(|text| format!("-- migrate: {text}")),
    );
    if !head.is_empty() {
        head.push(String::new());
    }
    let mut text = head
        .iter()
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    text.push_str(&half.body);
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Files that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It is there already.
    #[error("`{}` exists already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("`{}` can't be written: {source}", path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Writes new files into a folder: all of them, or none, and never over another one.
///
/// The up script comes last: a revision that is there is there with its down script.
///
/// # Errors
/// When a file exists or can't be written; what was written before it is removed again.
pub fn write(folder: &Path, files: &[NewFile]) -> Result<Vec<PathBuf>, WriteError> {
    let mut made = Made::default();
    for file in files.iter().rev() {
        made.file(&folder.join(&file.path), &file.text)?;
    }
    made.keep = Keep::All;
    let mut paths = std::mem::take(&mut made.files);
    paths.reverse();
    Ok(paths)
}

/// What was made so far; it goes again unless it is kept.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    keep: Keep,
}

#[derive(Default, PartialEq, Eq)]
enum Keep {
    #[default]
    Nothing,
    All,
}

impl Made {
    fn file(&mut self, path: &Path, text: &str) -> Result<(), WriteError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
            fs_err::create_dir(folder).map_err(|source| failed(folder, source))?;
            self.folders.push(folder.to_owned());
        }
        let mut file = fs_err::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(|source| failed(path, source))?;
        self.files.push(path.to_owned());
        io::Write::write_all(&mut file, text.as_bytes()).map_err(|source| failed(path, source))
    }
}

fn failed(path: &Path, source: io::Error) -> WriteError {
    let path = path.to_owned();
    if source.kind() == io::ErrorKind::AlreadyExists {
        WriteError::Exists { path }
    } else {
        WriteError::System { path, source }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.keep == Keep::All {
            return;
        }
        // The error that led here is the one to report.
        for file in &self.files {
            let _ = fs_err::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs_err::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> RevisionId {
        text.parse().expect("an id")
    }

    fn draft(naming: Naming) -> Draft {
        Draft {
            id: id("20261122201530"),
            slug: "add_phone".to_owned(),
            naming,
            head: Head {
                message: "Add phone.".to_owned(),
                revises: vec![id("1"), id("2")],
                depends_on: vec!["billing".to_owned()],
                labels: vec!["accounts".to_owned()],
            },
            scripts: Scripts {
                up: Half {
                    directives: vec!["transaction=none".to_owned()],
                    body: "SELECT 1;\n".to_owned(),
                },
                down: Some(Half {
                    directives: vec!["transaction=none".to_owned()],
                    body: "SELECT 2;\n".to_owned(),
                }),
                hints: Vec::new(),
            },
        }
    }

    #[test]
    fn the_head_of_the_up_file_says_where_the_revision_stands() {
        let files = draft(Naming::Pair).files();
        insta::assert_snapshot!(files[0].text, @r"
        -- Add phone.
        -- migrate: revises=1,2
        -- migrate: depends-on=billing
        -- migrate: label=accounts
        -- migrate: transaction=none

        SELECT 1;
        ");
        insta::assert_snapshot!(files[1].text, @r"
        -- migrate: transaction=none

        SELECT 2;
        ");
    }

    #[test]
    fn a_root_says_so() {
        let root = Draft {
            head: Head {
                message: "Start\nhere".to_owned(),
                ..Head::default()
            },
            scripts: Scripts::default(),
            ..draft(Naming::Pair)
        };
        assert_eq!(
            root.files()[0].text,
            "-- Start here\n-- migrate: revises=base\n\n"
        );
        assert_eq!(root.files().len(), 1);
    }

    #[test]
    fn each_layout_names_its_files() {
        let names = |naming| {
            let files = draft(naming).files();
            let paths = files.iter().map(|file| file.path.display().to_string());
            paths.collect::<Vec<_>>().join(" ")
        };
        insta::assert_snapshot!(
            [Naming::Pair, Naming::Refinery, Naming::Diesel, Naming::DieselDashed].map(names).join("\n"),
            @r"
        20261122201530_add_phone.up.sql 20261122201530_add_phone.down.sql
        V20261122201530__add_phone.sql V20261122201530__add_phone.down.sql
        20261122201530_add_phone/up.sql 20261122201530_add_phone/down.sql
        2026-11-22-201530_add_phone/up.sql 2026-11-22-201530_add_phone/down.sql
        "
        );
    }

    #[test]
    fn files_are_written_together_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = draft(Naming::Diesel).files();
        let paths = write(folder.path(), &files).expect("written");
        assert!(paths.iter().all(|path| path.is_file()));
        assert!(paths[0].ends_with("up.sql"));

        let pair = draft(Naming::Pair).files();
        let up = folder.path().join(&pair[0].path);
        fs_err::write(&up, "mine").expect("written");
        let error = write(folder.path(), &pair).expect_err("it exists");
        assert!(matches!(error, WriteError::Exists { path } if path == up));
        assert_eq!(fs_err::read_to_string(&up).expect("read"), "mine");
        assert!(!folder.path().join(&pair[1].path).exists());
    }
}
